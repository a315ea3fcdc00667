"""What a field of the API holds, as data: the check of a request and the schema in the OpenAPI document follow from it.

>>> goal = Field("goal", Whole(1, 99), "Percent to aim at.", default=80)
>>> goal.kind.schema()
{'type': 'integer', 'minimum': 1, 'maximum': 99}
>>> read({"goal": 70}, (goal,)), read({}, (goal,))
({'goal': 70}, {'goal': 80})
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.names import NAME_LIMIT, PATTERN, valid_name

Schema = dict[str, Any]
"""JSON Schema (2020-12), as OpenAPI 3.1 has it."""

TEXT_LIMIT = 1000
WHOLE_LIMIT = 2**53 - 1
"""What every JSON reader can tell exactly."""


class Shape(Protocol):
    """What a value can be."""

    def schema(self) -> Schema:
        """Return the JSON Schema of such values."""

    def read(self, name: str, value: object) -> Any:
        """Return ``value``, which a request has for ``name``, as it is to be kept.

        Raises:
            Refusal: it is of another type or out of range (652).
        """


@dataclass(frozen=True, slots=True)
class Text:
    """Text: printable, tabs and line ends allowed.

    Args:
        most: characters.
        least: characters.
        pattern: a regular expression that all of it has to match, valid for Python and JSON Schema alike.
        check: looks at what no pattern can tell; raises a refusal.
        example: for the OpenAPI document; needed beside ``check``.
    """

    most: int = TEXT_LIMIT
    least: int = 0
    pattern: str = ""
    check: Callable[[str, str], object] | None = None
    example: str = ""

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        schema: Schema = {"type": "string", "maxLength": self.most}
        if self.least:
            schema["minLength"] = self.least
        if self.pattern:
            schema["pattern"] = f"^(?:{self.pattern})$"
        if self.example:
            schema["examples"] = [self.example]
        return schema

    def read(self, name: str, value: object) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise _wrong(name, "text", value)
        if not self.least <= len(value) <= self.most:
            raise Refusal(
                Code.INVALID,
                f'"{name}" has {len(value)} characters.',
                f"From {self.least} to {self.most} are possible.",
            )
        if odd := _ODD.search(value):
            raise Refusal(Code.INVALID, f'"{name}" has {odd[0]!r}.', "No control characters but tabs and line ends.")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise Refusal(Code.INVALID, f'"{name}" is "{value:.60}".', f"It is to match {self.pattern}")
        if self.check is not None:
            self.check(name, value)
        return value


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an object (see :func:`~cxmock.reference.names.valid_name`)."""

    most: int = NAME_LIMIT

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "maxLength": self.most, "pattern": f"^{PATTERN}$", "examples": ["Spring"]}

    def read(self, name: str, value: object) -> str:
        """Return the name."""
        if not isinstance(value, str):
            raise _wrong(name, "text", value)
        if len(value) > self.most:
            raise Refusal(Code.INVALID, f'"{name}" has {len(value)} characters.', f"At most {self.most} are possible.")
        return valid_name(name, value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "string", "enum": list(self.words)}

    def read(self, name: str, value: object) -> str:
        """Return the word."""
        if not isinstance(value, str):
            raise _wrong(name, "text", value)
        if value not in self.words:
            raise Refusal(Code.INVALID, f'"{name}" is "{value:.60}".', nearest(value, list(self.words)))
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range, both ends included."""

    least: int = 0
    most: int = WHOLE_LIMIT

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, name: str, value: object) -> int:
        """Return the number; ``80.0`` is one, as in JSON Schema."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(name, "a whole number", value)
        _in_range(name, value, self.least, self.most)
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, both ends included."""

    least: float
    most: float

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}

    def read(self, name: str, value: object) -> float:
        """Return the number."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _wrong(name, "a number", value)
        _in_range(name, value, self.least, self.most)
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return {"type": "boolean"}

    def read(self, name: str, value: object) -> bool:
        """Return the flag."""
        if not isinstance(value, bool):
            raise _wrong(name, "true or false", value)
        return value


@dataclass(frozen=True, slots=True)
class Several:
    """A list, all of one kind."""

    of: Shape
    most: int = 100
    least: int = 0

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        schema: Schema = {"type": "array", "items": self.of.schema(), "maxItems": self.most}
        return {**schema, "minItems": self.least} if self.least else schema

    def read(self, name: str, value: object) -> list[Any]:
        """Return the list."""
        if not isinstance(value, list):
            raise _wrong(name, "a list", value)
        if not self.least <= len(value) <= self.most:
            raise Refusal(
                Code.INVALID, f'"{name}" has {len(value)}.', f"From {self.least} to {self.most} are possible."
            )
        return [self.of.read(f"{name}[{number}]", one) for number, one in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Record:
    """An object with fields of its own."""

    fields: tuple[Field, ...]

    def schema(self) -> Schema:
        """Return the JSON Schema."""
        return object_schema(self.fields)

    def read(self, name: str, value: object) -> dict[str, Any]:
        """Return the object, whole: what is not given has its default."""
        if not isinstance(value, dict):
            raise _wrong(name, "an object", value)
        return read(value, self.fields, f"{name}.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it can be, what it means, and what holds when it is not given.

    ``null`` is as good as nothing in a request, unless the field is needed.
    """

    name: str
    kind: Shape
    meaning: str
    default: Any = None
    needed: bool = False

    def schema(self) -> Schema:
        """Return the JSON Schema of a request's field."""
        schema = {**self.kind.schema(), "description": self.meaning}
        if self.default is not None:
            schema["default"] = self.default
        return schema if self.needed else or_null(schema)

    def told(self) -> Schema:
        """Return the JSON Schema of an answer's field: null only where there is no default."""
        schema = {**self.kind.schema(), "description": self.meaning}
        return schema if self.needed or self.default is not None else or_null(schema)


def read(data: Mapping[str, Any], fields: Sequence[Field], place: str = "") -> dict[str, Any]:
    """Return the fields of a request, checked, each there: what is not given has its default.

    Args:
        data: what the request has.
        fields: what it may have.
        place: where that is, such as ``columns[3].``, for people.

    Raises:
        Refusal: one is missing (651), is not known, of another type, or out of range (652).
    """
    known = [field.name for field in fields]
    for name in data:
        if name not in known:
            raise Refusal(Code.INVALID, f'"{place}{name:.60}" is not known here.', nearest(name, known))
    found = {}
    for field in fields:
        value = data.get(field.name)
        if value is None or (value == "" and field.needed):
            if field.needed:
                there = ", ".join(f"{one:.40}" for one in data) or "nothing"
                raise Refusal(Code.MISSING, f'"{place}{field.name}" is missing.', f"There is: {there}.")
            found[field.name] = field.default
        else:
            found[field.name] = field.kind.read(place + field.name, value)
    return found


def object_schema(fields: Sequence[Field], *, told: bool = False) -> Schema:
    """Return the JSON Schema of an object: as a request has it, or, ``told``, as an answer has it."""
    schema: Schema = {
        "type": "object",
        "properties": {field.name: field.told() if told else field.schema() for field in fields},
    }
    if needed := [field.name for field in fields if told or field.needed]:
        schema["required"] = needed
    return schema if told else {**schema, "additionalProperties": False}


def or_null(schema: Schema) -> Schema:
    """Return the schema of what may be null, too.

    >>> or_null({"type": "string", "enum": ["a"]})
    {'type': ['string', 'null'], 'enum': ['a', None]}
    """
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable


def _in_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise Refusal(Code.INVALID, f'"{name}" is {value!r:.40}.', f"From {least} to {most} is possible.")


def _wrong(name: str, expected: str, value: object) -> Refusal:
    return Refusal(Code.INVALID, f'"{name}" is to be {expected}, not {value!r:.60}.')


_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
