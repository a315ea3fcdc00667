"""A part, and the site that the testbed gives it: its address, journal, clock, folder, and where the others are."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from cxmock.journal import Journal
from cxmock.net.addresses import Addresses
from cxmock.net.clock import Clock
from cxmock.net.http_server import Handler, HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.relay import Backend, Relay
from cxmock.net.tls import Authority
from cxmock.serving.directory import Directory
from cxmock.serving.guard import Guard, Objection, not_promised
from cxmock.topology import CONNECTIONS, Component
from cxmock.wire import observed
from cxmock.wire.http import Request, Response
from cxmock.wire.observed import Decoder, Observed, Screen
from cxmock.wire.opening import HTTP, Sharing

if TYPE_CHECKING:
    from cxmock.net.processes import Supervisor

P = TypeVar("P", bound=asyncio.Protocol)
Tls = Literal["only", "beside"] | None
"""Whether a port speaks TLS: not at all, only (who speaks plain text is told so), or beside plain text."""


D = TypeVar("D", bound=Decoder)


class Part(Protocol):
    """A running thing that plays a component."""

    async def start(self, site: Site) -> None:
        """Begin to serve; return when connections are accepted."""

    async def stop(self) -> None:
        """End completely: no process, port, thread or file stays behind."""

    async def reset(self) -> None:
        """Return to the state right after the start, within milliseconds, while clients stay connected."""


@dataclass
class Site:
    """Where a part stands, and what it may use."""

    component: Component
    addresses: Addresses
    folder: Path
    """Private; removed by the testbed."""
    journal: Journal
    clock: Clock
    seed: int
    authority: Authority
    directory: Directory
    supervisor: Supervisor
    unplugged: set[int] = field(default_factory=set)
    """Connections that answer as if nobody were there; shared by the whole testbed."""
    guard: Guard = field(default_factory=Guard)
    """Asked before a request is performed; shared by the whole testbed."""
    environment: Callable[[], Mapping[str, str]] = dict
    """The variables by which a service of CX Contact knows the systems around it."""
    logs: Path | None = None
    """Where CX Contact's services log; None: they do not."""
    tell: Callable[[str], None] = lambda text: None
    """Tells people what happens by itself: a sentence."""
    listeners: dict[int, Listener] = field(default_factory=dict)
    """What listens here, by documented port."""

    def log_file(self, name: str) -> str:
        """Return where ``name``, one of CX Contact's services or replicas, is to log; empty: nowhere."""
        return str(self.logs / f"{name}.jsonl") if self.logs is not None else ""

    @property
    def host(self) -> str:
        """The component's own loopback address."""
        return self.addresses.host(self.component)

    def socket(self, port: int) -> socket.socket:
        """Return the bound socket for a documented port of this component."""
        return self.addresses.socket(self.component, port)

    async def listen(
        self,
        port: int,
        factory: Callable[[bool], asyncio.BaseProtocol],
        *,
        tls: Tls = None,
        sharing: Sharing = HTTP,
    ) -> Listener:
        """Serve a protocol on a documented port. A TLS handshake that fails is told to the journal, with its reason.

        Args:
            port: the documented port.
            factory: makes the protocol for a connection, told whether it is encrypted.
            tls: see :data:`Tls`.
            sharing: how a client says which of both it speaks.
        """

        def failed(why: str) -> None:
            here = [
                row.number
                for row in CONNECTIONS
                for place in row.listens
                if (place.component, place.port) == (self.component, port)
            ]
            row = here[0] if len(here) == 1 else None
            self.journal.record(row, "tcp", "TLS", {"why": why}, {}, seconds=0.0, ok=False)

        listener = Listener(
            self.socket(port),
            factory,
            tls=cache(partial(self._tls_context, sharing)) if tls else None,
            sharing=sharing,
            failed=failed,
        )
        listener.open()
        self.listeners[port] = listener
        return listener

    async def listen_http(
        self,
        port: int,
        handler: Handler,
        *,
        connection: int | Callable[[Request], int | None] | None,
        tls: Tls = None,
    ) -> Listener:
        """Serve HTTP on a documented port, each exchange recorded in the journal.

        Args:
            port: the documented port.
            handler: answers a request; a plain function or a coroutine function.
            connection: the row that the exchanges belong to, or how a request tells it.
            tls: see :data:`Tls`.
        """
        answer, observe, refuse = self.http_door(handler, connection)

        def connection_of(secure: bool) -> HttpConnection:
            return HttpConnection(answer if secure or tls != "only" else _wants_tls, observe, refuse, secure=secure)

        return await self.listen(port, connection_of, tls=tls)

    def http_door(
        self, handler: Handler, connection: int | Callable[[Request], int | None] | None
    ) -> tuple[Handler, Callable[[Request, Response, float], None], Callable[[Request], bool]]:
        """Return how a request is answered, how an exchange is recorded, and whether a request is to be reset."""
        row_of = connection if callable(connection) else lambda _: connection

        def observe(request: Request, response: Response, seconds: float) -> None:
            self.journal.record(
                row_of(request),
                "http",
                f"{request.method} {request.path}",
                request,
                response,
                seconds=seconds,
                ok=response.status < 400,
                source=request.source,
                secure=request.secure,
            )

        def refuse(request: Request) -> bool:
            return bool(self.unplugged) and row_of(request) in self.unplugged

        def guarded(request: Request) -> Response | Awaitable[Response]:
            if self.guard:
                operation = f"{request.method} {request.path}"
                why = self.guard.refusal(row_of(request), "http", operation, request)
                if why is not None:
                    return not_promised(why, strict=True)
            return handler(request)

        return guarded, observe, refuse

    async def connect(self, protocol: Callable[[], P], host: str, port: int) -> tuple[asyncio.BaseTransport, P]:
        """Connect to another part, where the directory says it is."""
        return await asyncio.get_running_loop().create_connection(protocol, host, port)

    async def relay(
        self,
        port: int,
        backend: Backend,
        decoder: Callable[[], D] | None,
        *,
        transport: str,
        connection_of: Callable[[Observed], int | None],
        keep: Callable[[Observed], bool] = lambda seen: True,
        refuse: Callable[[str], bool] = lambda source: False,
        screen: Callable[[D, observed.Objection], Screen] | None = None,
        tls: Tls = None,
        sharing: Sharing = HTTP,
    ) -> Listener:
        """Put a tap on a documented port, in front of a real backend.

        Args:
            port: the documented port.
            backend: where the real thing listens.
            decoder: makes the decoder of a connection; None where the stream cannot be read.
            transport: the name that exchanges carry in the journal and in contracts.
            connection_of: which row an observation belongs to.
            keep: which observations are exchanges (a handshake is none).
            refuse: given an observation's source, whether its connection is to be reset.
            screen: makes what stands before the backend in strict mode, of the connection's decoder and of who objects;
                None where nothing is ever refused.
            tls: see :data:`Tls`. The tap ends the encryption: the backend is spoken to in plain text.
            sharing: how a client says whether it speaks TLS.
        """

        def observe(secure: bool, seen: Observed, seconds: float) -> None:
            if keep(seen):
                self.journal.record(
                    connection_of(seen),
                    transport,
                    seen.operation,
                    seen.request_message,
                    seen.response_message,
                    seconds=seconds,
                    ok=seen.ok,
                    source=seen.source,
                    secure=secure,
                )

        objection = Objection(self.guard, transport, connection_of, keep)

        def factory(secure: bool) -> Relay:
            watching = decoder() if decoder else None
            screened = screen(watching, objection) if screen and watching is not None else None
            return Relay(backend, watching, partial(observe, secure), refuse, screened)

        return await self.listen(port, factory, tls=tls, sharing=sharing)

    def _tls_context(self, sharing: Sharing) -> ssl.SSLContext:
        """Return the context that serves TLS as this component: its name, its address, ``localhost``."""
        names = (str(self.component), self.host, "localhost", "127.0.0.1")
        # CX Contact's own services are where people come: they show no certificates.
        mutual = self.authority.mutual and not self.component.in_contact
        return self.authority.server_context(*names, protocols=sharing.protocols, mutual=mutual)

    async def close(self) -> None:
        """Close every listener opened here."""
        for listener in self.listeners.values():
            await listener.close()
        self.listeners.clear()


def _wants_tls(request: Request) -> Response:
    """Tell who speaks plain HTTP at a port for TLS."""
    where = f"https://{request.headers.get('host', 'HOST')}{request.target}"
    return Response.plain(f"This port speaks TLS only, and what came is plain HTTP.\n  fix: ask {where}\n", 400)
