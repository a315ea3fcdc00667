"""Whether somebody accepts connections at an address."""

from __future__ import annotations

import asyncio


async def reachable(host: str, port: int, *, within: float) -> bool:
    """Return whether a TCP connection to ``host:port`` is accepted within ``within`` seconds; it is closed at once."""
    try:
        async with asyncio.timeout(within):
            transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, host, port)
    except (OSError, TimeoutError):
        return False
    transport.abort()
    return True
