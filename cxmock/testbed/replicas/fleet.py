"""All replicas of one service: as many as are wanted, each looked after, and what happened to them."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from cxmock.errors.replicas import NoSuchReplica
from cxmock.serving import Site
from cxmock.testbed.replicas.replica import Replica

TRANSPORT = "replicas"
"""Under which the journal has what happens to replicas; it belongs to no connection."""
EVENTS_KEPT = 1000


def _sentence(event: str, name: str, details: Mapping[str, Any]) -> str:
    """Return what people are told.

    >>> _sentence("scaled up", "dial-manager", {"from": 1, "to": 2, "because": "processor 0.9 of 0.6"})
    'dial-manager scaled up from 1 to 2: processor 0.9 of 0.6'
    >>> _sentence("ended", "ui-1", {"pid": 7, "status": -9, "said": []})
    'ui-1 ended: pid 7, status -9'
    """
    if "because" in details:
        return f"{name} {event} from {details['from']} to {details['to']}: {details['because']}"
    more = ", ".join(f"{key} {value}" for key, value in details.items() if key != "said")
    return f"{name} {event}" + (f": {more}" if more else "")


class Fleet:
    """The replicas of the service at ``site``."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.replicas: dict[str, Replica] = {}
        self.events: deque[Mapping[str, Any]] = deque(maxlen=EVENTS_KEPT)
        """What happened: ``event``, ``replica`` (or none), ``at`` in UTC seconds, and details."""
        self.counted: Counter[str] = Counter()
        """How often each event happened."""
        self._changing = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> list[Replica]:
        """Those that are given requests."""
        return [one for one in self.replicas.values() if one.ready]

    @property
    def wanted(self) -> int:
        """How many there are to be."""
        return sum(not one.draining for one in self.replicas.values())

    def replica(self, name: str) -> Replica:
        """Return a replica.

        Raises:
            NoSuchReplica: there is none of that name.
        """
        if name not in self.replicas:
            raise NoSuchReplica(name, list(self.replicas))
        return self.replicas[name]

    async def scale(self, count: int) -> None:
        """Have so many: new ones are ready when this returns; those that are too many finish what they do and go.

        Raises:
            PartDied: a new one ended at once; the error has its last words.
            PartNotReady: a new one was not ready in time.
        """
        async with self._changing:
            new = [self._new() for _ in range(count - self.wanted)]
            try:
                await asyncio.gather(*(one.start() for one in new))
            except BaseException:
                for one in new:
                    await self._remove(one, at_once=True)
                raise
            staying = [one for one in self.replicas.values() if not one.draining]
            for one in staying[count:]:
                one.ready, one.draining = False, True
                task = asyncio.create_task(self._remove(one))
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """End all at once."""
        for task in tuple(self._leaving):
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await asyncio.gather(*(self._remove(one, at_once=True) for one in tuple(self.replicas.values())))

    async def reset(self) -> None:
        """Return every service to the state right after its start; one that cannot is replaced."""
        for one, done in zip((there := self.ready), await asyncio.gather(*(one.reset() for one in there)), strict=True):
            if not done:
                one.kill()
        self.events.clear()
        self.counted.clear()

    def tell(self, event: str, replica: str = "", details: Mapping[str, Any] | None = None) -> None:
        """Note what happened, for people, metrics and the journal."""
        site, told = self.site, dict(details or {})
        self.counted[event] += 1
        self.events.append({"event": event, "replica": replica, "at": site.clock.now(), **told})
        site.tell(_sentence(event, replica or str(site.component), told))
        about = {"service": str(site.component), "replica": replica}
        operation = f"{event} {replica or site.component}"
        site.journal.record(
            None, TRANSPORT, operation, about, told, seconds=0.0, ok=event not in ("ended", "hangs", "failed")
        )

    def _new(self) -> Replica:
        number = next(n for n in range(1, len(self.replicas) + 2) if self._name(n) not in self.replicas)
        name = self._name(number)
        one = Replica(name, self.site, lambda event, details: self.tell(event, name, details))
        self.replicas[name] = one
        return one

    def _name(self, number: int) -> str:
        return f"{self.site.component}-{number}"

    async def _remove(self, one: Replica, *, at_once: bool = False) -> None:
        await (one.end() if at_once else one.stop())
        if self.replicas.get(one.name) is one:
            del self.replicas[one.name]
            self.tell("removed", one.name, {"answered": one.answered})
