"""Row 7, imports whose List Builder dies: who is at work on one has a lock, which ends with its session."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, assumed, given, integer, like
from cxmock.contracts.authoring.statements import done, sql, statement

DEATHS = assumed(
    "that another replica goes on is documented of CX Contact as a whole; the lock and the statements are ours"
)
UNDER_WAY = given("an import of {name} is under way", name="Spring")


def about_faults(row: Row) -> None:
    """Add the promises."""
    lock = "SELECT pg_advisory_xact_lock($1, $2)"
    locked = {"columns": ["pg_advisory_xact_lock"], "rows": [[""]], "rowcount": 1}
    keys = [integer(7301), integer(1)]
    sql(row, "who is at work on an import is known to be", DEATHS, statement(lock, lock), keys, locked)
    dead = (
        "UPDATE cxc.import_run SET status = 'failed', ended = $1, reason = 'cut short' WHERE kind = 'contact'"
        " AND list_name = $2 AND status = 'running' AND pg_try_advisory_xact_lock($3, id)"
    )
    params = [integer(1767225600), like("Spring"), integer(7301)]
    description = "imports that nobody is at work on any more were cut short"
    sql(row, description, DEATHS, statement(dead, dead), params, done(1), UNDER_WAY)
