"""Accepting connections: plain, TLS, or both on one port."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from cxmock.net.handshake import Handshake, telling
from cxmock.net.reset import linger_none, reset
from cxmock.wire.opening import HTTP, Sharing

HANDSHAKE_WITHIN = 10.0
"""Seconds for a client's first byte where plain and TLS share a port, and for its TLS handshake."""


class Listener:
    """Serves a protocol on a bound socket until it is closed.

    Args:
        sock: bound already.
        factory: makes the protocol for a connection, told whether it is encrypted.
        plain: whether plain text is spoken.
        tls: the context, if TLS is spoken; or what gives it whenever a client wants it.
        sharing: how a client that comes says which of both it speaks, where both are spoken.
        failed: told why a TLS handshake failed.
    """

    def __init__(
        self,
        sock: socket.socket,
        factory: Callable[[bool], asyncio.BaseProtocol],
        *,
        plain: bool = True,
        tls: ssl.SSLContext | Callable[[], ssl.SSLContext] | None = None,
        sharing: Sharing = HTTP,
        failed: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._socket = sock
        self._factory = factory
        self._plain = plain
        self._tls = tls
        self._sharing = sharing
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._opening: dict[socket.socket, asyncio.TimerHandle | None] = {}
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
            self._give_up(sock)
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
                self._await_opening(sock)
            else:
                self._serve(sock, secure=self._tls is not None)

    def _await_opening(self, sock: socket.socket) -> None:
        patient = self._sharing.patient
        self._opening[sock] = None if patient else self._loop.call_later(HANDSHAKE_WITHIN, self._give_up, sock)
        # Woken when all that is needed is there, or nothing more will come: never for less, again and again.
        if self._sharing.needs > 1:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, self._sharing.needs)
        self._loop.add_reader(sock.fileno(), self._peek, sock)

    def _peek(self, sock: socket.socket) -> None:
        try:
            first = sock.recv(self._sharing.needs, socket.MSG_PEEK)
            if not first:
                self._give_up(sock)
                return
            opening = self._sharing.read(first)
            if opening.taken:
                sock.recv(opening.taken)
                sock.send(opening.answer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._give_up(sock)
            return
        if opening.secure is not None:
            self._forget(sock)
            if self._sharing.needs > 1:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            self._serve(sock, secure=opening.secure)

    def _give_up(self, sock: socket.socket) -> None:
        self._forget(sock)
        sock.close()

    def _forget(self, sock: socket.socket) -> None:
        if (timer := self._opening.pop(sock)) is not None:
            timer.cancel()
        self._loop.remove_reader(sock.fileno())

    def _serve(self, sock: socket.socket, *, secure: bool) -> None:
        task = self._loop.create_task(self._connect(sock, secure))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    async def _connect(self, sock: socket.socket, secure: bool) -> None:
        handshake = Handshake(sock)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: self._factory(secure),
                sock,
                ssl=self._context() if secure else None,
                ssl_handshake_timeout=HANDSHAKE_WITHIN if secure else None,
            )
        except (OSError, asyncio.CancelledError) as error:
            if secure and isinstance(error, OSError):
                self._failed(handshake.failure)
            sock.close()
            return
        self._transports.add(transport)
        # A closed transport is forgotten when the next one comes: cheaper than wrapping every protocol.
        if len(self._transports) > 64:
            self._transports = {one for one in self._transports if not one.is_closing()}

    def _context(self) -> ssl.SSLContext | None:
        context = self._tls() if callable(self._tls) else self._tls
        return telling(context) if context is not None else None
