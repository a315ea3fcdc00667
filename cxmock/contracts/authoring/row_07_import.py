"""Row 7, imports that change what is there: lists that are emptied, split, updated, and how far an import has come.

That lists are appended to, updated and replaced is documented; the statements, promised by their shape, are assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, from_state, given, integer, like
from cxmock.contracts.authoring.statements import done, found, sql, statement

LISTS = assumed("that lists are appended to, updated and replaced is documented; statements are ours")
LIST = 'cxc."cl_spring"'
ADA = {"contact_info": "+12025550143", "contact_info_type": 4, "chain_id": 1, "chain_n": 0}
HOLDS_ADA = given("calling list {table} holds {records}", table="cl_spring", records=[ADA])
LISTED = given("contact list {name} is in the catalogue", name="Spring")
UNDER_WAY = given("an import of {name} is under way", name="Spring")
INCOMING = "(VALUES ('+12025550150', 7, 0, 0)) AS incoming (contact_info, chain_id, chain_n, part)"


def about_imports(row: Row) -> None:
    """Add the promises."""
    emptied = f"DELETE FROM {LIST}"
    shape = statement("DELETE FROM {list}", emptied)
    sql(row, "a list that is to be replaced is emptied", LISTS, shape, [], done(1), HOLDS_ADA)
    dropped = f"DROP TABLE {LIST}"
    shape = statement("DROP TABLE {list}", dropped)
    sql(row, "a list that is removed loses its table", LISTS, shape, [], done(0), HOLDS_ADA)
    forgotten = "DELETE FROM cxc.contact_list WHERE name = $1"
    description = "a list that is removed is taken out of the catalogue"
    sql(row, description, LISTS, statement(forgotten, forgotten), [like("Spring")], done(1), LISTED)
    runs = "DELETE FROM cxc.import_run WHERE kind = 'contact' AND list_name = $1"
    description = "what is known of a removed list's imports is removed"
    sql(row, description, LISTS, statement(runs, runs), [like("Spring")], done(1), UNDER_WAY)
    insert = (
        f"INSERT INTO {LIST} (contact_info, chain_id, chain_n) SELECT contact_info, chain_id, chain_n FROM {INCOMING}"
    )
    order = "ORDER BY chain_id, chain_n"
    part = f"{insert} WHERE part = $1 {order}"
    shape = statement(f"INSERT INTO {{list}} (...) SELECT ... FROM ... WHERE part = $1 {order}", part)
    sql(row, "a part of a file is taken into its list", LISTS, shape, [integer(0)], done(1), HOLDS_ADA)
    whole = f"{insert} {order}"
    shape = statement(f"INSERT INTO {{list}} (...) SELECT ... FROM ... {order}", whole)
    sql(row, "what a file changes is taken into the list", LISTS, shape, [], done(1), HOLDS_ADA)
    where = "WHERE l.chain_id = i.chain_id"
    update = f"UPDATE {LIST} i SET attempt = l.attempt FROM {LIST} l {where} AND l.contact_info = i.contact_info"
    shape = statement(f"UPDATE {{table}} i SET ... FROM {{list}} l {where} AND l.contact_info = i.contact_info", update)
    sql(row, "a device that a contact keeps keeps what became of it", LISTS, shape, [], done(1), HOLDS_ADA)
    secured = "UPDATE cxc.contact_list SET secured = true WHERE name = $1"
    shape = statement(secured, secured)
    sql(row, "a list that came in encrypted is secured", LISTS, shape, [like("Spring")], done(1), LISTED)
    progress = "UPDATE cxc.import_run SET lines = $1, imported = $2 WHERE id = $3 AND status = 'running'"
    numbers = [integer(50_000), integer(49_000), from_state("${run_id}", 1)]
    description = "how far an import has come is put down"
    sql(row, description, LISTS, statement(progress, progress), numbers, done(1), UNDER_WAY)
    given_up = (
        "UPDATE cxc.import_run SET status = 'failed', ended = $1, reason = 'cut short'"
        " WHERE kind = 'contact' AND list_name = $2 AND id < $3 AND status = 'running'"
    )
    description = "imports that were cut short are known to be"
    params = [integer(1767225600), like("Spring"), integer(2**31 - 1)]
    sql(row, description, LISTS, statement(given_up, given_up), params, done(1), UNDER_WAY)
    columns = ["id", "file", "status", "reason", "began", "ended", "lines", "imported", "duplicates", "rejected"]
    told = ", ".join(["coalesce(reason, '') AS reason" if name == "reason" else name for name in columns])
    where = "WHERE kind = 'contact' AND list_name = $1 ORDER BY id DESC LIMIT $2"
    query = f"SELECT {told} FROM cxc.import_run {where}"
    sql(
        row,
        "the imports of a list are read, the latest first",
        LISTS,
        statement("SELECT ... FROM cxc.import_run WHERE ... list_name = $1 ORDER BY id DESC LIMIT $2", query),
        [like("Nobody's"), integer(100)],
        found(columns),
    )
