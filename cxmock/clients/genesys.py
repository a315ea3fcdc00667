"""One client for both Genesys servers: it asks over one connection, opened when first needed and again when lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused, GenesysSilent
from cxmock.net.receiving import receive_in_pieces
from cxmock.wire.genesys import FINAL_AFTER, HANDSHAKE, Codec, JsonFraming, Message, facts

T = TypeVar("T")
Connect = Callable[..., Awaitable[tuple[asyncio.BaseTransport, Any]]]
"""Opens a connection, given what makes its protocol, host and port."""
Callback = Callable[[Message], None]
"""Told of what a server says by itself."""


class GenesysClient:
    """Speaks to Configuration Server or OCS as one application.

    Args:
        host: where it listens.
        port: its actual port.
        application: the name of the application that asks, such as ``gws``.
        codec: makes the codec for a direction; ours, unless a site plugs in the vendor's.
        within: seconds for a whole answer, unless the call says otherwise.
        connect: opens connections; the loop does, unless this is given.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        application: str,
        codec: Callable[[], Codec] = JsonFraming,
        within: float = 5.0,
        connect: Connect | None = None,
    ) -> None:
        self.server = f"{host}:{port}"
        self._host = host
        self._port = port
        self._application = application
        self._codec = codec
        self._within = within
        self._connect = connect
        self._numbers = itertools.count(1)
        self._opening = asyncio.Lock()
        self._line: _Line | None = None
        self._callbacks: dict[str, list[Callback]] = {}
        self._standing: list[Message] = []

    @classmethod
    async def connect(
        cls, host: str, port: int, *, application: str, codec: Callable[[], Codec] = JsonFraming, within: float = 5.0
    ) -> GenesysClient:
        """Return a client that is connected and registered.

        Raises:
            NotReachable: nobody listens there.
            GenesysRefused: the server does not accept this application.
            GenesysSilent: there was no answer in time.
        """
        client = cls(host, port, application=application, codec=codec, within=within)
        await client._in_time(client._connected(), HANDSHAKE, within)
        return client

    async def ask(
        self, name: str, attributes: Mapping[str, Any] | None = None, *, within: float | None = None
    ) -> list[Message]:
        """Send a request and return its answers, the last one included.

        Args:
            name: the message's name, such as ``GetCampaignStatus``.
            attributes: the message's attributes.
            within: seconds for the whole answer.

        Raises:
            GenesysRefused: the answer is ``Error``.
            GenesysSilent: there was no whole answer in time.
            NotReachable: nobody listens there.
        """
        answers = await self._exchange(name, attributes or {}, self._within if within is None else within)
        self._check(name, answers)
        return answers

    async def perform(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Perform an operation in the shape of contracts and return what was observed; an ``Error`` is returned too.

        Args:
            operation: ``{"message": "StopDialing", "attributes": {...}}``; under ``awaits`` the name of a message that
                the server is then to send by itself.

        Returns:
            ``{"messages": [{"message": "DialingStopped", "attributes": {...}}]}``, the awaited message last.

        Raises:
            GenesysSilent: there was no whole answer in time, or not what was awaited.
            NotReachable: nobody listens there.
        """
        name, attributes = operation["message"], operation.get("attributes", {})
        if not (awaited := operation.get("awaits")):
            return {"messages": [facts(message) for message in await self._exchange(name, attributes, self._within)]}
        came: asyncio.Queue[Message] = asyncio.Queue()
        self.on(awaited, came.put_nowait)
        try:
            answers = await self._exchange(name, attributes, self._within)
            event = await self._in_time(came.get(), awaited, self._within)
        finally:
            self._callbacks[awaited].remove(came.put_nowait)
        return {"messages": [facts(message) for message in (*answers, event)]}

    def on(self, name: str, callback: Callback) -> None:
        """Have ``callback`` called, on the loop, with every message ``name`` that the server sends by itself."""
        self._callbacks.setdefault(name, []).append(callback)

    async def keep_asking(self, name: str, attributes: Mapping[str, Any]) -> None:
        """Ask now, and again whenever the connection has to be opened anew: how a subscription outlives it."""
        await self.ask(name, attributes)
        self._standing.append(Message(name, dict(attributes)))

    async def aclose(self) -> None:
        """Close the connection; the next call would open another."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _exchange(self, name: str, attributes: Mapping[str, Any], within: float) -> list[Message]:
        async def exchange() -> list[Message]:
            line = await self._connected()
            return await line.ask(Message(name, dict(attributes), next(self._numbers)))

        return await self._in_time(exchange(), name, within)

    async def _in_time(self, work: Coroutine[Any, Any, T], name: str, within: float) -> T:
        try:
            async with asyncio.timeout(within):
                return await work
        except TimeoutError as error:
            raise GenesysSilent(self.server, name, f"no answer within {within:g} s") from error
        except _Closed as error:
            raise GenesysSilent(self.server, name, str(error)) from error

    async def _connected(self) -> _Line:
        async with self._opening:
            if self._line is not None and not self._line.lost:
                return self._line
            connect: Connect = self._connect or asyncio.get_running_loop().create_connection
            line: _Line
            try:
                _, line = await connect(
                    lambda: _Line(self._codec(), self._codec(), self._event), self._host, self._port
                )
            except OSError as error:
                raise NotReachable(self.server, (error.strerror or str(error)).lower()) from error
            try:
                await self._introduce(line)
            except BaseException:
                line.close()
                raise
            self._line = line
            return line

    async def _introduce(self, line: _Line) -> None:
        """Register, and ask again for what this client wants to go on."""
        hello = Message(HANDSHAKE, {"applicationName": self._application})
        for message in (hello, *self._standing):
            try:
                answers = await line.ask(Message(message.name, message.attributes, next(self._numbers)))
            except _Closed as error:
                raise NotReachable(self.server, str(error)) from error
            self._check(message.name, answers)

    def _check(self, name: str, answers: list[Message]) -> None:
        last = answers[-1]
        if last.name == "Error":
            code = last.attributes.get("code", 0)
            raise GenesysRefused(self.server, name, code, str(last.attributes.get("description", "")))

    def _event(self, message: Message) -> None:
        for callback in self._callbacks.get(message.name, ()):
            callback(message)


class _Closed(Exception):
    """The connection ended before the answer was whole."""


class _Line(asyncio.Protocol):
    """One connection and the requests that wait on it."""

    def __init__(self, incoming: Codec, outgoing: Codec, event: Callback) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._event = event
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, tuple[list[Message], asyncio.Future[list[Message]]]] = {}
        self.lost = False

    async def ask(self, request: Message) -> list[Message]:
        """Send ``request`` and return its answers."""
        if self.lost or self._transport is None:
            raise _Closed("the connection was closed")
        done: asyncio.Future[list[Message]] = asyncio.get_running_loop().create_future()
        self._waiting[request.reference_id] = ([], done)
        try:
            self._transport.write(self._outgoing.encode(request))
            return await done
        finally:
            self._waiting.pop(request.reference_id, None)

    def close(self) -> None:
        """Close it; what still waits is told."""
        self.lost = True
        if self._transport is not None:
            self._transport.abort()
        self._fail("the connection was closed")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)

    def data_received(self, data: bytes) -> None:
        for message in self._incoming.feed(data):
            if not message.reference_id:
                self._event(message)
            elif (waiting := self._waiting.get(message.reference_id)) is not None:
                answers, done = waiting
                answers.append(message)
                if message.name not in FINAL_AFTER and not done.done():
                    done.set_result(answers)
        if self._incoming.broken:
            self._fail(self._incoming.broken)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._fail("the connection was closed")

    def _fail(self, reason: str) -> None:
        for _, done in self._waiting.values():
            if not done.done():
                done.set_exception(_Closed(reason))
