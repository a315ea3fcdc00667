"""A TLS handshake that fails: why it did, and that the client is told, too.

asyncio drops the alert that is meant for the client, who would see no more than a connection that was closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from contextvars import ContextVar

_current: ContextVar[Handshake] = ContextVar("_current")

SILENT = "the client went away"
"""Why a handshake failed of which nothing else is known: some clients do not say what they dislike."""


class Handshake:
    """What is known of one connection's handshake; made in the task that goes on to have it performed."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.failure = SILENT
        """Why it failed, in OpenSSL's words, if it did."""
        _current.set(self)

    def fail(self, why: str) -> None:
        """Say no more as soon as what there is to say is sent; the client closes, or the handshake's time ends."""
        if self.failure == SILENT:
            self.failure = why
            asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)


def telling(context: ssl.SSLContext) -> ssl.SSLContext:
    """Have the handshakes of ``context`` tell their failures to the client, and to :class:`Handshake`; return it."""
    context.sslobject_class = _Telling
    return context


class _Telling(ssl.SSLObject):
    """Lets a failure look like a wish for more data: then asyncio sends what OpenSSL has to say."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            _current.get().fail(error.reason or str(error))
            raise ssl.SSLWantReadError from error
