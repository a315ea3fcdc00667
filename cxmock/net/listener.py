"""Accepting connections: plain, TLS, or both on one port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from cxmock.net.reset import linger_none, reset

HANDSHAKE_WITHIN = 10.0
"""Seconds for a client's first byte where plain and TLS share a port, and for its TLS handshake."""

_TLS_HANDSHAKE = 0x16


class Listener:
    """Serves a protocol on a bound socket until it is closed.

    Where ``plain`` and ``tls`` are both given, the first byte of a connection tells which it is (a TLS handshake starts
    with 0x16, which starts nothing else that is spoken here).
    """

    def __init__(
        self,
        sock: socket.socket,
        factory: Callable[[bool], asyncio.BaseProtocol],
        *,
        plain: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._socket = sock
        self._factory = factory
        self._plain = plain
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._opening: set[socket.socket] = set()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._transports: set[asyncio.BaseTransport] = set()
        self.refusing = False
        """While True, whoever connects is reset at once, as if nobody listened."""
        sock.setblocking(False)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def open(self) -> None:
        """Begin to accept."""
        self._socket.listen(512)
        self._loop.add_reader(self._socket.fileno(), self._accept)

    def abort_all(self) -> None:
        """Reset every open connection."""
        for transport in tuple(self._transports):
            reset(transport)

    async def close(self) -> None:
        """Stop accepting and drop every connection."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        for sock in tuple(self._opening):
            self._forget(sock)
            sock.close()
        for task in tuple(self._handshakes):
            task.cancel()
        await asyncio.gather(*self._handshakes, return_exceptions=True)
        self.abort_all()

    def _accept(self) -> None:
        for _ in range(64):
            try:
                sock, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                return
            if self.refusing:
                linger_none(sock)
                sock.close()
                continue
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._plain and self._tls:
                self._opening.add(sock)
                self._loop.add_reader(sock.fileno(), self._peek, sock)
                self._loop.call_later(HANDSHAKE_WITHIN, self._give_up, sock)
            else:
                self._serve(sock, secure=self._tls is not None)

    def _peek(self, sock: socket.socket) -> None:
        try:
            first = sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        self._forget(sock)
        if first:
            self._serve(sock, secure=first[0] == _TLS_HANDSHAKE)
        else:
            sock.close()

    def _give_up(self, sock: socket.socket) -> None:
        if sock in self._opening:
            self._forget(sock)
            sock.close()

    def _forget(self, sock: socket.socket) -> None:
        self._opening.discard(sock)
        with contextlib.suppress(OSError, ValueError):
            self._loop.remove_reader(sock.fileno())

    def _serve(self, sock: socket.socket, *, secure: bool) -> None:
        task = self._loop.create_task(self._connect(sock, secure))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    async def _connect(self, sock: socket.socket, secure: bool) -> None:
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: self._factory(secure),
                sock,
                ssl=self._tls if secure else None,
                ssl_handshake_timeout=HANDSHAKE_WITHIN if secure else None,
            )
        except (OSError, ssl.SSLError, asyncio.CancelledError):
            sock.close()
            return
        self._transports.add(transport)
        # A closed transport is forgotten when the next one comes: cheaper than wrapping every protocol.
        if len(self._transports) > 64:
            self._transports = {one for one in self._transports if not one.is_closing()}
