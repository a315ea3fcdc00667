"""What is under way in a watched session: prepared statements, portals, requests that wait, the answer that arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from cxmock.wire.postgres.messages import Bind, Column, read_row
from cxmock.wire.postgres.sql import split
from cxmock.wire.postgres.values import from_wire

ROWS_SHOWN: Final = 100
BYTES_SHOWN: Final = 32 * 1024
"""Bytes of one result's rows that are shown."""


@dataclass(slots=True)
class Statement:
    """A prepared statement."""

    sql: str
    types: list[int]
    columns: list[Column] = field(default_factory=list)


@dataclass(slots=True)
class Portal:
    """A statement with its values, ready to be executed."""

    statement: Statement
    bind: Bind
    columns: list[Column] = field(default_factory=list)

    def result_columns(self) -> list[Column]:
        """Return the columns as they will arrive: as described for the portal, or for its statement."""
        if self.columns:
            return self.columns
        forms = self.bind.results
        return [
            Column(one.name, one.oid, forms[0] if len(forms) == 1 else place < len(forms) and forms[place])
            for place, one in enumerate(self.statement.columns)
        ]


@dataclass(slots=True)
class Result:
    """The answer under way."""

    columns: list[Column] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    count: int = 0
    room: int = BYTES_SHOWN
    copied: int | None = None
    """Bytes of a COPY."""

    def add(self, payload: bytes, size: int) -> None:
        """Take a row."""
        self.count += 1
        if len(self.rows) < ROWS_SHOWN and self.room > 0:
            self.room -= size
            values = read_row(payload)
            self.rows.append(
                [from_wire(value, one.oid, one.binary) for value, one in zip(values, self.columns, strict=False)]
            )


@dataclass(slots=True)
class Step:
    """A message of the client that waits for its answer."""

    kind: str
    """``login``, ``Q``, ``P``, ``B``, ``D``, ``E``, ``C``, ``F``, ``S``; ``c`` is the end of a COPY's data."""
    began: float
    sql: str = ""
    portal: Portal | None = None
    describes: Statement | Portal | None = None
    answered: int = 0
    """Statements of a simple query that have been answered."""


def request_facts(step: Step) -> dict[str, Any]:
    """Return the statement of a step as JSON."""
    if step.portal is not None:
        statement, bind = step.portal.statement, step.portal.bind
        types = statement.types + [0] * (len(bind.values) - len(statement.types))
        return {"sql": statement.sql, "params": list(map(from_wire, bind.values, types, bind.binary))}
    sql = step.sql
    if step.kind == "Q" and ";" in sql:
        statements = split(sql)
        sql = statements[step.answered] if step.answered < len(statements) else sql
    return {"sql": sql, "params": []}
