"""Snapshots: the state of a whole testbed, taken and put back in milliseconds while clients stay connected."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cxmock.errors.snapshots import MarkUnusable
from cxmock.serving import Part
from cxmock.serving.keeping import Kept
from cxmock.testbed.composition import PARTS
from cxmock.testbed.testbed import RESET_WITHIN, Testbed
from cxmock.topology import Component

MARKS_KEPT = 16
"""Marks that can be put back; one more forgets the oldest."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """The state of a testbed at one moment."""

    parts: dict[Component, tuple[Part, Kept | None]] = field(repr=False)
    """What played each component, and what is kept of it."""
    unplugged: frozenset[int]
    """The connections that answered as if nobody were there."""
    ahead: float
    """Seconds by which the clock was ahead of the real time."""
    jumping: bool
    horizon: float | None


class Snapshots:
    """Takes and restores the state of a testbed: stores, fakes, files, what services have counted, the clock.

    The journal is not state: what happened has happened. Nor is what is under way: it is given up when a snapshot is
    restored. A component that was started later is reset. Synchronous.

    >>> from cxmock.wire.http import Request
    >>> with Testbed() as testbed:
    ...     testbed.start(Component.CONFSERV)
    ...     confserv, snapshots = testbed.part(Component.CONFSERV), Snapshots(testbed)
    ...     with snapshots():
    ...         confserv.create("Campaign", {"name": "Spring"})
    ...     confserv.objects["Campaign"]
    101
    {}
    """

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        self._marks: list[Mark] = []

    @contextmanager
    def __call__(self) -> Iterator[Mark]:
        """Take a snapshot, and restore it at the end of the ``with`` block, however that ends."""
        mark = self.take()
        try:
            yield mark
        finally:
            self.restore(mark)
            self.forget(mark)

    def take(self) -> Mark:
        """Return the present state. It outlives the resets between tests; the latest 16 are kept."""
        testbed, clock = self._testbed, self._testbed.clock
        parts = testbed.run(self._keep(), within=RESET_WITHIN)
        mark = Mark(parts, testbed.unplugged, clock.ahead, clock.jumping, clock.horizon)
        self._marks.append(mark)
        while len(self._marks) > MARKS_KEPT:
            self.forget(self._marks[0])
        return mark

    def restore(self, mark: Mark) -> None:
        """Return everything to the state that a mark stands for.

        Raises:
            MarkUnusable: the mark was forgotten, or something else plays a component than at that time.
        """
        testbed = self._testbed
        if mark not in self._marks:
            raise MarkUnusable("it was forgotten")
        for component, (part, _) in mark.parts.items():
            if testbed.parts.get(component) is not part:
                raise MarkUnusable(f"something else plays {component.label} now")
        for number in testbed.unplugged - mark.unplugged:
            testbed.plug(number)
        testbed.run(self._put_back(mark), within=RESET_WITHIN)
        for number in mark.unplugged - testbed.unplugged:
            testbed.unplug(number)

    def forget(self, mark: Mark) -> None:
        """Give up what is kept for a mark. Harmless when repeated."""
        if mark in self._marks:
            self._marks.remove(mark)
            self._testbed.run(self._forget(mark), within=RESET_WITHIN)

    async def _keep(self) -> dict[Component, tuple[Part, Kept | None]]:
        kept = {}
        for component, part in self._testbed.parts.items():
            keep = getattr(part, "keep", None)
            kept[component] = (part, await keep() if inspect.iscoroutinefunction(keep) else None)
        return kept

    async def _put_back(self, mark: Mark) -> None:
        order = list(PARTS)
        parts = sorted(self._testbed.parts.items(), key=lambda one: order.index(one[0]))
        # Whoever asks others could still write to them: it stops first, and starts last.
        for component, part in reversed(parts):
            if PARTS[component].needs or component not in mark.parts:
                await part.reset()
        clock = self._testbed.clock
        clock.jumping, clock.horizon = mark.jumping, mark.horizon
        clock.advance(mark.ahead - clock.ahead)
        for component, part in parts:
            if component in mark.parts:
                _, kept = mark.parts[component]
                await (part.reset() if kept is None else kept.put_back())

    async def _forget(self, mark: Mark) -> None:
        for _, kept in mark.parts.values():
            if kept is not None:
                await kept.forget()
