"""Row 7, calling lists: a table is made, filled, read out, and made ready before a campaign.

The columns are documented; the statements, promised by their shape, are assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, Term, assumed, each_like, given, integer, stated, unseen
from cxmock.contracts.authoring.calling_list import COLUMNS, HOLDS_ADA, HOLDS_NOTHING, LIST
from cxmock.contracts.authoring.statements import copied, done, found, sql, statement

LISTS = assumed("the guide says that contact lists are here, the OCS guide names columns; statements are ours")


def about_calling_lists(row: Row) -> None:
    """Add the promises about a list as it comes and goes."""
    no_table = given("there is no table {table}", table=LIST)
    made = statement("CREATE TABLE {list} (...)", f'CREATE TABLE cxc."{LIST}" ({COLUMNS})')
    sql(row, "a calling list's table is made", LISTS, made, [], done(0), no_table)
    index = statement("CREATE INDEX ON {list} (...)", f'CREATE INDEX ON cxc."{LIST}" (record_status, record_type)')
    sql(row, "a calling list's table is indexed", LISTS, index, [], done(0), HOLDS_NOTHING)
    row.operation(
        "contacts are copied in, all at once",
        LISTS,
        "postgresql",
        {
            "sql": statement(
                "COPY {table} (...) FROM STDIN", f'COPY cxc."{LIST}" (contact_info, chain_id, chain_n) FROM STDIN'
            ),
            "copy": True,
            "data": unseen("+12025550143\t1\t0\n+12025550144\t1\t1\n"),
        },
        copied(2, 34),
        states=[HOLDS_NOTHING],
    )
    row.operation(
        "a list is copied out, all at once",
        LISTS,
        "postgresql",
        {
            "sql": statement(
                "COPY (SELECT ... FROM {list} ...) TO STDOUT ...",
                f'COPY (SELECT contact_info AS "Device" FROM cxc."{LIST}" ORDER BY chain_n)'
                " TO STDOUT (FORMAT csv, HEADER)",
            ),
            "copy": True,
        },
        copied(2, 33),
        states=[HOLDS_ADA],
    )
    sql(
        row,
        "a contact's devices are read in their order",
        LISTS,
        statement(
            "SELECT ... FROM {list} ... WHERE chain_id = $1 ...",
            f'SELECT contact_info, chain_n FROM cxc."{LIST}" WHERE chain_id = $1 ORDER BY chain_n',
        ),
        [integer(1)],
        found(["contact_info", "chain_n"], ["+12025550143", 0], ["+12025550144", 1]),
        HOLDS_ADA,
    )
    sql(
        row,
        "the first device of each contact is read",
        LISTS,
        statement(
            "SELECT ... FROM {list} ... WHERE chain_n = 0 ...",
            f'SELECT c_first_name, contact_info FROM cxc."{LIST}" WHERE chain_n = 0',
        ),
        [],
        found(["c_first_name", "contact_info"], ["Ada", "+12025550143"]),
        HOLDS_ADA,
    )
    sql(
        row,
        "a record that was never tried is ready, general, of unknown result",
        LISTS,
        f'SELECT record_type, record_status, call_result, attempt FROM cxc."{LIST}" WHERE chain_id = $1 LIMIT $2',
        [1, 1],
        {
            "columns": ["record_type", "record_status", "call_result", "attempt"],
            "rows": [[2, 1, 28, 0]],
            "rowcount": 1,
        },
        HOLDS_ADA,
    )
    sql(
        row,
        "who is appended to a list comes after its last contact",
        LISTS,
        statement(
            "SELECT ... max(chain_id) ... FROM {list}",
            f'SELECT coalesce(max(chain_id), 0) + 1 AS next FROM cxc."{LIST}"',
        ),
        [],
        {"columns": each_like("next", max=1), "rows": [[stated(2)]], "rowcount": 1},
        HOLDS_ADA,
    )


def about_dialing(row: Row) -> None:
    """Add what Campaign Manager does before a campaign is loaded."""
    sql(
        row,
        "before a campaign its records are made ready again, those of other media aside",
        LISTS,
        statement(
            "UPDATE {list} SET record_type = ... record_status = 1, call_result = 28, attempt = 0, ... WHERE ...",
            f'UPDATE cxc."{LIST}" SET record_type = CASE WHEN contact_info_type = ANY($1::integer[]) THEN 2 ELSE 7 END,'
            " record_status = 1, call_result = 28, attempt = 0, call_time = NULL"
            " WHERE campaign_id IS DISTINCT FROM $2 AND record_type <> ALL($3::integer[])",
        ),
        [stated([4], KINDS_OF_DEVICES), integer(101), stated([4, 5, 6], each_like(integer(4)))],
        done(2),
        HOLDS_ADA,
    )
    sql(
        row,
        "the records that are ready to be dialed are counted",
        LISTS,
        statement(
            "SELECT count(*) FROM {list} ... WHERE record_status = 1 ...",
            f'SELECT count(*) FROM cxc."{LIST}" WHERE record_status = 1 AND record_type <> 7',
        ),
        [],
        {"columns": ["count"], "rows": [[stated(2)]], "rowcount": 1},
        HOLDS_ADA,
    )


KINDS_OF_DEVICES = Term("{4,5}", ({"match": "notEmpty"},))
"""A list, or PostgreSQL's own spelling of one: it depends on the driver which of both is seen."""
