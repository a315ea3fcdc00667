"""HTTP/1.1 bytes to messages, by llhttp, under limits of our own.

What the parsers hold to:

- llhttp is strict: no bare LF, no folded header, no blank before a colon, one Content-Length, and never beside a
  Transfer-Encoding.
- On top of that, a request has one Host (in HTTP/1.1), and no coding but ``chunked``.
- What a peer sends is bounded: a head, a body, and what chunks and trailers add to a body. Trailers are dropped.
- A wish to upgrade is not granted (RFC 9110, 7.8): the body belongs to its request, and the next request follows.
- What was complete before an error counts; the error comes after it.
"""

from __future__ import annotations

from typing import Any

import httptools

from cxmock.wire.http import Request, Response

HEAD_LIMIT = 64 * 1024
"""Bytes of request or status line and headers that are accepted: 64 KiB."""
BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of body that are accepted: 64 MiB."""
FRAMING_LIMIT = 16
"""Bytes of framing that are accepted for a byte of body, beyond HEAD_LIMIT; a chunk of one byte has five."""

Headers = list[tuple[bytes, bytes]]


class Malformed(ValueError):
    """What came is not HTTP/1, or is over a limit. ``status`` is the answer to give."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class RequestParser:
    """Bytes to requests. Feed it what arrives; it returns each complete request with whether to keep the connection.

    >>> parser = RequestParser()
    >>> done = parser.feed(b"GET /a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET /b HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET/")
    >>> [(request.method, request.path) for request, keep in done], parser.malformed
    ([('GET', '/a'), ('GET', '/b')], Malformed('Expected space after method'))

    Args:
        peer: who sends, for :attr:`Request.peer`.
        secure: whether it comes encrypted.
        body_limit: bytes of body that are accepted.
    """

    __slots__ = ("_collector", "awaits_continue", "malformed", "peer", "secure")

    def __init__(self, *, peer: str = "", secure: bool = False, body_limit: int = BODY_LIMIT) -> None:
        self.peer = peer
        self.secure = secure
        self.malformed: Malformed | None = None
        """Why nothing more is read; None while all is well."""
        self.awaits_continue = False
        """Whether the sender of the message under way waits for ``100 Continue``; reset it when that is sent."""
        self._collector = _Requests(self, body_limit)
        self._collector.parser = httptools.HttpRequestParser(self._collector)

    @property
    def under_way(self) -> bool:
        """Whether a message has begun and is not complete."""
        return self._collector.open

    def feed(self, data: bytes) -> list[tuple[Request, bool]]:
        """Take ``data``; return the requests which it completes. Never raises: see :attr:`malformed`."""
        if self.malformed is not None:
            return []
        collector = self._collector
        while True:
            try:
                collector.feed(data)
            except httptools.HttpParserUpgrade as upgrade:
                # llhttp takes what follows for another protocol, even a body: have it read the request again.
                data = collector.head_without_wish() + data[upgrade.args[0] :]
                collector.parser = httptools.HttpRequestParser(collector)
                continue
            except (Malformed, httptools.HttpParserError) as error:
                self.malformed = _cause(error)
            break
        done, collector.complete = collector.complete, []
        return done


class ResponseParser:
    """Bytes to responses, in order; interim ones (100 to 199, but 101) are dropped.

    Args:
        head: whether the responses answer HEAD: they have no body, whatever their headers say.
        body_limit: bytes of body that are accepted.
    """

    __slots__ = ("_collector",)

    def __init__(self, *, head: bool = False, body_limit: int = BODY_LIMIT) -> None:
        self._collector = _Responses(head, body_limit)
        self._collector.parser = httptools.HttpResponseParser(self._collector)

    def feed(self, data: bytes) -> list[tuple[Response, bool]]:
        """Take ``data``; return the responses which it completes, each with whether to keep the connection.

        Raises:
            Malformed: this is not HTTP/1, or a limit is passed.
        """
        collector = self._collector
        try:
            collector.feed(data)
        except httptools.HttpParserUpgrade:
            return [(response, False) for response, _ in collector.take()]
        except (Malformed, httptools.HttpParserError) as error:
            if not collector.complete:
                raise _cause(error) from error
            return [(response, False) for response, _ in collector.take()]
        return collector.take()

    @property
    def head(self) -> bool:
        """Whether the responses answer HEAD."""
        return self._collector.head

    @property
    def under_way(self) -> bool:
        """Whether a message has begun and is not complete."""
        return self._collector.open

    def ended(self) -> list[tuple[Response, bool]]:
        """Tell that the peer closed; return the response whose body that ended, if any."""
        collector = self._collector
        if collector.open and collector.head_complete:
            sized = {name.lower() for name, _ in collector.headers} & {b"content-length", b"transfer-encoding"}
            if not sized:
                collector.on_message_complete()
        return [(response, False) for response, _ in collector.take()]


class _Collector:
    """llhttp's callbacks: they collect one message after another. Subclasses know what to do with a complete one."""

    def __init__(self, body_limit: int) -> None:
        self.body_limit = body_limit
        self.parser: Any = None
        self.chunk = 0
        """Bytes of what is being fed."""
        self.open = False
        """Whether a message has begun and is not complete."""
        self.fed = 0
        """Bytes fed after the chunk in which the message began."""
        self.head_complete = False
        self.looked = False
        """Whether the head was looked at before its body came."""
        self.target = b""
        self.headers: Headers = []
        self.body: bytes | bytearray = b""
        self.size = 0
        """Bytes of body."""

    def feed(self, data: bytes) -> None:
        """Have llhttp parse ``data``."""
        self.chunk = len(data)
        self.parser.feed_data(data)
        if self.open:
            if self.head_complete and not self.looked:
                self.looked = True
                self.before_body()
            self.fed += self.chunk
            if self.fed > HEAD_LIMIT and not self.head_complete:
                raise _head_too_large()
            if self.fed > 2 * HEAD_LIMIT + (FRAMING_LIMIT + 1) * self.size:
                raise Malformed(400, "The body has more framing than content.")

    def before_body(self) -> None:
        """Look at a head whose body is still to come."""

    def on_message_begin(self) -> None:
        self.open = True
        self.fed = -self.chunk
        self.head_complete = self.looked = False
        self.target, self.headers, self.body, self.size = b"", [], b"", 0

    def on_url(self, data: bytes) -> None:
        self.target += data

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.head_complete:  # else it is a trailer
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.head_complete = True
        if max(self.chunk, self.fed) > HEAD_LIMIT // 2:  # else it cannot be too large
            size = sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size + len(self.target) > HEAD_LIMIT:
                raise _head_too_large()

    def on_body(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self.body_limit:
            raise _body_too_large(self.body_limit)
        if not self.body:
            self.body = data
        elif isinstance(self.body, bytes):
            self.body = bytearray(self.body) + data
        else:
            self.body += data


class _Requests(_Collector):
    """Complete messages are requests."""

    def __init__(self, owner: RequestParser, body_limit: int) -> None:
        super().__init__(body_limit)
        self.owner = owner
        self.complete: list[tuple[Request, bool]] = []

    def before_body(self) -> None:
        """Refuse a body that is too large before it comes; see whether its sender waits for a word."""
        for name, value in self.headers:
            key = name.lower()
            if key == b"content-length" and int(value) > self.body_limit:
                raise _body_too_large(self.body_limit)
            if key == b"expect" and value.lower() == b"100-continue" and not self.size:
                self.owner.awaits_continue = True

    def on_message_complete(self) -> None:
        """Keep the request."""
        self.open = False
        owner, parser = self.owner, self.parser
        owner.awaits_continue = False
        method = parser.get_method()
        if method == b"CONNECT":
            raise Malformed(501, "CONNECT is not served.")
        if parser.should_upgrade():
            return
        request = Request(
            _METHODS.get(method) or method.decode("latin-1"),
            self.target.decode("latin-1"),
            self.headers,
            bytes(self.body),
            peer=owner.peer,
            secure=owner.secure,
        )
        keep = parser.should_keep_alive()
        headers = request.headers
        if not keep and parser.get_http_version() not in ("1.0", "1.1"):
            raise Malformed(505, "Speak HTTP/1.1.")
        if headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise Malformed(501, "The only Transfer-Encoding here is chunked.")
        host = headers.get("host")
        if parser.get_http_version() != "1.0" if host is None else ", " in host:
            raise Malformed(400, "A request has one Host header.")
        self.complete.append((request, keep))

    def head_without_wish(self) -> bytes:
        """Return the head of the request that wishes to upgrade, without the wish."""
        parser = self.parser
        lines = [b"%b %b HTTP/%b" % (parser.get_method(), self.target, parser.get_http_version().encode())]
        lines += [b"%b: %b" % pair for pair in self.headers if pair[0].lower() != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])


class _Responses(_Collector):
    """Complete messages are responses."""

    def __init__(self, head: bool, body_limit: int) -> None:
        super().__init__(body_limit)
        self.head = head
        self.complete: list[tuple[Response, bool]] = []

    def on_headers_complete(self) -> None:
        """Complete the answer to HEAD: it has a Content-Length and no body, so do not wait for one."""
        super().on_headers_complete()
        if self.head:
            self.on_message_complete()

    def on_message_complete(self) -> None:
        """Keep the response."""
        if self.open:
            self.open = False
            status = self.parser.get_status_code()
            if status >= 200 or status == 101:
                response = Response(status, self.headers, bytes(self.body))
                self.complete.append((response, self.parser.should_keep_alive()))

    def take(self) -> list[tuple[Response, bool]]:
        """Return what is complete."""
        done, self.complete = self.complete, []
        return done


_METHODS = {name.encode(): name for name in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")}


def _cause(error: Exception) -> Malformed:
    """Return why parsing stopped: an error of ours, perhaps raised in a callback, or one of llhttp's."""
    cause = error if isinstance(error, Malformed) else error.__context__
    if isinstance(cause, Malformed):
        return cause
    return Malformed(505, "Speak HTTP/1.1.") if "PRI" in str(error) else Malformed(400, str(error))


def _head_too_large() -> Malformed:
    return Malformed(431, f"The head is over {HEAD_LIMIT} bytes.")


def _body_too_large(limit: int) -> Malformed:
    return Malformed(413, f"The body is over {limit} bytes.")
