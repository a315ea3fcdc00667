"""Redis in a container."""

from __future__ import annotations

from cxmock.errors.processes import PartNotReady
from cxmock.net.processes import Supervisor
from cxmock.net.waiting import until
from cxmock.stores.containers import StoreContainer
from cxmock.stores.redis.connection import Connection
from cxmock.topology import Component, listening_ports

IMAGE = "redis:7-alpine"
READY_WITHIN = 20.0
"""Seconds for the server to answer once the container runs."""
(_PLACE,) = listening_ports(Component.REDIS)


class RedisContainer:
    """A container of Redis' own image.

    Args:
        supervisor: has it removed in the end.
        password: what clients must give.
    """

    def __init__(self, supervisor: Supervisor, password: str) -> None:
        command = ["redis-server", "--save", "", "--appendonly", "no", "--requirepass", password]
        self._container = StoreContainer("Redis", IMAGE, _PLACE.port, supervisor, command=command)
        self._password = password

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Start it; return its address and a connection once it answers.

        Raises:
            EngineMissing: the engine, the image or testcontainers is missing.
            PartNotReady: it did not answer in time.
        """
        address = await self._container.start()
        connections: list[Connection] = []

        async def answers() -> bool:
            try:
                connections.append(await Connection.open(address, self._password))
            except OSError:
                return False
            return True

        if not await until(answers, within=READY_WITHIN, every=0.02):
            raise PartNotReady(self._container.name, READY_WITHIN, [])
        return address, connections[0]

    def check(self) -> None:
        """A container's end shows as a broken connection."""

    async def stop(self) -> None:
        """Remove it."""
        await self._container.stop()
