"""HTTP/1.1: the messages, and their parsing by llhttp under limits of our own.

A message keeps its head as the parser gave it and decodes headers, query and body only when somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import httptools
import msgspec

HEAD_LIMIT = 64 * 1024
"""Bytes of request or status line and headers that are accepted: 64 KiB."""
BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of body that are accepted: 64 MiB."""

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
        if self._headers is None:
            self._headers = {}
            for name, value in self.raw_headers:
                key, text = name.decode("latin-1").lower(), value.decode("latin-1")
                self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text
        return self._headers

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
            self._query = parse_qs(self.target.partition("?")[2], keep_blank_values=True)
        return self._query

    def one(self, name: str, default: str = "") -> str:
        """Return the first value of query parameter ``name``."""
        return self.query.get(name, [default])[0]

    def form(self) -> dict[str, str]:
        """Return the body's form fields; of a repeated one, the last."""
        return {name: values[-1] for name, values in parse_qs(self.text, keep_blank_values=True).items()}

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
        """Return the bytes to send to ``host``."""
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


class MessageTooLarge(ValueError):
    """A head or a body is over its limit. ``status`` is the answer to give."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True)
class _Collector:
    """The parser's callbacks: collect one message after another."""

    body_limit: int
    target: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0
    head: int = 0
    complete: list[tuple[bytes, bytes, list[tuple[bytes, bytes]], bytes, int, bool, bool]] = field(default_factory=list)
    parser: Any = None
    response: bool = False
    head_only: bool = False
    expects: bool = False

    def on_message_begin(self) -> None:
        self.target, self.headers, self.chunks, self.size, self.head = b"", [], [], 0, 0
        self.expects = False

    def on_url(self, data: bytes) -> None:
        self.target += data
        self._grow(len(data))

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))
        if len(name) == 6 and name.lower() == b"expect":
            self.expects = value.lower() == b"100-continue"
        self._grow(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        if self.head_only:  # the answer to HEAD has a Content-Length and no body: do not wait for one
            self.on_message_complete()

    def on_body(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self.body_limit:
            raise MessageTooLarge(413, f"The body is over {self.body_limit} bytes.")
        self.chunks.append(data)

    def on_message_complete(self) -> None:
        method = b"" if self.response else self.parser.get_method()
        status = self.parser.get_status_code() if self.response else 0
        keep = self.parser.should_keep_alive()
        body = self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)
        upgrade = False if self.response else self.parser.should_upgrade()
        self.complete.append((method, self.target, self.headers, body, status, keep, upgrade))

    def _grow(self, size: int) -> None:
        self.head += size
        if self.head > HEAD_LIMIT:
            raise MessageTooLarge(431, f"The head is over {HEAD_LIMIT} bytes.")


class RequestParser:
    """Bytes to requests. Feed it what arrives; it yields each request with whether to keep the connection.

    >>> parser = RequestParser()
    >>> done = parser.feed(b"GET /a HTTP/1.1\\r\\n\\r\\nGET /b HTTP/1.1\\r\\n\\r\\n")
    >>> [(request.method, request.path) for request, keep in done]
    [('GET', '/a'), ('GET', '/b')]
    """

    __slots__ = ("_collector", "_head", "_parser", "peer", "secure")

    def __init__(self, *, peer: str = "", secure: bool = False, body_limit: int = BODY_LIMIT) -> None:
        self._collector = _Collector(body_limit)
        self._parser = self._collector.parser = httptools.HttpRequestParser(self._collector)
        self.peer = peer
        self.secure = secure

    @property
    def expects_continue(self) -> bool:
        """Whether the message under way waits for ``100 Continue``."""
        return self._collector.expects and not self._collector.size

    def feed(self, data: bytes) -> list[tuple[Request, bool]]:
        """Take ``data``; return the requests which it completes.

        Raises:
            MessageTooLarge: a limit is passed.
            ValueError: this is not HTTP/1.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, MessageTooLarge):
                raise error.__context__ from None
            raise ValueError(str(error)) from error
        except httptools.HttpParserError as error:
            raise ValueError(str(error)) from error
        done, self._collector.complete = self._collector.complete, []
        return [
            (
                Request(
                    method.decode("latin-1"),
                    target.decode("latin-1"),
                    headers,
                    body,
                    peer=self.peer,
                    secure=self.secure,
                ),
                keep and not upgrade,
            )
            for method, target, headers, body, _, keep, upgrade in done
        ]


class ResponseParser:
    """Bytes to responses, in order. ``ended`` tells it that the peer closed (a body may end that way).

    Args:
        head: whether the responses answer HEAD: they have no body, whatever their headers say.
        body_limit: bytes of body accepted.
    """

    __slots__ = ("_collector", "_parser")

    def __init__(self, *, head: bool = False, body_limit: int = BODY_LIMIT) -> None:
        self._collector = _Collector(body_limit, response=True, head_only=head)
        self._parser = self._collector.parser = httptools.HttpResponseParser(self._collector)

    def feed(self, data: bytes) -> list[tuple[Response, bool]]:
        """Take ``data``; return the responses which it completes, each with whether to keep the connection.

        Raises:
            ValueError: this is not HTTP/1, or a limit is passed.
        """
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            raise ValueError(str(error.__context__ or error)) from error
        except httptools.HttpParserError as error:
            raise ValueError(str(error)) from error
        return self._take()

    def ended(self) -> list[tuple[Response, bool]]:
        """Tell that the peer closed; return the response whose body that ended, if any."""
        if self._parser.get_status_code() and self._collector.headers and not self._collector.complete:
            sized = {name.lower() for name, _ in self._collector.headers} & {b"content-length", b"transfer-encoding"}
            if not sized:
                self._collector.on_message_complete()
        return [(response, False) for response, _ in self._take()]

    def _take(self) -> list[tuple[Response, bool]]:
        done, self._collector.complete = self._collector.complete, []
        return [
            (Response(status, headers, body), keep)
            for _, _, headers, body, status, keep, _ in done
            if status >= 200 or status == 101
        ]


def _raw(headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] | None) -> list[tuple[bytes, bytes]]:
    if not headers:
        return []
    if isinstance(headers, list):
        return headers
    if isinstance(headers, Mapping):
        return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    return list(headers)


_STATUS_LINES: dict[int, bytes] = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}


def _status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or f"HTTP/1.1 {status} Status\r\n".encode()
