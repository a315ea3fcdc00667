"""Redis for many callers at once: their commands go out together over one connection, and are answered in turn."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

from cxmock.clients.redis import DEFAULT_PORT
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.receiving import receive_in_pieces
from cxmock.wire.resp import ErrorReply, Parser
from cxmock.wire.resp_encoding import encode_command

WAITING_LIMIT = 10_000
"""Callers that may wait at once."""

Waiter = asyncio.Future[list[Any]]


class RedisPipeline:
    """One connection, opened when first needed and again when lost.

    Whoever asks in the same turn of the loop shares a write with the others: that is what makes it quick.

    Args:
        url: ``redis://[user]:password@host[:port][/database]``, or ``rediss://``.
        name: how it calls itself (``CLIENT SETNAME``).
        within: seconds for an answer.
        context: for TLS.
    """

    def __init__(self, url: str, *, name: str, within: float = 5.0, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or DEFAULT_PORT
        self._tls = (context or ssl.create_default_context()) if parts.scheme == "rediss" else None
        user, password, database = unquote(parts.username or ""), unquote(parts.password or ""), parts.path.strip("/")
        login = [("AUTH", user, password) if user else ("AUTH", password)] if password else []
        chosen = [("SELECT", database)] if database not in ("", "0") else []
        self._greeting = [*login, ("CLIENT", "SETNAME", name), *chosen]
        self._within = within
        self._where = f"{parts.scheme}://{self._host}:{self._port}"
        self._connection: _Connection | None = None
        self._turn = asyncio.Lock()

    async def ask(self, commands: bytes, count: int) -> list[Any]:
        """Send ``count`` commands that may be done twice, encoded; return their values, errors as ``ErrorReply``.

        They are sent once more when the connection is lost meanwhile.

        Raises:
            NotReachable: nobody listens, or the login is refused.
            NoAnswer: there was no answer in time, or the connection was closed twice.
        """
        connection = self._connection
        if connection is None or connection.lost:
            connection = await self._connect()
        try:
            return await connection.ask(commands, count)
        except _Lost:
            pass
        try:
            return await (await self._connect()).ask(commands, count)
        except _Lost as error:
            raise NoAnswer(f"a command at {self._where}", str(error)) from error

    async def aclose(self) -> None:
        """Close the connection; the next command would open another."""
        if self._connection is not None:
            self._connection.close("the client was closed")
            self._connection = None

    async def _connect(self) -> _Connection:
        async with self._turn:
            if self._connection is not None and not self._connection.lost:
                return self._connection
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(self._within):
                    _, connection = await loop.create_connection(
                        lambda: _Connection(self._where, self._within), self._host, self._port, ssl=self._tls
                    )
                    words = b"".join(encode_command(*one) for one in self._greeting)
                    answers = await connection.ask(words, len(self._greeting))
            except TimeoutError as error:
                raise NoAnswer(f"a login at {self._where}", f"no answer within {self._within:g} s") from error
            except (OSError, _Lost) as error:
                raise NotReachable(self._where, getattr(error, "strerror", None) or str(error)) from error
            if refused := next((one for one in answers if isinstance(one, ErrorReply)), None):
                connection.close(refused.text)
                raise NotReachable(self._where, refused.text)
            self._connection = connection
            return connection


class _Lost(Exception):
    """The connection ended before the answer came."""


class _Connection(asyncio.Protocol):
    """The connection itself: what is to be written, and who waits for how many values."""

    def __init__(self, where: str, within: float) -> None:
        self._where = where
        self._within = within
        self._loop = asyncio.get_running_loop()
        self._parser = Parser()
        self._unsent: list[bytes] = []
        self._waiting: deque[tuple[Waiter, int, float]] = deque()
        self._values: list[Any] = []
        self._check: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self.lost = False

    def ask(self, commands: bytes, count: int) -> Waiter:
        """Send commands with all others of this turn of the loop."""
        waiter: Waiter = self._loop.create_future()
        if self.lost or len(self._waiting) >= WAITING_LIMIT:
            waiter.set_exception(_Lost("it was closed" if self.lost else f"{WAITING_LIMIT} wait already"))
            return waiter
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(commands)
        self._waiting.append((waiter, count, self._loop.time()))
        if self._check is None:
            self._check = self._loop.call_later(self._within, self._see_who_waits)
        return waiter

    def close(self, reason: str) -> None:
        """Close it; whoever waits is told why."""
        self.lost = True
        if self._transport is not None:
            self._transport.abort()
        if self._check is not None:
            self._check.cancel()
        self._tell_all(_Lost(reason))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)

    def data_received(self, data: bytes) -> None:
        values = self._parser.feed(data)
        if self._parser.broken:
            self.close(f"what came is not RESP ({self._parser.broken})")
            return
        if self._values:
            values = self._values + values
        begin, waiting = 0, self._waiting
        while waiting and begin + waiting[0][1] <= len(values):
            waiter, count, _ = waiting.popleft()
            if not waiter.done():
                waiter.set_result(values[begin : begin + count])
            begin += count
        self._values = values[begin:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.close("the connection was closed")

    def _send(self) -> None:
        if self._transport is not None and not self.lost:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _see_who_waits(self) -> None:
        """Give up when the first one waits for too long: who comes later would wait for as long."""
        self._check = None
        if not self._waiting:
            return
        late = self._loop.time() - self._waiting[0][2]
        if late >= self._within:
            self._tell_all(NoAnswer(f"a command at {self._where}", f"no answer within {self._within:g} s"))
            self.close("it does not answer")
        else:
            self._check = self._loop.call_later(self._within - late, self._see_who_waits)

    def _tell_all(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, deque()
        for waiter, _, _ in waiting:
            if not waiter.done():
                waiter.set_exception(error)
