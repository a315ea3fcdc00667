"""Row 7, the named objects: labels, profiles, rules and all else that has a name and fields, in one table.

The table and its statements, promised by their shape, are assumed; the error's code is PostgreSQL's own.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, Term, assumed, given, integer, like, regex, stated
from cxmock.contracts.authoring.statements import found, refused, sql, statement

OBJECTS = assumed("the guide has labels, profiles, templates and rules; that they are in this table is ours")
TABLE = "cxc.named_object"
COLUMNS = ["name", "version", "created", "changed", "data"]
CCID = "54740030-8867-4790-9ff5-f224bcc7eff5"
TENANT = like(CCID)
THERE = given("of kind {kind} tenant {tenant} has {name}", kind="labels", tenant=CCID, name="VIP")
NONE = given("of kind {kind} tenant {tenant} has nothing", kind="labels", tenant=CCID)
DATA = Term('{"color": "#ff0000"}', ({"match": "notEmpty"},))
MINE = [TENANT, like("labels")]
VIP = [*MINE, like("VIP")]


def about_objects(row: Row) -> None:
    """Add the promises."""
    selected = f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE tenant = $1 AND kind = $2"
    one = f"{selected} AND name = $3"
    shown = ["VIP", 1, 0, 0, {"color": "#ff0000"}]
    some = f"{selected} AND name = ANY($3)"
    names = [*MINE, regex(r"\{.*\}", "{VIP}")]
    sql(row, "named objects are read", OBJECTS, statement(some, some), names, found(COLUMNS, shown), THERE)
    nothing = found(COLUMNS)
    sql(row, "of objects that nobody made there is nothing", OBJECTS, statement(some, some), names, nothing, NONE)
    locked = f"{one} FOR UPDATE"
    description = "a named object is kept from others while it is changed"
    sql(row, description, OBJECTS, statement(locked, locked), VIP, found(COLUMNS, shown), THERE)
    page = " ORDER BY name LIMIT {} OFFSET {}"
    for description, where, values in (
        ("", "", []),
        (" whose names have a word in them", " AND strpos(lower(name), lower($3)) > 0", [like("vi")]),
        (" of which a field has some value", " AND data @> $3", [DATA]),
        (
            " by name and by a field",
            " AND strpos(lower(name), lower($3)) > 0 AND data @> $4",
            [like("vi"), DATA],
        ),
    ):
        last = len(values) + 3
        query = selected + where + page.format(f"${last}", f"${last + 1}")
        shape = f"{selected}{where} ORDER BY ... LIMIT ${last} OFFSET ${last + 1}"
        params = [*MINE, *values, integer(100), integer(0)]
        text = f"a page of named objects is read{description}"
        sql(row, text, OBJECTS, statement(shape, query), params, found(COLUMNS, shown), THERE)
        counted = f"SELECT count(*) FROM {TABLE} WHERE tenant = $1 AND kind = $2{where}"
        sql(
            row,
            f"named objects{description} are counted",
            OBJECTS,
            statement(counted, counted),
            [*MINE, *values],
            {"columns": ["count"], "rows": [[stated(1)]], "rowcount": 1},
            THERE,
        )
    insert = (
        f"INSERT INTO {TABLE} (tenant, kind, name, created, changed, data) SELECT $1, $2, $3, $4, $5, $6"
        f" WHERE (SELECT count(*) FROM {TABLE} WHERE tenant = $7 AND kind = $8) < $9"
        f" ON CONFLICT (tenant, kind, name) DO NOTHING RETURNING {', '.join(COLUMNS)}"
    )
    made = [*VIP, integer(1767225600), integer(1767225600), DATA, *MINE, integer(10_000)]
    first = found(COLUMNS, ["VIP", 1, 1767225600, 1767225600, {"color": "#ff0000"}])
    sql(row, "a named object is kept", OBJECTS, statement(insert, insert), made, first, NONE)
    sql(
        row,
        "an object's name that is taken is left alone",
        OBJECTS,
        statement(insert, insert),
        made,
        found(COLUMNS),
        THERE,
    )
    update = (
        f"UPDATE {TABLE} SET data = $1, version = version + 1, changed = $2"
        f" WHERE tenant = $3 AND kind = $4 AND name = $5 RETURNING {', '.join(COLUMNS)}"
    )
    changed = [DATA, integer(1767225600), *VIP]
    second = found(COLUMNS, ["VIP", 2, 0, 1767225600, {"color": "#ff0000"}])
    sql(
        row,
        "a named object is changed, and its version grows",
        OBJECTS,
        statement(update, update),
        changed,
        second,
        THERE,
    )
    remove = f"DELETE FROM {TABLE} WHERE tenant = $1 AND kind = $2 AND name = $3 RETURNING name"
    gone = {"columns": ["name"], "rows": stated([["VIP"]], like([])), "rowcount": stated(1)}
    sql(row, "a named object is removed", OBJECTS, statement(remove, remove), VIP, gone, THERE)
    nothing = {"columns": ["name"], "rows": stated([], like([])), "rowcount": stated(0)}
    sql(row, "what is not there is not removed", OBJECTS, statement(remove, remove), VIP, nothing, NONE)
    twice = f"INSERT INTO {TABLE} (tenant, kind, name, created, changed, data) VALUES ($1, $2, $3, 0, 0, $4)"
    sql(
        row,
        "one kind has no two objects of one name",
        OBJECTS,
        statement(twice, twice),
        [*VIP, DATA],
        refused("23505"),
        THERE,
    )
