"""Row 7, what is asked for jobs: what came of imports that a run began."""

from __future__ import annotations

from cxmock.contracts.authoring import Row, given, integer, like
from cxmock.contracts.authoring.row_07_catalogue import CATALOGUE
from cxmock.contracts.authoring.statements import found, sql, statement

COLUMNS = ("id", "file", "status", "reason", "began", "ended", "lines", "imported", "duplicates", "rejected")


def about_jobs(row: Row) -> None:
    """Add the promises."""
    query = (
        "SELECT id, file, status, coalesce(reason, '') AS reason, began, ended, lines, imported, duplicates, rejected"
        " FROM cxc.import_run WHERE kind = 'contact' AND list_name = $1 ORDER BY id DESC LIMIT $2"
    )
    shape = "SELECT ... FROM cxc.import_run WHERE kind = 'contact' AND list_name = $1 ORDER BY id DESC LIMIT $2"
    none = given("there is no contact list {name}", name="Spring")
    params = [like("Spring"), integer(100)]
    sql(row, "the imports of a list are told", CATALOGUE, statement(shape, query), params, found(COLUMNS), none)
    names = "SELECT name FROM cxc.suppression_list ORDER BY name LIMIT 20"
    sql(row, "some suppression lists are named", CATALOGUE, statement(names, names), [], {"columns": ["name"]})
