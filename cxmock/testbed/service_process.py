"""A service of the reference as a process of its own, behind its documented address."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cxmock.net.processes import Child
from cxmock.serving import Door, Site
from cxmock.testbed.played import PlayedHttp
from cxmock.topology import Component
from cxmock.wire.http import from_json

READY_WITHIN = 20.0


class ServiceProcess:
    """The same code as in the loop, in a process that knows the testbed by environment variables alone.

    It listens at a port of its own; the documented address passes everything on, so that the journal sees it.
    """

    def __init__(self, component: Component, doors: Sequence[Door]) -> None:
        self.component = component
        self._doors = doors
        self._site: Site | None = None
        self._child: Child | None = None
        self._front: PlayedHttp | None = None

    async def start(self, site: Site) -> None:
        """Start the process and pass on to it once it is ready.

        Raises:
            PartDied: it ended at once; the error has its last words.
            PartNotReady: it was not ready in time.
        """
        self._site = site
        self._child = await site.supervisor.start(
            [sys.executable, "-m", "cxmock.reference", str(self.component)],
            name=str(self.component),
            env={**os.environ, **site.environment()},
        )
        await self._child.ready(self._ready, within=READY_WITHIN)
        self._front = PlayedHttp(self.component, self._url(), self._doors)
        await self._front.start(site)

    async def stop(self) -> None:
        """Stop passing on, and end the process."""
        if self._front is not None:
            await self._front.stop()
        if self._site is not None and self._child is not None:
            await self._site.supervisor.stop(self._child)

    async def reset(self) -> None:
        """Do nothing: a service keeps its state in Redis and PostgreSQL only."""

    async def _ready(self) -> bool:
        return bool(self._url())

    def _url(self) -> str:
        """Return where the process says it listens; empty while it has not said so."""
        assert self._child is not None
        for line in self._child.last_lines():
            if line.startswith('{"ready":true'):
                return str(from_json(line)["url"])
        return ""
