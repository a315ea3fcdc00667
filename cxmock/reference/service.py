"""What every service of the reference stands on: its ways to the systems around it, and how it answers."""

from __future__ import annotations

import hmac
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from cxmock import __version__
from cxmock.clients.http import HttpClient
from cxmock.errors.base import CxmockError
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.errors.contact_files import FileRefused
from cxmock.net.clock import Clock
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal, nobody_ready
from cxmock.reference.health import DOWN, UP, Health, health
from cxmock.reference.keys import Keys
from cxmock.reference.logs import Log
from cxmock.reference.metrics import CONTENT_TYPE, Metrics
from cxmock.reference.postgres import Postgres
from cxmock.reference.sessions import WRITERS, Session, Sessions
from cxmock.reference.settings import Settings
from cxmock.reference.share import Share
from cxmock.reference.tracing import TRACE_HEADER, begin_trace
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response
from cxmock.wire.resp import ErrorReply

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from cxmock.clients.redis_pipeline import RedisPipeline
    from cxmock.reference.gws import Gws
    from cxmock.reference.objects import Objects

API = "/cx-contact/v3"
"""The base path of CX Contact's API (observed); the back ends answer below it too (assumed)."""
API_KEY_HEADER = "x-api-key"
"""An API client's key (a header that Genesys' APIs document)."""
SERVICE_KEY_HEADER = "x-service-key"
"""With which CX Contact's services know one another (assumed)."""
REPLICA_HEADER = b"x-cxc-replica"
"""Names the replica that answered (assumed)."""
HEALTH_SECONDS = 5.0
"""For how long one look at the systems around serves those who ask for metrics."""
_TELLING = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})
REDIS_WITHIN = 5.0
"""Seconds for one command."""


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
    nobody_ready: bool = False
    """Whether requests are answered as by a balancer without a replica that is ready (a provider state)."""
    _health: tuple[float, Health] | None = None
    _http: dict[tuple[object, ...], HttpClient] = field(default_factory=dict)
    _objects: dict[str, Objects] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.replica = self.settings.replica or self.name
        self.log = Log(self.settings.log_file, self.name, self.replica)
        self.metrics = Metrics(self.prefix)
        self.keys = Keys(self.settings.tenant)

    # Ways to others

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

        client: Redis = Redis.from_url(
            self.settings.redis_url,
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
        self.nobody_ready = False
        self._health = None
        self.__dict__.pop("gws", None)

    @property
    def counted(self) -> tuple[object, tuple[str, ...]]:
        """What was counted, for :class:`~cxmock.serving.keeping.Remembered`."""
        return self.metrics, ("values", "latencies")

    # Answering

    async def answer(
        self,
        service: object,
        routes: Routes,
        request: Request,
        *,
        open_to_all: Sequence[str] = (),
        for_readers: Sequence[str] = (),
        otherwise: Callable[[Request], Awaitable[Response]] | None = None,
    ) -> Response:
        """Answer a request by ``service``'s method for it; every failure is told in an envelope.

        ``/health``, ``/health/live``, ``/health/ready`` and ``/metrics`` are answered here. All else needs a session,
        an API key or the service key (401 without), but for paths that begin with one of ``open_to_all``. Who may
        only read may GET, and do what the paths ``for_readers`` are for (403 else). What no route matches goes to
        ``otherwise``.
        """
        if self.nobody_ready:
            return nobody_ready(self.name, request.path)
        if request.path in _TELLING:
            return await self._tell(request.path)
        began, why = time.perf_counter(), ""
        trace = begin_trace(request.headers.get(TRACE_HEADER))
        route = routes.find(request)
        try:
            if not request.path.startswith(tuple(open_to_all)):
                session = await self.identify(request)
                if session and session.read_only and request.method not in _READING and request.path not in for_readers:
                    raise _read_only(session)
            if "\0" in request.path:  # no store takes it
                raise Refusal(Code.NOT_FOUND, "The path has a NUL, which no name has.")
            if route is not None:
                answer = route.of(service)(request)
                response: Response = await answer if isawaitable(answer) else answer
            elif otherwise is not None:
                response = await otherwise(request)
            else:
                raise unknown(type(service).__name__, routes, request)
        except Exception as error:
            refusal = _refusal(error)
            why, response = refusal.message, refusal.answer(request.path)
        response.raw_headers += (
            (TRACE_HEADER.encode(), trace.encode("latin-1", "replace")),
            (REPLICA_HEADER, self.replica.encode()),
        )
        known = route.template if route else "other"
        seconds = time.perf_counter() - began
        self.metrics.called(request.method, known, response.status, seconds)
        self.log.answered(request.method, request.path, response.status, seconds, why)
        return response

    async def health(self, *, newer_than: float = 0.0) -> Health:
        """Return how the service is; one look serves for ``newer_than`` seconds."""
        now = time.monotonic()
        if self._health is None or now - self._health[0] >= newer_than:
            self._health = now, await health(self.name, self.replica, self.settings, self.troubles)
        return self._health[1]

    async def _tell(self, path: str) -> Response:
        """Tell how the service is, to people and machines."""
        if path == "/metrics":
            healthy = (await self.health(newer_than=HEALTH_SECONDS)).status != DOWN
            return Response.plain(self.metrics.text(healthy=healthy), content_type=CONTENT_TYPE)
        if path == "/health/live":
            return Response.of({"status": UP, "service": self.name, "replica": self.replica})
        told = await self.health()
        return Response.of(told.told(), 503 if told.status == DOWN else 200)

    async def identify(self, request: Request) -> Session | None:
        """Return who asks: a person or an API client, or None for another service of CX Contact.

        Raises:
            Refusal: nobody who is known (601, HTTP 401).
        """
        key = request.headers.get(SERVICE_KEY_HEADER, "")
        if key and hmac.compare_digest(key.encode(), self.settings.service_key.encode()):
            return None
        if api_key := request.headers.get(API_KEY_HEADER, ""):
            return await self._client(api_key)
        if session := await self.sessions.of(request):
            return session
        raise Refusal(
            Code.UNAUTHORIZED,
            "Nobody is logged in, or the session has expired.",
            "POST /cx-contact/v3/login with username and password, and send the cookie that it sets.",
        )

    async def _client(self, api_key: str) -> Session:
        """Return the API client whose key this is.

        Raises:
            Refusal: it is not known, or holds no more (601).
        """
        from cxmock.reference.api_keys import API_KEYS, owner

        found = await owner(self.objects(API_KEYS.name), api_key, self.clock.now())
        if found is None:
            raise Refusal(
                Code.UNAUTHORIZED, "This API key is not known, or has expired.", f"POST {API}/api-keys makes another."
            )
        return Session(
            username=f"API key {found.name}",
            tenant=self.settings.tenant,
            ccid=self.settings.ccid,
            person_dbid=0,
            privileges=(),
            access_token="",
            read_only=bool(found.data.get("readOnly")),
            api_key=found.name,
        )


def _read_only(session: Session) -> Refusal:
    needed = "an API key that is not read-only" if session.api_key else f"one of {', '.join(sorted(WRITERS))} at GWS"
    return Refusal(Code.FORBIDDEN, f"{session.username} may only read.", f"To change anything takes {needed}.")


def _refusal(error: Exception) -> Refusal:
    """Return how a caller is told about ``error``."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, CxmockError):
        return Refusal.of(error, Code.INVALID if isinstance(error, FileRefused) else Code.BACK_END)
    module = type(error).__module__.partition(".")[0]
    if module in _STORES and _OUT_OF_REACH & {kind.__name__ for kind in type(error).__mro__}:
        reason = _first_line(error)
        did = "does not let CX Contact in" if "password" in reason else "does not answer"
        return Refusal(Code.BACK_END, f"{_STORES[module]} {did}: {reason}.")
    return Refusal(
        Code.FAILED, f"{type(error).__name__}: {_first_line(error)}", "This is a fault of the service itself."
    )


def unknown(service: str, routes: Routes, request: Request) -> Refusal:
    """Return the refusal of a request that no route answers: HTTP 405 when another method would do, else 404."""
    answer = routes.unknown(service, request)
    said = answer.json()["status"]
    allowed = {"Allow": answer.headers["allow"]} if "allow" in answer.headers else None
    return Refusal(Code.NOT_FOUND, said["message"], said["detail"], status=answer.status, headers=allowed)


_READING = ("GET", "HEAD")
_STORES = {"redis": "Redis", "psycopg": "PostgreSQL"}
_OUT_OF_REACH = {
    "AuthenticationError",
    "BusyLoadingError",
    "ConnectionError",
    "ConnectionFailure",
    "ConnectionTimeout",
    "OperationalError",
    "TimeoutError",
}
"""The stores' own errors for "no connection, or no way in" (named: their libraries are loaded only where used)."""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
