"""OCS's one connection to PostgreSQL, as role ``ocs``: opened when first needed, and again when lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxmock.errors.ocs import ListUnusable
from cxmock.serving import Endpoint, Login

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.sql import Composed, Identifier

CONNECT_WITHIN: Final = 5
"""Seconds."""
STATEMENT_WITHIN: Final = 30_000
"""Milliseconds that one statement may take."""
PLANNED_AFTER: Final = 5
"""Uses of one statement after which psycopg has the server keep its plan."""


class Database:
    """The connection; one statement or batch at a time. A statement has ``{table}`` where the table's name belongs.

    Args:
        place: where PostgreSQL is.
        login: the role, and its password.
        name: of the database.
        certificate: the files of a certificate to show and of its key, where the database wants to see one.
    """

    def __init__(self, place: Endpoint, login: Login, name: str, certificate: tuple[Path, Path] | None) -> None:
        self._place = place
        self._login = login
        self._name = name
        self._certificate = certificate
        self._connection: AsyncConnection[dict[str, Any]] | None = None
        self._used = 0
        self._turn = asyncio.Lock()

    async def rows(self, table: str, statement: str | Composed, values: Any) -> list[dict[str, Any]]:
        """Perform a statement and return its rows.

        Raises:
            ListUnusable: the database is out of reach, or refuses.
        """
        async with self._turn:
            connection = await self._connected()
            try:
                cursor = await connection.execute(_on(table, statement), values)
                return await cursor.fetchall()
            except Exception as error:
                raise _unusable(table, error) from error

    async def execute(self, table: str, statement: str, values: tuple[Any, ...]) -> None:
        """Perform a statement that has no rows.

        Raises:
            ListUnusable: the database is out of reach, or refuses.
        """
        async with self._turn:
            connection = await self._connected()
            try:
                await connection.execute(_on(table, statement), values)
            except Exception as error:
                raise _unusable(table, error) from error

    async def execute_many(self, batches: Mapping[tuple[str, str], Sequence[tuple[Any, ...]]]) -> None:
        """Perform statements many times, by table and statement; nothing else comes in between.

        Raises:
            ListUnusable: the database is out of reach, or refuses.
        """
        async with self._turn:
            connection = await self._connected()
            for (table, statement), values in batches.items():
                try:
                    async with connection.cursor() as cursor:
                        await cursor.executemany(_on(table, statement), values)
                except Exception as error:
                    raise _unusable(table, error) from error

    async def forget(self) -> None:
        """Remember no plans for tables that were: they are kept with the connection, once it was used a few times."""
        if self._used > PLANNED_AFTER:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connection. The next use opens another."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connected(self) -> AsyncConnection[dict[str, Any]]:
        if self._connection is None or self._connection.closed:
            from psycopg import AsyncConnection, Error
            from psycopg.rows import dict_row

            certificate, key = map(str, self._certificate) if self._certificate else (None, None)
            try:
                self._connection = await AsyncConnection.connect(
                    host=self._place.host,
                    port=self._place.port,
                    dbname=self._name,
                    user=self._login.name,
                    password=self._login.secret,
                    autocommit=True,
                    row_factory=dict_row,
                    application_name="ocs",
                    connect_timeout=CONNECT_WITHIN,
                    options=f"-c statement_timeout={STATEMENT_WITHIN}",
                    sslcert=certificate,
                    sslkey=key,
                )
            except Error as error:
                raise ListUnusable("its database", str(error)) from error
            self._used = 0
        self._used += 1
        return self._connection


def _on(table: str, statement: str | Composed) -> Composed:
    from psycopg import sql

    if isinstance(statement, str):
        return sql.SQL(statement).format(table=named(table))
    return statement


def named(name: str) -> Identifier:
    """Return a table's name as SQL has it; its schema comes first, before a dot."""
    from psycopg import sql

    return sql.Identifier(*name.split(".", 1))


def _unusable(table: str, error: Exception) -> Exception:
    """Return what to raise for an error of the data base; any other error is a bug and stays itself."""
    from psycopg import Error

    return ListUnusable(f'table "{table}"', str(error)) if isinstance(error, Error) else error
