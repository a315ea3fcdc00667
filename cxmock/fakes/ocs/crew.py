"""The agents of a group: who is there, and who is busy until when.

Agents are the group's in Configuration Server, named by their employee ids. That they answer at once, and are busy for
as long as option ``talk-time`` says (by default for no time at all), is assumed: nobody really calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence


class Crew:
    """The agents who work on a campaign group.

    Args:
        agents: their ids.
        absent: ids of those who are not logged in; looked at each time.
        now: tells the time, in UTC seconds.
    """

    def __init__(self, agents: Sequence[str], absent: Collection[str], now: Callable[[], float]) -> None:
        self._agents = agents
        self._absent = absent
        self._now = now
        self._busy: dict[str, float] = {}

    def __contains__(self, agent: object) -> bool:
        """Whether an agent is of this group, and logged in."""
        return agent in self._agents and agent not in self._absent

    @property
    def ready(self) -> int:
        """How many have nothing to do."""
        if not self._busy and not self._absent:
            return len(self._agents)
        return len(self._idle())

    @property
    def next_free(self) -> float | None:
        """When the next one will be ready, in UTC seconds; None where nobody is busy, or nobody can tell."""
        known = [until for until in self._busy.values() if until != math.inf]
        return min(known, default=None)

    def engage(self, seconds: float, agent: str = "") -> bool:
        """Have an agent, or whoever is ready, be busy; return False when all were and the call had to wait.

        Args:
            seconds: how long; ``math.inf`` until :meth:`release`.
            agent: who.
        """
        if not agent:
            if idle := self._idle():
                agent = idle[0]
            elif (first := min(self._busy, key=self._busy.__getitem__, default="")) and self._busy[first] != math.inf:
                self._busy[first] += seconds
                return False
            else:
                return False
        self._busy[agent] = self._now() + seconds
        return True

    def release(self, agent: str) -> None:
        """Have an agent be ready again."""
        self._busy.pop(agent, None)

    def _idle(self) -> list[str]:
        now = self._now()
        for agent in [agent for agent, until in self._busy.items() if until <= now]:
            del self._busy[agent]
        return [agent for agent in self._agents if agent not in self._busy and agent not in self._absent]
