"""Whether somebody accepts connections at an address."""

from __future__ import annotations

import asyncio
import os


async def reachable(host: str, port: int, *, within: float) -> bool:
    """Return whether a TCP connection to ``host:port`` is accepted within ``within`` seconds; it is closed at once."""
    try:
        async with asyncio.timeout(within):
            transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, host, port)
    except (OSError, TimeoutError):
        return False
    transport.abort()
    return True


async def not_held(host: str, port: int, *, within: float, hold: float) -> str:
    """Return why a TCP connection to ``host:port`` is not to be had; empty when it is accepted and kept.

    Args:
        host: where.
        port: and at which port.
        within: seconds for it to be accepted.
        hold: seconds for which it has to be kept: who stands in front of a system accepts before it knows.
    """
    loop = asyncio.get_running_loop()
    lost = loop.create_future()
    try:
        async with asyncio.timeout(within):
            transport, _ = await loop.create_connection(lambda: _Kept(lost), host, port)
    except TimeoutError:
        return f"no connection within {within:g} s"
    except OSError as error:
        return (os.strerror(error.errno) if error.errno else str(error)).lower()
    await asyncio.wait([lost], timeout=hold)
    transport.abort()
    return "the connection was closed at once" if lost.done() else ""


class _Kept(asyncio.Protocol):
    """Tells when its connection is lost."""

    def __init__(self, lost: asyncio.Future[None]) -> None:
        self._lost = lost

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)
