"""Differences between what was promised and what came, put into words only when somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.contracts import places
from cxmock.contracts.verdicts import Mismatch
from cxmock.wire.http import to_json

SHOWN = 120
"""Characters of a value that a sentence shows."""

Say = Callable[[Any, Any], str]
"""Makes the sentence of the expected and the actual value."""


@dataclass(slots=True)
class Difference:
    """One difference. Those inside objects and lists are told by the innermost; each level adds its own step."""

    say: Say | str
    expected: Any
    actual: Any
    steps: tuple[str | int, ...] = ()
    """From the value that was checked to the place of the difference."""

    def at(self, step: str | int) -> Difference:
        """Return it as seen from one level further out."""
        return Difference(self.say, self.expected, self.actual, (step, *self.steps))

    def mismatch(self, kind: str, place: str | None = None) -> Mismatch:
        """Return it in words. ``place`` is a name; without it, the JSONPath of the steps."""
        text = self.say if isinstance(self.say, str) else self.say(self.expected, self.actual)
        where = places.write(self.steps) if place is None else place
        return Mismatch(kind, where, text, show(self.expected), show(self.actual))


Found = Sequence[Difference]
"""What a check finds: empty when all is as promised."""
Check = Callable[[Any], Found]
"""Holds a value against what was promised of it."""

GOOD: Found = ()

UNPROMISED = "is not promised"
"""What is said of something that came beside what was promised."""


class Absent:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = Absent()


def show(value: Any) -> str:
    """Return a value for people: text as it is, all else as JSON; long ones are cut.

    >>> show("a"), show({"a": None}), show(ABSENT)
    ('a', '{"a":null}', 'nothing')
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, Absent):
        text = "nothing"
    elif isinstance(value, bytes):
        text = f"{len(value)} bytes"
    else:
        text = to_json(value).decode()
    if len(text) > SHOWN:
        text = f"{text[: SHOWN - 4]} ..."
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def told(value: Any) -> str:
    """Return a value with its type, as sentences tell it.

    >>> told("a"), told(3), told([1]), told(None)
    ('"a" (text)', '3 (whole number)', '[1] (list)', 'null')
    """
    if value is None or isinstance(value, Absent):
        return "null" if value is None else "nothing"
    shown = show(value)
    return f'"{shown}" (text)' if isinstance(value, str) else f"{shown} ({type_name(value)})"


def type_name(value: Any) -> str:
    """Return the name of a JSON value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if is_whole(value):
        return "whole number"
    if isinstance(value, (int, float)):
        return "number with a fraction"
    return _NAMES.get(type(value), type(value).__name__)


_NAMES: dict[type, str] = {str: "text", list: "list", dict: "object", bytes: "bytes"}


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number of JSON that fits 64 bits; larger ones are read as fractions, as Pact does."""
    return type(value) is int and -(2**63) <= value < 2**64
