"""PostgreSQL (connections 7 and 13): a real server behind a tap on the documented address."""

from __future__ import annotations

import asyncio
import warnings
from functools import partial
from typing import Any

from cxmock.errors.stores import UnknownContactList
from cxmock.serving.part import Site
from cxmock.stores.choosing import PostgresBackend
from cxmock.stores.postgres.connection import Connection
from cxmock.stores.postgres.external import External
from cxmock.stores.postgres.reset import Reset
from cxmock.stores.postgres.schema import CXC_ROLE, OCS_ROLE, SCHEMA, Names
from cxmock.stores.postgres.snapshot import KeptPostgres
from cxmock.stores.running import Running, Store
from cxmock.topology import Component, listening_ports
from cxmock.wire.postgres.decoder import PostgresDecoder, is_exchange
from cxmock.wire.postgres.opening import POSTGRES
from cxmock.wire.postgres.scram import stored
from cxmock.wire.postgres.screen import PostgresScreen

ROWS = {CXC_ROLE: 7, OCS_ROLE: 13}
"""The connection that a login role's statements belong to. Other roles are outside the table."""
(_PLACE,) = listening_ports(Component.POSTGRES)


class Postgres:
    """The part that plays PostgreSQL, for CX Contact (role ``cxc``) and OCS (role ``ocs``).

    Every client's statements pass the tap, which records those of ``cxc`` on connection 7 and those of ``ocs`` on
    connection 13. The methods here go past it, as administrator.

    Args:
        backend: ``embedded`` (a server from a wheel or the system), ``container``, or ``external``.
        url: of the external one, ``postgresql://role:password@host/database``, with a role that may create databases
            and roles. Ours are made there, and dropped at the end.
    """

    def __init__(self, backend: PostgresBackend = "embedded", *, url: str = "") -> None:
        self.backend: PostgresBackend = backend
        self.names = Names()
        """What the database and the roles are called on the server."""
        self._url = url
        self._site: Site | None = None
        self._running: Running[Connection] = Running()
        self._reset: Reset | None = None
        self._kept = 0

    async def start(self, site: Site) -> None:
        """Start the server, give the roles their passwords, and put the tap before it.

        Raises:
            NoServerFound: there is no server program.
            EngineMissing: ``container`` without a container engine.
            StoreUrlWrong, StoreNotReachable, StoreWantsTls, StoreTooOld, RightsMissing, ExtensionMissing: the external
                one cannot be used as it is.
            PartDied: the server, or a program that prepares it, failed.
            PartNotReady: the server did not answer in time.
        """
        self._site = site
        known = site.directory.credentials
        passwords = asyncio.create_task(
            asyncio.to_thread(
                lambda: [stored(one.secret) for one in (known.postgres_cxc, known.postgres_ocs)],
            )
        )
        address, admin = await self._running.start(self._choose(site))
        given = zip((self.names.cxc, self.names.ocs), await passwords, strict=True)
        await admin.script(";".join(f"ALTER ROLE {role} PASSWORD '{verifier}'" for role, verifier in given))
        self._reset = Reset(admin, self.names)
        await self._reset.learn()
        loop = asyncio.get_running_loop()
        await site.relay(
            _PLACE.port,
            address,
            partial(PostgresDecoder, loop.time),
            transport="postgresql",
            connection_of=lambda seen: ROWS.get(seen.source),
            keep=is_exchange,
            refuse=lambda role: ROWS.get(role) in site.unplugged,
            tls="beside",
            sharing=POSTGRES,
            screen=PostgresScreen,
        )

    async def stop(self) -> None:
        """Drop every client, and end the server."""
        if self._site is not None:
            await self._site.close()
        await self._running.stop()

    async def reset(self) -> None:
        """Empty every table and drop those that were made since the start. Clients stay connected.

        A session that was left in a transaction is ended, and named by a :class:`TransactionLeftOpen` warning.

        Raises:
            PartDied: the server ended meanwhile.
        """
        assert self._reset is not None, "start() comes first"
        async with self._running.asked():
            ended = await self._reset.perform()
        for session in ended:
            warnings.warn(session, stacklevel=2)

    async def keep(self) -> KeptPostgres:
        """Return the state of the database, to be put back later.

        Raises:
            PartDied: the server ended meanwhile.
        """
        assert self._reset is not None, "start() comes first"
        async with self._running.asked() as admin:
            self._kept += 1
            kept = KeptPostgres(admin, self._reset, self._kept)
            await kept.take()
            return kept

    async def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Perform a statement as administrator; return its rows by column.

        Whole numbers, floats, booleans and JSON are such, all else is text. ``$1``, ``$2``, ... stand for parameters.

        Raises:
            StoreRefused: the answer is an error.
            PartDied: the server ended meanwhile.
        """
        async with self._running.asked() as admin:
            return (await admin.query(sql, *parameters)).dicts()

    async def script(self, *statements: str) -> None:
        """Perform statements as administrator, in one transaction.

        Raises:
            StoreRefused: one of them failed.
            PartDied: the server ended meanwhile.
        """
        async with self._running.asked() as admin:
            await admin.script(";".join(statements))

    async def copy(self, sql: str, data: bytes) -> int:
        """Perform a ``COPY ... FROM STDIN`` with ``data`` as administrator; return how many rows it was.

        Raises:
            StoreRefused: the answer is an error.
            PartDied: the server ended meanwhile.
        """
        async with self._running.asked() as admin:
            return await admin.copy_in(sql, data)

    async def contact_lists(self) -> dict[str, dict[str, Any]]:
        """Return the catalogue of contact lists, by name."""
        found = await self.query(f"SELECT * FROM {SCHEMA}.contact_list ORDER BY id")
        return {one["name"]: one for one in found}

    async def rows(self, contact_list: str) -> list[dict[str, Any]]:
        """Return the records of a contact list, one a device, in order.

        Raises:
            UnknownContactList: there is none of that name.
        """
        lists = await self.contact_lists()
        if contact_list not in lists:
            raise UnknownContactList(contact_list, list(lists))
        table = lists[contact_list]["table_name"].replace('"', '""')
        return await self.query(f'SELECT * FROM {SCHEMA}."{table}" ORDER BY chain_id, chain_n')

    def _choose(self, site: Site) -> Store[Connection]:
        password = site.directory.credentials.postgres_admin.secret
        if self.backend == "external":
            external = External(self._url, site.folder, site.supervisor)
            self.names = external.names
            return external
        if self.backend == "container":
            from cxmock.stores.postgres.container import PostgresContainer

            return PostgresContainer(site.supervisor, password)
        from cxmock.stores.postgres.cluster import Cluster

        return Cluster(site.folder, site.supervisor, password)
