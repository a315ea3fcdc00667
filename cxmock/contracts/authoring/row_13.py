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
from cxmock.contracts.authoring.calling_list import HOLDS_ADA, LIST, refused_login
from cxmock.contracts.authoring.row_13_agents import about_callbacks, about_desktop
from cxmock.contracts.authoring.statements import done, found, refused, sql, statement

TAKING = observed("public code that works on calling lists: taken records are marked and read back")
FINISHING = observed("public code that works on calling lists: update ... where chain_id = ... and chain_n = ...")
PLANNING = assumed("that records have time zones and contact hours is documented; how OCS asks for them is ours")
DO_NOT_CALL = documented("the OCS deployment guide: gsw_donotcall_list and its columns")
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
    about_callbacks(row)
    about_desktop(row)
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
            "UPDATE {list} SET record_status = 7 WHERE chain_id = $1 AND record_status ... = 1",
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
