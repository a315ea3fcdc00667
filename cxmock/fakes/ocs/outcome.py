"""How an attempt ends: a seeded model, which tests can script.

An outcome follows from the seed, the phone number and the number of the attempt alone. So neither the order in which
records are dialed nor how many at once changes what becomes of a number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import UserDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Final

from cxmock.wire.genesys.enumerations import CallResult

WEIGHTS: Final[Mapping[int, float]] = {
    CallResult.ANSWER: 60,
    CallResult.NO_ANSWER: 15,
    CallResult.BUSY: 10,
    CallResult.ANSWERING_MACHINE: 10,
    CallResult.SIT_INVALID_NUMBER: 5,
}
"""Call result -> how often, relative to the others."""


class Outcomes(UserDict[str, Sequence[int]]):
    """Phone number -> the results of its attempts in turn; the last one stays. Other numbers follow the model.

    >>> outcomes = Outcomes(seed=1)
    >>> outcomes["+15550100"] = [CallResult.BUSY, CallResult.ANSWER]
    >>> [int(outcomes.of("+15550100", attempt)) for attempt in (1, 2, 3)]
    [6, 33, 33]
    >>> outcomes.of("+15550101", 1) == Outcomes(seed=1).of("+15550101", 1)
    True

    Args:
        seed: the testbed's.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed
        self.weights: dict[int, float] = dict(WEIGHTS)
        """The model for calling lists that have none of their own."""
        self.of_list: dict[str, dict[int, float]] = {}
        """Calling list -> its own weights."""

    def of(self, phone: str, attempt: int, calling_list: str = "") -> int:
        """Return the call result of a phone number's ``attempt``-th attempt, counted from 1."""
        if scripted := self.data.get(phone):
            return int(scripted[min(attempt, len(scripted)) - 1])
        weights = self.of_list.get(calling_list, self.weights)
        results, bounds = list(weights), list(accumulate(weights.values()))
        digest = blake2b(f"{self.seed}:{phone}:{attempt}".encode(), digest_size=8).digest()
        place = int.from_bytes(digest, "big") / 2**64 * bounds[-1]
        return int(results[min(bisect_right(bounds, place), len(results) - 1)])

    def forget(self) -> None:
        """Return to the model alone."""
        self.data.clear()
        self.of_list.clear()
        self.weights = dict(WEIGHTS)
