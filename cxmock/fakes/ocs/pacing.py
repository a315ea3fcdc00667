"""How fast a campaign group dials: its mode, what that aims at, and how many attempts may be under way at once.

Documented: progressive dialing makes one call for each agent that is ready; predictive dialing makes more, by the hit
ratio, and dials like progressive until ``history_length`` results are in; power dialing waits for no agents; in preview
mode an agent asks for each record; the modes of GVP have ports for agents; and which modes can follow each other while
a campaign dials. Observed: the ranges and defaults of goals. Assumed: the formula by which a goal counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import DialMode, ErrorCode, OptimizeBy

HISTORY_LENGTH: Final = 100
"""Attempts after which predictive dialing trusts the hit ratio (the option's name is documented, the value assumed)."""
HANDLING: Final = 180
"""Seconds that an agent is thought to be busy with a call (assumed): what goals in seconds are measured by."""

_PREDICT: Final = (DialMode.PREDICT, DialMode.PREDICT_AND_SEIZE, DialMode.PREDICT_GVP)
_PREVIEW: Final = (DialMode.PREVIEW,)
_AGENTLESS: Final = (DialMode.POWER, DialMode.POWER_GVP, DialMode.PROGRESS_GVP, DialMode.PREDICT_GVP)
_CHANGES: Final = (
    {DialMode.PREDICT, DialMode.PROGRESS},
    {DialMode.PREDICT_AND_SEIZE, DialMode.PROGRESS_AND_SEIZE},
    {DialMode.PREDICT_GVP, DialMode.PROGRESS_GVP},
)
"""Modes between which a campaign that dials can change; the first two pairs are documented, the third is assumed."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """A mode, what it optimizes, and the goal of that; goals count in predictive modes only (documented)."""

    mode: DialMode
    aim: OptimizeBy
    goal: int

    @property
    def on_request(self) -> bool:
        """Whether a record is dialed only when an agent asks for it."""
        return self.mode in _PREVIEW

    @property
    def needs_agents(self) -> bool:
        """Whether calls go to the agents of the group."""
        return self.mode not in _AGENTLESS

    def lines(self, channels: int, ready: int, dialed: int, answered: int) -> int:
        """Return how many attempts may be under way at once.

        >>> [Pacing(mode, OptimizeBy.BUSY_FACTOR, 80).lines(10, 3, 200, 100) for mode in (1, 2, 3, 6)]
        [4, 3, 0, 10]

        Args:
            channels: how many the campaign group has: never more than that.
            ready: agents who have nothing to do.
            dialed: attempts made so far.
            answered: how many of them somebody answered.
        """
        if self.on_request:
            return 0
        seats = ready if self.needs_agents else channels
        if self.mode in _PREDICT and seats and dialed >= HISTORY_LENGTH:
            seats = max(1, int(seats * self._share * dialed / max(1, answered)))
        return min(channels, seats)

    @property
    def _share(self) -> float:
        """Calls to be answered for each agent that is ready."""
        match self.aim:
            case OptimizeBy.BUSY_FACTOR:
                return self.goal / 100
            case OptimizeBy.OVERDIAL_RATE:
                return 1 + self.goal / 100
            case OptimizeBy.WAIT_TIME:
                return HANDLING / (HANDLING + self.goal)
            case OptimizeBy.DISTRIBUTION_TIME:
                return 1 + self.goal / HANDLING

    def changed(self, mode: int | None, aim: int | None, goal: int | None) -> Pacing:
        """Return what it is after a change; None leaves things as they are.

        Raises:
            Refused: there is no such mode or aim, or the goal does not fit the aim.
        """
        if mode is not None and mode not in list(DialMode):
            raise Refused(ErrorCode.INVALID, f"dialMode {mode!r} is none of {_numbers(DialMode)}.")
        if aim is not None and aim not in list(OptimizeBy):
            raise Refused(ErrorCode.INVALID, f"optimizeBy {aim!r} is none of {_numbers(OptimizeBy)}.")
        by = self.aim if aim is None else OptimizeBy(aim)
        if goal is None:
            goal = self.goal if by is self.aim else by.default_goal
        if goal not in by.goals:
            raise Refused(ErrorCode.INVALID, f"optimizeGoal {goal!r} does not fit {by.name}: 0 to {by.goals[-1]}.")
        return Pacing(self.mode if mode is None else DialMode(mode), by, goal)

    def expect_change_to(self, other: Pacing, name: str) -> None:
        """Check that a campaign that dials can change its mode.

        Raises:
            Refused: it has to be stopped first.
        """
        if self.mode is other.mode or {self.mode, other.mode} in _CHANGES:
            return
        partners = [next(iter(pair - {self.mode})) for pair in _CHANGES if self.mode in pair]
        to = f"to {partners[0].name} ({partners[0]:d}) only" if partners else "to no other mode"
        raise Refused(
            ErrorCode.WRONG_ORDER,
            f"{name} dials in mode {self.mode.name} ({self.mode:d}), not {other.mode.name} ({other.mode:d}):"
            f" while it dials it can change {to}. Stop it first.",
        )


def _numbers(kind: type[DialMode] | type[OptimizeBy]) -> str:
    return ", ".join(str(int(one)) for one in kind)
