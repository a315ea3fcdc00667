"""What becomes of a record after an attempt: the treatments of its calling list decide.

That there are treatments by call result is documented; their order and how attempts count are assumed.
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
    """``RetryIn``, ``NextInChain``, ``NextInChainAfter`` or ``NoTreatment``."""
    attempts: int = 1
    """``RetryIn`` applies while fewer attempts than this were made."""
    minutes: int = 0


class Next(Enum):
    """What comes next."""

    DONE = "done"
    """The record is updated for good, and with it the rest of its chain."""
    RETRY = "retry"
    """The same device again, later."""
    NEXT_DEVICE = "next device"


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes next, and after how many seconds."""

    next: Next
    seconds: int = 0


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
        match treatment.action:
            case "RetryIn" if attempts < min(treatment.attempts, most):
                return Decision(Next.RETRY, treatment.minutes * 60)
            case "NextInChain":
                return Decision(Next.NEXT_DEVICE)
            case "NextInChainAfter":
                return Decision(Next.NEXT_DEVICE, treatment.minutes * 60)
            case "NoTreatment":
                return Decision(Next.DONE)
    return Decision(Next.DONE)


def answered(result: int) -> bool:
    """Whether somebody picked up."""
    return result in (CallResult.OK, CallResult.ANSWER, CallResult.PICKED_UP, CallResult.TRANSFERRED)
