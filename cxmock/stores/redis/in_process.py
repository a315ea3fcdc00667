"""fakeredis as a store: the front in this process, and a connection to it."""

from __future__ import annotations

from cxmock.stores.redis.connection import Connection
from cxmock.stores.redis.front import Front


class InProcess:
    """The front, run like a server.

    Args:
        password: what clients must give.
    """

    def __init__(self, password: str) -> None:
        self._password = password
        self._front = Front(password)

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Begin to serve; return its address and a connection."""
        address = await self._front.start()
        return address, await Connection.open(address, self._password)

    async def check(self) -> None:
        """It lives as long as this process."""

    async def stop(self) -> None:
        """Drop every client and stop."""
        await self._front.stop()
