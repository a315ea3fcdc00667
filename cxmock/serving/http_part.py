"""Serves a fake or a service that answers HTTP: the socketless dataclass on its documented ports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cxmock.net.http_server import Handler
from cxmock.serving.keeping import Kept
from cxmock.serving.part import Site, Tls
from cxmock.wire.http import Request


class HttpFake(Protocol):
    """What :class:`HttpPart` serves: something that answers requests and can forget what it was told."""

    def answer(self, request: Request) -> Any:
        """Return a response, or an awaitable of one."""

    def reset(self) -> None:
        """Forget everything since the start."""


@dataclass(frozen=True, slots=True)
class Door:
    """One port of an HTTP part."""

    port: int
    connection: int | Callable[[Request], int | None] | None
    tls: Tls = None


class HttpPart:
    """Serves what ``build`` makes of its site.

    Args:
        build: makes the fake once its site is known (it may need others' addresses, the clock, credentials).
        doors: the ports and what is spoken there.
    """

    def __init__(self, build: Callable[[Site], HttpFake], doors: Sequence[Door]) -> None:
        self._build = build
        self._doors = doors
        self._site: Site | None = None
        self.fake: HttpFake | None = None
        """What is served, once started."""

    async def start(self, site: Site) -> None:
        """Serve on every door."""
        self._site = site
        self.fake = self._build(site)
        handler: Handler = self.fake.answer
        for door in self._doors:
            await site.listen_http(door.port, handler, connection=door.connection, tls=door.tls)

    async def stop(self) -> None:
        """Close the doors, and what the fake holds open (its ``aclose``, if it has one)."""
        if self._site is not None:
            await self._site.close()
        closing = getattr(self.fake, "aclose", None)
        if closing is not None:
            await closing()

    async def keep(self) -> Kept | None:
        """Return the fake's state (its ``keep()``, if it has one), to be put back later."""
        keep = getattr(self.fake, "keep", None)
        return keep() if keep is not None else None

    async def reset(self) -> None:
        """Forget everything since the start, and see what was under way end (``renew()``, if the fake has one)."""
        renew = getattr(self.fake, "renew", None)
        if renew is not None:
            await renew()
        elif self.fake is not None:
            self.fake.reset()
