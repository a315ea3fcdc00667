"""Content types: reading them, telling whether two are the same, and telling what bytes are by how they begin."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cxmock.wire.http import to_json

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/x-flac"),
)
_XML = re.compile(r"\s*<\?xml\s*version")
_ELEMENT = re.compile(r"\s*<\w+")
_HTML = re.compile(r"\s*(?:<!DOCTYPE|<HTML>)")
_JSON = re.compile(r'\s*(?:true|false|null|[0-9]+|"\w*|\{\s*(?:\}|"\w+)|\[\s*)')
_HEAD = 32
"""Bytes that are looked at to tell what kind of text something is."""


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type, such as ``application/hal+json; charset=utf-8``."""

    main: str
    sub: str
    suffix: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_json(self) -> bool:
        """Whether it is JSON of some kind."""
        return self.main == "application" and (
            self.sub.startswith("json") or self.suffix == "json" or self.sub == "graphql"
        )

    @property
    def is_xml(self) -> bool:
        """Whether it is XML of some kind."""
        return self.main in ("application", "text") and "xml" in (self.sub, self.suffix)

    @property
    def is_form(self) -> bool:
        """Whether it is a form."""
        return self.main == "application" and self.sub == "x-www-form-urlencoded"

    @property
    def is_binary(self) -> bool:
        """Whether it is neither text nor anything that is written as text."""
        return self.main != "text" and not (self.is_json or self.is_xml or self.is_form)

    def takes(self, other: ContentType) -> bool:
        """Whether content of type ``other`` will do where this one is promised: parameters count if promised."""
        if self.is_xml and not self.suffix and other.is_xml and not other.suffix:
            return not self.parameters or self.parameters == other.parameters
        if not self.parameters:
            return (self.main, self.sub) in ((other.main, other.sub), (other.main, other.suffix or other.sub))
        return self == other

    def __str__(self) -> str:
        base = f"{self.main}/{self.sub}" + (f"+{self.suffix}" if self.suffix else "")
        return ";".join([base, *(f"{name}={value}" for name, value in self.parameters)])


@lru_cache(maxsize=256)
def parse(text: str) -> ContentType | None:
    """Return a content type; None when ``text`` is none.

    >>> str(parse("Application/HAL+json; Charset=UTF-8"))
    'application/hal+json;charset=utf-8'
    """
    base, *rest = text.split(";")
    main, slash, sub = base.strip().lower().partition("/")
    if not slash or not main or not sub or " " in base.strip():
        return None
    sub, _, suffix = sub.rpartition("+") if "+" in sub else (sub, "", "")
    parameters = []
    for part in rest:
        name, equals, value = part.strip().partition("=")
        if equals:
            name, value = name.lower(), value.strip('"')
            parameters.append((name, value.lower() if name == "charset" else value))
    return ContentType(main, sub, suffix, tuple(sorted(parameters)))


def is_any(kind: ContentType) -> bool:
    """Whether a content type says nothing: ``*/*``."""
    return "*" in (kind.main, kind.sub)


def kind_of(data: bytes) -> str:
    """Return the content type of ``data`` by its first bytes.

    >>> kind_of(b"GIF89a"), kind_of(b'{"a": 1}'), kind_of(b"<a/>"), kind_of(b"hello")
    ('image/gif', 'application/json', 'application/xml', 'text/plain')
    """
    for begin, name in _MAGIC:
        if data.startswith(begin):
            return name
    if data.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/x-wav"}.get(data[8:12], "application/octet-stream")
    try:
        data.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return kind_of_text(data)


def kind_of_text(data: bytes) -> str:
    """Return what kind of text ``data`` is."""
    text = data[:_HEAD].decode("utf-8", "ignore")
    if _XML.match(text):
        return "application/xml"
    if _HTML.match(text.upper()):
        return "text/html"
    if _ELEMENT.match(text):
        return "application/xml"
    return "application/json" if _JSON.match(text) else "text/plain"


def is_of(data: bytes, content_type: str) -> bool:
    """Whether ``data`` is of a content type."""
    return kind_of(data) == content_type


def of_json(value: Any) -> bytes:
    """Return the bytes that a JSON value stands for: text is base64 where it can be."""
    if not isinstance(value, str):
        return to_json(value)
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return value.encode()
