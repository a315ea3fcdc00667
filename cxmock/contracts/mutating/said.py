"""What a contract says of each place of a JSON document that was seen: nothing, its kind, or its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cxmock.contracts.matching.difference import ABSENT
from cxmock.contracts.matching.json_bodies import check_json
from cxmock.contracts.matching.paths import ROOT, Way, fragment
from cxmock.contracts.matching.rules import Combined, Kind, Rule, entries
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.model import Body, Rules
from cxmock.contracts.places import Place
from cxmock.wire.http import from_json

LIKE_OTHERS = 12
"""Values of one object that may look the same before it is taken for a collection, in which a few stand for all."""

_OF_VALUES = frozenset(
    {Kind.EQUALITY, Kind.REGEX, Kind.INCLUDE, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.SEMVER, Kind.NOT_EMPTY}
)


class Said(Enum):
    """How much a contract says of a place."""

    NOTHING = "nothing"
    KIND = "its kind"
    VALUE = "its value"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a document."""

    place: Place
    value: Any
    said: Said
    expected: Any = ABSENT
    """What the contract shows there."""
    rules: Combined | None = None
    """The rules that hold there; without any, what is shown is meant."""

    @property
    def may_be_null(self) -> bool:
        """Whether null is promised, too."""
        return self.rules is not None and not self.rules.all_ and any(one.kind is Kind.NULL for one in self.rules.rules)


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised of one JSON document."""

    expected: Any
    table: RuleTable

    @classmethod
    def of(cls, body: Body | None, rules: Rules) -> Promised:
        """Return what an example and its rules promise; nothing where there is no example."""
        if body is None or body.content is None:
            return cls(ABSENT, RuleTable(()))
        content = body.value()
        if isinstance(content, (str, bytes)) and "json" in body.content_type:
            content = from_json(content)
        return cls(content, RuleTable(entries(rules.body)))

    def spots(self, document: Any) -> Iterator[Spot]:
        """Yield every place of ``document``, the outermost first.

        Of list elements that look alike, and of the values of an object that is a collection, the first stands for
        all. Elements that ``containing`` does not ask for are left out: they are data, and nobody's promise.
        """
        yield from self._walk(document, self.expected, (), (ROOT,))

    def thinned(self, document: Any) -> Any:
        """Return ``document`` with no more elements of long lists than :meth:`spots` looks at."""
        looked_at = {spot.place for spot in self.spots(document)}

        def thin(value: Any, place: Place) -> Any:
            if isinstance(value, dict):
                return {key: thin(part, (*place, key)) for key, part in value.items()}
            if isinstance(value, list):
                kept = [
                    thin(part, (*place, index))
                    for index, part in enumerate(value)
                    if len(value) <= LIKE_OTHERS or (*place, index) in looked_at
                ]
                return kept or value
            return value

        return thin(document, ())

    def _walk(self, value: Any, expected: Any, place: Place, way: Way) -> Iterator[Spot]:
        rules = None if expected is ABSENT else self.table.select(way)
        yield Spot(place, value, _said(expected, rules), expected, rules)
        if isinstance(value, dict):
            for key in _fields(value):
                part = _part_of_object(expected, key, rules)
                yield from self._walk(value[key], part, (*place, key), (*way, fragment(key)))
        elif isinstance(value, list):
            if rules is not None and not rules.cascaded and rules.rules[0].kind is Kind.ARRAY_CONTAINS:
                yield from _asked_for(value, expected, rules.rules[0], place)
                return
            for index in _elements(value, by_place=rules is None and expected is not ABSENT):
                part = _part_of_list(expected, index, rules)
                yield from self._walk(value[index], part, (*place, index), (*way, str(index)))


def shape(value: Any) -> object:
    """Return what a value looks like: of objects the keys and what is behind them, of lists the first element.

    >>> shape({"a": 1, "b": ["x", "y"]}) == shape({"b": [], "a": 2}), shape({"a": 1}) == shape({"a": None})
    (False, False)
    """
    if isinstance(value, dict):
        return tuple((key, shape(part)) for key, part in sorted(value.items()))
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def _said(expected: Any, rules: Combined | None) -> Said:
    if expected is ABSENT:
        return Said.NOTHING
    if rules is None or any(rule.kind in _OF_VALUES for rule in rules.rules):
        return Said.VALUE
    return Said.KIND


def _part_of_object(expected: Any, key: str, rules: Combined | None) -> Any:
    """Return what is shown of a key's value."""
    if not isinstance(expected, Mapping):
        return ABSENT
    if key not in expected and expected and rules is not None and any(rule.is_about_values for rule in rules.rules):
        return expected[min(expected)]
    return expected.get(key, ABSENT)


def _part_of_list(expected: Any, index: int, rules: Combined | None) -> Any:
    """Return what is shown of an element: where a rule holds, those beyond the example are like its first."""
    if not isinstance(expected, Sequence) or isinstance(expected, str) or not expected:
        return ABSENT
    if index < len(expected):
        return expected[index]
    return ABSENT if rules is None else expected[0]


def _asked_for(value: list[Any], expected: list[Any], rule: Rule, place: Place) -> Iterator[Spot]:
    """Yield the places of the elements that a list has to contain."""
    for variant in rule.variants:
        inner = Promised(expected[variant.index], RuleTable(variant.entries))
        fits = check_json(inner.expected, inner.table, strict=False)
        for index, element in enumerate(value):
            if not fits(element):
                yield from inner._walk(element, inner.expected, (*place, index), (ROOT,))
                break


def _fields(value: Mapping[str, Any]) -> list[str]:
    if len(value) <= LIKE_OTHERS:
        return list(value)
    return _one_of_each(list(value), [shape(part) for part in value.values()], LIKE_OTHERS)


def _elements(value: list[Any], *, by_place: bool) -> list[int]:
    """Return the elements to look at: one of each look, and where each has its own place, the first few."""
    few = range(min(len(value), LIKE_OTHERS)) if by_place else range(len(value))
    return _one_of_each(list(few), [shape(value[index]) for index in few], LIKE_OTHERS if by_place else 1)


def _one_of_each(names: list[Any], shapes: list[object], alike: int) -> list[Any]:
    """Return those names whose shapes are not those of ``alike`` earlier ones."""
    counted: list[object] = []
    chosen = []
    for name, one in zip(names, shapes, strict=True):
        if counted.count(one) < alike:
            counted.append(one)
            chosen.append(name)
    return chosen
