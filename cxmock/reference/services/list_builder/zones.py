"""What the compliance data says about a number: its time zone, and when it may be called. Pure look-ups in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Value = TypeVar("Value")

DEFAULT_ZONE = "UTC"
DEFAULT_HOURS = (8 * 3600, 21 * 3600)
"""Where no rule says otherwise: from 8 a.m. to 9 p.m., in seconds since midnight."""


@dataclass(frozen=True, slots=True)
class Compliance:
    """One version of the compliance data, ready for look-ups. Its shape is the provider's, assumed.

    >>> data = Compliance.of({"version": "1", "areaCodes": [{"prefix": "1212", "timeZones": ["America/New_York"]}]})
    >>> data.zone_of("+12125550143"), data.zone_of("+4930901820")
    ('America/New_York', '')
    """

    version: str = ""
    zones: Mapping[str, str] = field(default_factory=dict)
    """Prefix (digits with the calling code) -> time zone."""
    countries: Mapping[str, str] = field(default_factory=dict)
    """ISO 3166 -> time zone."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Country's name in lower case -> ISO 3166."""
    hours: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Prefix -> contact times on weekdays, in seconds since midnight; the empty prefix is for all numbers."""
    longest: tuple[int, int] = (15, 15)
    """How many digits prefixes have at most, of zones and of contact times."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Compliance:
        """Read the provider's document."""
        zones = {area["prefix"]: area["timeZones"][0] for area in document.get("areaCodes", ()) if area["timeZones"]}
        hours = {
            prefix: _outer(rule["weekdays"])
            for rule in document.get("rules", ())
            if rule.get("weekdays")
            for prefix in rule.get("prefixes") or ("",)
        }
        return cls(
            version=str(document.get("version", "")),
            # Where a place has several zones the first stands for them: no number tells which side of the line it is.
            # Where a place has several zones the first stands for them: no number tells which side of the line it is.
            zones=zones,
            countries={
                one["country"]: one["timeZones"][0] for one in document.get("countries", ()) if one["timeZones"]
            },
            names={one["name"].lower(): one["country"] for one in document.get("countries", ())},
            hours=hours,
            longest=(max(map(len, zones), default=0), max(map(len, hours), default=0)),
        )

    def zone_of(self, number: str) -> str:
        """Return the time zone of an E.164 number by its longest known beginning; empty when none is known."""
        return _longest(self.zones, number.removeprefix("+"), "", self.longest[0])

    def hours_of(self, number: str) -> tuple[int, int]:
        """Return between which seconds of the contact's own day an E.164 number may be called."""
        otherwise = self.hours.get("", DEFAULT_HOURS)
        return _longest(self.hours, number.removeprefix("+"), otherwise, self.longest[1])


def _longest(table: Mapping[str, Value], digits: str, otherwise: Value, most: int) -> Value:
    for length in range(min(most, len(digits)), 0, -1):
        if (found := table.get(digits[:length])) is not None:
            return found
    return otherwise


def _outer(spans: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Return the first beginning and the last end of ``[["10:00", "13:00"], ["14:00", "20:00"]]``.

    A calling list has one span a day; what lies between spans is Compliance Manager's to refuse.
    """
    return _seconds(spans[0][0]), _seconds(spans[-1][1])


def _seconds(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 3600 + int(minutes) * 60
