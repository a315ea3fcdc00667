"""What a rule says of a whole list or object, before its elements and values are looked at."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.matching.combining import good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found, told
from cxmock.contracts.matching.rules import Kind, Rule
from cxmock.contracts.matching.values import equals

_OF_BOTH = frozenset({Kind.REGEX, Kind.ARRAY_CONTAINS, Kind.EACH_KEY, Kind.EACH_VALUE, Kind.VALUES})
_OF_LISTS = _OF_BOTH | {
    Kind.NUMBER,
    Kind.INTEGER,
    Kind.DECIMAL,
    Kind.DATE,
    Kind.TIME,
    Kind.DATETIME,
    Kind.INCLUDE,
    Kind.CONTENT_TYPE,
    Kind.BOOLEAN,
    Kind.SEMVER,
}
"""Matchers that are about the elements, and find any list good."""


def check_whole(expected: list[Any] | dict[str, Any], rule: Rule, cascaded: bool) -> Check:
    """Return what a rule says of a list or an object. One that reaches down from further out says nothing of sizes."""
    what = "list" if isinstance(expected, list) else "object"
    match rule.kind:
        case Kind.TYPE:
            return good if cascaded else _size(expected, rule.least or 0, rule.most, what)
        case Kind.EQUALITY:
            same = equals(expected)

            def equal(actual: Any) -> Found:
                if same(actual):
                    return GOOD
                return (Difference(lambda wanted, came: f"is {told(came)}, not {told(wanted)}", expected, actual),)

            return equal
        case Kind.NOT_EMPTY:
            return lambda actual: GOOD if actual else (Difference("is empty", expected, actual),)
        case kind if kind in (_OF_LISTS if what == "list" else _OF_BOTH):
            return good
        case kind:
            sentence = f"is a{'n' if what == 'object' else ''} {what}, of which the matcher {kind} can say nothing"
            return lambda actual: (Difference(sentence, expected, actual),)


def _size(expected: Any, least: int, most: int | None, what: str) -> Check:
    if not least and most is None:
        return good

    def check(actual: Any) -> Found:
        size = len(actual)
        if size < least:
            return (Difference(f"has {_counted(size, what)}, at least {least} promised", expected, actual),)
        if most is not None and size > most:
            return (Difference(f"has {_counted(size, what)}, at most {most} promised", expected, actual),)
        return GOOD

    return check


def _counted(size: int, what: str) -> str:
    noun = "element" if what == "list" else "key"
    return f"{size} {noun}{'' if size == 1 else 's'}"
