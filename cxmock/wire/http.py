"""HTTP/1.1 messages. They keep their head as it came and decode headers, query and body only when somebody looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, unquote_plus, urlencode

import msgspec

_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode


def to_json(data: object) -> bytes:
    """Encode ``data`` as compact JSON.

    >>> to_json({"a": [1, None]})
    b'{"a":[1,null]}'
    """
    return _encode_json(data)


def from_json(data: bytes | str) -> Any:
    """Decode JSON.

    Raises:
        ValueError: the bytes are not JSON.
    """
    try:
        return _decode_json(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


class _Message:
    """What requests and responses share: headers and a body."""

    __slots__ = ("_headers", "body", "raw_headers")

    def __init__(self, raw_headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.raw_headers = raw_headers
        self.body = body
        self._headers: dict[str, str] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Headers by lower-case name; repeated ones are joined by ``, ``."""
        headers = self._headers
        if headers is None:
            raw = self.raw_headers
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
            if len(headers) != len(raw):
                headers = _joined(raw)
            self._headers = headers
        return headers

    @property
    def content_type(self) -> str:
        """The media type without its parameters, lower-case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as UTF-8; what cannot be decoded is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Decode the body as JSON.

        Raises:
            ValueError: the body is not JSON.
        """
        return from_json(self.body)

    def _body_facts(self) -> Any:
        """Return the body as JSON where it is JSON, as text where it is text, else its size."""
        if not self.body:
            return None
        if self.content_type.endswith("json"):
            try:
                return self.json()
            except ValueError:
                return self.text
        if self.content_type.startswith("text/") or self.content_type == "application/x-www-form-urlencoded":
            return self.text
        return {"bytes": len(self.body)}


class Request(_Message):
    """An HTTP request.

    >>> request = Request("GET", "/objects/campaigns?name=a%20b&dbid:int=101")
    >>> request.path, request.query
    ('/objects/campaigns', {'name': ['a b'], 'dbid:int': ['101']})
    """

    __slots__ = ("_path", "_query", "method", "params", "peer", "secure", "target")

    def __init__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | list[tuple[bytes, bytes]] | None = None,
        body: bytes = b"",
        *,
        peer: str = "",
        secure: bool = False,
    ) -> None:
        super().__init__(_raw(headers), body)
        self.method = method
        self.target = target
        self.peer = peer
        self.secure = secure
        self.params: dict[str, str] = {}
        """The holes of the route that matched, filled in by :class:`cxmock.serving.Routes`."""
        self._path: str | None = None
        self._query: dict[str, list[str]] | None = None

    @property
    def path(self) -> str:
        """The path, percent-decoded, without the query."""
        if self._path is None:
            target = self.target
            if not target.startswith("/") and "://" in target:
                target = "/" + target.split("://", 1)[1].partition("/")[2]
            self._path = unquote(target.partition("?")[0])
        return self._path

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name, in order."""
        if self._query is None:
            self._query = {}
            for name, value in _fields(self.target.partition("?")[2]):
                self._query.setdefault(name, []).append(value)
        return self._query

    def one(self, name: str, default: str = "") -> str:
        """Return the first value of query parameter ``name``."""
        return self.query.get(name, [default])[0]

    def form(self) -> dict[str, str]:
        """Return the body's form fields; of a repeated one, the last."""
        return dict(_fields(self.text))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies sent, by name."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, equals, value in pairs if equals}

    @property
    def source(self) -> str:
        """Who asks, by the product name in ``User-Agent``: ``cxc-amark-ui/9.0`` is ``cxc-amark-ui``."""
        return self.headers.get("user-agent", "").partition("/")[0].partition(" ")[0]

    def facts(self) -> dict[str, Any]:
        """Return the request as the JSON that contracts and reports use."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": self._body_facts(),
        }

    def encode(self, host: str) -> bytes:
        """Return the bytes to send to ``host``.

        Raises:
            ValueError: the target holds a blank or anything else that a request line cannot carry.
        """
        if not _TARGET(self.target):
            raise ValueError(f"the target {self.target[:80]!r} has to be percent-encoded")
        lines = [f"{self.method} {self.target} HTTP/1.1\r\nHost: {host}\r\n".encode("latin-1")]
        lines += [b"%b: %b\r\n" % pair for pair in self.raw_headers]
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(b"Content-Length: %d\r\n" % len(self.body))
        return b"".join([*lines, b"\r\n", self.body])


class Response(_Message):
    """An HTTP response.

    >>> Response.of({"ok": True}, status=201).encode()
    b'HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\nContent-Length: 11\\r\\n\\r\\n{"ok":true}'
    """

    __slots__ = ("status",)

    def __init__(
        self,
        status: int = 200,
        headers: Mapping[str, str] | list[tuple[bytes, bytes]] | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(_raw(headers), body)
        self.status = status

    @classmethod
    def of(cls, data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Return a JSON response."""
        raw = [(b"Content-Type", b"application/json"), *_raw(headers)]
        return cls(status, raw, _encode_json(data))

    @classmethod
    def plain(cls, text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Response:
        """Return a text response."""
        return cls(status, {"Content-Type": content_type}, text.encode())

    def facts(self) -> dict[str, Any]:
        """Return the response as the JSON that contracts and reports use."""
        return {"status": self.status, "headers": self.headers, "body": self._body_facts()}

    def encode(self, *, head_only: bool = False, close: bool = False) -> bytes:
        """Return the bytes to send."""
        parts = [_status_line(self.status)]
        parts += [b"%b: %b\r\n" % pair for pair in self.raw_headers]
        if close:
            parts.append(b"Connection: close\r\n")
        if self.status >= 200 and self.status not in (204, 304):
            parts.append(b"Content-Length: %d\r\n" % len(self.body))
        parts.append(b"\r\n")
        if not head_only and self.status not in (204, 304):
            parts.append(self.body)
        return b"".join(parts)


def form_body(fields: Mapping[str, str]) -> bytes:
    """Encode ``fields`` as a form.

    >>> form_body({"grant_type": "password", "username": "a b"})
    b'grant_type=password&username=a+b'
    """
    return urlencode(fields).encode()


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of a query or a form; a name without ``=`` has an empty value."""
    plain = "%" not in text and "+" not in text
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            yield (name, value) if plain else (unquote_plus(name), unquote_plus(value))


def _joined(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in raw:
        values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ", ".join(several) for name, several in values.items()}


def _raw(headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] | None) -> list[tuple[bytes, bytes]]:
    """Return headers as they go on the wire.

    Raises:
        ValueError: a name or a value would break its line.
    """
    if not headers:
        return []
    if isinstance(headers, list):
        return headers
    if not isinstance(headers, Mapping):
        return list(headers)
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    for name, value in raw:
        if _BREAKING(name) or _BREAKING(value):
            raise ValueError(f"the header {name!r} would break its line: {value[:80]!r}")
    return raw


_TARGET = re.compile(r"[!-~]+").fullmatch
_BREAKING = re.compile(rb"[\r\n\0]").search


_STATUS_LINES: dict[int, bytes] = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}


def _status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or f"HTTP/1.1 {status} Status\r\n".encode()
