"""Redis (connection 5): a real server, or fakeredis where none fits, behind a tap on the documented address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

from cxmock.errors.stores import NoCluster, StoreRefused
from cxmock.serving.part import Site
from cxmock.stores.choosing import RedisBackend
from cxmock.stores.redis.cluster import Announced
from cxmock.stores.redis.connection import Connection
from cxmock.stores.redis.external import External
from cxmock.stores.redis.server import Server, find_server
from cxmock.stores.redis.snapshot import KeptRedis
from cxmock.stores.running import Running, Store
from cxmock.topology import Component, listening_ports
from cxmock.wire.opening import REDIS
from cxmock.wire.resp import ErrorReply
from cxmock.wire.resp_decoder import RespDecoder, is_exchange
from cxmock.wire.resp_facts import response_facts
from cxmock.wire.resp_screen import RespScreen

ROW = 5
(_PLACE,) = listening_ports(Component.REDIS)
_RESET: list[tuple[str, ...]] = [("FLUSHALL",), ("FUNCTION", "FLUSH"), ("SCRIPT", "FLUSH"), ("CLIENT", "UNPAUSE")]


class Redis:
    """The part that plays Redis.

    Every client's commands pass the tap, which records them on connection 5. The methods here go past it.

    Args:
        backend: ``embedded`` (a server from a wheel or the system; fakeredis where there is none), ``fakeredis`` (in
            this process), ``container``, or ``external``.
        url: of the external one, ``redis://[user]:password@host[:port][/number][?keep=yes]``. Its database has to be
            empty, unless what is in it is to be kept: then :meth:`reset` removes nothing.
        nth: how many databases after that of the URL; for workers that share it.
        cluster: whether it is a cluster, of one node that tells its clients the tap's address.
    """

    def __init__(
        self, backend: RedisBackend = "embedded", *, url: str = "", nth: int = 0, cluster: bool = False
    ) -> None:
        self.backend: RedisBackend = backend
        """What runs; ``embedded`` becomes ``fakeredis`` at the start where there is no server."""
        self._url = url
        self._cluster = cluster
        self._nth = nth
        self._site: Site | None = None
        self._running: Running[Connection] = Running()
        self._reset = _RESET

    async def start(self, site: Site) -> None:
        """Start the server and put the tap before it.

        Raises:
            NoCluster: cluster mode, where what runs it knows none.
            NoServerFound: there is no server program and no fakeredis.
            EngineMissing: ``container`` without a container engine.
            StoreUrlWrong, StoreNotReachable, StoreWantsTls, StoreTooOld, StoreNotEmpty, StoreInUse: the external one
                cannot be used as it is.
            PartDied: the server ended at once.
            PartNotReady: the server did not answer in time.
        """
        self._site = site
        address, _ = await self._running.start(self._choose(site))
        loop = asyncio.get_running_loop()
        await site.relay(
            _PLACE.port,
            address,
            partial(RespDecoder, loop.time),
            transport="redis",
            connection_of=lambda seen: ROW,
            keep=is_exchange,
            refuse=lambda source: ROW in site.unplugged,
            tls="beside",
            sharing=REDIS,
            screen=RespScreen,
        )

    async def stop(self) -> None:
        """Drop every client, and end the server."""
        if self._site is not None:
            await self._site.close()
        await self._running.stop()

    async def reset(self) -> None:
        """Remove every key, function and script; of an external one, every key of its database.

        Clients stay connected, logged in and subscribed.

        Raises:
            PartDied: the server ended meanwhile.
        """
        if self._reset:
            first, *_ = await self._calls(self._reset)
            if isinstance(first, ErrorReply):
                raise StoreRefused("Redis", str(self._reset[0][0]), first.text)

    async def keep(self) -> KeptRedis:
        """Return every key and function, to be put back later.

        Raises:
            StoreRefused: Redis does not give them, or is somebody else's.
        """
        if self.backend == "external":
            raise StoreRefused("Redis", "a snapshot", "it is somebody else's, and only one database of it is ours")
        kept = KeptRedis(self._calls)
        await kept.take()
        return kept

    async def call(self, *words: str | bytes | float) -> Any:
        """Perform a command and return its value as plain data: text, numbers, lists, dicts, None.

        Raises:
            StoreRefused: the answer is an error.
        """
        [value] = await self._calls([words])
        if isinstance(value, ErrorReply):
            raise StoreRefused("Redis", " ".join(map(str, words[:2])), value.text)
        return response_facts(value)["value"]

    async def keys(self, pattern: str = "*") -> list[str]:
        """Return the keys that match a glob pattern, sorted."""
        return sorted(await self.call("KEYS", pattern))

    async def _calls(self, commands: Sequence[tuple[str | bytes | float, ...]]) -> list[Any]:
        async with self._running.asked() as own:
            return await own.calls(commands)

    def _choose(self, site: Site) -> Store[Connection]:
        password = site.directory.credentials.redis
        if self.backend == "external":
            if self._cluster:
                raise NoCluster(self.backend)
            external = External(self._url, password, self._nth, site.folder, site.supervisor)
            self._reset = [] if external.keeps else [("FLUSHDB",)]
            return external
        cluster = None
        if self._cluster:
            at = site.directory.endpoint(site.component)
            cluster = Announced(at.host, at.port)
        if self.backend == "container":
            from cxmock.stores.redis.container import RedisContainer

            return RedisContainer(site.supervisor, password, cluster=cluster)
        if self.backend == "embedded" and (find_server() is not None or find_spec("fakeredis") is None):
            return Server(site.folder, site.supervisor, password, cluster=cluster)
        self.backend = "fakeredis"
        if cluster is not None:
            raise NoCluster(self.backend)
        from cxmock.stores.redis.in_process import InProcess

        return InProcess(password)
