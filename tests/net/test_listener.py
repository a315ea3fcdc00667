"""One port may speak plain text and TLS; what is refused looks as if nobody were there."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cxmock.net import listener as module
from cxmock.net.background import Background
from cxmock.net.listener import Listener
from cxmock.net.tls import Authority
from cxmock.net.waiting import until
from cxmock.wire.opening import HTTP, REDIS, Sharing
from cxmock.wire.postgres.opening import POSTGRES


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
    sharing: Sharing = HTTP,
    failed: Callable[[str], None] = lambda why: None,
) -> None:
    async def run() -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.bind(("127.0.0.1", 0))
        listener = Listener(sock, Echo, plain=plain, tls=tls, sharing=sharing, failed=failed)
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
        async with asyncio.timeout(5):
            return await reader.read(100)
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


SSL_REQUEST = bytes.fromhex("0000000804d2162f")
GSS_REQUEST = bytes.fromhex("0000000804d21630")


def test_postgresql_agrees_on_tls_first_however_slowly_it_is_asked(
    background: Background, authority: Authority
) -> None:
    """Byte by byte, and after a wish for GSSAPI, which is not granted."""

    async def work(listener: Listener) -> None:
        reader, writer = await asyncio.open_connection(*listener.address)
        for byte in GSS_REQUEST + SSL_REQUEST:
            writer.write(bytes([byte]))
            turns = iter(range(3))
            await until(lambda turns=turns: next(turns, None) is None, within=5)
        assert await reader.readexactly(2) == b"NS"
        await writer.start_tls(authority.client_context, server_hostname="postgres")
        writer.write(b"hello")
        assert await reader.readexactly(12) == b"secret hello"
        writer.transport.abort()
        assert await say(listener, b"a session in plain text") == b"plain a session in plain text"
        assert await say(listener, b"hello", authority.client_context) == b"secret hello"

    on_a_listener(background, work, tls=authority.server_context("postgres", "gws"), sharing=POSTGRES)


def test_what_is_smuggled_in_behind_the_request_for_tls_is_not_heard(
    background: Background, authority: Authority
) -> None:
    """Plain text that came before the encryption is no part of what is encrypted."""
    told: list[str] = []

    async def work(listener: Listener) -> None:
        reader, writer = await asyncio.open_connection(*listener.address)
        writer.write(SSL_REQUEST + b"smuggled in, in plain text")
        answer = await reader.read()
        assert answer[:1] == b"S"
        assert b"smuggled" not in answer
        writer.transport.abort()
        assert await until(lambda: bool(told), within=5)
        assert told == ["WRONG_VERSION_NUMBER"]

    tls = authority.server_context("postgres")
    on_a_listener(background, work, tls=tls, sharing=POSTGRES, failed=told.append)


@pytest.mark.parametrize("sharing", [HTTP, POSTGRES, REDIS], ids=["http", "postgres", "redis"])
def test_only_a_client_of_redis_may_stay_silent(
    background: Background, authority: Authority, monkeypatch: pytest.MonkeyPatch, sharing: Sharing
) -> None:
    """Others are closed in the end; and who closes without a word is let go."""
    monkeypatch.setattr(module, "HANDSHAKE_WITHIN", 0.05)

    async def work(listener: Listener) -> None:
        reader, writer = await asyncio.open_connection(*listener.address)
        if sharing is REDIS:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await reader.read()
            writer.write(b"hello")
            assert await reader.readexactly(11) == b"plain hello"
        else:
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        writer.transport.abort()
        _, silent = await asyncio.open_connection(*listener.address)
        silent.close()
        assert await until(lambda: not listener._opening, within=5)

    on_a_listener(background, work, tls=authority.server_context("gws"), sharing=sharing)


def test_why_a_handshake_failed_is_told(background: Background, authority: Authority) -> None:
    told: list[str] = []

    async def work(listener: Listener) -> None:
        with pytest.raises(ssl.SSLCertVerificationError):
            await say(listener, b"hello", ssl.create_default_context())
        assert await until(lambda: bool(told), within=5)
        await say(listener, b"\x16 this is no TLS")
        assert await until(lambda: len(told) > 1, within=5)
        assert told == ["the client went away", "WRONG_VERSION_NUMBER"]

    on_a_listener(background, work, tls=authority.server_context("gws"), failed=told.append)


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
