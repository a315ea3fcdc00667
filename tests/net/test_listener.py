"""One port may speak plain text and TLS; what is refused looks as if nobody were there."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cxmock.net.background import Background
from cxmock.net.listener import Listener
from cxmock.net.tls import Authority


class Echo(asyncio.Protocol):
    """Says first whether it was reached by TLS, then what it hears; at "bye" it hangs up, twice to be sure."""

    def __init__(self, secure: bool) -> None:
        self._secure = secure

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write((b"secret " if self._secure else b"plain ") + data)
        if data == b"bye":
            self._transport.close()
            self._transport.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def on_a_listener(
    background: Background,
    work: Callable[[Listener], Awaitable[None]],
    *,
    plain: bool = True,
    tls: ssl.SSLContext | None = None,
) -> None:
    async def run() -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.bind(("127.0.0.1", 0))
        listener = Listener(sock, Echo, plain=plain, tls=tls)
        listener.open()
        try:
            await work(listener)
        finally:
            await listener.close()

    background.run(run(), within=20)


async def say(listener: Listener, text: bytes, context: ssl.SSLContext | None = None) -> bytes:
    reader, writer = await asyncio.open_connection(
        *listener.address, ssl=context, server_hostname="gws" if context else None
    )
    writer.write(text)
    try:
        return await asyncio.wait_for(reader.read(100), 5)
    finally:
        writer.transport.abort()


def test_plain_text_and_tls_share_a_port(background: Background, authority: Authority) -> None:
    async def work(listener: Listener) -> None:
        assert await say(listener, b"hello") == b"plain hello"
        assert await say(listener, b"hello", authority.client_context) == b"secret hello"

    on_a_listener(background, work, tls=authority.server_context("gws", "127.0.0.1"))


def test_a_port_for_tls_only_does_not_answer_plain_text(background: Background, authority: Authority) -> None:
    async def work(listener: Listener) -> None:
        with pytest.raises((ConnectionError, AssertionError)):
            assert await say(listener, b"GET / HTTP/1.1\r\n\r\n") == b"nothing of the kind"

    on_a_listener(background, work, plain=False, tls=authority.server_context("gws"))


def test_a_stranger_to_the_ca_is_not_trusted(background: Background, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    (tmp_path / "other").mkdir()

    async def work(listener: Listener) -> None:
        with pytest.raises(ssl.SSLError):
            await say(listener, b"hello", other.client_context)

    on_a_listener(background, work, tls=authority.server_context("gws"))


def test_while_refusing_whoever_comes_is_reset(background: Background) -> None:
    async def work(listener: Listener) -> None:
        listener.refusing = True
        with pytest.raises(ConnectionError):
            assert await say(listener, b"hello") == b"unreachable"
        listener.refusing = False
        assert await say(listener, b"hello") == b"plain hello"

    on_a_listener(background, work)


def test_closing_drops_who_is_connected_and_frees_the_port(background: Background) -> None:
    async def work(listener: Listener) -> None:
        reader, writer = await asyncio.open_connection(*listener.address)
        writer.write(b"hello")
        assert await reader.read(100) == b"plain hello"
        where = listener.address
        await listener.close()
        with pytest.raises(ConnectionResetError):
            await reader.read(100)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*where)
        writer.transport.abort()

    on_a_listener(background, work)


@pytest.mark.parametrize("secure", [False, True])
def test_closing_gets_over_a_connection_that_is_closed_already(
    background: Background, authority: Authority, secure: bool
) -> None:
    async def work(listener: Listener) -> None:
        said = await say(listener, b"bye", authority.client_context if secure else None)
        assert said == (b"secret bye" if secure else b"plain bye")
        await listener.close()

    on_a_listener(background, work, tls=authority.server_context("gws"))
