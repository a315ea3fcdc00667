"""Redis in a container."""

from __future__ import annotations

from functools import partial

from cxmock.net.processes import Supervisor
from cxmock.stores.containers import StoreContainer
from cxmock.stores.redis.cluster import FORMED_WITHIN, Announced, formed, take_slots
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
        cluster: for a node of a cluster, where it says that it is.
    """

    def __init__(self, supervisor: Supervisor, password: str, *, cluster: Announced | None = None) -> None:
        self._cluster = cluster
        # The password is said to the server and not in its arguments: those are for every user to see.
        said = 'printf "requirepass %s\\n" "$REDIS_PASSWORD" | redis-server - --save "" --appendonly no'
        if cluster is not None:
            said += "".join(f" --{name} {value}" for name, value in cluster.settings.items())
        self._container = StoreContainer(
            "Redis",
            IMAGE,
            _PLACE.port,
            supervisor,
            command=["sh", "-c", said],
            environment={"REDIS_PASSWORD": password},
        )
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

        await self._container.ready(answers, within=READY_WITHIN)
        node = connections[0]
        if self._cluster is not None:
            await take_slots(node)
            await self._container.ready(partial(formed, node), within=FORMED_WITHIN)
        return address, node

    async def check(self) -> None:
        """Raise :class:`~cxmock.errors.stores.ContainerLost` if the container does not run any more."""
        await self._container.check()

    async def stop(self) -> None:
        """Remove it."""
        await self._container.stop()
