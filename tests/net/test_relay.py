"""The tap passes everything on unchanged, and sees it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Awaitable, Callable, Iterable

import pytest

from cxmock.net.background import Background
from cxmock.net.listener import Listener
from cxmock.net.relay import Relay
from cxmock.wire.observed import Observed


class Lines:
    """A decoder of a line protocol: one line asks, one line answers."""

    def __init__(self) -> None:
        self._asked: list[str] = []

    def upstream(self, data: bytes) -> Iterable[Observed]:
        self._asked += data.decode("latin-1").split()
        return ()

    def downstream(self, data: bytes) -> Iterable[Observed]:
        return [
            Observed("line", {"asked": self._asked.pop(0)}, {"said": line}, source="reader")
            for line in data.decode("latin-1").split()
            if self._asked
        ]


class Upper(asyncio.Protocol):
    """The real thing behind the tap: says everything back, louder."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data.upper())


def through_a_tap(
    background: Background,
    work: Callable[[tuple[str, int], list[Observed]], Awaitable[None]],
    *,
    backend: tuple[str, int] | None = None,
    refuse: Callable[[str], bool] = lambda source: False,
) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Upper, "127.0.0.1", 0)
        seen: list[Observed] = []
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.bind(("127.0.0.1", 0))
        where = backend or server.sockets[0].getsockname()[:2]
        tap = Listener(sock, lambda _: Relay(where, Lines(), lambda one, seconds: seen.append(one), refuse))
        tap.open()
        try:
            await work(tap.address, seen)
        finally:
            await tap.close()
            server.close()

    background.run(run(), within=30)


def test_what_is_said_arrives_and_is_seen(background: Background) -> None:
    async def work(address: tuple[str, int], seen: list[Observed]) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"hello\n")
        assert await reader.readline() == b"HELLO\n"
        assert [(one.request, one.response) for one in seen] == [({"asked": "hello"}, {"said": "HELLO"})]
        writer.close()

    through_a_tap(background, work)


def test_many_megabytes_arrive_unchanged_at_a_slow_reader(background: Background) -> None:
    """Back-pressure: the tap never holds more than its buffers."""
    block = bytes(range(48, 58)) * 1000

    async def work(address: tuple[str, int], seen: list[Observed]) -> None:
        reader, writer = await asyncio.open_connection(*address, limit=1024)
        digest, count = hashlib.sha256(), 0

        async def send() -> None:
            for _ in range(2000):
                writer.write(block)
                await writer.drain()

        sending = asyncio.ensure_future(send())
        while count < 2000 * len(block):
            async with asyncio.timeout(10):
                data = await reader.read(1024 * 64)
            digest.update(data)
            count += len(data)
        await sending
        assert digest.hexdigest() == hashlib.sha256(block * 2000).hexdigest()
        writer.close()

    through_a_tap(background, work)


def test_when_the_real_thing_is_away_the_client_is_reset(background: Background) -> None:
    async def work(address: tuple[str, int], seen: list[Observed]) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"hello\n")
        with pytest.raises(ConnectionError):
            assert await reader.read(10) == b"reset"
        writer.transport.abort()

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        through_a_tap(background, work, backend=nobody.getsockname())


def test_a_refused_source_is_reset_once_it_is_known(background: Background) -> None:
    async def work(address: tuple[str, int], seen: list[Observed]) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"hello\n")
        with pytest.raises(ConnectionError):
            assert await reader.read(10) == b"reset"
        assert seen == []
        writer.transport.abort()

    through_a_tap(background, work, refuse=lambda source: source == "reader")
