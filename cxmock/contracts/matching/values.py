"""What each rule says of a JSON value where the example shows neither an object nor a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxmock.contracts.matching import content_types, texts
from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found, Say, is_whole, told, type_name
from cxmock.contracts.matching.rules import Combined, Kind, Rule
from cxmock.wire.http import to_json

Holds = Callable[[Any], bool]
"""Whether something holds of a value."""


def check_value(expected: Any, combined: Combined | None) -> Check:
    """Return the check of a value; without rules it has to be equal."""
    if combined is None:
        return _one(expected, Rule(Kind.EQUALITY))
    checks = [_one(expected, rule) for rule in combined.rules]
    return all_of(checks) if combined.all_ else any_of(checks)


def _one(expected: Any, rule: Rule) -> Check:
    holds, say = _holds(expected, rule)
    if holds is None:
        return good

    def check(actual: Any) -> Found:
        return GOOD if holds(actual) else (Difference(say, expected, actual),)

    return check


def _holds(expected: Any, rule: Rule) -> tuple[Holds | None, Say | str]:
    """Return what a rule says of a JSON value, and the sentence for when it does not hold; None: it says nothing."""
    match rule.kind:
        case Kind.EQUALITY | Kind.VALUES:
            return equals(expected), lambda wanted, actual: f"is {told(actual)}, not {told(wanted)}"
        case Kind.TYPE:
            return _same_type(expected), lambda wanted, actual: f"is {told(actual)}, not a {type_name(wanted)}"
        case Kind.REGEX | Kind.INCLUDE | Kind.DATE | Kind.TIME | Kind.DATETIME:
            holds, say = texts.of(rule)
            return lambda actual: holds(as_text(actual)), say
        case Kind.INTEGER:
            return is_whole, lambda _, actual: f"is {told(actual)}, not a whole number"
        case Kind.DECIMAL:
            return is_fraction, lambda _, actual: f"is {told(actual)}, not a number with a fraction"
        case Kind.NUMBER:
            return is_number, lambda _, actual: f"is {told(actual)}, not a number"
        case Kind.NULL:
            return lambda actual: actual is None, lambda _, actual: f"is {told(actual)}, not null"
        case Kind.BOOLEAN:
            return is_boolean, lambda _, actual: f"is {told(actual)}, not true or false"
        case Kind.NOT_EMPTY:
            return is_not_empty, lambda _, actual: f"is {told(actual)}, which is empty"
        case Kind.SEMVER:
            return texts.is_semver, lambda _, actual: f"is {told(actual)}, not a semantic version"
        case Kind.CONTENT_TYPE:
            return lambda actual: content_types.is_of(
                content_types.of_json(actual), rule.text
            ), f"is not content of {rule.text}"
        case _:
            return None, ""


def is_fraction(value: Any) -> bool:
    """Whether a value is a number that is not a whole one of 64 bits."""
    return type(value) is float or (type(value) is int and not is_whole(value))


def is_number(value: Any) -> bool:
    """Whether a value is a number."""
    return type(value) in (int, float)


def is_boolean(value: Any) -> bool:
    """Whether a value is true or false, or spells it."""
    return value is True or value is False or value in ("true", "false")


def is_not_empty(value: Any) -> bool:
    """Whether a value is neither null nor an empty text, list or object."""
    return value is not None and value != "" and value != [] and value != {}


def as_text(value: Any) -> str:
    """Return a value as the text that regular expressions look at."""
    return value if isinstance(value, str) else to_json(value).decode()


def equals(expected: Any) -> Holds:
    """Return what tells whether a value is equal: numbers only to those of their own kind, and never to true or false.

    >>> equals(1)(1), equals(1)(1.0), equals(1)(True), equals([1])([1.0])
    (True, False, False, False)
    """
    kind = type(expected)
    if kind in (dict, list, int, float):
        return lambda actual: actual == expected and _alike(expected, actual)
    return lambda actual: type(actual) is kind and actual == expected


def _alike(one: Any, other: Any) -> bool:
    """Whether two equal values have the same types throughout."""
    if isinstance(one, dict):
        return all(_alike(part, other[key]) for key, part in one.items())
    if isinstance(one, list):
        return all(map(_alike, one, other))
    return type(one) is type(other)


def _same_type(expected: Any) -> Holds:
    kind = type(expected)
    if kind in (int, float):
        return is_number
    return lambda actual: type(actual) is kind
