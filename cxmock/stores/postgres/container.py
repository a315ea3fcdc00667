"""PostgreSQL in a container."""

from __future__ import annotations

from cxmock.net.processes import Supervisor
from cxmock.stores.containers import StoreContainer
from cxmock.stores.postgres import schema
from cxmock.stores.postgres.connection import Connection, Refused
from cxmock.topology import Component, listening_ports

IMAGE = "postgres:16-alpine"
READY_WITHIN = 40.0
"""Seconds for the server to accept a login once the container runs; the image makes a new cluster each time."""
ADMIN = "postgres"
_MEMORY = "/memory"
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "timezone=UTC")
(_PLACE,) = listening_ports(Component.POSTGRES)


class PostgresContainer:
    """A container of PostgreSQL's own image.

    Args:
        supervisor: has it removed in the end.
        password: what the administrator, role ``postgres``, is to have.
    """

    def __init__(self, supervisor: Supervisor, password: str) -> None:
        self._password = password
        self._container = StoreContainer(
            "PostgreSQL",
            IMAGE,
            _PLACE.port,
            supervisor,
            command=["postgres", *(word for setting in _NOT_DURABLE for word in ("-c", setting))],
            environment={
                "POSTGRES_USER": ADMIN,
                "POSTGRES_PASSWORD": password,
                "POSTGRES_DB": schema.DATABASE,
                "PGDATA": f"{_MEMORY}/data",
                "POSTGRES_INITDB_ARGS": "--no-sync --encoding=UTF8 --locale=C",
            },
            memory=_MEMORY,
        )

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Start it with our schema; return its address and the administrator's connection.

        Raises:
            EngineMissing: the engine, the image or testcontainers is missing.
            PartNotReady: it did not accept a login in time.
        """
        address = await self._container.start()
        connections: list[Connection] = []

        async def accepts() -> bool:
            try:
                connections.append(await Connection.open(address, ADMIN, self._password, schema.DATABASE))
            except (OSError, Refused):  # the image starts a server for itself first
                return False
            return True

        await self._container.ready(accepts, within=READY_WITHIN)
        await connections[0].script(schema.ALL)
        return address, connections[0]

    async def check(self) -> None:
        """Raise :class:`~cxmock.errors.stores.ContainerLost` if the container does not run any more."""
        await self._container.check()

    async def stop(self) -> None:
        """Remove it."""
        await self._container.stop()
