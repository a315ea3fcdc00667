"""What becomes of a record after an attempt: the treatments of its calling list decide.

That there are treatments by call result, what they can do with a record, and that interval and increment make a wait
is documented; their order and how attempts count are assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cxmock.wire.genesys.enumerations import CallResult


@dataclass(frozen=True, slots=True)
class Treatment:
    """What to do after a call result."""

    call_result: int
    action: str
    """One of Configuration Server's ``RECORD_ACTIONS``."""
    attempts: int = 1
    """What dials the same device again applies while fewer attempts than this were made."""
    minutes: int = 0
    """How long to wait."""
    increment: int = 0
    """Minutes more with every further attempt."""
    at: int | None = None
    """UTC seconds, for ``RetryAt`` and ``NextInChainAt``."""


class Next(Enum):
    """What comes next."""

    DONE = "done"
    """The record is updated for good, and with it the rest of its chain."""
    RETRY = "retry"
    """The same device again, later."""
    NEXT_DEVICE = "next device"
    GROUP = "group"
    """The same device again, at once, by any agent of the group."""
    AGENT_ERROR = "agent error"
    """As done, and marked as the agent's error."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes next, and when."""

    next: Next
    seconds: int = 0
    """After so many seconds."""
    at: int | None = None
    """At this moment instead, in UTC seconds."""


def decide(treatments: Sequence[Treatment], result: int, attempts: int, most: int) -> Decision:
    """Return what becomes of a record whose last attempt, its ``attempts``-th, ended with ``result``.

    The first treatment for that result that still applies wins; without one the record is done.

    >>> busy = [Treatment(6, "RetryIn", attempts=3, minutes=10), Treatment(6, "NextInChain")]
    >>> [decide(busy, 6, attempts, most=10).next.value for attempts in (1, 2, 3)]
    ['retry', 'retry', 'next device']

    Args:
        treatments: those of the calling list, in its order.
        result: the call result.
        attempts: attempts made so far, the last one included.
        most: attempts that the calling list allows for one record.
    """
    for treatment in treatments:
        if treatment.call_result != result:
            continue
        again = attempts < min(treatment.attempts, most)
        match treatment.action:
            case "RetryIn" if again:
                wait = treatment.minutes + treatment.increment * (attempts - 1)
                return Decision(Next.RETRY, wait * 60)
            case "RetryAt" if again:
                return Decision(Next.RETRY, at=treatment.at)
            case "Cycle" if again:
                return Decision(Next.RETRY)
            case "AssignToGroup" if attempts < most:
                return Decision(Next.GROUP)
            case "NextInChain":
                return Decision(Next.NEXT_DEVICE)
            case "NextInChainAfter":
                return Decision(Next.NEXT_DEVICE, treatment.minutes * 60)
            case "NextInChainAt":
                return Decision(Next.NEXT_DEVICE, at=treatment.at)
            case "MarkAsAgentError":
                return Decision(Next.AGENT_ERROR)
            case "NoTreatment" | "MarkAllChain":
                return Decision(Next.DONE)
    return Decision(Next.DONE)


def answered(result: int) -> bool:
    """Whether somebody picked up."""
    return result in (CallResult.OK, CallResult.ANSWER, CallResult.PICKED_UP, CallResult.TRANSFERRED)
