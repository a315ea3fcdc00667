"""Kills replicas at seeded moments of a campaign: so much of it is done, then this one of that service goes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxmock.testbed.faces.replicas import ReplicasFace
from cxmock.topology import Component
from tests.soak.campaign import Run


@dataclass
class Killer:
    """Kills one replica after the other, and a service's next one only when all of that service are there again.

    One that was killed counts as ready until somebody notices; so its successor is waited for.

    Args:
        run: the campaign.
        services: whose replicas; each in turn.
        kills: how many in all.
        seed: what the moments and the victims follow from.
    """

    run: Run
    services: Sequence[Component]
    kills: int
    seed: int = 1
    killed: Counter[str] = field(default_factory=Counter)
    """By service."""
    _successors: Counter[Component] = field(default_factory=Counter)
    """Service -> how many starts there are to be before its next replica may be killed."""

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        moments = sorted(chance.uniform(0.01, 0.9) for _ in range(self.kills))
        order = [self.services[number % len(self.services)] for number in range(self.kills)]
        chance.shuffle(order)
        self._plan = [(moment, service, chance.random()) for moment, service in zip(moments, order, strict=True)]

    @property
    def left(self) -> int:
        """Kills that are still to come."""
        return len(self._plan)

    def __call__(self) -> None:
        """Kill whoever's moment has come."""
        while self._plan and self.run.progress >= self._plan[0][0]:
            _, service, place = self._plan[0]
            replicas = self.run.testbed.replicas(service)
            ready = replicas.ready
            if len(ready) < len(replicas.names) or len(ready) < 2 or replicas.restarts < self._successors[service]:
                return  # one of them is being started again: N+1 stands for one at a time
            self._successors[service] = replicas.restarts + 1
            replicas.kill(ready[int(place * len(ready))])
            self.killed[str(service)] += 1
            del self._plan[0]

    @property
    def faces(self) -> dict[Component, ReplicasFace]:
        """The replicas of every service that is killed."""
        return {service: self.run.testbed.replicas(service) for service in self.services}
