"""A site without sockets: what a part serves there is reached by the component's name, from this process alone."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import isawaitable
from time import perf_counter
from typing import Any, TypeVar

from cxmock.errors.calls import NotReachable
from cxmock.net import memory
from cxmock.net.http_server import Handler
from cxmock.serving.part import Site, Tls
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

P = TypeVar("P", bound=asyncio.Protocol)
Answering = Callable[[Request], Awaitable[Response]]


@dataclass
class Mounts:
    """Everything that is served in this process."""

    http: dict[Component, Answering] = field(default_factory=dict)
    protocols: dict[str, Callable[[], asyncio.BaseProtocol]] = field(default_factory=dict)
    """Host -> the protocol of a connection there."""

    async def answer(self, component: Component, request: Request) -> Response:
        """Answer a request to a component.

        Raises:
            NotReachable: the component is unplugged.
        """
        return await self.http[component](request)

    def connect(self, protocol: Callable[[], P], host: str) -> tuple[asyncio.Transport, P]:
        """Connect to what is served at a host.

        Raises:
            ConnectionRefusedError: nobody is there.
        """
        if (server := self.protocols.get(host)) is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        return memory.join(protocol, server)


@dataclass
class MountedSite(Site):
    """A site whose doors are entries in a table."""

    mounts: Mounts = field(default_factory=Mounts)

    async def listen(self, port: int, factory: Callable[[bool], asyncio.BaseProtocol], **kinds: Any) -> Any:
        """Take up a protocol: connections to the component's name are made of it."""
        self.mounts.protocols[str(self.component)] = lambda: factory(False)

    async def listen_http(self, port: int, handler: Handler, *, connection: Any, tls: Tls = None) -> Any:
        """Take up a handler of requests to the component's name."""
        if connection is None:
            return  # outside the table, such as OCS's desktop requests: another door of the same component
        answer, observe, refuse = self.http_door(handler, connection)

        async def answered(request: Request) -> Response:
            began = perf_counter()
            if refuse(request):
                raise NotReachable(str(self.component), "connection reset by peer")
            result = answer(request)
            response: Response = await result if isawaitable(result) else result
            observe(request, response, perf_counter() - began)
            return response

        self.mounts.http[self.component] = answered

    async def connect(self, protocol: Callable[[], P], host: str, port: int) -> tuple[asyncio.Transport, P]:
        """Connect to a part in this process."""
        return self.mounts.connect(protocol, host)

    async def close(self) -> None:
        """Take the doors back."""
        self.mounts.http.pop(self.component, None)
        self.mounts.protocols.pop(str(self.component), None)
