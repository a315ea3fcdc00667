"""How every service of the reference answers, and what else is alike in all of them."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import ClassVar

from cxmock.errors.base import CxmockError
from cxmock.errors.contact_files import FileRefused
from cxmock.reference.envelope import Code, Refusal, nobody_ready
from cxmock.reference.health import DOWN, UP, Health, health
from cxmock.reference.metrics import CONTENT_TYPE
from cxmock.reference.runtime import SERVICE_KEY_HEADER, Runtime
from cxmock.reference.sessions import WRITERS, Session
from cxmock.reference.tracing import TRACE_HEADER, begin_trace
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.wire.http import Request, Response

API = "/cx-contact/v3"
"""The base path of CX Contact's API (observed); the back ends answer below it too (assumed)."""
API_KEY_HEADER = "x-api-key"
"""An API client's key (a header that Genesys' APIs document)."""
REPLICA_HEADER = b"x-cxc-replica"
"""Names the replica that answered (assumed)."""
HEALTH_SECONDS = 5.0
"""For how long one look at the systems around serves those who ask for metrics."""
_TELLING = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})


@dataclass
class Service:
    """What is alike in all services. Each adds its ``routes``, the methods that answer them, and who may ask."""

    runtime: Runtime
    nobody_ready: bool = field(default=False, init=False)
    """Whether requests are answered as by a balancer without a replica that is ready (a provider state)."""
    _health: tuple[float, Health] | None = field(default=None, init=False)

    routes: ClassVar[Routes]
    open_to_all: ClassVar[tuple[str, ...]] = ()
    """How paths begin that anybody may ask for, logged in or not."""
    for_readers: ClassVar[tuple[str, ...]] = ()
    """Paths for those, too, who may only read; they may GET in any case."""

    def begin(self) -> None:
        """Begin what the service does by itself, unless it has begun. Called once it is ready, and by each request."""

    async def answer(self, request: Request) -> Response:
        """Answer a request by the method for it; every failure is told in an envelope.

        ``/health``, ``/health/live``, ``/health/ready`` and ``/metrics`` are answered here. All else needs a session,
        an API key or the service key (401 without), but for what is open to all. Who may only read may GET, and do
        what is for readers (403 else). What no route matches goes to :meth:`otherwise`.
        """
        self.begin()
        if self.nobody_ready:
            return nobody_ready(self.runtime.name, request.path)
        if request.path in _TELLING:
            return await self._tell(request.path)
        began, why = time.perf_counter(), ""
        trace = begin_trace(request.headers.get(TRACE_HEADER))
        route = self.routes.find(request)
        try:
            await self._let_in(request)
            if "\0" in request.path:  # no store takes it
                raise Refusal(Code.NOT_FOUND, "The path has a NUL, which no name has.")
            if route is None:
                response = await self.otherwise(request)
            else:
                answer = route.of(self)(request)
                response = await answer if isawaitable(answer) else answer
        except Exception as error:
            refusal = _refusal(error)
            why, response = refusal.message, refusal.answer(request.path)
        response.raw_headers += (
            (TRACE_HEADER.encode(), trace.encode("latin-1", "replace")),
            (REPLICA_HEADER, self.runtime.replica.encode()),
        )
        known = route.template if route else "other"
        seconds = time.perf_counter() - began
        self.runtime.metrics.called(request.method, known, response.status, seconds)
        self.runtime.log.answered(request.method, request.path, response.status, seconds, why)
        return response

    async def otherwise(self, request: Request) -> Response:
        """Answer what no route matches.

        Raises:
            Refusal: another method would do (HTTP 405), or nothing is there (604).
        """
        answer = self.routes.unknown(type(self).__name__, request)
        said = answer.json()["status"]
        allowed = {"Allow": answer.headers["allow"]} if "allow" in answer.headers else None
        raise Refusal(Code.NOT_FOUND, said["message"], said["detail"], status=answer.status, headers=allowed)

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.runtime.reset()
        self.nobody_ready = False
        self._health = None

    async def renew(self) -> None:
        """Return to the state right after the start, and see what was under way come to its end."""
        self.reset()
        await self.runtime.settle()

    def keep(self) -> RememberedPart:
        """Return what is counted, to be put back later; all else is in Redis, PostgreSQL and Configuration."""
        return RememberedPart(self.renew, self.runtime.counted)

    async def aclose(self) -> None:
        """End what runs, and close every client."""
        await self.runtime.aclose()

    # How it is

    async def health(self, *, newer_than: float = 0.0) -> Health:
        """Return how the service is; one look serves for ``newer_than`` seconds."""
        now = time.monotonic()
        if self._health is None or now - self._health[0] >= newer_than:
            known = self.runtime
            self._health = now, await health(known.name, known.replica, known.settings, known.troubles)
        return self._health[1]

    async def _tell(self, path: str) -> Response:
        """Tell how the service is, to people and machines."""
        if path == "/metrics":
            healthy = (await self.health(newer_than=HEALTH_SECONDS)).status != DOWN
            return Response.plain(self.runtime.metrics.text(healthy=healthy), content_type=CONTENT_TYPE)
        if path == "/health/live":
            return Response.of({"status": UP, "service": self.runtime.name, "replica": self.runtime.replica})
        told = await self.health()
        return Response.of(told.told(), 503 if told.status == DOWN else 200)

    # Who asks

    async def _let_in(self, request: Request) -> None:
        """Refuse who is not known, and who may only read what is not for readers."""
        if request.path.startswith(self.open_to_all):
            return
        session = await self.identify(request)
        reading = request.method in _READING or request.path in self.for_readers
        if session and session.read_only and not reading:
            raise _read_only(session)

    async def identify(self, request: Request) -> Session | None:
        """Return who asks: a person or an API client, or None for another service of CX Contact.

        Raises:
            Refusal: nobody who is known (601, HTTP 401).
        """
        key = request.headers.get(SERVICE_KEY_HEADER, "")
        if key and hmac.compare_digest(key.encode(), self.runtime.settings.service_key.encode()):
            return None
        if api_key := request.headers.get(API_KEY_HEADER, ""):
            return await self._client(api_key)
        if session := await self.runtime.sessions.of(request):
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

        found = await owner(self.runtime.objects(API_KEYS.name), api_key, self.runtime.clock.now())
        if found is None:
            raise Refusal(
                Code.UNAUTHORIZED, "This API key is not known, or has expired.", f"POST {API}/api-keys makes another."
            )
        return Session(
            username=f"API key {found.name}",
            tenant=self.runtime.settings.tenant,
            ccid=self.runtime.settings.ccid,
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
