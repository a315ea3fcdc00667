"""SQL as contracts promise it: by the shape of a statement, since no two programs word one alike.

A shape has the statement's words in their order, and in between ``...`` for whatever, ``{list}`` for the table of any
calling list, ``{table}`` for any table. Letters may be large or small, spaces and line breaks many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cxmock.contracts.authoring import Evidence, Given, Row, Term, each_like, integer, like, not_empty, regex, stated

_HOLES = {
    "...": r"[\s\S]*?",
    "{list}": r'"?cxc"?\."?cl_\w+"?',
    "{table}": r'"?\w+"?(?:\."?\w+"?)?',
}
_SPACES = r"\s*"
_TOKEN = re.compile(r"\.\.\.|\{\w+\}|\w+|\S")
TEXTS = regex(r"\{[\s\S]*\}", '{"no number"}')
"""A list of texts in PostgreSQL's own spelling, which is what journals have of one."""


def statement(shape: str, example: str) -> Term:
    r"""Promise a statement of a shape.

    >>> term = statement("SELECT ... FROM {list} ... WHERE chain_id = $1", "SELECT a FROM cxc.cl_a WHERE chain_id = $1")
    >>> bool(re.match(term.matchers[0]["regex"], "select  a, b from cxc.cl_b l\n where chain_id=$1 "))
    True
    >>> bool(re.match(term.matchers[0]["regex"], "SELECT a FROM cxc.suppression_list WHERE chain_id = $1"))
    False
    """
    words = [_HOLES.get(token) or _word(token) for token in _TOKEN.findall(shape)]
    return regex(rf"\s*(?i:{_SPACES.join(words)})[\s;]*", example)


def sql(
    row: Row,
    description: str,
    evidence: Evidence,
    said: str | Term,
    params: Sequence[Any],
    observed: Any,
    *states: Given,
) -> None:
    """Add a promise about one statement."""
    row.operation(description, evidence, "postgresql", {"sql": said, "params": list(params)}, observed, states=states)


def done(count: int, *, any_count: bool = True) -> dict[str, Any]:
    """Return the result of a statement without rows; how many it concerned follows from the state."""
    return {"columns": [], "rows": [], "rowcount": stated(count) if any_count else count}


def found(columns: Sequence[str], *rows: Sequence[Any]) -> dict[str, Any]:
    """Return the result of a query: these rows in the promise's state; elsewhere others, and maybe other columns."""
    return {
        "columns": stated(list(columns), each_like(columns[0])),
        "rows": stated([list(one) for one in rows], like([])),
        "rowcount": stated(len(rows)),
    }


def refused(sqlstate: str) -> dict[str, Any]:
    """Return the error of a statement, by PostgreSQL's code for it."""
    return {"error": {"sqlstate": sqlstate, "message": not_empty("why")}}


def copied(rows: int, size: int) -> dict[str, Any]:
    """Return what is observed of a COPY: nobody looks into its data."""
    return {"rowcount": stated(rows, integer(rows)), "bytes": stated(size, integer(size))}


def _word(token: str) -> str:
    return rf"\b{token}\b" if token.isidentifier() or token.isdigit() else re.escape(token)
