"""Runs mutants: which does verification notice, which not, and why not."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cxmock.contracts.mutating import Mutant, Seen, mutants_of, outcome
from tests.mutants.replaying import Replay

ITSELF: Final = "by its own promise"
ANOTHER: Final = "by another promise about the same operation and outcome"
NOT_PROMISED: Final = "not promised"
SLIPPED: Final = "promised, and not noticed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    noticed: bool
    how: str
    """By whom it was noticed, or why it was not."""


class Runner:
    """Verifies mutants.

    A fault is the provider's, not one call's: where a promise is silent about it, the other promises about the same
    operation and outcome are asked, as verification of the whole contract asks them.
    """

    def __init__(self, seen: Mapping[int, Sequence[Seen]], replay: Replay) -> None:
        self._replay = replay
        self.mutants = {
            number: [mutant for one in row for mutant in mutants_of(one, row)] for number, row in seen.items()
        }
        """All mutants, by row."""
        self._seen = seen
        self._noticed: dict[int, bool] = {}
        self._alike: dict[tuple[object, ...], list[Mutant]] = defaultdict(list)
        for mutant in self._all():
            self._alike[_fault(mutant)].append(mutant)

    def sample(self, count: int, seed: int) -> dict[int, list[Mutant]]:
        """Return ``count`` mutants, by row, each as likely as any other."""
        chosen = {id(one) for one in random.Random(seed).sample(list(self._all()), count)}
        return {number: [one for one in row if id(one) in chosen] for number, row in self.mutants.items()}

    async def check_truth(self) -> None:
        """See that every true answer is found to keep its promise: else no mutant would tell anything."""
        for row in self._seen.values():
            for one in row:
                verdict = await self._replay.verdict_on_truth(one)
                assert verdict.kept, f'"{one.description}" as it was answered: {verdict.mismatches}'

    async def verdicts(self, mutants: Iterable[Mutant], done: Callable[[], None] = lambda: None) -> list[Verdict]:
        """Return what becomes of each of ``mutants``."""
        found = []
        for mutant in mutants:
            found.append(await self._verdict(mutant))
            done()
        return found

    async def _verdict(self, mutant: Mutant) -> Verdict:
        if await self._notices(mutant):
            return Verdict(mutant, True, ITSELF)
        for other in self._alike[_fault(mutant)]:
            if other is not mutant and await self._notices(other):
                return Verdict(mutant, True, ANOTHER)
        return Verdict(mutant, False, SLIPPED if mutant.promised else NOT_PROMISED)

    async def _notices(self, mutant: Mutant) -> bool:
        if id(mutant) not in self._noticed:
            verdict = await self._replay.verdict_on(mutant)
            # What came was to be judged; that nothing came would be a fault of ours.
            assert mutant.answer is None or not verdict.unanswered, f"{mutant}: {verdict.mismatches}"
            self._noticed[id(mutant)] = not verdict.kept
        return self._noticed[id(mutant)]

    def _all(self) -> Iterable[Mutant]:
        return (mutant for row in self.mutants.values() for mutant in row)


def _fault(mutant: Mutant) -> tuple[object, ...]:
    """Return what the same fault has in every promise about one operation with one outcome."""
    seen = mutant.seen
    return seen.number, seen.operation, outcome(seen.answer), *mutant.fault
