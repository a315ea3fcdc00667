"""Adds and removes replicas by load, as Kubernetes' autoscaler does for the two services that have one.

Documented: Compliance Manager and Dial Manager are scaled horizontally by load; and of Kubernetes' autoscaler, that
each figure asks for ``count * figure / target`` replicas, that the largest of these counts, that a tenth more or less
changes nothing, that it goes up at once and down only to the largest number which was asked for in a while. Assumed:
the targets. The while is short here: a testbed lives for seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from dataclasses import asdict, dataclass, field

from cxmock.errors.base import CxmockError
from cxmock.testbed.replicas.balancer import Balancer
from cxmock.testbed.replicas.counts import Bounds

EVERY = 0.5
"""Seconds between two looks at the load."""
COOL_DOWN = 5.0
"""Seconds for which fewer replicas have to be enough before there are fewer."""
TOLERANCE = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """What each replica has to do, on average."""

    requests: float = 0.0
    """Answered per second."""
    processor: float = 0.0
    """Share of a core that is used."""
    in_flight: float = 0.0
    """Requests that wait for their answers."""


TARGETS = Load(requests=2500.0, processor=0.6, in_flight=24.0)
"""The load that a replica is to have (assumed)."""


@dataclass
class Autoscaler:
    """Decides how many replicas there are to be. It knows no clock: who asks says when it is.

    >>> one = Autoscaler(Bounds(1, 4), cool_down=5.0)
    >>> one.decide(0.0, 1, Load(processor=1.0)), one.decide(1.0, 2, Load(processor=0.1)), one.decide(9.0, 2, Load())
    ((2, 'processor 1 of 0.6'), (2, ''), (1, 'little to do for 5 s'))
    """

    bounds: Bounds
    targets: Load = TARGETS
    cool_down: float = COOL_DOWN
    _asked: deque[tuple[float, int]] = field(default_factory=deque)

    def decide(self, at: float, count: int, load: Load) -> tuple[int, str]:
        """Return how many replicas there are to be, and why if that is a change.

        Args:
            at: now, in seconds of any clock that goes evenly.
            count: how many there are.
            load: of each of them.
        """
        figures, targets = asdict(load), asdict(self.targets)
        needs = {name: _needed(count, value, targets[name]) for name, value in figures.items()}
        name = max(needs, key=lambda one: needs[one])
        needed = min(self.bounds.most, max(self.bounds.least, needs[name]))
        self._asked.append((at, needed))
        while self._asked[0][0] < at - self.cool_down:
            self._asked.popleft()
        if needed > count:
            return needed, f"{name} {figures[name]:.3g} of {targets[name]:g}"
        enough = max(asked for _, asked in self._asked)
        if enough < count:
            return enough, f"little to do for {self.cool_down:g} s"
        return count, ""

    def forget(self) -> None:
        """Begin anew."""
        self._asked.clear()


def _needed(count: int, value: float, target: float) -> int:
    """Return how many replicas a figure asks for.

    >>> _needed(2, 90, 60), _needed(2, 65, 60), _needed(2, 0, 60)
    (3, 2, 0)
    """
    ratio = value / target
    return count if abs(ratio - 1) <= TOLERANCE else math.ceil(count * ratio)


class Autoscaling:
    """Looks at the load of a balancer's replicas again and again, and scales them."""

    def __init__(self, balancer: Balancer, bounds: Bounds) -> None:
        self.load = Load()
        """As it was at the last look."""
        self._balancer = balancer
        self._autoscaler = Autoscaler(bounds, cool_down=COOL_DOWN)
        self._ended = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._requests = 0
        self._used: dict[int, float] = {}

    def begin(self) -> None:
        """Look from now on."""
        self._looking = asyncio.create_task(self._look(), name="autoscaling")

    async def end(self) -> None:
        """Look no more."""
        self._ended.set()
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    def forget(self) -> None:
        """Begin anew."""
        self._autoscaler.forget()
        self._requests = 0

    async def _look(self) -> None:
        loop, fleet = asyncio.get_running_loop(), self._balancer.fleet
        before = loop.time()
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._ended.wait()
            now = loop.time()
            self.load = self._measure(now - before)
            before = now
            there = fleet.wanted
            wanted, why = self._autoscaler.decide(now, there, self.load)
            if wanted == there:
                continue
            event = "scaled up" if wanted > there else "scaled down"
            load = {name: round(value, 3) for name, value in asdict(self.load).items()}
            fleet.tell(event, details={"from": there, "to": wanted, "because": why, "load": load})
            try:
                await fleet.scale(wanted)
            except CxmockError as error:
                fleet.tell("failed", details={"why": error.what})

    def _measure(self, seconds: float) -> Load:
        """Return the load since the last look."""
        balancer, ready = self._balancer, self._balancer.fleet.ready
        count = max(1, len(ready))
        requests = max(0, balancer.requests - self._requests)
        used = {one.pid: one.used for one in ready}
        worked = sum(max(0.0, spent - self._used.get(pid, spent)) for pid, spent in used.items())
        self._requests, self._used = balancer.requests, used
        return Load(requests / seconds / count, worked / seconds / count, sum(one.in_flight for one in ready) / count)
