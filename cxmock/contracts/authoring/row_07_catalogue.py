"""Row 7, the catalogue: which contact lists there are, what became of the imports, which lines were rejected.

That the lists are here is documented; the tables and the statements, promised by their shape, are assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, each_like, from_state, given, integer, like, null_or, stated
from cxmock.contracts.authoring.calling_list import LIST
from cxmock.contracts.authoring.statements import TEXTS, done, found, sql, statement

CATALOGUE = assumed("the guide says that contact and suppression lists are here; these tables are ours")


def about_contact_lists(row: Row) -> None:
    """Add the promises about the list of contact lists."""
    insert = "INSERT INTO cxc.contact_list (name, table_name, created) VALUES ($1, $2, $3)"
    shape = statement(insert, insert)
    listed = given("contact list {name} is in the catalogue", name="Spring")
    unlisted = given("there is no contact list {name}", name="Spring")
    params = [like("Spring"), like(LIST), integer(1767225600)]
    sql(row, "a contact list is put into the catalogue", CATALOGUE, shape, params, done(1), unlisted)
    sql(
        row,
        "a contact list is put into the catalogue and gets an id",
        CATALOGUE,
        statement(f"{insert} RETURNING id", f"{insert} RETURNING id"),
        params,
        {"columns": ["id"], "rows": [[integer(1)]], "rowcount": 1},
        unlisted,
    )
    by_name = "SELECT table_name FROM cxc.contact_list WHERE name = $1"
    sql(
        row,
        "a contact list's table is found in the catalogue",
        CATALOGUE,
        statement(by_name, by_name),
        [like("Spring")],
        {"columns": ["table_name"], "rows": [[stated("cl_spring")]], "rowcount": 1},
        listed,
    )
    nothing = {"columns": ["table_name"], "rows": [], "rowcount": 0}
    sql(
        row,
        "a contact list that nobody imported is not in the catalogue",
        CATALOGUE,
        statement(by_name, by_name),
        [like("Spring")],
        nothing,
        unlisted,
    )
    tables = "SELECT table_name FROM cxc.contact_list WHERE table_name LIKE $1 || '%'"
    sql(
        row,
        "the tables whose names begin alike are found",
        CATALOGUE,
        statement(tables, tables),
        [like("cl_spring")],
        found(["table_name"], ["cl_spring"]),
        listed,
    )
    sql(
        row,
        "contact lists are told with how large they are",
        CATALOGUE,
        statement(
            "SELECT ... FROM cxc.contact_list ... ORDER BY ...",
            "SELECT name, contacts, devices, created, dbid FROM cxc.contact_list WHERE name = coalesce($1, name)"
            " ORDER BY name",
        ),
        [stated("Spring", null_or("Spring"))],
        found(["name", "contacts", "devices", "created", "dbid"], ["Spring", 0, 0, 0, None]),
        listed,
    )
    sql(
        row,
        "a contact list's numbers are kept in the catalogue",
        CATALOGUE,
        statement(
            "UPDATE cxc.contact_list SET ... WHERE name = $4",
            "UPDATE cxc.contact_list SET dbid = $1, contacts = contacts + $2, devices = devices + $3 WHERE name = $4",
        ),
        [null_or(integer(101)), integer(1000), integer(1563), like("Spring")],
        done(1, any_count=False),
        listed,
    )


def about_import_runs(row: Row) -> None:
    """Add the promises about what is put down of each import."""
    begin = "INSERT INTO cxc.import_run (kind, list_name, file, began) VALUES ($1, $2, $3, $4) RETURNING id"
    sql(
        row,
        "an import is put down when it begins, and gets an id",
        CATALOGUE,
        statement(begin, begin),
        [like("contact"), like("Spring"), like("import/leads.csv"), integer(1767225600)],
        {"columns": ["id"], "rows": [[integer(1)]], "rowcount": 1},
    )
    run = given("an import of {name} is under way", name="Spring")
    number = from_state("${run_id}", 1)
    sql(
        row,
        "an import's numbers are put down when it is done",
        CATALOGUE,
        statement(
            "UPDATE cxc.import_run SET status = 'done', ended = $1, ... WHERE id = $6",
            "UPDATE cxc.import_run SET status = 'done', ended = $1, lines = $2, imported = $3, duplicates = $4,"
            " rejected = $5 WHERE id = $6",
        ),
        [integer(1767225600), integer(3), integer(2), integer(0), integer(1), number],
        done(1, any_count=False),
        run,
    )
    sql(
        row,
        "why an import failed is put down",
        CATALOGUE,
        statement(
            "UPDATE cxc.import_run SET status = 'failed', ended = $1, reason = $2 WHERE id = $3",
            "UPDATE cxc.import_run SET status = 'failed', ended = $1, reason = $2 WHERE id = $3",
        ),
        [integer(1767225600), like("no such file"), number],
        done(1, any_count=False),
        run,
    )
    rejects = statement(
        "INSERT INTO cxc.import_reject (run_id, line, reason, content) SELECT ...",
        "INSERT INTO cxc.import_reject (run_id, line, reason, content)"
        " SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[])",
    )
    why, what = stated(["no number"], TEXTS), stated([",Ada"], TEXTS)
    sql(
        row,
        "rejected lines are kept with the reason",
        CATALOGUE,
        rejects,
        [number, stated([37], each_like(integer(37))), why, what],
        done(1),
        run,
    )
    lines = (
        "SELECT r.file, j.line, j.reason, j.content FROM cxc.import_reject j JOIN cxc.import_run r ON r.id = j.run_id"
    )
    sql(
        row,
        "rejected lines are read, the latest import's first",
        CATALOGUE,
        statement(
            "SELECT ... FROM cxc.import_reject ... ORDER BY ... LIMIT $2",
            f"{lines} WHERE r.list_name = $1 ORDER BY r.id DESC, j.line LIMIT $2",
        ),
        [like("Nobody's"), integer(1000)],
        found(["file", "line", "reason", "content"]),
    )
    none = stated([], "{}")
    sql(row, "where no line was rejected none is kept", CATALOGUE, rejects, [number, none, none, none], done(0), run)
