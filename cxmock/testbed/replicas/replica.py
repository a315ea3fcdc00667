"""One replica: a place for a process that is started again whenever it ends, until it is removed."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import sys
from collections.abc import Callable

from cxmock.clients.http import HttpClient
from cxmock.errors.base import CxmockError
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.processes import Child
from cxmock.net.waiting import until
from cxmock.reference.running import LIVE, RESET, behind
from cxmock.serving import Site
from cxmock.wire.http import Request, from_json

READY_WITHIN = 20.0
"""Seconds from the start of a process to its first answer."""
CHECK_EVERY = 0.5
"""Seconds between two health checks."""
CHECK_WITHIN = 3.0
"""Seconds for the answer to one."""
CHECKS_MISSED = 4
"""Health checks without an answer, one after the other, after which a process is killed."""
BACK_OFF = (0.05, 5.0)
"""Seconds before a process is started again: after the first end, and at most. Each further end doubles them."""
SETTLED = 10.0
"""Seconds after which a process counts as one that runs: its end begins the back-off anew."""
DRAIN_WITHIN = 30.0
"""Seconds for what a replica is doing before it is ended."""
CALL_WITHIN = math.inf
"""Whoever called has a limit; a process that hangs is killed after its health checks."""


class Replica:
    """One of the processes that are a service.

    Args:
        name: by which it is known: ``compliance-manager-2``.
        site: where the service stands.
        tell: told what happened to it, ``started``, ``ended``, ..., with details.
    """

    def __init__(self, name: str, site: Site, tell: Callable[[str, dict[str, object]], None]) -> None:
        self.name = name
        self.ready = False
        """Whether it is given requests."""
        self.draining = False
        """Whether it finishes what it has, and then is gone."""
        self.in_flight = 0
        """Requests that it has not answered."""
        self.answered = 0
        self.chosen = 0
        """When it was given a request last, as a number that grows."""
        self.restarts = 0
        self.client: HttpClient | None = None
        """Calls the process that runs now."""
        self._site = site
        self._tell = tell
        self._child: Child | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    @property
    def state(self) -> str:
        """``ready``, ``starting`` or ``draining``."""
        return "draining" if self.draining else "ready" if self.ready else "starting"

    @property
    def pid(self) -> int:
        """The process that runs now, or ran last; 0 before the first."""
        return self._child.pid if self._child is not None else 0

    @property
    def used(self) -> float:
        """Seconds of a processor that its present process has used."""
        return self._child.used if self._child is not None else 0.0

    async def start(self) -> None:
        """Start it, and from then on see to it that it runs.

        Raises:
            PartDied: the process ended at once; the error has its last words.
            PartNotReady: it was not ready in time.
        """
        await self._begin()
        self._keeping = asyncio.create_task(self._keep(), name=self.name)

    async def stop(self) -> None:
        """Have it finish what it does, then end it."""
        self.ready, self.draining = False, True
        await until(lambda: not self.in_flight, within=DRAIN_WITHIN, every=0.01)
        await self.end()

    async def end(self) -> None:
        """End it at once."""
        self.ready, self.draining = False, True
        self._ended.set()
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
            self._keeping = None
        await self._clear()

    def kill(self) -> None:
        """Kill the process that runs now, with no moment to clear up; another takes its place."""
        if self._child is not None:
            self._child.kill()

    async def reset(self) -> bool:
        """Have the service return to the state right after its start; return whether it did."""
        if self.client is None:
            return False
        headers = behind(self._site.directory.credentials.service)
        with contextlib.suppress(NotReachable, NoAnswer):
            answer = await self.client.send(Request("POST", RESET, headers), within=CHECK_WITHIN)
            return answer.status == 200
        return False

    async def _keep(self) -> None:
        """Start a process again whenever one has ended, after a while that grows."""
        loop = asyncio.get_running_loop()
        pause = BACK_OFF[0]
        while True:
            began = loop.time()
            await self._live()
            if loop.time() - began >= SETTLED:
                pause = BACK_OFF[0]
            await self._pause(pause)
            pause = min(2 * pause, BACK_OFF[1])
            self.restarts += 1
            try:
                await self._begin()
            except CxmockError as error:
                self._tell("failed", {"why": error.what})

    async def _begin(self) -> None:
        """Start a process and wait until it answers."""
        await self._clear()
        site = self._site
        log = site.log_file(self.name)
        (site.supervisor.folder / f"{self.name}.log").unlink(missing_ok=True)
        self._child = child = await site.supervisor.start(
            [sys.executable, "-m", "cxmock.reference", str(site.component)],
            name=self.name,
            env={**os.environ, **site.environment(), "CX_REPLICA": self.name, "CX_LOG_FILE": log},
            replaced=True,
        )
        try:
            await child.ready(self._listens, within=READY_WITHIN)
        except CxmockError:
            await self._clear()
            raise
        self.client = HttpClient(_url(child), within=CALL_WITHIN, limit=256)
        self.ready = not self.draining
        self._tell("started", {"pid": child.pid, "restarts": self.restarts})

    async def _live(self) -> None:
        """Return when the process has ended; kill it when it no longer answers."""
        child, missed = self._child, 0
        if child is None:
            return
        while not await child.wait(CHECK_EVERY):
            if await self._answers():
                self.ready, missed = not self.draining, 0
                continue
            self.ready, missed = False, missed + 1
            if missed == CHECKS_MISSED:
                self._tell("hangs", {"pid": child.pid, "unanswered": missed})
                child.kill()
        self.ready = False
        self._tell("ended", {"pid": child.pid, "status": child.status, "said": child.last_lines()[-3:]})

    async def _answers(self) -> bool:
        """Return whether the process answers a health check."""
        if self.client is None:
            return False
        try:
            answer = await self.client.send(Request("GET", LIVE), within=CHECK_WITHIN)
        except (NotReachable, NoAnswer):
            return False
        return answer.status == 200

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def _listens(self) -> bool:
        return self._child is not None and bool(_url(self._child))

    async def _clear(self) -> None:
        """End the process, if there is one, and forget it."""
        child, self._child = self._child, None
        client, self.client = self.client, None
        if client is not None:
            await client.aclose()
        if child is not None:
            await self._site.supervisor.stop(child)


def _url(child: Child) -> str:
    """Return where a process says it listens; empty while it has not said so."""
    for line in child.last_lines():
        if line.startswith('{"ready":true'):
            return str(from_json(line)["url"])
    return ""
