"""Ending a connection with a TCP reset, as when nobody is there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

_LINGER_NONE = struct.pack("ii", 1, 0)


def linger_none(sock: socket.socket) -> None:
    """Have ``sock``, when it is closed, reset the connection instead of ending it in order."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Reset a transport's connection at once; what was not sent yet is lost."""
    if transport is None:
        return
    try:
        sock = transport.get_extra_info("socket")
    except AttributeError:  # asyncio's TLS transport no longer knows its socket when it was closed twice
        sock = None
    if sock is not None:
        linger_none(sock)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
