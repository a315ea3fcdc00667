"""Row 7, suppression lists and who is on them.

That the lists are here is documented; the tables and the statements, promised by their shape, are assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, from_state, given, integer, like, null_or, stated
from cxmock.contracts.authoring.row_07_catalogue import CATALOGUE
from cxmock.contracts.authoring.statements import TEXTS, done, found, sql, statement


def about_suppression(row: Row) -> None:
    """Add the promises."""
    bankrupt = given("suppression list {name} holds {entries}", name="bankrupt", entries=["12025550143"])
    upsert = (
        "INSERT INTO cxc.suppression_list (name, type, channel, required, created)"
        " VALUES ($1, $2, nullif($3, ''), $4, $5) ON CONFLICT (name)"
        " DO UPDATE SET channel = excluded.channel, required = excluded.required RETURNING id, type"
    )
    sql(
        row,
        "a suppression list is made, or is there already",
        CATALOGUE,
        statement("INSERT INTO cxc.suppression_list ... ON CONFLICT (name) ... RETURNING id, type", upsert),
        [like("bankrupt"), like("Device"), like(""), like(False), integer(1767225600)],
        {"columns": ["id", "type"], "rows": [[integer(1), like("Device")]], "rowcount": 1},
        bankrupt,
    )
    sql(
        row,
        "what is to be put on a list is gathered first",
        CATALOGUE,
        statement(
            "CREATE TEMPORARY TABLE {table} (...) ON COMMIT DROP",
            "CREATE TEMPORARY TABLE incoming (entry varchar(128) NOT NULL) ON COMMIT DROP",
        ),
        [],
        done(0),
    )
    sql(
        row,
        "entries are put on a suppression list, each once",
        CATALOGUE,
        statement(
            "INSERT INTO cxc.suppression_entry (list_id, entry) SELECT DISTINCT ... ON CONFLICT ... DO UPDATE ...",
            "INSERT INTO cxc.suppression_entry (list_id, entry) SELECT DISTINCT $1::integer, entry"
            " FROM (VALUES ('12025550143'), ('442079460018')) AS incoming(entry)"
            " ON CONFLICT (list_id, entry) DO UPDATE SET expires = NULL",
        ),
        [from_state("${list_id}", 1)],
        done(2),
        bankrupt,
    )
    row.operation(
        "a suppression entry that is there already is not there twice",
        CATALOGUE,
        "postgresql",
        {
            "sql": "INSERT INTO cxc.suppression_entry (list_id, entry)"
            " SELECT id, $2 FROM cxc.suppression_list WHERE name = $1 ON CONFLICT DO NOTHING",
            "params": ["bankrupt", "12025550143"],
        },
        done(0),
        states=[bankrupt],
    )
    entries = "SELECT DISTINCT entry FROM cxc.suppression_entry"
    sql(
        row,
        "entries are read, each once",
        CATALOGUE,
        statement("SELECT DISTINCT entry FROM {table} ...", f"{entries} WHERE entry = '12025550143'"),
        [],
        found(["entry"], ["12025550143"]),
        bankrupt,
    )
    sql(
        row,
        "a suppression list's size is counted anew",
        CATALOGUE,
        statement(
            "UPDATE cxc.suppression_list SET size = ... WHERE id = $2 RETURNING size",
            "UPDATE cxc.suppression_list SET size = (SELECT count(*) FROM cxc.suppression_entry WHERE list_id = $1)"
            " WHERE id = $2 RETURNING size",
        ),
        [from_state("${list_id}", 1), from_state("${list_id}", 1)],
        {"columns": ["size"], "rows": [[stated(1)]], "rowcount": 1},
        bankrupt,
    )
    sql(
        row,
        "suppression lists are told with how large they are",
        CATALOGUE,
        statement(
            "SELECT ... FROM cxc.suppression_list ... ORDER BY ...",
            "SELECT name, type, required, size AS entries FROM cxc.suppression_list WHERE name = coalesce($1, name)"
            " ORDER BY name",
        ),
        [stated("bankrupt", null_or("bankrupt"))],
        found(["name", "type", "required", "entries"], ["bankrupt", "Device", False, 0]),
        bankrupt,
    )
    sql(
        row,
        "a suppression list is kept from others while it is changed",
        CATALOGUE,
        statement(
            "SELECT ... FROM cxc.suppression_list ... FOR UPDATE",
            "SELECT id, name, type FROM cxc.suppression_list WHERE name = coalesce($1, name) FOR UPDATE",
        ),
        [stated("bankrupt", null_or("bankrupt"))],
        found(["id", "name", "type"], [integer(1), "bankrupt", "Device"]),
        bankrupt,
    )
    change = "UPDATE cxc.suppression_list SET channel = nullif($1, ''), required = $2, expires = $3 WHERE name = $4"
    sql(
        row,
        "until when a suppression list holds, and for whom, is changed",
        CATALOGUE,
        statement(change, change),
        [like("voice"), like(True), null_or(integer(1767225600)), like("bankrupt")],
        done(1),
        bankrupt,
    )
    sql(
        row,
        "single entries are put on a suppression list",
        CATALOGUE,
        statement(
            "INSERT INTO cxc.suppression_entry (list_id, entry, expires) SELECT ... ON CONFLICT ... DO UPDATE ...",
            "INSERT INTO cxc.suppression_entry (list_id, entry, expires) SELECT $1::integer, entry, $2::integer"
            " FROM unnest($3::text[]) AS e (entry)"
            " ON CONFLICT (list_id, entry) DO UPDATE SET expires = excluded.expires",
        ),
        [from_state("${list_id}", 1), null_or(integer(1767225600)), stated(["442079460018"], TEXTS)],
        done(1),
        bankrupt,
    )
    taken_off = "DELETE FROM cxc.suppression_entry WHERE list_id = $1 AND entry = $2"
    sql(
        row,
        "an entry is taken off a suppression list",
        CATALOGUE,
        statement(taken_off, taken_off),
        [from_state("${list_id}", 1), like("12025550143")],
        done(1),
        bankrupt,
    )
    removed = "DELETE FROM cxc.suppression_list WHERE name = $1"
    sql(
        row,
        "a suppression list is removed with its entries",
        CATALOGUE,
        statement(removed, removed),
        [like("bankrupt")],
        done(1),
        bankrupt,
    )
