"""The testbed's own way into PostgreSQL, past the tap; small, because a driver would cost more than the start."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.stores import StoreRefused
from cxmock.net.relay import Backend
from cxmock.wire.postgres import messages
from cxmock.wire.postgres.framing import LONGEST, Framer
from cxmock.wire.postgres.messages import Column, ServerError
from cxmock.wire.postgres.scram import MECHANISM, ScramClient
from cxmock.wire.postgres.values import from_wire

ANSWER_WITHIN = 30.0
"""Seconds for an answer."""
CHUNK = 64 * 1024
"""Bytes of one message when much is copied in."""
_OK, _SASL, _SASL_CONTINUE, _SASL_FINAL = 0, 10, 11, 12


@dataclass(slots=True)
class Rows:
    """The result of one statement."""

    columns: list[str] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)
    count: int = 0

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


class Refused(StoreRefused):
    """PostgreSQL's answer is an error.

    >>> print(Refused("SELECT 1/0", ServerError("22012", "division by zero")))
    PostgreSQL refused "SELECT 1/0": division by zero (22012).
      fix:      Correct the command, or what it is about.
    """

    def __init__(self, sql: str, error: ServerError) -> None:
        super().__init__("PostgreSQL", " ".join(sql.split())[:200], f"{error.message} ({error.sqlstate})")
        self.sqlstate = error.sqlstate


class Connection:
    """One session; a statement at a time.

    Raises:
        OSError: nobody listens, or the connection broke; so in every method.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._framer = Framer(kept=LONGEST)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, backend: Backend, role: str, password: str, database: str) -> Connection:
        """Connect and log in.

        Raises:
            Refused: the server says no; its ``sqlstate`` says why.
        """
        if isinstance(backend, tuple):
            opening = asyncio.open_connection(*backend)
        else:
            opening = asyncio.open_unix_connection(backend)
        async with asyncio.timeout(ANSWER_WITHIN):
            connection = cls(*await opening)
        try:
            await connection._login(role, password, database)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def query(self, sql: str, *parameters: Any) -> Rows:
        """Perform one statement; ``$1``, ``$2``, ... in it stand for the parameters.

        Raises:
            Refused: the answer is an error.
        """
        [rows] = await self._perform(sql, messages.statement(sql, [_text(value) for value in parameters]))
        return rows

    async def script(self, sql: str) -> list[Rows]:
        """Perform several statements, in one transaction unless they say otherwise; return their results.

        Raises:
            Refused: one of them failed.
        """
        return await self._perform(sql, messages.query(sql))

    async def copy_out(self, sql: str) -> bytes:
        """Perform a ``COPY ... TO STDOUT``; return what it gives.

        Raises:
            Refused: the answer is an error.
        """
        found: list[bytes] = []
        await self._perform(sql, messages.query(sql), taken=found.append)
        return b"".join(found)

    async def copy_in(self, sql: str, data: bytes) -> int:
        """Perform a ``COPY ... FROM STDIN`` with ``data``; return how many rows it was.

        Raises:
            Refused: the answer is an error.
        """
        chunks = [messages.message(b"d", data[start : start + CHUNK]) for start in range(0, len(data), CHUNK)]
        [rows] = await self._perform(sql, b"".join([messages.query(sql), *chunks, messages.message(b"c")]))
        return rows.count

    async def close(self) -> None:
        """Close it. Harmless when repeated."""
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _perform(self, sql: str, said: bytes, taken: Callable[[bytes], None] = lambda data: None) -> list[Rows]:
        """Say something and return the results; what is copied out goes to ``taken``."""
        async with self._turn:
            self._writer.write(said)
            results: list[Rows] = []
            columns: list[Column] = []
            rows = Rows()
            error: ServerError | None = None

            def handle(kind: str, payload: bytes) -> None:
                nonlocal columns, rows, error
                if kind == "T":
                    columns = messages.read_columns(payload)
                    rows = Rows([one.name for one in columns])
                elif kind == "D":
                    values = zip(messages.read_row(payload), columns, strict=True)
                    rows.values.append([from_wire(value, one.oid, one.binary, LONGEST) for value, one in values])
                elif kind == "d":
                    taken(payload)
                elif kind in "CI":
                    rows.count = messages.read_count(payload)
                    results.append(rows)
                    rows = Rows()
                elif kind == "E":
                    error = messages.read_error(payload)

            await self._until_ready(handle)
            if error is not None:
                raise Refused(sql, error)
            return results

    async def _until_ready(self, handle: Callable[[str, bytes], None]) -> None:
        """Hand over what the server says, up to its word that it is ready for the next statement."""
        ready = False
        while not ready:
            async with asyncio.timeout(ANSWER_WITHIN):
                data = await self._reader.read(65536)
            if not data:
                raise ConnectionResetError("PostgreSQL closed the connection")
            for kind, payload, _ in self._framer.feed(data):
                handle(chr(kind), payload)
                ready = kind == ord("Z")
            if self._framer.broken:
                raise ConnectionResetError(f"this is not PostgreSQL: {self._framer.broken}")

    async def _login(self, role: str, password: str, database: str) -> None:
        scram = ScramClient(password)

        def handle(kind: str, payload: bytes) -> None:
            if kind == "E":
                raise Refused(f"login as {role}", messages.read_error(payload))
            if kind != "R":
                return
            wanted, rest = int.from_bytes(payload[:4]), payload[4:]
            if wanted == _SASL:
                first = scram.first()
                answer = MECHANISM.encode() + b"\0" + len(first).to_bytes(4) + first
                self._writer.write(messages.message(b"p", answer))
            elif wanted == _SASL_CONTINUE:
                self._writer.write(messages.message(b"p", scram.final(rest)))
            elif wanted == _SASL_FINAL:
                scram.check(rest)
            elif wanted != _OK:
                raise Refused(f"login as {role}", ServerError("28000", f"the server wants login method {wanted}"))

        self._writer.write(messages.startup(user=role, database=database, application_name="cxmock"))
        await self._until_ready(handle)


def _text(value: Any) -> str | None:
    """Return a parameter as PostgreSQL writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (list, tuple)):
        return "{" + ",".join("NULL" if one is None else json.dumps(_text(one)) for one in value) + "}"
    return json.dumps(value) if isinstance(value, dict) else str(value)
