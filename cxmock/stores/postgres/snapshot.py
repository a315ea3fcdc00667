"""What is kept of PostgreSQL: a shadow of every table that has rows, in a schema of its own, and how all was made.

A database that is in use cannot be a template for another, and clients stay connected here; so tables are copied inside
of it. A table's mark tells by the places and transactions of its rows whether it is still the same: then it is left
alone. To put back what has hardly changed takes little more than a look.
"""

from __future__ import annotations

import warnings
from typing import Any

from cxmock.stores.postgres.connection import Connection
from cxmock.stores.postgres.reset import Reset
from cxmock.stores.postgres.schema import SCHEMA
from cxmock.stores.postgres.structure import HIDDEN, Relation, making, read_structure

_QUIET = (
    # Neither foreign keys nor triggers of the tables: all tables are as they were at one moment.
    "SELECT set_config('session_replication_role', 'replica', true) FROM pg_roles "
    "WHERE rolname = current_user AND rolsuper"
)
_MARK = "SELECT count(*), sum(hashtextextended(ctid::text || '/' || xmin::text, 0)::numeric)::text FROM {}"


class KeptPostgres:
    """The state of the database.

    Args:
        admin: the administrator's connection.
        reset: which ends sessions that stand in the way.
        number: tells this snapshot from others.
    """

    def __init__(self, admin: Connection, reset: Reset, number: int) -> None:
        self._admin = admin
        self._reset = reset
        self._number = number
        self._relations: dict[str, Relation] = {}
        self._sequences: dict[str, str] = {}
        self._shadows: dict[str, str] = {}
        """Table -> its shadow; a table without rows has none."""
        self._marks: dict[str, Any] = {}

    async def take(self) -> None:
        """Read how everything is made, and copy every table that has rows."""
        self._relations, self._sequences = await read_structure(self._admin)
        self._marks = await self._marked(self._tables)
        filled = [name for name, (count, _) in self._marks.items() if count]
        self._shadows = {name: f"{HIDDEN}.kept_{self._number}_{place}" for place, name in enumerate(filled)}
        copies = [
            f"CREATE UNLOGGED TABLE {shadow} AS SELECT {self._relations[name].columns} FROM {name}"
            for name, shadow in self._shadows.items()
        ]
        if copies:
            await self._admin.script(";".join([f"CREATE SCHEMA IF NOT EXISTS {HIDDEN}", *copies]))

    async def put_back(self) -> None:
        """Return to it. Sessions that stand in the way are ended, and named by a warning, as at a reset."""
        ended = await self._reset.end_left()
        there, _ = await read_structure(self._admin)
        if SCHEMA not in {one.schema for one in there.values()}:
            ended += await self._reset.perform()  # even the schema was dropped
            there, _ = await read_structure(self._admin)
        same = {name for name, one in self._relations.items() if there.get(name) == one}
        marks = await self._marked([name for name in self._tables if name in same])
        changed = self._with_referring({name for name, mark in marks.items() if mark != self._marks[name]}) & same
        fresh = set(self._tables) - same
        before, after = making([one for name, one in self._relations.items() if name not in same])
        statements = [_QUIET, *(one.dropped for name, one in there.items() if name not in same), *before]
        if changed:
            statements.append(f"TRUNCATE {', '.join(sorted(changed))}")
        for name in self._tables:
            if name in changed | fresh and (shadow := self._shadows.get(name)):
                columns = self._relations[name].columns
                statements.append(
                    f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {shadow}"
                )
        ended += await self._reset.apply([*statements, *after, *self._sequences.values()])
        self._marks |= await self._marked([name for name in self._tables if name in changed | fresh])
        for session in ended:
            warnings.warn(session, stacklevel=2)

    async def forget(self) -> None:
        """Remove the shadows."""
        if self._shadows:
            await self._admin.script(";".join(f"DROP TABLE IF EXISTS {shadow}" for shadow in self._shadows.values()))
            self._shadows = {}

    @property
    def _tables(self) -> list[str]:
        """The tables, those that others refer to before these."""
        return [name for name, one in self._relations.items() if one.kind == "r"]

    def _with_referring(self, tables: set[str]) -> set[str]:
        """Return tables and all whose foreign keys lead to them: none can be emptied without the others."""
        more = {name for name, one in self._relations.items() if tables & set(one.refers)} - tables
        return self._with_referring(tables | more) if more else tables

    async def _marked(self, tables: list[str]) -> dict[str, Any]:
        """Return each table's mark: the number of its rows, and a sum over where and by whom they were written."""
        if not tables:
            return {}
        marks = await self._admin.script(";".join(map(_MARK.format, tables)))
        return {name: tuple(one.values[0]) for name, one in zip(tables, marks, strict=True)}
