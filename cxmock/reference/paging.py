"""How every list of the API is paged, sorted and filtered, and what its answer tells about that (all of it assumed).

``?offset=20&limit=10&sort=-created,name&name=spring``: the answer's ``data`` has the page, ``paging`` tells ``offset``,
``limit`` and the ``total``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal, envelope
from cxmock.reference.fields import Choice, Field, Flag, Name, Schema, Text, Whole
from cxmock.wire.http import Request, Response

LIMIT = 100
MOST = 1000
"""Of one answer."""
LONGEST = 255
"""Characters of a text that is looked for."""
_OFFSETS = Whole(0, 1_000_000_000)
_LIMITS = Whole(1, MOST)


@dataclass(frozen=True, slots=True)
class Order:
    """A field to sort by."""

    by: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for."""

    offset: int = 0
    limit: int = LIMIT
    order: tuple[Order, ...] = ()
    part: str = ""
    """What a name contains, in large or small letters."""
    having: Mapping[str, Any] = field(default_factory=dict)
    """Fields, and the values that they have."""

    @classmethod
    def of(cls, request: Request, fields: Sequence[Field]) -> Paging:
        """Read the query of a request for a list of objects with ``name`` and these fields.

        Raises:
            Refusal: a parameter is not known or wrong (652).
        """
        filters = {one.name: one for one in fields if is_filter(one)}
        having: dict[str, Any] = {}
        known = ["offset", "limit", "sort", "name", *filters]
        for name in request.query:
            if name not in known:
                raise Refusal(Code.INVALID, f'"{name:.60}" is no parameter of this list.', nearest(name, known))
            if name in filters:
                having[name] = _value(filters[name], request.one(name))
        return cls(
            _whole(request, "offset", 0, _OFFSETS),
            _whole(request, "limit", LIMIT, _LIMITS),
            _order(request.one("sort"), [one.name for one in fields]),
            Text(LONGEST).read("name", request.one("name")),
            having,
        )

    def of_rows(self, rows: Sequence[dict[str, Any]]) -> Response:
        """Return the answer with the part of ``rows`` that is asked for."""
        return self.answer(*self.part_of(rows))

    def part_of(self, rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
        """Return the part of ``rows`` that is asked for, and how many fit; they have ``name`` and the fields."""
        part = self.part.lower()
        found = [
            row
            for row in rows
            if part in str(row["name"]).lower() and all(row.get(name) == value for name, value in self.having.items())
        ]
        for one in reversed(self.order):
            found.sort(key=lambda row, by=one.by: _comparable(row.get(by)), reverse=one.descending)  # type: ignore[misc]
        return found[self.offset : self.offset + self.limit], len(found)

    def answer(self, page: object, total: int) -> Response:
        """Return the answer with a page of a list of ``total``."""
        told = {"offset": self.offset, "limit": self.limit, "total": total}
        return Response.of(envelope(page) | {"paging": told})


def is_filter(one: Field) -> bool:
    """Return whether a list can be filtered by a field: it holds one word, number or flag."""
    return isinstance(one.kind, Choice | Flag | Whole | Name | Text) and one.name not in ("name", "sort")


def parameters(fields: Sequence[Field]) -> dict[str, Schema]:
    """Return the query parameters of a list of objects with these fields, with their schemas."""
    sortable = "|".join(("name", "created", "changed", *(one.name for one in fields)))
    some = f"-?(?:{sortable})"
    return {
        "offset": {**_OFFSETS.schema(), "default": 0, "description": "How many to leave out."},
        "limit": {**_LIMITS.schema(), "default": LIMIT, "description": "How many at most."},
        "sort": {
            "type": "string",
            "pattern": f"^(?:{some}(?:,{some}){{0,7}})?$",
            "description": "Fields to sort by, the first first; with a minus: descending. Else by name.",
        },
        "name": {
            "type": "string",
            "maxLength": LONGEST,
            "description": "What names contain, in large or small letters.",
        },
        **{
            one.name: {**_asked(one.kind.schema()), "description": f"Only those of which this holds: {one.meaning}"}
            for one in fields
            if is_filter(one)
        },
    }


def _asked(schema: Schema) -> Schema:
    """Return the schema of a filter: a text as long as an object may have does not fit into a request's head."""
    return {**schema, "maxLength": min(schema["maxLength"], LONGEST)} if "maxLength" in schema else schema


def _order(text: str, fields: Sequence[str]) -> tuple[Order, ...]:
    known = ["name", "created", "changed", *fields]
    orders = []
    for one in text.split(",") if text else ():
        by = one.removeprefix("-")
        if by not in known:
            raise Refusal(Code.INVALID, f'"sort" has "{by:.60}".', nearest(by, known))
        orders.append(Order(by, one.startswith("-")))
    if len(orders) > 8:
        raise Refusal(Code.INVALID, f'"sort" has {len(orders)} fields.', "At most 8 are possible.")
    return tuple(orders)


def _whole(request: Request, name: str, default: int, kind: Whole) -> int:
    text = request.one(name)
    return kind.read(name, _number(name, text)) if name in request.query else default


def _number(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise Refusal(Code.INVALID, f'"{name}" is to be a whole number, not "{text:.40}".')
    return int(text)


def _value(one: Field, text: str) -> Any:
    """Return what a query says of a field, as its values are."""
    if isinstance(one.kind, Flag):
        if text not in ("true", "false"):
            raise Refusal(Code.INVALID, f'"{one.name}" is to be true or false, not "{text:.40}".')
        return text == "true"
    return one.kind.read(one.name, _number(one.name, text) if isinstance(one.kind, Whole) else text)


def _comparable(value: Any) -> tuple[int, Any]:
    """Return what sorts values of any kind: nothing first, numbers, then text."""
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return 2, str(value)
