"""The tap: a relay on the documented address in front of a real backend, watched by a decoder."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from cxmock.net.receiving import receive_in_pieces
from cxmock.net.reset import reset
from cxmock.wire.observed import Decoder, Observed, Screen

BUFFER_LIMIT = 1024 * 1024
"""Bytes waiting in one direction before the sender is paused."""
CONNECT_WITHIN = 5.0
"""Seconds for the backend to accept."""

Backend = tuple[str, int] | Path
"""Where the real thing listens: host and port, or a Unix socket."""


class Relay(asyncio.Protocol):
    """One client's connection and its twin to the backend.

    What is seen goes to ``observe`` (the :class:`Observed` and the seconds it took); a ``refuse`` that answers True
    on an observation's source resets both sides, which is how a connection is unplugged. What a ``screen`` says instead
    is passed on; the decoder sees what the client said, and what it was told.
    """

    def __init__(
        self,
        backend: Backend,
        decoder: Decoder | None,
        observe: Callable[[Observed, float], None],
        refuse: Callable[[str], bool],
        screen: Screen | None = None,
    ) -> None:
        self._backend = backend
        self._decoder = decoder
        self._observe = observe
        self._refuse = refuse
        self._screen = screen
        self._client: asyncio.Transport | None = None
        self._server: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came: reach the backend."""
        assert isinstance(transport, asyncio.Transport)
        self._client = transport
        receive_in_pieces(transport)
        transport.set_write_buffer_limits(high=BUFFER_LIMIT)
        transport.pause_reading()
        self._task = self._loop.create_task(self._reach())

    def data_received(self, data: bytes) -> None:
        """Pass on what the client sent."""
        said = data if self._screen is None else self._screen.upstream(data)
        if self._decoder is not None:
            self._look(self._decoder.upstream, data)
        if self._server is not None and not self._server.is_closing():
            self._server.write(said)

    def eof_received(self) -> bool:
        """Pass on the client's half-close. (TLS knows no such half: there the connection ends.)"""
        if self._server is not None and self._server.can_write_eof():
            with contextlib.suppress(OSError):
                self._server.write_eof()
        return self._client is not None and self._client.can_write_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: so is its twin."""
        if self._task is not None:
            self._task.cancel()
        if self._server is not None:
            self._server.close()

    def pause_writing(self) -> None:
        """The client reads slowly: pause the backend."""
        if self._server is not None:
            self._server.pause_reading()

    def resume_writing(self) -> None:
        """The client caught up."""
        if self._server is not None and not self._server.is_closing():
            self._server.resume_reading()

    def abort(self) -> None:
        """Reset both sides."""
        reset(self._client)
        reset(self._server)

    async def _reach(self) -> None:
        assert self._client is not None
        twin: Callable[[], _Twin] = lambda: _Twin(self)  # noqa: E731
        opening: Awaitable[tuple[asyncio.Transport, _Twin]]
        if isinstance(self._backend, Path):
            opening = self._loop.create_unix_connection(twin, str(self._backend))
        else:
            opening = self._loop.create_connection(twin, *self._backend)
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                server, _ = await opening
        except (OSError, TimeoutError):
            reset(self._client)
            return
        self._server = server
        receive_in_pieces(server)
        server.set_write_buffer_limits(high=BUFFER_LIMIT)
        if self._client.is_closing():
            server.abort()
        else:
            self._client.resume_reading()

    def _look(self, direction: Callable[[bytes], object], data: bytes) -> None:
        for seen in direction(data):  # type: ignore[attr-defined]
            if self._refuse(seen.source):
                self.abort()
                return
            self._observe(seen, self._loop.time() - seen.began if seen.began else 0.0)


class _Twin(asyncio.Protocol):
    """The side of a relay that faces the backend."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def data_received(self, data: bytes) -> None:
        relay = self._relay
        if relay._client is None or relay._client.is_closing():
            return
        if relay._screen is not None:
            data = relay._screen.downstream(data)
        if relay._decoder is not None:
            relay._look(relay._decoder.downstream, data)
        relay._client.write(data)

    def eof_received(self) -> bool:
        client = self._relay._client
        if client is not None and client.can_write_eof():
            with contextlib.suppress(OSError):
                client.write_eof()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        client = self._relay._client
        if client is not None:
            client.abort() if exc else client.close()

    def pause_writing(self) -> None:
        if self._relay._client is not None:
            self._relay._client.pause_reading()

    def resume_writing(self) -> None:
        client = self._relay._client
        if client is not None and not client.is_closing():
            client.resume_reading()
