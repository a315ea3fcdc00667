"""The control address: through it Pact verifiers that are not ours reach states, operations and providers.

POST /<key>/states/<row>              brings about a provider state
POST /transports/<row>/<transport>    performs an operation; on a port of its own at /, since not every verifier
                                      can be told a path
*    /<key>/providers/<row>/<path>    the row's provider, whichever of its components keeps the promise
GET  /<key>/replicas                  the services that are several processes: who is there, and what happened to them

States tell secrets, and operations read and write, so this is not for everybody on the machine: the key is random and
told to who started the testbed; the operations' ports answer that user's programs (and root's) only, where the system
tells whose they are.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cxmock.net.http_server import Handler, HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.peers import user_of
from cxmock.topology import CONNECTIONS, Component, listening_ports
from cxmock.wire.http import Request, Response

if TYPE_CHECKING:
    from cxmock.testbed.outsiders import Outsiders
    from cxmock.testbed.testbed import Testbed

FORBIDDEN = 403


@dataclass
class Control:
    """Listens on a testbed's control address. Nothing behind it is made before somebody asks.

    Args:
        testbed: what is controlled.
        say: told why a state or an operation failed; verifiers themselves show no more than a status.
    """

    testbed: Testbed
    say: Callable[[str], None]
    _key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _listeners: dict[str, Listener] = field(default_factory=dict)

    def open(self) -> None:
        """Listen: on the control port for all, and on a port for each transport."""
        addresses = self.testbed.addresses
        (place,) = listening_ports(Component.CONTROL)
        self._listen("/", addresses.socket(Component.CONTROL, place.port), HttpConnection, self._answer_by_key)
        for row in CONNECTIONS:
            for transport in row.transports:
                if transport != "http":
                    path = _path(row.number, transport)
                    sock = socket.create_server((addresses.host(Component.CONTROL), 0))
                    self._listen(path, sock, _OwnUsersOnly, partial(self._answer_at, path))

    async def close(self) -> None:
        """Close everything. The control port is the claim on the testbed's addresses: close it when these are free."""
        if "_outsiders" in self.__dict__:
            await self._outsiders.close()
        for listener in self._listeners.values():
            await listener.close()

    def told(self) -> dict[str, Any]:
        """Return where verifiers find what they need.

        ``states`` is the provider-state URL, to which ``/<row>`` is added; ``replicas`` tells about services that are
        several processes; ``transports`` has, by row and transport, ``host``, ``port``, ``path`` and ``scheme``.
        """
        host, port = self._listeners["/"].address
        return {
            "states": f"http://{host}:{port}/{self._key}/states",
            "replicas": f"http://{host}:{port}/{self._key}/replicas",
            "transports": {
                str(row.number): {transport: self._place(row.number, transport) for transport in row.transports}
                for row in CONNECTIONS
            },
        }

    def _place(self, number: int, transport: str) -> dict[str, object]:
        own = self._listeners.get(_path(number, transport))
        host, port = (own or self._listeners["/"]).address
        path = "/" if own else f"/{self._key}/providers/{number}"
        return {"host": host, "port": port, "path": path, "scheme": "http"}

    def _listen(self, path: str, sock: socket.socket, kind: type[HttpConnection], handler: Handler) -> None:
        listener = Listener(sock, lambda secure: kind(handler, lambda *seen: None))
        listener.open()
        self._listeners[path] = listener

    async def _answer(self, request: Request) -> Response:
        if not _is_ours(request):
            return Response.plain(
                "This address is for programs on this machine, not for pages in a browser.\n", FORBIDDEN
            )
        return await self._outsiders.answer(request)

    async def _answer_by_key(self, request: Request) -> Response:
        given, _, rest = request.target.removeprefix("/").partition("/")
        if not secrets.compare_digest(given.encode(), self._key.encode()):
            return Response.plain(
                "This address answers who knows its key: cxmock up --json prints whole addresses, as states and "
                "transports.\n",
                FORBIDDEN,
            )
        if rest == "replicas" and _is_ours(request):
            return Response.of(self._replicas())
        return await self._answer(Request(request.method, f"/{rest}", request.raw_headers, request.body))

    def _replicas(self) -> dict[str, Any]:
        from cxmock.testbed.replicas.part import Replicas

        parts = self.testbed.parts.items()
        return {str(component): part.told() for component, part in parts if isinstance(part, Replicas)}

    async def _answer_at(self, path: str, request: Request) -> Response:
        return await self._answer(Request(request.method, path, request.raw_headers, request.body))

    @cached_property
    def _outsiders(self) -> Outsiders:
        from cxmock.testbed.outsiders import Outsiders

        return Outsiders(self.testbed, self.say)


class _OwnUsersOnly(HttpConnection):
    """Answers programs of the user who started the testbed, and root's; anybody else's connection is reset."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if user_of(transport.get_extra_info("peername")) not in (None, 0, os.getuid()):
            assert isinstance(transport, asyncio.Transport)
            transport.abort()


def _path(number: int, transport: str) -> str:
    return f"/transports/{number}/{transport}"


def _is_ours(request: Request) -> bool:
    """Say whether a request can only come from a program: pages say where they are from, or use names of their own."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    return local and "origin" not in request.headers
