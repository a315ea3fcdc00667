"""Compiles an example in JSON and its rules into one check.

Every object, list and value becomes a function that was made for it: which rules hold there, what they say, and which
keys there have to be is settled beforehand. What is told of keys and indices that the example does not name is made
when the first of them comes, once for all that no rule sets apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import ABSENT, GOOD, UNPROMISED, Check, Difference, Found, told
from cxmock.contracts.matching.paths import ROOT, Way, fragment
from cxmock.contracts.matching.rules import EQUALITY, Combined, Kind, Rule, Variant
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.texts import check_text
from cxmock.contracts.matching.values import check_value
from cxmock.contracts.matching.whole import check_whole


def check_json(expected: Any, table: RuleTable, *, strict: bool) -> Check:
    """Return the check of a JSON document.

    Args:
        expected: the example.
        table: its rules.
        strict: whether objects may have no other keys than the example's.
    """
    return _Compiler(table, strict).check(expected, (ROOT,))


class _Compiler:
    """Compiles under one table of rules. ``eachValue`` and ``arrayContains`` have tables of their own inside."""

    def __init__(self, table: RuleTable, strict: bool) -> None:
        self._table = table
        self._strict = strict
        self._made: dict[tuple[int, Way], Check] = {}

    def check(self, expected: Any, way: Way) -> Check:
        """Return the check of an example that stands at ``way``."""
        key = (id(expected), way)
        if (made := self._made.get(key)) is None:
            if isinstance(expected, dict):
                made = self._object(expected, way)
            elif isinstance(expected, list):
                made = self._list(expected, way)
            else:
                made = check_value(expected, self._table.select(way))
            self._made[key] = made
        return made

    # Objects

    def _object(self, expected: dict[str, Any], way: Way) -> Check:
        checks: list[Check] = []
        if (combined := self._table.select(way)) is None:
            checks += [self._keys(expected, way, None), self._parts(expected, way)]
        else:
            if not expected and self._strict:
                checks.append(_empty(expected))
            checks += self._object_rules(expected, way, combined)
        inner = all_of(checks)

        def check(actual: Any) -> Found:
            return inner(actual) if type(actual) is dict else (Difference(_wrong_type, expected, actual),)

        return check

    def _object_rules(self, expected: dict[str, Any], way: Way, combined: Combined) -> list[Check]:
        """Return the checks of an object's rules. All have to hold, as in Pact's engine, however they are combined."""
        checks: list[Check] = []
        by_key = False
        for rule in combined.rules:
            if rule.is_about_values and not combined.cascaded:
                inner = self._each_value(way, rule) if rule.kind is Kind.EACH_VALUE else self
                checks.append(inner._any_keys(expected, way))
            else:
                checks.append(check_whole(expected, rule, combined.cascaded))
                by_key = True
        if by_key:
            checks += [self._keys(expected, way, combined), self._parts(expected, way)]
        return checks

    def _keys(self, expected: dict[str, Any], way: Way, combined: Combined | None) -> Check:
        """Return the check of an object's keys."""
        exact = self._table.exact(way)
        checks: list[Check] = []
        if not any(rule.kind in (Kind.VALUES, Kind.EACH_VALUE, Kind.EACH_KEY) for rule in exact):
            checks.append(_same_keys(expected) if self._strict else _has_keys(expected))
        if exact and combined is not None:
            for rule in combined.rules:
                if rule.kind is Kind.EACH_KEY:
                    checks += [_each_key(one) for one in rule.inner]
        return all_of(checks)

    def _parts(self, expected: dict[str, Any], way: Way) -> Check:
        """Return the check of those values whose keys are there."""
        parts = [(key, self.check(part, (*way, fragment(key)))) for key, part in expected.items()]
        parts = [(key, check) for key, check in parts if check is not good]
        if not parts:
            return good

        def check(actual: Any) -> Found:
            found: list[Difference] | None = None
            for key, part in parts:
                if key in actual and (differences := part(actual[key])):
                    found = [*(found or ()), *(one.at(key) for one in differences)]
            return found or GOOD

        return check

    def _any_keys(self, expected: dict[str, Any], way: Way) -> Check:
        """Return the check of an object whose keys do not matter: a value is like the one of its key, or the first."""
        if not expected:
            return good
        first = expected[min(expected)]
        step, make = self._table.key_step, self.check

        def check(actual: Any) -> Found:
            found: list[Difference] = []
            for key, value in actual.items():
                part = make(expected.get(key, first), (*way, step(way, key)))
                found += [one.at(key) for one in part(value)]
            return found

        return check

    # Lists

    def _list(self, expected: list[Any], way: Way) -> Check:
        if (combined := self._table.select(way)) is None:
            inner = self._same_length(expected, way) if expected else _empty(expected)
        elif not expected:
            inner = good
        else:
            checks = [self._list_rule(expected, way, rule, combined.cascaded) for rule in combined.rules]
            inner = all_of(checks) if combined.all_ else any_of(checks)

        def check(actual: Any) -> Found:
            return inner(actual) if type(actual) is list else (Difference(_wrong_type, expected, actual),)

        return check

    def _list_rule(self, expected: list[Any], way: Way, rule: Rule, cascaded: bool) -> Check:
        if rule.kind is Kind.ARRAY_CONTAINS:
            variants = rule.variants or [Variant(index, (((), EQUALITY),)) for index in range(len(expected))]
            return all_of([self._variant(expected, one) for one in variants])
        if rule.kind is Kind.EACH_VALUE:
            return good if cascaded else self._each_value(way, rule)._elements(expected, way)
        return all_of([check_whole(expected, rule, cascaded), self._elements(expected, way)])

    def _same_length(self, expected: list[Any], way: Way) -> Check:
        """Return the check of a list without rules: as many elements, each as its own example."""
        elements = self._elements(expected, way)
        length = len(expected)

        def check(actual: Any) -> Found:
            if len(actual) == length:
                return elements(actual)
            return [*elements(actual[:length]), Difference(_wrong_length, expected, actual)]

        return check

    def _elements(self, expected: list[Any], way: Way) -> Check:
        """Return the check of a list's elements: those beyond the example are like its first."""
        first = expected[0]
        step, make = self._table.index_step, self.check
        parts = [make(part, (*way, step(way, index))) for index, part in enumerate(expected)]
        named = len(parts)

        def check(actual: Any) -> Found:
            found: list[Difference] | None = None
            for index, value in enumerate(actual):
                part = parts[index] if index < named else make(first, (*way, step(way, index)))
                if differences := part(value):
                    found = [*(found or ()), *(one.at(index) for one in differences)]
            return found or GOOD

        return check

    def _variant(self, expected: list[Any], variant: Variant) -> Check:
        """Return the check that a list has an element like one variant, anywhere."""
        if variant.index >= len(expected):
            sentence = f"has to have variant {variant.index}, of which the example has none"
            return lambda actual: (Difference(sentence, expected, actual),)
        example = expected[variant.index]
        fits = _Compiler(RuleTable(variant.entries), self._strict).check(example, (ROOT,))

        def check(actual: Any) -> Found:
            if any(not fits(value) for value in actual):
                return GOOD
            return (Difference(lambda wanted, _: f"has no element like {told(wanted)}", example, actual),)

        return check

    def _each_value(self, way: Way, rule: Rule) -> _Compiler:
        return _Compiler(RuleTable.of_each(way, rule.inner), self._strict)


def _wrong_type(expected: Any, actual: Any) -> str:
    return f"is {told(actual)}, not a{'n object' if isinstance(expected, dict) else ' list'}"


def _wrong_length(expected: Any, actual: Any) -> str:
    return f"has {len(actual)} element{'' if len(actual) == 1 else 's'}, not {len(expected)}"


def _empty(expected: Any) -> Check:
    return lambda actual: (
        (Difference(lambda _, came: f"is {told(came)}, not empty", expected, actual),) if actual else GOOD
    )


def _has_keys(expected: dict[str, Any]) -> Check:
    """Return the check that an object has at least the keys of the example."""
    if not expected:
        return good
    keys = expected.keys()

    def check(actual: Any) -> Found:
        if keys <= actual.keys():
            return GOOD
        return [Difference("is missing", part, ABSENT, (key,)) for key, part in expected.items() if key not in actual]

    return check


def _same_keys(expected: dict[str, Any]) -> Check:
    """Return the check that an object has just the keys of the example."""
    keys = expected.keys()
    missing = _has_keys(expected)

    def check(actual: Any) -> Found:
        if keys == actual.keys():
            return GOOD
        extra = [Difference(UNPROMISED, ABSENT, part, (key,)) for key, part in actual.items() if key not in keys]
        return [*missing(actual), *extra]

    return check


def _each_key(rule: Rule) -> Check:
    """Return the check of every key of an object."""
    fits: Callable[[str], Found] = check_text("", Combined((rule,)))

    def check(actual: Any) -> Found:
        return [Difference(_about_key(one), one.expected, key, (key,)) for key in actual for one in fits(key)]

    return check


def _about_key(difference: Difference) -> str:
    said = difference.say
    return "the key " + (said if isinstance(said, str) else said(difference.expected, difference.actual))
