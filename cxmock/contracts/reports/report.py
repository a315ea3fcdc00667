"""What every report tells: the results of a verification, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cxmock.contracts.verdicts import RowResult, Verdict

GRADES = {"D": "documented", "O": "observed in public code", "A": "assumed by us"}
"""Grade of evidence -> its meaning."""


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one verification."""

    results: Sequence[RowResult]
    when: float
    """UTC seconds at which it began."""

    @property
    def kept(self) -> int:
        """How many promises are kept."""
        return sum(result.kept for result in self.results)

    @property
    def promised(self) -> int:
        """How many promises were to be verified."""
        return sum(result.promised for result in self.results)

    @property
    def left_out(self) -> int:
        """How many promises of the same contracts were not chosen."""
        return sum(result.left_out for result in self.results)

    @property
    def good(self) -> bool:
        """Whether everything that was to be verified was, and is kept; and that is not nothing."""
        return bool(self.results) and all(result.good for result in self.results)

    @property
    def seconds(self) -> float:
        """How long the verification took."""
        return sum(result.seconds for result in self.results)

    @property
    def broken(self) -> list[Verdict]:
        """The promises that are not kept."""
        return [verdict for result in self.results for verdict in result.verdicts if not verdict.kept]

    @property
    def untried(self) -> list[Verdict]:
        """Those of the :attr:`broken` promises to which there was no answer to look at."""
        return [verdict for verdict in self.broken if verdict.unanswered]

    @property
    def moment(self) -> str:
        """When it began, in UTC."""
        return datetime.fromtimestamp(self.when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def sentence(self) -> str:
        """What came of it, in a sentence.

        >>> Report([], 0).sentence
        'Nothing was verified.'
        """
        if not self.results:
            return "Nothing was verified."
        rows = len({result.number for result in self.results})
        where = "all thirteen connections" if rows == 13 else f"{rows} connection{'' if rows == 1 else 's'}"
        if self.good:
            return f"All {self.promised} promises of {where} are kept." if self.promised > 1 else "The promise is kept."
        return f"{len(self.broken)} of {self.promised} promises of {where} not kept."


def grades(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Count the promises by their grade of evidence, best first; those of others' contracts have none."""
    counted = Counter(verdict.interaction.comments.cxmock.evidence for verdict in verdicts)
    return {grade: counted[grade] for grade in GRADES if counted[grade]}
