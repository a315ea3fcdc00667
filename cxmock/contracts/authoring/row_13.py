"""Row 13: OCS takes records out of calling lists in PostgreSQL and writes results back, as role ``ocs``.

Observed: records are taken by marking them ``record_status = 2`` and reading them back, and finished by an update by
chain. The do-not-call table is documented. The statements as a whole, which are promised by their shape, and what OCS
may not do are assumed.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Given,
    Row,
    Term,
    assumed,
    documented,
    each_like,
    given,
    integer,
    like,
    null_or,
    observed,
    stated,
)
from cxmock.contracts.authoring.row_07 import HOLDS_ADA, LIST, refused_login
from cxmock.contracts.authoring.statements import done, found, refused, sql, statement

TAKING = observed("public code that works on calling lists: taken records are marked and read back")
FINISHING = observed("public code that works on calling lists: update ... where chain_id = ... and chain_n = ...")
PLANNING = assumed("that records have time zones and contact hours is documented; how OCS asks for them is ours")
DO_NOT_CALL = documented("the OCS deployment guide: gsw_donotcall_list and its columns")
CALLBACKS = assumed("that there are callbacks, their types and a status for missed ones is observed; the rest is ours")
DESKTOP = assumed("that agents reject, reschedule, cancel and add records is documented; the statements are ours")
RIGHTS = assumed("that OCS has a role of its own is ours; PostgreSQL's own error codes")

TAKE = statement(
    "UPDATE {list} ... SET record_status = 2, ... RETURNING ...",
    f'UPDATE cxc."{LIST}" SET record_status = 2, campaign_id = $1, group_id = $2 WHERE record_id IN'
    f' (SELECT record_id FROM cxc."{LIST}" WHERE record_status = 1 AND chain_n = 0'
    " ORDER BY record_id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING contact_info, record_status",
)
TAKE_BY_ZONES = statement(
    "WITH ... UPDATE {list} ... SET record_status = 2, ... RETURNING ...",
    "WITH z AS (SELECT * FROM unnest($1::int[], $2::int[]) AS z(id, local)),"
    f' due AS (SELECT l.record_id FROM cxc."{LIST}" l LEFT JOIN z ON z.id = l.tz_dbid'
    " WHERE l.record_status = 1 AND l.chain_n = 0 AND coalesce(l.dial_sched_time, 0) <= $3"
    " AND coalesce(z.local, $4) BETWEEN l.daily_from AND l.daily_till ORDER BY l.record_id LIMIT $5)"
    f' UPDATE cxc."{LIST}" r SET record_status = 2, campaign_id = $6, group_id = $7, app_id = $8'
    " FROM due WHERE r.record_id = due.record_id RETURNING r.contact_info, r.record_status",
)
FINISH = statement(
    "UPDATE {list} SET call_result = $1, call_time = $2, record_type = $3, record_status = 3, attempt = $4"
    " WHERE chain_id = $5 AND chain_n = $6",
    f'UPDATE cxc."{LIST}" SET call_result = $1, call_time = $2, record_type = $3, record_status = 3, attempt = $4'
    " WHERE chain_id = $5 AND chain_n = $6",
)
MOMENT = [integer(1767225600), integer(54000)]
"""UTC seconds, and seconds of the day where a record has no zone."""
RESULT = [integer(7), integer(1767225600), integer(2), integer(1)]
NOBODYS = given("calling list {table} holds {records}", table=LIST, records=[])


def contract() -> Row:
    """Return the contract."""
    row = Row(13)
    _planning(row)
    _taking(row)
    _finishing(row)
    _callbacks(row)
    _desktop(row)
    _do_not_call(row)
    _refusals(row)
    return row


def _planning(row: Row) -> None:
    sql(
        row,
        "the time zones of a list are read",
        PLANNING,
        statement("SELECT DISTINCT tz_dbid FROM {list} ...", f'SELECT DISTINCT tz_dbid FROM cxc."{LIST}"'),
        [],
        {"columns": ["tz_dbid"], "rows": stated([[None]], like([])), "rowcount": stated(1)},
        HOLDS_ADA,
    )
    sql(
        row,
        "when records are due, and at what hours of which zones",
        PLANNING,
        statement(
            "SELECT ... tz_dbid, ... daily_from, ... daily_till, ... FROM {list} ... WHERE ... record_status = 1 ..."
            " GROUP BY ... tz_dbid, ... daily_from, ... daily_till ...",
            "SELECT l.tz_dbid, l.daily_from, l.daily_till, min(coalesce(l.dial_sched_time, 0)) AS scheduled"
            f' FROM cxc."{LIST}" l WHERE l.record_status = 1 GROUP BY l.tz_dbid, l.daily_from, l.daily_till',
        ),
        [],
        found(["tz_dbid", "daily_from", "daily_till", "scheduled"], [None, 28800, 75600, 0]),
        HOLDS_ADA,
    )


def _taking(row: Row) -> None:
    taken = found(["contact_info", "record_status"], ["+12025550143", 2])
    batch, campaign = integer(10), [integer(101), integer(101)]
    sql(
        row,
        "ready records are taken: marked as retrieved, and read back",
        TAKING,
        TAKE,
        [*campaign, batch],
        taken,
        HOLDS_ADA,
    )
    zones = each_like(integer(101), min=0)
    hours = each_like(integer(54000), min=0)
    sql(
        row,
        "records are taken whose time it is where they are",
        TAKING,
        TAKE_BY_ZONES,
        [stated([101], zones), stated([54000], hours), *MOMENT, batch, *campaign, integer(101)],
        taken,
        HOLDS_ADA,
    )
    sql(
        row,
        "where nothing is ready nothing is taken",
        TAKING,
        TAKE,
        [*campaign, batch],
        {"columns": stated(["contact_info", "record_status"], each_like("contact_info")), "rows": [], "rowcount": 0},
        NOBODYS,
    )
    sql(
        row,
        "records that a campaign had taken and not dialed are given back",
        TAKING,
        statement(
            "UPDATE {list} SET record_status = 1 WHERE record_status = 2 AND campaign_id = $1 AND group_id = $2",
            f'UPDATE cxc."{LIST}" SET record_status = 1 WHERE record_status = 2 AND campaign_id = $1 AND group_id = $2',
        ),
        campaign,
        done(0),
        HOLDS_ADA,
    )


def _finishing(row: Row) -> None:
    sql(
        row,
        "a record is finished with its result",
        FINISHING,
        FINISH,
        [*RESULT, integer(1), integer(0)],
        done(1, any_count=False),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record is finished with its result, or is to be dialed again at another time",
        FINISHING,
        statement(
            "UPDATE {list} SET call_result = $1, call_time = $2, record_type = $3, record_status = $4, attempt = $5 ..."
            " WHERE chain_id = $7 AND chain_n = $8",
            f'UPDATE cxc."{LIST}" SET call_result = $1, call_time = $2, record_type = $3, record_status = $4,'
            " attempt = $5, dial_sched_time = $6 WHERE chain_id = $7 AND chain_n = $8",
        ),
        [
            integer(7),
            integer(1767225600),
            integer(2),
            integer(1),
            integer(1),
            null_or(integer(1767227400)),
            integer(1),
            integer(0),
        ],
        done(1, any_count=False),
        HOLDS_ADA,
    )
    sql(
        row,
        "when one device was enough, the others of its chain are finished, too",
        FINISHING,
        statement(
            "UPDATE {list} SET record_status = 7 WHERE chain_id = $1 AND record_status = 1",
            f'UPDATE cxc."{LIST}" SET record_status = 7 WHERE chain_id = $1 AND record_status = 1',
        ),
        [integer(1)],
        done(2),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record that is not there is not finished, and that is no error",
        FINISHING,
        FINISH,
        [*RESULT, integer(4711), integer(0)],
        done(0, any_count=False),
        HOLDS_ADA,
    )


def _callbacks(row: Row) -> None:
    types = "record_type IN (4, 5, 6)"
    sql(
        row,
        "how much of a list is left, and when its first callback is due",
        CALLBACKS,
        statement(
            f"SELECT count(*) ... min(...) FILTER (WHERE {types}) ... FROM {{list}} ... WHERE record_status = 1 ...",
            "SELECT count(*) AS ready, min(coalesce(dial_sched_time, 0)) FILTER (WHERE record_type IN (4, 5, 6))"
            f' AS callback FROM cxc."{LIST}" WHERE record_status = 1 AND record_type <> 7',
        ),
        [],
        found(["ready", "callback"], [2, None]),
        HOLDS_ADA,
    )
    taken = found(["contact_info", "record_status"])
    sql(
        row,
        "callbacks that are due are taken before all else",
        CALLBACKS,
        statement(
            f"... UPDATE {{list}} ... SET record_status = 2, ... {types} ... RETURNING ...",
            f'UPDATE cxc."{LIST}" SET record_status = 2, campaign_id = $1, group_id = $2 WHERE record_id IN'
            f' (SELECT record_id FROM cxc."{LIST}" WHERE {types} AND record_status = 1 AND dial_sched_time <= $3'
            " LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING contact_info, record_status",
        ),
        [integer(101), integer(101), integer(1767225600), integer(10)],
        taken,
        HOLDS_ADA,
    )
    sql(
        row,
        "callbacks that were not made in time are missed",
        CALLBACKS,
        statement(
            f"UPDATE {{list}} SET record_status = 8 WHERE record_status = 1 AND {types} AND dial_sched_time < $1 ...",
            f'UPDATE cxc."{LIST}" SET record_status = 8 WHERE record_status = 1 AND {types} AND dial_sched_time < $1'
            " RETURNING record_id",
        ),
        [integer(1767222000)],
        {"columns": ["record_id"], "rows": stated([], each_like([integer(1)], min=0)), "rowcount": stated(0)},
        HOLDS_ADA,
    )
    sql(
        row,
        "a record becomes a callback at another time",
        CALLBACKS,
        statement(
            "UPDATE {list} SET record_type = $1, record_status = 1, dial_sched_time = $2, agent_id = $3"
            " WHERE record_id = $4 AND record_status <> $5 RETURNING record_id",
            f'UPDATE cxc."{LIST}" SET record_type = $1, record_status = 1, dial_sched_time = $2, agent_id = $3'
            " WHERE record_id = $4 AND record_status <> $5 RETURNING record_id",
        ),
        [integer(5), integer(1767229200), null_or("A1"), integer(1), integer(2)],
        {"columns": ["record_id"], "rows": stated([[1]], each_like([integer(1)], min=0)), "rowcount": stated(1)},
        HOLDS_ADA,
    )


def _desktop(row: Row) -> None:
    one = integer(1)
    some = {"columns": ["record_id"], "rows": stated([[1]], each_like([integer(1)], min=0)), "rowcount": stated(1)}
    sql(
        row,
        "a record is looked at",
        DESKTOP,
        statement(
            "SELECT contact_info, ... FROM {list} WHERE record_id = $1",
            f'SELECT contact_info, tz_dbid, agent_id, record_status FROM cxc."{LIST}" WHERE record_id = $1',
        ),
        [one],
        found(["contact_info", "tz_dbid", "agent_id", "record_status"], ["+12025550143", None, None, 1]),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record that an agent rejects is ready again",
        DESKTOP,
        statement(
            "UPDATE {list} SET record_status = 1 WHERE record_status = 2 AND record_id = $1",
            f'UPDATE cxc."{LIST}" SET record_status = 1 WHERE record_status = 2 AND record_id = $1',
        ),
        [one],
        done(0),
        HOLDS_ADA,
    )
    by_record, by_phone = ("record_id", stated(1, integer(1))), ("contact_info", like("+12025550143"))
    for whose, (column, value) in (("a record is", by_record), ("all records of a device are", by_phone)):
        taking_out(row, f"{whose} cancelled", {"call_result": 52, "record_status": 5}, column, value, some)
        never = {"call_result": 51, "record_status": 3, "record_type": 7}
        taking_out(row, f"{whose} never to be dialed again", never, column, value, some)
    added = (
        f'INSERT INTO cxc."{LIST}" (record_type, record_status, call_result, attempt, chain_n, contact_info, chain_id)'
        f' VALUES ($1, $2, $3, $4, $5, $6, (SELECT coalesce(max(chain_id), 0) + 1 FROM cxc."{LIST}"))'
    )
    row.operation(
        "an agent adds a record, with whatever columns, as a contact of its own",
        DESKTOP,
        "postgresql",
        {
            "sql": statement(
                "INSERT INTO {list} (...) VALUES (...) RETURNING record_id", f"{added} RETURNING record_id"
            ),
            "params": stated([2, 1, 28, 0, 0, "+12025550199"], like([])),
        },
        some | {"rows": stated([[integer(3)]], each_like([integer(3)]))},
        states=[HOLDS_ADA],
    )


def taking_out(
    row: Row, description: str, values: dict[str, int], column: str, value: Term | int, some: dict[str, Any]
) -> None:
    """Add a promise about making records undialable: ``values`` are set where ``column`` is ``value``."""
    pairs = [f"{name} = ${number}" for number, name in enumerate(values, 1)]
    where = f"{column} = ${len(pairs) + 1} RETURNING record_id"
    sql(
        row,
        description,
        DESKTOP,
        statement(
            f"UPDATE {{list}} SET ...{', ...'.join(pair.replace(' =', '... =') for pair in pairs)}"
            f" WHERE record_status = ... AND ...{where.replace(' =', '... =', 1)}",
            f'UPDATE cxc."{LIST}" SET {", ".join(pairs)} WHERE record_status = 1 AND {where}',
        ),
        [*values.values(), value],
        some,
        HOLDS_ADA,
    )


def _do_not_call(row: Row) -> None:
    insert = (
        "INSERT INTO gsw_donotcall_list"
        " (phone, customer_id, dnc_message, tenant_dbid, campaign_dbid, list_dbid, is_internal, time_stamp)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    sql(
        row,
        "a number is put on the do-not-call list",
        DO_NOT_CALL,
        statement(insert, insert),
        [
            null_or("+12025550143"),
            null_or("C-4711"),
            like("AddedByUser"),
            *(integer(101),) * 3,
            integer(1),
            integer(1767225600),
        ],
        done(1, any_count=False),
    )
    added = (
        "INSERT INTO gsw_donotcall_list (phone, customer_id, dnc_message, tenant_dbid, is_internal, time_stamp)"
        " VALUES ($1, $2, $3, $4, 1, $5)"
    )
    sql(
        row,
        "a number is put on the do-not-call list of the whole tenant",
        DO_NOT_CALL,
        statement(added.replace("gsw_donotcall_list", "...gsw_donotcall_list..."), added),
        [null_or("+12025550143"), null_or("C-4711"), like("AddedByUser"), integer(101), integer(1767225600)],
        done(1, any_count=False),
    )
    there = "SELECT to_regclass($1) IS NOT NULL AS there"
    sql(
        row,
        "whether there is a do-not-call list",
        PLANNING,
        statement(there, there),
        [like("gsw_donotcall_list")],
        {"columns": ["there"], "rows": [[like(True)]], "rowcount": 1},
    )
    sql(
        row,
        "numbers on the do-not-call list are found by tenant",
        DO_NOT_CALL,
        statement(
            "SELECT phone, customer_id FROM ... gsw_donotcall_list ... WHERE ... tenant_dbid = $1",
            "SELECT phone, customer_id FROM gsw_donotcall_list WHERE tenant_dbid = $1",
        ),
        [integer(999)],
        {
            "columns": ["phone", "customer_id"],
            "rows": stated([], each_like([null_or("+12025550143"), null_or("C-4711")], min=0)),
            "rowcount": stated(0),
        },
    )


def _refusals(row: Row) -> None:
    def refuse(description: str, sqlstate: str, said: str | Term, params: list[Any], state: Given = HOLDS_ADA) -> None:
        sql(row, description, RIGHTS, said, params, refused(sqlstate), state)

    refuse("OCS drops no calling list", "42501", statement("DROP TABLE {list} ...", f'DROP TABLE cxc."{LIST}"'), [])
    refuse("OCS deletes no record", "42501", statement("DELETE FROM {list} ...", f'DELETE FROM cxc."{LIST}"'), [])
    refuse("OCS empties no calling list", "42501", statement("TRUNCATE {list} ...", f'TRUNCATE cxc."{LIST}"'), [])
    listed = "INSERT INTO cxc.contact_list (name, table_name, created) VALUES ($1, $2, $3)"
    refuse(
        "OCS adds no contact list",
        "42501",
        statement(listed, listed),
        [like("Spring"), like(LIST), integer(1767225600)],
    )
    refuse(
        "a calling list that nobody made is not found",
        "42P01",
        statement("SELECT ... FROM {list} ...", f'SELECT count(*) FROM cxc."{LIST}"'),
        [],
        given("there is no table {table}", table=LIST),
    )
    refused_login(row, "ocs")
