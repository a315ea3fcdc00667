"""Contact times to seed with: the rules that the compliance data provider hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

Spans = Sequence[tuple[str, str]]
"""Pairs such as ``("08:00", "21:00")``, in the contact's own time; none: not at all."""

ALL_DAY: Spans = (("08:00", "21:00"),)


@dataclass(frozen=True, slots=True)
class ContactHours:
    """A rule of the compliance data set (its shape is assumed, as the data set's is).

    >>> ContactHours("No calls on Sundays", sunday=()).document()["sunday"]
    []
    """

    name: str
    weekdays: Spans = ALL_DAY
    saturday: Spans = ALL_DAY
    sunday: Spans = ALL_DAY
    prefixes: Sequence[str] = ()
    """The beginnings of the numbers that it is for, digits with the calling code; none: every number."""
    country: str = ""
    """ISO 3166; for people."""
    region: str = ""

    def document(self) -> dict[str, Any]:
        """Return the rule as it stands in the data set."""
        spans = {day: [list(span) for span in getattr(self, day)] for day in ("weekdays", "saturday", "sunday")}
        return asdict(self) | spans | {"prefixes": list(self.prefixes)}
