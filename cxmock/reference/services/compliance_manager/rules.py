"""The rules of compliance: each looks at a record and says whether it forbids the attempt. No input or output.

Documented are the kinds of rules (attempts, location, contact times, contact dates), that attempts count in the last T
or today, by device or client and by call result, and that priority 1 is the highest. How rules are written as JSON, and
which call result a blocked record gets, is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from cxmock.reference.envelope import Code, Refusal, given, needed, one_of
from cxmock.reference.services.compliance_manager.record import NOT_MADE, Attempt, Record
from cxmock.wire.genesys.enumerations import CallResult

T = TypeVar("T")

DAYS = ("weekdays", "saturday", "sunday")
"""How contact times are given."""
LOWEST = 1000
"""The priority of a rule that has none."""

Attempts = Mapping[str, Sequence[Attempt]]
"""``device`` and ``client`` -> what was tried there, without the attempt that is asked for."""


class Rule(Protocol):
    """Forbids attempts."""

    @property
    def name(self) -> str:
        """The name that the tenant gave it."""

    @property
    def kind(self) -> str:
        """Told as ``GSW_BLOCKING_RULE_TYPE``."""

    @property
    def result(self) -> CallResult:
        """What becomes of a record that is blocked."""

    @property
    def priority(self) -> int:
        """1 is asked first."""

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether the attempt is forbidden at ``now`` (UTC seconds)."""


@dataclass(frozen=True, slots=True)
class AttemptRule:
    """At most so many attempts in the last seconds, or today."""

    name: str
    priority: int
    limit: int
    seconds: int
    """0: today, in the contact's own time zone."""
    by: str
    """``device`` or ``client``."""
    results: frozenset[int]
    """The call results that count; none: all."""
    kind = "attempts"
    result = CallResult.STALE

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether there were enough attempts already."""
        midnight = record.local_time(now).replace(hour=0, minute=0, second=0, microsecond=0)
        since = now - self.seconds if self.seconds else midnight.timestamp()
        counted = [one for one in attempts[self.by] if one.at >= since and one.result != NOT_MADE]
        return sum(not self.results or one.result in self.results for one in counted) >= self.limit


@dataclass(frozen=True, slots=True)
class LocationRule:
    """No attempts on numbers with one of these prefixes (digits with the calling code)."""

    name: str
    priority: int
    prefixes: tuple[str, ...]
    kind = "location"
    result = CallResult.DO_NOT_CALL

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether the number lies there."""
        return record.device.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class DateRule:
    """No attempts on these days, in the contact's own time, on numbers with one of the prefixes (none: all)."""

    name: str
    priority: int
    dates: frozenset[str]
    prefixes: tuple[str, ...]
    kind = "dates"
    result = CallResult.STALE

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether it is such a day."""
        return record.device.startswith(self.prefixes or "") and record.local_time(now).date().isoformat() in self.dates


@dataclass(frozen=True, slots=True)
class Times:
    """Contact times by prefix: of those that begin a number, the longest is the one for it."""

    hours: Mapping[str, tuple[str, tuple[tuple[tuple[int, int], ...], ...]]]
    """Prefix -> name of the rule, and for weekdays, Saturday and Sunday the spans in seconds since midnight."""
    kind = "times"
    result = CallResult.STALE

    def blocking(self, record: Record, now: float) -> str:
        """Return the name of the rule by which this is not the time to call, or nothing."""
        if not self.hours or record.channel == "email":
            return ""
        device = record.device
        for length in range(len(device), -1, -1):
            if (found := self.hours.get(device[:length])) is not None:
                name, days = found
                local = record.local_time(now)
                seconds = local.hour * 3600 + local.minute * 60 + local.second
                day = max(0, local.weekday() - 4)
                return "" if any(begin <= seconds < end for begin, end in days[day]) else name
        return ""


def rule_of(name: str, data: Mapping[str, Any]) -> Rule | None:
    """Read a rule as JSON has it; None for contact times, which :func:`times_of` reads all together.

    ``{"type": "attempts", "limit": 3, "seconds": 86400, "by": "device", "results": [6, 7], "priority": 1}`` (without
    ``seconds``: today), ``{"type": "location", "prefixes": ["1305"]}``, ``{"type": "dates", "dates": ["2026-12-25"],
    "prefixes": []}``, ``{"type": "times", "prefixes": ["49"], "weekdays": [["09:00", "18:00"]], "saturday": [], ...}``.

    Raises:
        Refusal: it is not written like that (651, 652).
    """
    kind = one_of("type", needed(data, "type", str), ("attempts", "location", "dates", "times"))
    priority = given(data, "priority", LOWEST)
    prefixes = _prefixes(data)
    match kind:
        case "attempts":
            by = one_of("by", given(data, "by", "device"), ("device", "client"))
            results = frozenset(_listed(data, "results", int))
            limit = _at_least(1, "limit", needed(data, "limit", int))
            seconds = _at_least(0, "seconds", given(data, "seconds", 0))
            return AttemptRule(name, priority, limit, seconds, by, results)
        case "location":
            if not prefixes:
                raise Refusal(Code.MISSING, '"prefixes" is missing.', "Name the numbers that are not to be called.")
            return LocationRule(name, priority, prefixes)
        case "dates":
            dates = frozenset(_day(date) for date in _listed(data, "dates", str))
            if not dates:
                raise Refusal(Code.MISSING, '"dates" is missing.', "Name the days on which nobody is to be called.")
            return DateRule(name, priority, dates, prefixes)
    times_of([{"name": name, **data}])
    return None


def times_of(rules: Sequence[Mapping[str, Any]]) -> Times:
    """Read contact times as the compliance data has them; for one prefix the last rule wins.

    >>> times_of([{"name": "DE", "prefixes": ["49"], "weekdays": [["08:00", "20:00"]]}]).hours
    {'49': ('DE', (((28800, 72000),), (), ()))}

    Raises:
        Refusal: they are not written like that (652).
    """
    hours = {}
    for rule in rules:
        days = tuple(tuple(_span(span) for span in _listed(rule, day, list)) for day in DAYS)
        for prefix in _prefixes(rule) or ("",):
            hours[prefix] = (str(rule.get("name", "")), days)
    return Times(hours)


def _prefixes(data: Mapping[str, Any]) -> tuple[str, ...]:
    prefixes = tuple(_listed(data, "prefixes", str))
    if wrong := [prefix for prefix in prefixes if not prefix.isdecimal()]:
        raise Refusal(Code.INVALID, f'"prefixes" has {wrong[0]!r:.60}.', "Prefixes are digits with the calling code.")
    return prefixes


def _listed(data: Mapping[str, Any], name: str, kind: type[T]) -> list[T]:
    values = data.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise Refusal(Code.INVALID, f'"{name}" is {values!r:.60}.', f"It is to be a list of {_KINDS[kind]}.")
    return values


_KINDS: dict[type, str] = {str: "texts", int: "whole numbers", list: 'pairs like ["08:00", "21:00"]'}


def _at_least(least: int, name: str, value: int) -> int:
    if value < least:
        raise Refusal(Code.INVALID, f'"{name}" is {value}.', f"It is to be {least} or more.")
    return value


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise Refusal(Code.INVALID, f'"dates" has {text!r:.60}.', "A date is like 2026-12-25.") from None


def _span(pair: list[Any]) -> tuple[int, int]:
    try:
        begin, end = (_seconds(clock) for clock in pair)
        if 0 <= begin < end <= 86400:
            return begin, end
    except (ValueError, TypeError, AttributeError):
        pass
    raise Refusal(Code.INVALID, f"Contact times have {pair!r:.60}.", 'A span is like ["08:00", "21:00"].')


def _seconds(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 3600 + int(minutes) * 60
