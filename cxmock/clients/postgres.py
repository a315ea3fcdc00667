"""A client of PostgreSQL that performs operations in the shape of contracts, by psycopg."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.wire.postgres.values import from_wire

if TYPE_CHECKING:
    from psycopg import AsyncConnection, AsyncRawCursor


_REFUSALS = {"password authentication failed": "28P01", "is not permitted to log in": "28000"}
"""What a refused login says, and its SQLSTATE, which libpq does not tell."""


class PostgresClient:
    """One connection, opened when first needed and again when lost; one operation at a time, each a transaction.

    Args:
        url: ``postgresql://role:password@host:port/database``.
        name: what the server shall call it (``application_name``).
        within: seconds for one operation.
    """

    def __init__(self, url: str, *, name: str = "cxmock", within: float = 5.0) -> None:
        parts = urlsplit(url)
        self._where = f"postgresql://{parts.hostname}:{parts.port or 5432}{parts.path}"
        self._url = url
        self._name = name
        self._within = within
        self._turn = asyncio.Lock()
        self._connection: AsyncConnection[Any] | None = None

    async def perform(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Perform an operation and return what was observed; an error of the database is returned too.

        Args:
            operation: ``{"sql": "... $1 ...", "params": [1]}``; or ``{"sql": "COPY ...", "copy": True}`` with what is
                to be copied in as text under ``data``; or ``{"login": {"role", "password"}}``, over a connection that
                is closed again (what is left out is as in the URL).

        Returns:
            ``{"columns": ["name"], "rows": [["leads"]], "rowcount": 1}``; ``{"rowcount": 1, "bytes": 6}`` for COPY;
            ``{"ok": True}`` for a login; ``{"error": {"sqlstate", "message"}}``.

        Raises:
            NotReachable: nobody listens, or the login is refused.
            NoAnswer: there was no answer in time, or the connection was closed.
        """
        import psycopg

        try:
            async with self._turn, asyncio.timeout(self._within):
                if "login" in operation:
                    return await self._log_in(operation["login"])
                cursor = await self._cursor()
                if operation.get("copy"):
                    return await _copy(cursor, operation["sql"], operation.get("data", ""))
                await cursor.execute(operation["sql"], operation.get("params") or None)
                told = _told(cursor)
                # Each operation is alone: what begins a transaction ends with it.
                await cursor.connection.rollback()
                return told
        except TimeoutError as error:
            await self.aclose()
            raise NoAnswer(f"SQL at {self._where}", f"no answer within {self._within:g} s") from error
        except asyncio.CancelledError:
            await self.aclose()
            raise
        except psycopg.Error as error:
            if error.sqlstate is None or self._connection is None or self._connection.closed:
                raise await self._lost(error) from error
            return {"error": {"sqlstate": error.sqlstate, "message": error.diag.message_primary or ""}}

    async def aclose(self) -> None:
        """Close the connection; the next operation would open another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _cursor(self) -> AsyncRawCursor[Any]:
        from psycopg import AsyncConnection, AsyncRawCursor

        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(self._url, autocommit=True, application_name=self._name)
        return AsyncRawCursor(self._connection)

    async def _log_in(self, login: Mapping[str, str]) -> dict[str, Any]:
        import psycopg
        from psycopg.conninfo import make_conninfo

        url = make_conninfo(self._url, user=login.get("role"), password=login.get("password"))
        try:
            connection = await psycopg.AsyncConnection.connect(url, application_name=self._name)
        except psycopg.OperationalError as error:
            said = str(error)
            for text, sqlstate in _REFUSALS.items():
                if text in said:
                    return {"error": {"sqlstate": sqlstate, "message": said.partition("FATAL:")[2].strip()}}
            raise
        await connection.close()
        return {"ok": True}

    async def _lost(self, error: Exception) -> NotReachable | NoAnswer:
        """Return what to say of a connection that could not be opened, or broke."""
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        opened = self._connection is not None
        await self.aclose()
        return NoAnswer(f"SQL at {self._where}", reason) if opened else NotReachable(self._where, reason)


def _told(cursor: AsyncRawCursor[Any]) -> dict[str, Any]:
    """Return a result as it came over the wire, in the values that taps tell too."""
    result = cursor.pgresult
    assert result is not None
    columns = range(result.nfields)
    rows = [
        [from_wire(result.get_value(row, at), result.ftype(at), bool(result.fformat(at))) for at in columns]
        for row in range(result.ntuples)
    ]
    names = [(result.fname(at) or b"").decode() for at in columns]
    return {"columns": names, "rows": rows, "rowcount": result.command_tuples or 0}


async def _copy(cursor: AsyncRawCursor[Any], sql: str, data: str) -> dict[str, Any]:
    """Copy ``data`` in, or count what is copied out."""
    size = 0
    async with cursor.copy(sql) as copy:
        if " from stdin" in sql.lower():
            size = len(data.encode())
            await copy.write(data)
        else:
            async for block in copy:
                size += len(block)
    return {"rowcount": cursor.rowcount, "bytes": size}
