"""What every service of the reference stands on: its ways to the systems around it, its log and its metrics."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cxmock import __version__
from cxmock.clients.http import HttpClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.clock import Clock
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.keys import Keys
from cxmock.reference.logs import Log
from cxmock.reference.metrics import Metrics
from cxmock.reference.postgres import Postgres
from cxmock.reference.sessions import Sessions
from cxmock.reference.settings import Settings
from cxmock.reference.share import Share
from cxmock.topology import Component
from cxmock.wire.resp import ErrorReply

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from cxmock.clients.redis_pipeline import RedisPipeline
    from cxmock.reference.gws import Gws
    from cxmock.reference.objects import Objects

SERVICE_KEY_HEADER = "x-service-key"
"""With which CX Contact's services know one another (assumed)."""
REDIS_WITHIN = 5.0
"""Seconds for one command."""
SETTLED_WITHIN = 2.0
"""Seconds for what was cut short to come to its end."""


@dataclass
class Runtime:
    """A service's surroundings. Clients are built on first use and closed together.

    Args:
        settings: where everybody is.
        clock: the testbed's clock.
        name: the service as it names itself to others, such as ``cxc-list-builder``.
        prefix: of its metrics, such as ``cxc_lb_``.
    """

    settings: Settings
    clock: Clock
    name: str
    prefix: str
    metrics: Metrics = field(init=False)
    keys: Keys = field(init=False)
    log: Log = field(init=False)
    replica: str = field(init=False)
    """Which process this is, as it names itself to who asks."""
    troubles: dict[str, str] = field(default_factory=dict)
    """System -> why the latest call of it had no answer."""
    _http: dict[tuple[object, ...], HttpClient] = field(default_factory=dict)
    _objects: dict[str, Objects] = field(default_factory=dict)
    _ending: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.replica = self.settings.replica or self.name
        self.log = Log(self.settings.log_file, self.name, self.replica)
        self.metrics = Metrics(self.prefix)
        self.keys = Keys(self.settings.tenant)

    def caller(
        self,
        destination: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        within: float = 10.0,
        address: str = "",
    ) -> Caller:
        """Return the way to an HTTP system: ``destination`` names it, ``headers`` go with every request.

        With an ``address`` that is where it is, wherever its name leads to.
        """
        key = (url, within, address, *(headers or {}).items())
        if key not in self._http:
            self._http[key] = HttpClient(
                url,
                context=self._tls if url.startswith("https:") else None,
                agent=f"{self.name}/{__version__}",
                headers=headers,
                within=within,
                address=address,
            )
        return Caller(self._http[key], destination, self.metrics, self.log, self.troubles)

    def back_end(self, component: Component, *, within: float = 30.0) -> Caller:
        """Return the way to another service of CX Contact, which knows us by the service key."""
        headers = {SERVICE_KEY_HEADER: self.settings.service_key}
        return self.caller(component.label, self.settings.back_end(component), headers=headers, within=within)

    @cached_property
    def redis(self) -> Redis:
        """Redis (row 5); text in, text out."""
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        from cxmock.clients.redis_connection import RedisConnection

        client: Redis = Redis.from_url(
            self.settings.redis_url,
            connection_class=RedisConnection,
            client_name=self.name,
            decode_responses=True,
            protocol=2,
            socket_timeout=REDIS_WITHIN,
            socket_connect_timeout=REDIS_WITHIN,
            # One more try: a kept connection may have been closed meanwhile.
            retry=Retry(NoBackoff(), 1),
        )
        return client

    @cached_property
    def reading(self) -> RedisPipeline:
        """Redis for what every request asks: all that ask at once share a round trip."""
        from cxmock.clients.redis_pipeline import RedisPipeline

        return RedisPipeline(
            self.settings.redis_url,
            name=self.name,
            within=REDIS_WITHIN,
            context=self._tls if self.settings.redis_url.startswith("rediss:") else None,
        )

    async def ask_redis(self, *commands: bytes) -> list[Any]:
        """Have Redis answer encoded commands that may be done twice, together with those of other requests.

        Raises:
            Refusal: Redis does not answer, or refuses (515).
        """
        try:
            values = await self.reading.ask(b"".join(commands), len(commands))
        except (NotReachable, NoAnswer) as error:
            raise Refusal(Code.BACK_END, f"Redis does not answer: {error.what}", error.fix) from error
        for value in values:
            if isinstance(value, ErrorReply):
                raise Refusal(Code.BACK_END, f"Redis refuses a command: {value.text}.")
        return values

    @cached_property
    def sessions(self) -> Sessions:
        """Who is logged in."""
        return Sessions(self.redis, self.keys, self.ask_redis)

    @cached_property
    def postgres(self) -> Postgres:
        """PostgreSQL (row 7)."""
        return Postgres(self.settings.postgres_url, self.name)

    def objects(self, kind: str) -> Objects:
        """Return the tenant's named objects of one kind, in PostgreSQL."""
        from cxmock.reference.objects import Objects

        if kind not in self._objects:
            self._objects[kind] = Objects(self, kind)
        return self._objects[kind]

    @cached_property
    def share(self) -> Share:
        """The network file share (row 6)."""
        return Share(self.settings.share_url, self.name)

    @cached_property
    def gws(self) -> Gws:
        """GWS (row 11)."""
        from cxmock.reference.gws import Gws

        return Gws(self.caller(Component.GWS.label, self.settings.gws_url), self.settings, self.clock)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self.settings.tls_context()

    async def aclose(self) -> None:
        """Close every client, and the log."""
        self.log.close()
        for client in self._http.values():
            await client.aclose()
        self._http.clear()
        for name in ("redis", "reading", "postgres", "share"):
            if client := self.__dict__.pop(name, None):
                await client.aclose()
        for name in ("sessions", "gws"):
            self.__dict__.pop(name, None)

    def reset(self) -> None:
        """Forget what was counted and which tokens were issued to us; connections stay."""
        self.metrics.clear()
        self.troubles.clear()
        self.__dict__.pop("gws", None)

    def end(self, tasks: Iterable[asyncio.Task[Any]]) -> None:
        """Cancel tasks; :meth:`settle` sees them end."""
        for task in tasks:
            task.cancel()
            self.see_end(task)

    def see_end(self, task: asyncio.Task[Any]) -> None:
        """Have :meth:`settle` wait for a task that is ending."""
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def settle(self) -> None:
        """See what was cut short come to its end: it may have asked somebody, or be in a transaction."""
        if self._ending:
            await asyncio.wait(tuple(self._ending), timeout=SETTLED_WITHIN)

    @property
    def counted(self) -> tuple[object, tuple[str, ...]]:
        """What was counted, for :class:`~cxmock.serving.keeping.Remembered`."""
        return self.metrics, ("values", "latencies")
