"""The testbed's own way into Redis, past the tap."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from cxmock.errors.stores import StoreRefused
from cxmock.net.relay import Backend
from cxmock.wire.resp import ErrorReply, Parser
from cxmock.wire.resp_encoding import encode_command

NAME = "cxmock"
"""What we call ourselves there."""
ANSWER_WITHIN = 10.0
"""Seconds for an answer."""


class Connection:
    """One connection, RESP3; a call at a time.

    Raises:
        OSError: nobody listens, or the connection broke; so in every method.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._parser = Parser()
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, backend: Backend, password: str, user: str = "default") -> Connection:
        """Connect and log in.

        Raises:
            StoreRefused: the password is wrong.
        """
        if isinstance(backend, tuple):
            opening = asyncio.open_connection(*backend)
        else:
            opening = asyncio.open_unix_connection(backend)
        async with asyncio.timeout(ANSWER_WITHIN):
            connection = cls(*await opening)
        login = ("AUTH", user, password) if password else ()
        try:
            await connection.call("HELLO", "3", *login, "SETNAME", NAME)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def call(self, *words: str | bytes | float) -> Any:
        """Perform a command and return its value.

        Raises:
            StoreRefused: the answer is an error.
        """
        [value] = await self.calls([words])
        if isinstance(value, ErrorReply):
            named = words[:2] if words[0] not in ("HELLO", "AUTH") else words[:1]
            raise StoreRefused("Redis", " ".join(map(str, named)), value.text)
        return value

    async def calls(self, commands: Sequence[tuple[str | bytes | float, ...]]) -> list[Any]:
        """Perform commands in one go and return their values, errors as :class:`ErrorReply`."""
        async with self._turn:
            self._writer.write(b"".join(encode_command(*words) for words in commands))
            values: list[Any] = []
            while len(values) < len(commands):
                async with asyncio.timeout(ANSWER_WITHIN):
                    data = await self._reader.read(65536)
                if not data or self._parser.broken:
                    raise ConnectionResetError(f"Redis closed the connection {self._parser.broken}".rstrip())
                values += self._parser.feed(data)
            return values

    async def close(self) -> None:
        """Close it. Harmless when repeated."""
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
