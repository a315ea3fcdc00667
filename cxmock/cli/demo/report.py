"""What the demo found: a verdict for each connection, counted by the journal, and what became of the contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cxmock.contracts.verdicts import RowResult
from cxmock.topology import CONNECTIONS

Outcome = Literal["kept", "broken", "no traffic"]


@dataclass(frozen=True, slots=True)
class Row:
    """One connection, as the demo found it."""

    number: int
    source: str
    destination: str
    wire: str
    ports: tuple[int, ...]
    exchanges: int
    """Seen by the journal during the campaign, before any promise was checked."""
    promised: int
    kept: int
    reasons: tuple[str, ...]
    """Why the verdict is not good: a step that failed, promises that were broken."""

    @property
    def verdict(self) -> Outcome:
        """``kept`` when it carried traffic and every promise that was checked held."""
        if not self.exchanges:
            return "no traffic"
        return "kept" if self.promised and self.kept == self.promised else "broken"


@dataclass(frozen=True, slots=True)
class Report:
    """The demo's result."""

    rows: tuple[Row, ...]
    contacts: Mapping[str, Any]
    failures: tuple[str, ...]
    """Steps that failed, each with its reason."""
    seconds: float

    @property
    def good(self) -> bool:
        """Whether every connection carried traffic, every promise checked held and every step was done."""
        return not self.failures and all(row.verdict == "kept" for row in self.rows)

    def facts(self) -> dict[str, Any]:
        """Return the report as data."""
        rows = [{**asdict(row), "verdict": row.verdict} for row in self.rows]
        return {
            "connections": rows,
            "contacts": dict(self.contacts),
            "failures": list(self.failures),
            "seconds": round(self.seconds, 3),
        }


def rows_from(
    counts: Mapping[int | None, int], results: Sequence[RowResult], reasons: Mapping[int, Sequence[str]]
) -> tuple[Row, ...]:
    """Return the thirteen rows.

    Args:
        counts: the journal's exchanges by connection.
        results: what verification found; a row may be missing when it could not be verified.
        reasons: what else is to be said, by connection.
    """
    found = {result.number: result for result in results}
    rows = []
    for row in CONNECTIONS:
        result = found.get(row.number)
        broken = (
            [f'broken: "{one.interaction.description}"' for one in result.verdicts if not one.kept] if result else []
        )
        rows.append(
            Row(
                number=row.number,
                source=row.source,
                destination=row.destination,
                wire=row.wire,
                ports=row.ports,
                exchanges=counts.get(row.number, 0),
                promised=result.promised if result else 0,
                kept=result.kept if result else 0,
                reasons=(*reasons.get(row.number, ()), *broken),
            )
        )
    return tuple(rows)
