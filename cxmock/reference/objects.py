"""The tenant's named objects in PostgreSQL (row 7): labels, profiles, rules and all else that has a name and fields.

That they are here is documented of the outbound data only; the table and its statements are assumed. All objects are in
one table; each has a version, which grows with every change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxmock.reference.calling_list import SCHEMA
from cxmock.reference.gathering import Gathering
from cxmock.reference.paging import Order, Paging

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from cxmock.reference.runtime import Runtime

TABLE = f"{SCHEMA}.named_object"
_COLUMNS = "name, version, created, changed, data"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it is kept."""

    name: str
    version: int
    created: int
    """UTC seconds."""
    changed: int
    """UTC seconds."""
    data: dict[str, Any]


class Objects:
    """The objects of one kind, of the service's tenant; those of others are not seen.

    Args:
        runtime: the service's ways to others.
        kind: such as ``labels``.
    """

    def __init__(self, runtime: Runtime, kind: str) -> None:
        self._runtime = runtime
        self._key = (runtime.settings.ccid, kind)
        self._gathering = Gathering(self._named)

    async def find(self, name: str) -> Stored | None:
        """Return the object of that name, or None."""
        return await self._gathering.find(name)

    async def _named(self, names: list[str]) -> dict[str, Stored]:
        statement = f"SELECT {_COLUMNS} FROM {TABLE} WHERE tenant = %s AND kind = %s AND name = ANY(%s)"
        rows = await self._runtime.postgres.rows(statement, *self._key, names)
        return {row[0]: Stored(*row) for row in rows}

    async def page(self, paging: Paging) -> tuple[list[Stored], int]:
        """Return a part of the objects, by name where ``paging`` does not say otherwise, and how many there are."""
        from psycopg.types.json import Jsonb

        where, values = "tenant = %s AND kind = %s", list[object](self._key)
        if paging.part:
            where, values = f"{where} AND strpos(lower(name), lower(%s)) > 0", [*values, paging.part]
        if paging.having:
            where, values = f"{where} AND data @> %s", [*values, Jsonb(dict(paging.having))]
        by = ", ".join(_sql(one) for one in (*paging.order, Order("name")))
        rows = await self._runtime.postgres.rows(
            f"SELECT {_COLUMNS} FROM {TABLE} WHERE {where} ORDER BY {by} LIMIT %s OFFSET %s",
            *(*values, paging.limit, paging.offset),
        )
        total = paging.offset + len(rows)
        if len(rows) == paging.limit or (paging.offset and not rows):
            counted = await self._runtime.postgres.rows(f"SELECT count(*) FROM {TABLE} WHERE {where}", *values)
            total = counted[0][0]
        return [Stored(*row) for row in rows], total

    async def add(self, name: str, data: Mapping[str, Any], now: float, most: int) -> Stored | None:
        """Keep a new object; None, and nothing is done, when there is one of that name or there are ``most``.

        Which of both it was, :meth:`find` tells.
        """
        from psycopg.types.json import Jsonb

        statement = (
            f"INSERT INTO {TABLE} (tenant, kind, name, created, changed, data) SELECT %s, %s, %s, %s, %s, %s "
            f"WHERE (SELECT count(*) FROM {TABLE} WHERE tenant = %s AND kind = %s) < %s "
            f"ON CONFLICT (tenant, kind, name) DO NOTHING RETURNING {_COLUMNS}"
        )
        at = int(now)
        rows = await self._runtime.postgres.rows(
            statement, *self._key, name, at, at, Jsonb(dict(data)), *self._key, most
        )
        return Stored(*rows[0]) if rows else None

    async def locked(self, connection: AsyncConnection[Any], name: str) -> Stored | None:
        """Return the object of that name, and keep others from changing it until the transaction ends."""
        found = await connection.execute(
            f"SELECT {_COLUMNS} FROM {TABLE} WHERE tenant = %s AND kind = %s AND name = %s FOR UPDATE",
            (*self._key, name),
        )
        row = await found.fetchone()
        return Stored(*row) if row else None

    async def change(
        self, connection: AsyncConnection[Any], name: str, data: Mapping[str, Any], now: float
    ) -> Stored | None:
        """Keep other data of an object; return it, or None when there is none of that name."""
        from psycopg.types.json import Jsonb

        done = await connection.execute(
            f"UPDATE {TABLE} SET data = %s, version = version + 1, changed = %s "
            f"WHERE tenant = %s AND kind = %s AND name = %s RETURNING {_COLUMNS}",
            (Jsonb(dict(data)), int(now), *self._key, name),
        )
        row = await done.fetchone()
        return Stored(*row) if row else None

    async def remove(self, name: str) -> bool:
        """Remove an object; return whether there was one."""
        statement = f"DELETE FROM {TABLE} WHERE tenant = %s AND kind = %s AND name = %s RETURNING name"
        return bool(await self._runtime.postgres.rows(statement, *self._key, name))


def _sql(order: Order) -> str:
    """Return the ORDER BY term. The name has been looked up among the fields of the kind."""
    column = order.by if order.by in _COLUMNS.split(", ") else f"data->'{order.by}'"
    return f"{column} DESC" if order.descending else column
