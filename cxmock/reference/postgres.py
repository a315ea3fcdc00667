"""A service's way into PostgreSQL (row 7): one connection that its requests share, and more for long work."""

from __future__ import annotations

import asyncio
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import AsyncConnection

CONNECT_WITHIN = 5
"""Seconds."""
STATEMENT_WITHIN = 60_000
"""Milliseconds that one statement may take."""
LONG_STATEMENT_WITHIN = 900_000
"""And where work takes long, such as a COPY of millions of rows."""
LOCK_WITHIN = 50_000
"""Milliseconds to wait for what somebody else has locked."""
SPARES = 2
"""Connections that are kept for whoever wants one of his own next: opening one takes longer than most work does."""


class Postgres:
    """Connections to one database, opened on first use.

    Args:
        url: the database, with role and password.
        name: what the server shall call us (``application_name``).
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._shared: AsyncConnection[Any] | None = None
        self._spares: list[AsyncConnection[Any]] = []
        self._closed = False
        self._turn = asyncio.Lock()

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do one statement by itself, on the shared connection, and return the rows that it gives."""
        async with self._turn:
            done = await (await self._at_hand()).execute(statement, values)
            return await done.fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Give the shared connection, in a transaction that ends with the block; others wait."""
        async with self._turn:
            connection = await self._at_hand()
            async with connection.transaction():
                yield connection

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Give a connection of one's own, in a transaction: for work that takes long."""
        connection = await self._spare() or await self._connect(LONG_STATEMENT_WITHIN)
        try:
            async with connection.transaction():
                yield connection
        finally:
            if len(self._spares) < SPARES and not self._closed and _at_rest(connection):
                self._spares.append(connection)
            else:
                await connection.close()

    async def aclose(self) -> None:
        """Close the shared connection, when nobody uses it any more: the library does not bear it before."""
        self._closed = True
        while self._spares:
            await self._spares.pop().close()
        async with self._turn:
            if self._shared is not None:
                await self._shared.close()
                self._shared = None

    async def _at_hand(self) -> AsyncConnection[Any]:
        if self._shared is None or self._shared.closed:
            self._shared = await self._connect()
        return self._shared

    async def _spare(self) -> AsyncConnection[Any] | None:
        """Return a connection that was kept, and is still good."""
        while self._spares:
            connection = self._spares.pop()
            if _at_rest(connection):
                return connection
            await connection.close()
        return None

    async def _connect(self, within: int = STATEMENT_WITHIN) -> AsyncConnection[Any]:
        from psycopg import AsyncConnection

        return await AsyncConnection.connect(
            self._url,
            autocommit=True,
            application_name=self._name,
            connect_timeout=CONNECT_WITHIN,
            options=f"-c statement_timeout={within} -c lock_timeout={LOCK_WITHIN}",
            # A calling list's table may be dropped and made anew with other columns: no plan is kept.
            prepare_threshold=None,
        )


def _at_rest(connection: AsyncConnection[Any]) -> bool:
    """Return whether a connection is in no transaction, and the server has nothing to say, such as that it ends."""
    from psycopg.pq import TransactionStatus

    if connection.closed or connection.info.transaction_status is not TransactionStatus.IDLE:
        return False
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return not looking.poll(0)
