"""Bodies and contents: which check is made of an example follows from its content type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cxmock.contracts.matching import content_types
from cxmock.contracts.matching.binary import check_bytes
from cxmock.contracts.matching.content_types import ContentType
from cxmock.contracts.matching.difference import ABSENT, GOOD, Check, Difference, Found
from cxmock.contracts.matching.json_bodies import check_json
from cxmock.contracts.matching.paths import ROOT
from cxmock.contracts.matching.queries import check_fields
from cxmock.contracts.matching.rules import Kind
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.texts import check_text
from cxmock.contracts.matching.xml_bodies import check_xml
from cxmock.contracts.model import Body
from cxmock.wire.http import from_json, to_json

WAY = (ROOT,)


class Content(Struct, frozen=True):
    """A body as it arrived: its bytes, or what a journal kept of them."""

    data: bytes | None = None
    """The bytes; None where only the facts are known."""
    fact: Any = None
    """Without bytes: JSON decoded, or text, or ``{"bytes": n}`` where nothing else is known; None for no body."""
    content_type: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no body."""
        return not self.data if self.data is not None else self.fact is None

    @property
    def is_opaque(self) -> bool:
        """Whether only the size is known."""
        return self.data is None and _is_size(self.fact) and not self._says_json

    @property
    def _says_json(self) -> bool:
        kind = content_types.parse(self.content_type)
        return kind is not None and kind.is_json

    def kind(self) -> ContentType | None:
        """Return its content type: as it says, else by how it begins."""
        if self.content_type:
            return content_types.parse(self.content_type)
        return None if self.is_empty or self.is_opaque else content_types.parse(content_types.kind_of_text(self.raw()))

    def json(self) -> Any:
        """Return the JSON in it.

        Raises:
            ValueError: it is none.
        """
        if self.data is not None:
            return from_json(self.data)
        if isinstance(self.fact, str) and not self._says_json:
            return from_json(self.fact)
        return self.fact

    def raw(self) -> bytes:
        """Return its bytes; of facts, as they would be."""
        if self.data is not None:
            return self.data
        if self.fact is None:
            return b""
        return self.fact.encode() if isinstance(self.fact, str) else to_json(self.fact)


class NotComparable(Exception):
    """What is known of a body is not enough to compare it."""


BodyCheck = Check
"""Holds a :class:`Content` against an example."""


def check_body(body: Body | None, said: str, table: RuleTable, *, strict: bool) -> BodyCheck | None:
    """Return the check of a body; None where any will do.

    Args:
        body: the example.
        said: the content type that the headers say; empty where they do not.
        table: the rules.
        strict: whether objects may have no other keys than the example's.

    Raises:
        ValueError: the example is not what its content type says.
    """
    if body is None or (body.content is None and body == Body()):
        return None
    if body.content is None or body.content == "":
        return _check_empty
    kind, data = expected_kind(body, said), _bytes(body)
    assert kind is not None
    if kind.is_json:
        inner = _json(body, table, strict)
    elif kind.main == "multipart":
        inner = _not_comparable
    elif kind.is_xml:
        inner = _raw(check_xml(data, table, strict=strict))
    elif kind.is_form:
        inner = _form(check_fields(_fields(data.decode()), table))
    elif kind.is_binary or any(rule.kind is Kind.CONTENT_TYPE for rule in table.reaching(WAY)):
        inner = _raw(check_bytes(data, table.select(WAY)))
    else:
        inner = _text(check_text(data.decode("utf-8", "replace"), table.select(WAY)))

    def check(actual: Content) -> Found:
        if actual.is_empty:
            return (Difference("is missing", body.content, ABSENT),)
        return inner(actual)

    return check


def expected_kind(body: Body | None, said: str) -> ContentType | None:
    """Return the content type that is promised, by word or by how the example begins; None where none is."""
    kind = content_types.parse(said if body is None else body.content_type or said)
    if kind is not None or body is None or body.content in (None, ""):
        return kind
    return content_types.parse(content_types.kind_of_text(_bytes(body)))


def _bytes(body: Body) -> bytes:
    content = body.value()
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else to_json(content)


def _json(body: Body, table: RuleTable, strict: bool) -> BodyCheck:
    content = body.value()
    if isinstance(content, bytes) or (isinstance(content, str) and str(body.encoded).lower() == "json"):
        content = from_json(content)
    inner = check_json(content, table, strict=strict)

    def check(actual: Content) -> Found:
        try:
            document = actual.json()
        except ValueError as error:
            return (Difference(f"is no JSON: {error}", content, actual.raw().decode("utf-8", "replace")),)
        return inner(document)

    return check


def _raw(inner: Check) -> BodyCheck:
    def check(actual: Content) -> Found:
        if actual.is_opaque:
            raise NotComparable("only the size of the body is known")
        return inner(actual.raw())

    return check


def _text(inner: Check) -> BodyCheck:
    def check(actual: Content) -> Found:
        if actual.is_opaque:
            raise NotComparable("only the size of the body is known")
        return inner(actual.raw().decode("utf-8", "replace"))

    return check


def _form(inner: Check) -> BodyCheck:
    def check(actual: Content) -> Found:
        return inner(_fields(actual.raw().decode("utf-8", "replace")))

    return check


def _not_comparable(actual: Content) -> Found:
    raise NotComparable("multipart bodies are not compared")


def _check_empty(actual: Content) -> Found:
    return GOOD if actual.is_empty else (Difference("is there, and none is promised", ABSENT, actual.raw()),)


def _is_size(fact: Any) -> bool:
    return isinstance(fact, Mapping) and fact.keys() == {"bytes"} and type(fact["bytes"]) is int


def _fields(text: str) -> dict[str, list[str]]:
    """Return a form's fields by name."""
    from urllib.parse import parse_qsl

    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields
