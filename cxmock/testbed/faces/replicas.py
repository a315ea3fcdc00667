"""A service's replicas as tests see them: who is there, what happened, killing one, having more or fewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.errors.replicas import ReplicasNotReady
from cxmock.net.waiting import patiently
from cxmock.testbed.replicas.balancer import Balancer
from cxmock.testbed.replicas.fleet import Fleet
from cxmock.testbed.replicas.part import Replicas
from cxmock.testbed.testbed import Testbed

READY_WITHIN = 20.0


class ReplicasFace:
    """The replicas of one service. Synchronous.

    >>> from cxmock.topology import Component
    >>> with Testbed() as testbed:
    ...     replicas = testbed.replicate(Component.UI, 2)
    ...     replicas.kill("ui-1")
    ...     replicas.wait_for(2, restarts=1)
    ...     replicas.names
    ('ui-1', 'ui-2')
    """

    def __init__(self, testbed: Testbed, part: Replicas) -> None:
        self._testbed = testbed
        self._part = part

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, those that are being started and those that are leaving, too."""
        return tuple(sorted(self._fleet.replicas))

    @property
    def ready(self) -> tuple[str, ...]:
        """Those that are given requests."""
        return tuple(sorted(one.name for one in self._fleet.ready))

    @property
    def pids(self) -> Mapping[str, int]:
        """The process that each of them is now."""
        return {one.name: one.pid for one in self._fleet.replicas.values()}

    @property
    def answered(self) -> Mapping[str, int]:
        """How many requests each of them has answered."""
        return {one.name: one.answered for one in self._fleet.replicas.values()}

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """What happened to them, the latest 1000: ``event``, ``replica``, ``at`` in UTC seconds, and details."""
        return list(self._fleet.events)

    @property
    def restarts(self) -> int:
        """How often one was started again."""
        return sum(one.restarts for one in self._fleet.replicas.values())

    @property
    def retried(self) -> int:
        """Requests that another replica was asked, too, because the first did not answer."""
        return self._balancer.retried

    def kill(self, name: str) -> None:
        """Kill one as ``kill -9`` does; another process takes its place.

        Raises:
            NoSuchReplica: there is none of that name.
        """
        self._testbed.background.call(self._fleet.replica(name).kill)

    def scale(self, count: int) -> None:
        """Have so many: new ones are ready when this returns; those that are too many finish what they do and go.

        Raises:
            NotReplicas: there cannot be so many.
            PartDied: a new one ended at once; the error has its last words.
            PartNotReady: a new one was not ready in time.
        """
        self._testbed.run(self._part.scale(count))

    def wait_for(self, count: int, *, restarts: int = 0, within: float = READY_WITHIN) -> None:
        """Wait until exactly ``count`` are ready, and processes have been started again so often, at least.

        Raises:
            ReplicasNotReady: that did not happen in time.
        """

        def look() -> None:
            fleet = self._fleet
            if len(fleet.ready) != count or len(fleet.replicas) != count or self.restarts < restarts:
                seen = [f"{one.name} {one.state}" for one in fleet.replicas.values()]
                raise ReplicasNotReady(self._part.component, count, seen, within)

        patiently(look, within=within)

    @property
    def _fleet(self) -> Fleet:
        assert self._part.fleet is not None
        return self._part.fleet

    @property
    def _balancer(self) -> Balancer:
        assert self._part.balancer is not None
        return self._part.balancer
