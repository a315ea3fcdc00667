"""Conditions on rows, as data: what selection, filtering and upload rules have. Never code.

That there are such rules is documented; that a condition is JSON, and its words, are assumed::

    {"field": "Country", "operator": "equals", "value": "GB"}
    {"and": [CONDITION, ...]}    {"or": [CONDITION, ...]}    {"not": CONDITION}

Letters' case matters. A number is compared as one: ``{"field": "Other2", "operator": "greater", "value": 100}``; a row
whose value is no number does not meet that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Schema
from cxmock.reference.services.list_builder.columns import Columns, field_key, known_fields

DEPTH = 8
"""How deep conditions may be nested."""
TERMS = 100
"""How many there may be in one."""
VALUE_LIMIT = 256
VALUES = 1000

Test = Callable[[Sequence[str]], bool]
"""Whether a row's fields meet a condition."""

_TEXT: dict[str, Callable[[str, str], bool]] = {
    "equals": operator.eq,
    "notEquals": operator.ne,
    "contains": operator.contains,
    "notContains": lambda value, part: part not in value,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "less": operator.lt,
    "lessOrEqual": operator.le,
    "greater": operator.gt,
    "greaterOrEqual": operator.ge,
}
_NUMBER: dict[str, Callable[[float, float], bool]] = {
    "equals": operator.eq,
    "notEquals": operator.ne,
    "less": operator.lt,
    "lessOrEqual": operator.le,
    "greater": operator.gt,
    "greaterOrEqual": operator.ge,
}
_SEVERAL = ("in", "notIn")
_NONE = ("empty", "notEmpty")
OPERATORS = (*_TEXT, *_SEVERAL, *_NONE)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as a field of the API."""

    def schema(self) -> Schema:
        """Return the JSON Schema: nesting is checked, not described."""
        example = {"field": "Country", "operator": "equals", "value": "GB"}
        return {"type": "object", "examples": [example]}

    def read(self, name: str, value: object) -> dict[str, Any]:
        """Return the condition if it is one.

        Raises:
            Refusal: it is none (652).
        """
        _check(name, value, DEPTH, [TERMS])
        assert isinstance(value, dict)
        return value


def compiled(condition: Mapping[str, Any], columns: Columns) -> Test:
    """Return the test of a file's rows for a condition that was read.

    >>> columns = Columns.of(["Device1", "Country"])
    >>> compiled({"field": "country", "operator": "in", "value": ["GB", "IE"]}, columns)(["+4420", " GB "])
    True
    """
    if "and" in condition:
        tests = [compiled(one, columns) for one in condition["and"]]
        return lambda fields: all(test(fields) for test in tests)
    if "or" in condition:
        tests = [compiled(one, columns) for one in condition["or"]]
        return lambda fields: any(test(fields) for test in tests)
    if "not" in condition:
        test = compiled(condition["not"], columns)
        return lambda fields: not test(fields)
    field, word, wanted = field_key(condition["field"]), condition["operator"], condition.get("value")
    if word in _NONE:
        return lambda fields: (columns.value(fields, field) == "") == (word == "empty")
    if word in _SEVERAL:
        values = frozenset(wanted or ())
        return lambda fields: (columns.value(fields, field) in values) == (word == "in")
    if isinstance(wanted, str):
        holds = _TEXT[word]
        return lambda fields: holds(columns.value(fields, field), wanted)
    compare, number = _NUMBER[word], float(wanted or 0)

    def as_numbers(fields: Sequence[str]) -> bool:
        try:
            return compare(float(columns.value(fields, field)), number)
        except ValueError:
            return False

    return as_numbers


def _check(name: str, value: object, depth: int, left: list[int]) -> None:
    left[0] -= 1
    if not isinstance(value, dict):
        raise Refusal(Code.INVALID, f'"{name}" is to be a condition, not {value!r:.60}.', _HOW)
    if depth == 0 or left[0] < 0:
        raise Refusal(Code.INVALID, f'"{name}" is too large.', f"{DEPTH} levels and {TERMS} conditions are possible.")
    for word in ("and", "or"):
        if word in value:
            terms = value[word]
            if len(value) != 1 or not isinstance(terms, list) or not terms:
                raise Refusal(Code.INVALID, f'"{name}.{word}" is to be a list of conditions, by itself.', _HOW)
            for number, one in enumerate(terms):
                _check(f"{name}.{word}[{number}]", one, depth - 1, left)
            return
    if "not" in value:
        if len(value) != 1:
            raise Refusal(Code.INVALID, f'"{name}.not" is to stand by itself.', _HOW)
        _check(f"{name}.not", value["not"], depth - 1, left)
        return
    _check_term(name, value)


def _check_term(name: str, value: Mapping[str, Any]) -> None:
    for key in value:
        if key not in ("field", "operator", "value"):
            raise Refusal(Code.INVALID, f'"{name}.{key:.40}" is not known here.', _HOW)
    field, word, wanted = value.get("field"), value.get("operator"), value.get("value")
    if not isinstance(field, str) or not field_key(field):
        raise Refusal(Code.INVALID, f'"{name}.field" is {field!r:.60}.', nearest(str(field), list(known_fields())))
    if word not in OPERATORS:
        raise Refusal(Code.INVALID, f'"{name}.operator" is {word!r:.60}.', nearest(str(word), list(OPERATORS)))
    if word in _NONE:
        fits = wanted is None
    elif word in _SEVERAL:
        fits = isinstance(wanted, list) and 0 < len(wanted) <= VALUES and all(_is_text(one) for one in wanted)
    else:
        is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool) and abs(wanted) < 2**53
        fits = _is_text(wanted) or (is_number and word in _NUMBER)
    if not fits:
        raise Refusal(
            Code.INVALID,
            f'"{name}.value" is {wanted!r:.60}.',
            f"For {word}: "
            + (
                "none."
                if word in _NONE
                else "a list of texts."
                if word in _SEVERAL
                else "text, or a number to compare."
            ),
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= VALUE_LIMIT


_HOW = (
    'Such as {"field": "Country", "operator": "equals", "value": "GB"}, or {"and": [...]}, {"or": [...]}, {"not": ...}.'
)
