"""Row 13: OCS takes records out of calling lists in PostgreSQL and writes results back, as role ``ocs``.

Observed: records are taken by marking them ``record_status = 2`` and reading them back, and finished by an update by
chain. The do-not-call table is documented. The statements as a whole, and what OCS may not do, are assumed.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Row, assumed, documented, given, like, not_empty, observed
from cxmock.contracts.authoring.row_07 import HOLDS_ADA, LIST, done, sql

TAKING = observed("public code that works on calling lists: taken records are marked and read back")
FINISHING = observed("public code that works on calling lists: update ... where chain_id = ... and chain_n = ...")
DO_NOT_CALL = documented("the OCS deployment guide: gsw_donotcall_list and its columns")
RIGHTS = assumed("that OCS has a role of its own is ours; PostgreSQL's own error codes")

TAKE = (
    f'UPDATE cxc."{LIST}" SET record_status = 2, campaign_id = $1, group_id = $2 WHERE record_id IN'
    f' (SELECT record_id FROM cxc."{LIST}" WHERE record_status = 1 AND chain_n = 0'
    " ORDER BY record_id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING contact_info, record_status"
)
FINISH = (
    f'UPDATE cxc."{LIST}" SET call_result = $1, call_time = $2, record_type = $3, record_status = 3, attempt = $4'
    " WHERE chain_id = $5 AND chain_n = $6"
)


def contract() -> Row:
    """Return the contract."""
    row = Row(13)
    _records(row)
    _do_not_call(row)
    _refusals(row)
    return row


def _records(row: Row) -> None:
    sql(
        row,
        "ready records are taken: marked as retrieved, and read back",
        TAKING,
        TAKE,
        [101, 101, 10],
        {"columns": ["contact_info", "record_status"], "rows": [["+12025550143", 2]], "rowcount": 1},
        HOLDS_ADA,
    )
    sql(
        row,
        "a record is finished with its result",
        FINISHING,
        FINISH,
        [7, 1767225600, 2, 1, 1, 0],
        done(1),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record that is not there is not finished, and that is no error",
        FINISHING,
        FINISH,
        [7, 1767225600, 2, 1, 4711, 0],
        done(0),
        HOLDS_ADA,
    )


def _do_not_call(row: Row) -> None:
    sql(
        row,
        "a number is put on the do-not-call list",
        DO_NOT_CALL,
        "INSERT INTO gsw_donotcall_list"
        " (phone, customer_id, dnc_message, tenant_dbid, campaign_dbid, list_dbid, is_internal, time_stamp)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        ["+12025550143", "C-4711", "AddedByUser", 101, 101, 101, 1, 1767225600],
        done(1),
    )
    sql(
        row,
        "numbers on the do-not-call list are found by tenant",
        DO_NOT_CALL,
        "SELECT phone, customer_id FROM gsw_donotcall_list WHERE tenant_dbid = $1",
        [999],
        {"columns": ["phone", "customer_id"], "rows": [], "rowcount": 0},
    )


def _refusals(row: Row) -> None:
    def refused(description: str, sqlstate: str, statement: str, params: list[Any]) -> None:
        told = {"error": {"sqlstate": sqlstate, "message": not_empty("why")}}
        sql(row, description, RIGHTS, statement, params, told, HOLDS_ADA)

    refused("OCS drops no calling list", "42501", f'DROP TABLE cxc."{LIST}"', [])
    refused("OCS deletes no record", "42501", f'DELETE FROM cxc."{LIST}"', [])
    refused(
        "OCS adds no contact list",
        "42501",
        "INSERT INTO cxc.contact_list (name, table_name, created) VALUES ($1, $2, $3)",
        ["Spring", LIST, 1767225600],
    )
    row.operation(
        "a calling list that nobody made is not found",
        RIGHTS,
        "postgresql",
        {"sql": f'SELECT count(*) FROM cxc."{LIST}"', "params": []},
        {"error": {"sqlstate": "42P01", "message": not_empty("why")}},
        states=[given("there is no table {table}", table=LIST)],
    )
    row.operation(
        "a wrong password is refused",
        RIGHTS,
        "postgresql",
        {"login": {"role": "ocs", "password": like("not the password")}},
        {"error": {"sqlstate": "28P01", "message": not_empty("why")}},
    )
