"""Changes of a JSON document: each field dropped, of another type, and of another value where the value is promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cxmock.contracts import places
from cxmock.contracts.matching.difference import ABSENT, told
from cxmock.contracts.matching.rules import Combined, Kind
from cxmock.contracts.matching.values import check_value
from cxmock.contracts.mutating.mutant import Kind as Change
from cxmock.contracts.mutating.said import Promised, Said, Spot

PLACES = 100
"""Places of one document that are changed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A document with one change."""

    kind: Change
    place: str
    text: str
    said: Said
    """What the contract says of the place that changed."""
    document: Any


def changes(document: Any, promised: Promised) -> Iterator[Changed]:
    """Yield ``document`` with one change after the other.

    A value that is only promised to be of a kind is not changed into another of that kind: that is no change.
    """
    # Each change holds a document of its own: of a very large one, the outermost places stand for all.
    for spot in sorted(promised.spots(document), key=lambda spot: len(spot.place))[:PLACES]:
        where = places.write(spot.place)
        if spot.place and isinstance(spot.place[-1], str):
            yield Changed(Change.MISSING, where, "is missing", spot.said, dropped(document, spot.place))
        for value in _other_types(spot):
            yield _put(Change.TYPE, document, spot, value)
        for value in _other_values(spot):
            yield _put(Change.VALUE, document, spot, value)


def dropped(document: Any, place: places.Place) -> Any:
    """Return ``document`` without what stands at ``place``.

    >>> dropped({"a": {"b": 1, "c": 2}}, ("a", "b"))
    {'a': {'c': 2}}
    """
    step, rest = place[0], place[1:]
    if isinstance(document, dict):
        if rest:
            return {key: dropped(part, rest) if key == step else part for key, part in document.items()}
        return {key: part for key, part in document.items() if key != step}
    if rest:
        return [dropped(part, rest) if index == step else part for index, part in enumerate(document)]
    return [part for index, part in enumerate(document) if index != step]


def _put(kind: Change, document: Any, spot: Spot, value: Any) -> Changed:
    text = f"is {told(value)}, it was {told(spot.value)}"
    return Changed(kind, places.write(spot.place), text, spot.said, places.put(document, spot.place, value))


def _other_types(spot: Spot) -> Iterator[Any]:
    """Yield values of other types than the one that came and, where null is promised too, than the one shown."""
    match spot.value:
        case bool():
            yield str(spot.value).lower()
        case int() | float():
            yield str(spot.value)
        case str():
            yield int(spot.value) if spot.value.isdecimal() and spot.value.isascii() else 17
        case list():
            yield {}
        case dict():
            yield []
        case None if isinstance(spot.expected, str):
            yield 17
        case None:
            yield "text"
    if spot.value is not None and not spot.may_be_null:
        yield None


def _other_values(spot: Spot) -> Iterator[Any]:
    if spot.said is Said.NOTHING:
        return
    if isinstance(spot.value, list):
        yield from _other_lists(spot.value, spot)
    elif spot.said is Said.VALUE and not isinstance(spot.value, dict):
        check = check_value(spot.expected, spot.rules)
        yield from [value for value in _near(spot.value) if check(value)][:1]


def _near(value: Any) -> Iterator[Any]:
    """Yield other values of the same type, the most alike first."""
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"{value}~"
            yield "~"
            yield ""


def _other_lists(value: list[Any], spot: Spot) -> Iterator[list[Any]]:
    """Yield lists that are too short, too long, or in another order, where length and order are promised."""
    rules = spot.rules
    if rules is None:
        if spot.expected is not ABSENT:
            if value:
                yield value[:-1]
            yield [*value, value[-1] if value else "more"]
            if value != value[::-1]:
                yield value[::-1]
        return
    least, most = _bounds(rules)
    if least and len(value) >= least:
        yield value[: least - 1]
    if most is not None and value:
        yield value + [value[-1]] * (most + 1 - len(value))
    if value and any(rule.kind in (Kind.NOT_EMPTY, Kind.ARRAY_CONTAINS) for rule in rules.rules):
        yield []


def _bounds(rules: Combined) -> tuple[int, int | None]:
    if rules.cascaded:
        return 0, None
    return (
        max((rule.least or 0 for rule in rules.rules), default=0),
        min((rule.most for rule in rules.rules if rule.most is not None), default=None),
    )
