"""Counts facts against all promises of all thirteen contracts: nothing that was not tried is left out of the count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cxmock.contracts.coverage.column import Column, columns_of
from cxmock.contracts.coverage.fact import Facts, digest_of
from cxmock.contracts.library import load
from cxmock.contracts.model import Contract, Interaction
from cxmock.contracts.targets import provider_of
from cxmock.topology import CONNECTIONS


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something is covered."""

    covered: int
    of: int
    broken: int = 0
    """How many were tried and not kept; they are not covered."""

    @property
    def percent(self) -> float:
        """Return it in per cent; nothing of nothing is none.

        >>> Share(1, 3).percent, Share(0, 0).percent
        (33.3, 0.0)
        """
        # Rounded down: 100 % is all of it.
        return int(1000 * self.covered / self.of) / 10 if self.of else 0.0

    def reaches(self, percent: float) -> bool:
        """Whether it is at least ``percent``."""
        return self.of > 0 and self.covered * 100 >= percent * self.of


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise with what is known of it."""

    number: int
    interaction: Interaction
    columns: Mapping[Column, bool | None]
    """The columns that can be filled: covered, tried and not kept (False), or not tried (None)."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All promises with what is known of them."""

    promises: Sequence[Promised]
    facts: Sequence[Facts]
    outdated: int
    """Facts about promises that are not there any more, or were changed since."""

    def share(self, column: Column, *, number: int = 0, grade: str = "") -> Share:
        """Return how much of a column is covered: in all, on one connection, of one grade of evidence."""
        found = [one.columns[column] for one in self.of(number, grade) if column in one.columns]
        return Share(found.count(True), len(found), found.count(False))

    def total(self) -> Share:
        """Return how much of everything is covered: every promise in every column that it can have."""
        found = [state for one in self.promises for state in one.columns.values()]
        return Share(found.count(True), len(found), found.count(False))

    def of(self, number: int = 0, grade: str = "") -> list[Promised]:
        """Return the promises of one connection, of one grade; of all where nothing is said."""
        return [
            one
            for one in self.promises
            if number in (0, one.number) and grade in ("", one.interaction.comments.cxmock.evidence)
        ]


def cover(facts: Sequence[Facts], contracts: Callable[[int], Contract] = load) -> Coverage:
    """Count ``facts`` against every promise of every connection.

    A promise is covered in a column when somebody there keeps it, by the latest word of each place; it is broken when
    somebody there was asked and nobody keeps it.

    Args:
        facts: what is known.
        contracts: gives a connection's contract.
    """
    known = _by_promise(facts)
    promises = []
    for row in CONNECTIONS:
        contract = contracts(row.number)
        for interaction, raw in zip(contract.interactions, contract.raw, strict=True):
            words = known.pop((row.number, interaction.description, digest_of(raw)), {})
            columns = {
                column: _settled(words.get(column, {}))
                for column in Column
                if column in columns_of(provider_of(row.number, interaction))
            }
            promises.append(Promised(row.number, interaction, columns))
    outdated = sum(len(places) for words in known.values() for places in words.values())
    return Coverage(promises, facts, outdated)


Words = dict[Column, dict[str, tuple[str, bool]]]
"""Column -> place -> when, and whether it is kept there."""


def _by_promise(facts: Iterable[Facts]) -> dict[tuple[int, str, str], Words]:
    known: dict[tuple[int, str, str], Words] = {}
    for one in facts:
        for fact in one.promises:
            words = known.setdefault((fact.connection, fact.description, fact.digest), {})
            places = words.setdefault(fact.by, {})
            earlier = places.get(one.where)
            if earlier is None or earlier[0] <= one.when:
                places[one.where] = (one.when, fact.kept)
    return known


def _settled(places: Mapping[str, tuple[str, bool]]) -> bool | None:
    return any(kept for _, kept in places.values()) if places else None
