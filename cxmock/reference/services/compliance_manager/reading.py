"""Rules as the API and the compliance data write them in JSON, read into :mod:`.rules`. No input or output.

How rules are written is assumed; see :func:`rule_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cxmock.reference.envelope import Code, Refusal, given, needed, one_of
from cxmock.reference.services.compliance_manager.record import named_zone
from cxmock.reference.services.compliance_manager.rules import (
    AttemptRule,
    DateRule,
    ExternalRule,
    Hours,
    LocationRule,
    Place,
    Rule,
    Times,
    ZoneRule,
)

T = TypeVar("T", str, int, list[Any])

DAYS = ("weekdays", "saturday", "sunday")
"""How contact times are given."""
KINDS = ("attempts", "location", "dates", "times", "timezone", "external")
LOWEST = 1000
"""The priority of a rule that has none, and the lowest that it can have."""
LISTED = 10_000
"""Prefixes, dates and the like that one rule may name."""
LONGEST = 30 * 86400
"""Seconds that an attempt rule may look back: histories are not kept for longer."""
MOST = 100
"""Attempts that a rule may allow: more are not remembered of a device or a client."""
PATIENCE_MS = range(50, 5001)
"""How long an external validation may take, in milliseconds."""


def rule_of(name: str, data: Mapping[str, Any]) -> Rule | ExternalRule | ZoneRule | Times:
    """Read a rule as JSON has it.

    - ``{"type": "attempts", "limit": 3, "seconds": 86400, "by": "device", "results": [6, 7]}``; without ``seconds``,
      today;
    - ``{"type": "location", "prefixes": ["1305"], "countries": ["US"], "states": ["FL"], "postalCodes": ["331"]}``;
    - ``{"type": "dates", "dates": ["2026-12-25"]}``, and where, as for a location;
    - ``{"type": "times", "prefixes": ["49"], "weekdays": [["09:00", "18:00"]], "saturday": [], "sunday": []}``;
    - ``{"type": "timezone", "timeZone": "America/Phoenix"}``, and where, as for a location;
    - ``{"type": "external", "url": "https://127.0.0.1/may-call", "milliseconds": 1000, "otherwise": "block"}``.

    Each may have a ``priority``, 1 to 1000, and may say that it is not ``required``.

    Raises:
        Refusal: it is not written like that (651, 652).
    """
    kind = one_of("type", needed(data, "type", str), KINDS)
    priority = _within(range(1, LOWEST + 1), "priority", given(data, "priority", LOWEST))
    is_required(data)
    place = _place(data)
    match kind:
        case "attempts":
            by = one_of("by", given(data, "by", "device"), ("device", "client"))
            results = frozenset(_listed(data, "results", int))
            limit = _within(range(1, MOST + 1), "limit", needed(data, "limit", int))
            seconds = _within(range(LONGEST + 1), "seconds", given(data, "seconds", 0))
            return AttemptRule(name, priority, limit, seconds, by, results)
        case "location":
            if not place:
                raise Refusal(Code.MISSING, '"prefixes" is missing.', f"Say where nobody is to be called: {_WHERE}.")
            return LocationRule(name, priority, place)
        case "dates":
            dates = frozenset(_day(date) for date in _listed(data, "dates", str))
            if not dates:
                raise Refusal(Code.MISSING, '"dates" is missing.', "Name the days on which nobody is to be called.")
            return DateRule(name, priority, dates, place)
        case "timezone":
            zone = named_zone(needed(data, "timeZone", str))
            if zone is None:
                raise Refusal(Code.INVALID, f'"timeZone" is "{data["timeZone"]:.40}".', "An IANA name: Europe/Paris.")
            if not place:
                raise Refusal(Code.MISSING, '"prefixes" is missing.', f"Say where it is that time: {_WHERE}.")
            return ZoneRule(name, priority, zone, place)
        case "external":
            milliseconds = _within(PATIENCE_MS, "milliseconds", given(data, "milliseconds", 1000))
            otherwise = one_of("otherwise", given(data, "otherwise", "block"), ("block", "dial"))
            return ExternalRule(name, priority, _url(needed(data, "url", str)), milliseconds / 1000, otherwise)
    return Times(hours_of([{**data, "name": name}]))


def is_required(data: Mapping[str, Any]) -> bool:
    """Return whether a rule or a list holds for every campaign, or only for those that choose it."""
    return given(data, "required", True)


def hours_of(rules: Sequence[Mapping[str, Any]]) -> Hours:
    """Read contact times as the compliance data has them; for one prefix the last rule wins.

    >>> hours_of([{"name": "DE", "prefixes": ["49"], "weekdays": [["08:00", "20:00"]]}])
    {'49': ('DE', (((28800, 72000),), (), ()))}

    Raises:
        Refusal: they are not written like that (652).
    """
    hours = {}
    for rule in rules:
        days = tuple(tuple(_span(span) for span in _listed(rule, day, list)) for day in DAYS)
        for prefix in _prefixes(rule) or ("",):
            hours[prefix] = (str(rule.get("name", "")), days)
    return hours


_WHERE = '"prefixes", "countries", "states" or "postalCodes"'


def _place(data: Mapping[str, Any]) -> Place:
    several = (tuple(_listed(data, name, str)) for name in ("countries", "states", "postalCodes"))
    return Place(_prefixes(data), *several)


def _prefixes(data: Mapping[str, Any]) -> tuple[str, ...]:
    prefixes = tuple(_listed(data, "prefixes", str))
    if wrong := [prefix for prefix in prefixes if not (prefix.isascii() and prefix.isdecimal())]:
        raise Refusal(Code.INVALID, f'"prefixes" has {wrong[0]!r:.60}.', "Prefixes are digits with the calling code.")
    return prefixes


def _listed(data: Mapping[str, Any], name: str, kind: type[T]) -> list[T]:
    values = [] if data.get(name) is None else data[name]
    if not isinstance(values, list) or not all(type(value) is kind and value != "" for value in values):
        raise Refusal(Code.INVALID, f'"{name}" is {values!r:.60}.', f"It is to be a list of {_KINDS[kind]}.")
    if len(values) > LISTED:
        raise Refusal(Code.INVALID, f'"{name}" has {len(values)}.', f"A rule names at most {LISTED}.")
    return values


_KINDS: dict[type, str] = {str: "texts", int: "whole numbers", list: 'pairs like ["08:00", "21:00"]'}


def _within(possible: range, name: str, value: int) -> int:
    if value not in possible:
        raise Refusal(Code.INVALID, f'"{name}" is {value}.', f"From {possible[0]} to {possible[-1]} is possible.")
    return value


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise Refusal(Code.INVALID, f'"dates" has {text!r:.60}.', "A date is like 2026-12-25.") from None


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or not (text.isascii() and text.isprintable()) or " " in text or len(text) > 2000:
        raise Refusal(
            Code.INVALID, f'"url" is {text!r:.60}.', "An address on this machine, like https://127.0.0.1/may-call."
        )
    return text


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
    if len(hours) > 2 or not 0 <= int(minutes) < 60:
        raise ValueError(clock)
    return int(hours) * 3600 + int(minutes) * 60
