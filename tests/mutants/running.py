"""Runs mutants: which are noticed, which are not, and why not."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cxmock.contracts.conformance import Judge, Judged
from cxmock.contracts.library import load
from cxmock.contracts.matching import NotComparable
from cxmock.contracts.mutating import (
    ConsumerMutant,
    Mutant,
    ProviderMutant,
    Recorded,
    of_consumer,
    of_provider,
    outcome,
)
from cxmock.contracts.mutating.said import shape
from cxmock.contracts.promises import Promise, Seen
from cxmock.journal import Exchange
from tests.mutants.replaying import Replay

ITSELF: Final = "by its own promise"
ANOTHER: Final = "by another promise about the same operation and outcome"
CONFORMANCE: Final = "by conformance"
ANOTHERS: Final = "is what another promise is about"
NO_PROMISE: Final = "no promise is about the operation"
NOT_PROMISED: Final = "not promised"
SLIPPED: Final = "promised, and not noticed"
UNCHECKED: Final = "could not be checked"

CALLS = 3
"""Calls of different looks that are mutated for each promise."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    noticed: bool
    how: str
    """By whom it was noticed, or why it was not."""


class Providers:
    """Verifies mutants of providers.

    A fault is the provider's, not one call's: where a promise is silent about it, the other promises about the same
    operation and outcome are asked, as verification of the whole contract asks them.

    Args:
        recorded: by row, what providers truly answered.
        gaps: mutants of operations that no promise is about.
        replay: plays the mutants.
    """

    def __init__(self, recorded: Mapping[int, Sequence[Recorded]], gaps: Sequence[Mutant], replay: Replay) -> None:
        self._recorded = recorded
        self._replay = replay
        self.mutants: list[Mutant] = []
        """All of them, row by row; those of operations without a promise come last."""
        self._noticed: dict[int, bool] = {}
        self._alike: dict[tuple[object, ...], list[ProviderMutant]] = defaultdict(list)
        for row in recorded.values():
            for one in row:
                subject = _subject(one)
                for mutant in of_provider(one, row):
                    self.mutants.append(mutant)
                    self._alike[subject, mutant.fault].append(mutant)
        self.mutants += gaps

    async def check_truth(self, count: int, seed: int) -> None:
        """See that true answers are found to keep their promises: else no mutant would tell anything."""
        every = [one for row in self._recorded.values() for one in row]
        for one in sample(every, count, seed):
            verdict = await self._replay.verdict_on_truth(one)
            assert verdict.kept, f'"{one.interaction.description}" as it was answered: {verdict.mismatches}'

    async def verdicts(self, mutants: Iterable[Mutant], done: Callable[[], None] = lambda: None) -> list[Verdict]:
        """Return what becomes of each of ``mutants``; ``done`` is told of each."""
        found = []
        for mutant in mutants:
            found.append(await self._verdict(mutant))
            done()
        return found

    async def _verdict(self, mutant: Mutant) -> Verdict:
        if not isinstance(mutant, ProviderMutant):
            return Verdict(mutant, False, NO_PROMISE)
        if await self._notices(mutant):
            return Verdict(mutant, True, ITSELF)
        for other in self._alike[_subject(mutant.recorded), mutant.fault]:
            if other is not mutant and await self._notices(other):
                return Verdict(mutant, True, ANOTHER)
        return Verdict(mutant, False, SLIPPED if mutant.promised else NOT_PROMISED)

    async def _notices(self, mutant: ProviderMutant) -> bool:
        if id(mutant) not in self._noticed:
            verdict = await self._replay.verdict_on(mutant)
            # What came was to be judged; that nothing came would be a fault of ours.
            assert mutant.answer is None or not verdict.unanswered, f"{mutant}: {verdict.mismatches}"
            self._noticed[id(mutant)] = not verdict.kept
        return self._noticed[id(mutant)]


class Consumers:
    """Judges mutants of consumers."""

    def __init__(self, calls: Mapping[int, Sequence[Exchange]]) -> None:
        self._judges = {number: Judge(load(number), explained=0) for number in calls}
        for judge in self._judges.values():
            # Every promise counts as used, so that a mutant is noticed by what it asks, not by when.
            judge.used.update(one.description for one in judge.promises.all)
        self.unheard: list[tuple[int, str]] = []
        """Promises that nobody's call kept: row and description. Nothing is known of mutants of such calls."""
        self.mutants = [mutant for number, exchanges in calls.items() for mutant in self._of_row(number, exchanges)]
        """All of them, row by row."""

    def verdicts(self, mutants: Iterable[ConsumerMutant]) -> list[Verdict]:
        """Return what becomes of each of ``mutants``."""
        return [self._verdict(mutant) for mutant in mutants]

    def _of_row(self, number: int, exchanges: Sequence[Exchange]) -> Iterator[ConsumerMutant]:
        for promise in self._judges[number].promises.all:
            looks: list[object] = []
            for exchange in exchanges:
                if len(looks) < CALLS and exchange.request and _keeps(promise, exchange):
                    look = shape(dict(exchange.request))
                    if look not in looks:
                        looks.append(look)
                        yield from of_consumer(number, promise, exchange)
            if not looks:
                self.unheard.append((number, promise.description))

    def _verdict(self, mutant: ConsumerMutant) -> Verdict:
        judge = Judge(load(mutant.number), explained=0) if mutant.first else self._judges[mutant.number]
        found = judge.judge(mutant.exchange)
        judged = found.judged
        if judged in (Judged.MISMATCHED, Judged.UNPROMISED):
            return Verdict(mutant, True, CONFORMANCE)
        if judged is Judged.PROMISED and found.promise != mutant.description:
            return Verdict(mutant, False, ANOTHERS)
        if judged is Judged.UNCHECKED:
            return Verdict(mutant, False, UNCHECKED)
        return Verdict(mutant, False, SLIPPED if mutant.promised else NOT_PROMISED)


def sample(whole: Sequence[T], count: int, seed: int) -> list[T]:
    """Return ``count`` of ``whole``, each as likely as any other, in their order."""
    chosen = random.Random(seed).sample(range(len(whole)), min(count, len(whole)))
    return [whole[place] for place in sorted(chosen)]


def _keeps(promise: Promise, exchange: Exchange) -> bool:
    """Whether a call and its answer keep a promise."""
    seen = Seen.of(exchange)
    if promise.interaction.transport not in ("", exchange.transport):
        return False
    try:
        return promise.fits_request(seen) and promise.fits_response(seen)
    except NotComparable:
        return False


def _subject(recorded: Recorded) -> tuple[object, ...]:
    """Return what promises about one operation with one outcome have in common."""
    return recorded.number, recorded.operation, outcome(recorded.answer)
