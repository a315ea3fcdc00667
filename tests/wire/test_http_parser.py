"""What is an HTTP request and what is none; no peer can slip one past, or make us keep more than is bounded."""

from __future__ import annotations

import re
import tracemalloc
from typing import Any

import h11
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from cxmock.wire.http_parser import BODY_LIMIT, HEAD_LIMIT, Malformed, RequestParser, ResponseParser

HOST = b"Host: gws\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

Told = list[tuple[str, str, bytes, bool]]


def told(parser: RequestParser, *pieces: bytes) -> Told:
    """Feed ``pieces`` and return method, target, body and keep of each request."""
    return [
        (request.method, request.target, request.body, keep) for piece in pieces for request, keep in parser.feed(piece)
    ]


def refused(*pieces: bytes) -> tuple[int, str]:
    """Feed ``pieces``, of which nothing is to be accepted; return status and reason."""
    parser = RequestParser()
    assert told(parser, *pieces) == []
    assert parser.malformed is not None
    return parser.malformed.status, str(parser.malformed)


@pytest.mark.parametrize(
    ("data", "requests"),
    [
        (b"GET /a?b=c HTTP/1.1\r\n" + HOST + b"\r\n", [("GET", "/a?b=c", b"", True)]),
        (b"\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n", [("GET", "/", b"", True)]),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", [("OPTIONS", "*", b"", True)]),
        (b"GET http://gws/a HTTP/1.1\r\n" + HOST + b"\r\n", [("GET", "http://gws/a", b"", True)]),
        (b"GET / HTTP/1.0\r\n\r\n", [("GET", "/", b"", False)]),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", [("GET", "/", b"", True)]),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", [("GET", "/", b"", False)]),
        (b"PROPFIND / HTTP/1.1\r\n" + HOST + b"\r\n", [("PROPFIND", "/", b"", True)]),
        (POST + b"Content-Length: 3\r\n\r\nabc", [("POST", "/", b"abc", True)]),
        (POST + b"\r\n", [("POST", "/", b"", True)]),
        (CHUNKED + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", [("POST", "/", b"abcde", True)]),
    ],
)
def test_a_request_is_read(data: bytes, requests: Told) -> None:
    """Whole, byte by byte, and followed by another one."""
    assert told(RequestParser(), data) == requests
    assert told(RequestParser(), *(data[at : at + 1] for at in range(len(data)))) == requests
    if requests[0][3]:
        assert told(RequestParser(), data + data) == requests + requests


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"GET / HTTP/1.1\nHost: gws\n\n", 400, "Expected CRLF after version"),
        (b"GET / HTTP/1.1\r\nHost: gws\nX: y\r\n\r\n", 400, "Missing expected CR after header value"),
        (b"GET / HTTP/1.1\r\nHost: gws\rX: y\r\n\r\n", 400, "Missing expected LF after header value"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400, "Unexpected whitespace after header value"),
        (b"GET / HTTP/1.1\r\nHost : gws\r\n\r\n", 400, "Invalid header token"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: \0\r\n\r\n", 400, "Invalid header value char"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "A request has one Host header."),
        (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400, "A request has one Host header."),
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 505, "Speak HTTP/1.1."),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "Speak HTTP/1.1."),
        (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400, "Expected HTTP/, RTSP/ or ICE/"),
        (b"CONNECT gws:443 HTTP/1.1\r\n" + HOST + b"\r\n", 501, "CONNECT is not served."),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "Invalid method encountered"),
        (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, "Duplicate Content-Length"),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 400, "Duplicate Content-Length"),
        (POST + b"Content-Length: 1, 1\r\n\r\nx", 400, "Invalid character in Content-Length"),
        (POST + b"Content-Length: +1\r\n\r\nx", 400, "Invalid character in Content-Length"),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\n", 400, "Content-Length overflow"),
        (
            POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "Transfer-Encoding can't be present with Content-Length",
        ),
        (
            POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            400,
            "Content-Length can't be present with Transfer-Encoding",
        ),
        (
            POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            501,
            "The only Transfer-Encoding here is chunked.",
        ),
        (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400, "Request has invalid `Transfer-Encoding`"),
        (CHUNKED + b"3\nabc\n0\n\n", 400, "Missing expected CR after chunk size"),
        (CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", 400, "Expected LF after chunk data"),
        (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", 400, "Invalid character in chunk size"),
        (CHUNKED + b"fffffffffffffffff\r\n", 400, "Chunk size overflow"),
    ],
)
def test_what_is_no_request_is_refused_with_a_reason(data: bytes, status: int, reason: str) -> None:
    """Whole, and byte by byte; and nothing is read after it."""
    assert refused(data) == (status, reason)
    assert refused(*(data[at : at + 1] for at in range(len(data)))) == (status, reason)
    assert refused(data, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") == (status, reason)


def test_what_came_before_an_error_counts() -> None:
    """The error is told after it."""
    parser = RequestParser()
    assert told(parser, POST + b"Content-Length: 1\r\n\r\nxGARBAGE") == [("POST", "/", b"x", True)]
    assert str(parser.malformed) == "Invalid method encountered"


@pytest.mark.parametrize(
    "wish",
    [b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", b"Upgrade: websocket\r\nConnection: upgrade\r\n"],
)
@pytest.mark.parametrize("split", [False, True])
def test_a_wish_to_upgrade_costs_no_body_and_no_request(wish: bytes, split: bool) -> None:
    """Java's HttpClient wishes for HTTP/2 with its first request, whatever that is."""
    sized = POST + wish + b"Content-Length: 3\r\n\r\nabc"
    chunked = POST + wish + b"Transfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n"
    plain = b"GET /next HTTP/1.1\r\n" + HOST + wish + b"\r\n"
    data = sized + chunked + plain
    pieces = [data[at : at + 1] for at in range(len(data))] if split else [data]
    parser = RequestParser()
    assert told(parser, *pieces) == [
        ("POST", "/", b"abc", True),
        ("POST", "/", b"def", True),
        ("GET", "/next", b"", True),
    ]
    assert parser.malformed is None
    assert not parser.under_way


def test_trailers_are_no_headers() -> None:
    """A header that comes after the body could contradict those before it."""
    [(request, keep)] = RequestParser().feed(CHUNKED + b"1\r\na\r\n0\r\nX-Late: 1\r\nHost: other\r\n\r\n")
    assert request.headers == {"host": "gws", "transfer-encoding": "chunked"}
    assert keep


def test_a_client_that_waits_for_100_is_known_once_the_head_is_complete() -> None:
    """Not before, and not once the body has begun."""
    parser = RequestParser()
    head = POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n"
    told(parser, head)
    assert not parser.awaits_continue
    told(parser, b"\r\n")
    assert parser.awaits_continue
    assert told(parser, b"ab") == [("POST", "/", b"ab", True)]
    assert not parser.awaits_continue
    told(parser, head + b"\r\na")
    assert not parser.awaits_continue
    told(parser, b"b" + head + b"\r\n")
    assert parser.awaits_continue


# Bounds.


def test_a_body_over_the_limit_is_refused_before_it_comes() -> None:
    """By its Content-Length; a chunked one as soon as it is over."""
    assert refused(POST + b"Content-Length: %d\r\n\r\n" % (BODY_LIMIT + 1)) == (
        413,
        f"The body is over {BODY_LIMIT} bytes.",
    )
    parser = RequestParser(body_limit=5)
    assert told(parser, CHUNKED + b"5\r\nabcde\r\n0\r\n\r\n") == [("POST", "/", b"abcde", True)]
    assert told(parser, CHUNKED + b"5\r\nabcde\r\n1\r\nf\r\n") == []
    assert (parser.malformed and parser.malformed.status) == 413


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * HEAD_LIMIT + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * HEAD_LIMIT + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"a" * HEAD_LIMIT + b": x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"a: b\r\n" * (HEAD_LIMIT // 6) + b"\r\n",
    ],
    ids=["target", "value", "name", "many"],
)
@pytest.mark.parametrize("size", [1 << 20, 1000])
def test_a_head_over_the_limit_is_refused(head: bytes, size: int) -> None:
    """However it is cut."""
    pieces = [head[at : at + size] for at in range(0, len(head), size)]
    assert refused(*pieces) == (431, f"The head is over {HEAD_LIMIT} bytes.")


@pytest.mark.parametrize("size", [1 << 20, 1000])
def test_a_head_just_under_the_limit_is_read(size: int) -> None:
    """Also when it stands between others, in one piece with them."""
    head = b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * (HEAD_LIMIT - 100) + b"\r\n\r\n"
    data = head * 5
    parser = RequestParser()
    assert len(told(parser, *(data[at : at + size] for at in range(0, len(data), size)))) == 5
    assert parser.malformed is None


def test_nothing_that_never_ends_is_kept() -> None:
    """A header, chunk extensions or trailers without end are refused, and cost no memory to speak of."""
    endless = {
        b"GET / HTTP/1.1\r\nX: ": 431,
        b"GET / HTTP/1.1\r\n": 431,
        b"GET /": 431,
        CHUNKED + b"1;": 400,
        CHUNKED + b"1\r\na\r\n0\r\nX: ": 400,
    }
    tracemalloc.start()
    try:
        for begin, status in endless.items():
            parser = RequestParser()
            parser.feed(begin)
            for _ in range(100):
                parser.feed(b"a" * 10_000)
            assert parser.malformed is not None
            assert parser.malformed.status == status
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_a_body_of_tiny_chunks_costs_little_more_than_itself() -> None:
    """A hundred thousand chunks of a byte."""
    parser = RequestParser()
    tracemalloc.start()
    try:
        for piece in [CHUNKED, *[b"1\r\na\r\n" * 1000] * 100]:
            assert parser.feed(piece) == []
        [(request, _)] = parser.feed(b"0\r\n\r\n")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert request.body == b"a" * 100_000
    assert peak < 1_000_000


# Against h11, written by others to the same standard.

NAMES = st.sampled_from(
    [b"X", b"Accept", b"Content-Type", b"Connection", b"Expect", b"User-Agent", b"host", b"Upgrade"]
)
VALUES = st.sampled_from(
    [b"", b"a", b"close", b"keep-alive", b"100-continue", b"a, b", b"  a  ", b"\xe9", b"\t", b"h2c"]
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Return bytes that are a request, or nearly one."""
    body = draw(st.binary(max_size=20))
    method = draw(st.sampled_from([b"GET", b"POST", b"PUT", b"HEAD", b"DELETE"]))
    target = draw(st.sampled_from([b"/", b"/a?b=c", b"*", b"http://gws/a", b"/%20", b"a"]))
    headers = [HOST.strip()] + [b"%b:%b" % pair for pair in draw(st.lists(st.tuples(NAMES, VALUES), max_size=3))]
    framing = draw(st.sampled_from(["none", "length", "length", "chunks", "chunks", "both"]))
    if framing in ("length", "both"):
        headers.append(b"Content-Length: %d" % len(body))
    if framing in ("chunks", "both"):
        headers.append(b"Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%b\r\n" % (len(body), body) for _ in range(2)) if body else b""
        body += b"0\r\n" + draw(st.sampled_from([b"", b"X-Late: 1\r\n"])) + b"\r\n"
    if framing == "none":
        body = b""
    draw(st.randoms()).shuffle(headers)
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0"]))
    return b"%b %b HTTP/%b\r\n" % (method, target, version) + b"\r\n".join([*headers, b"", body])


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Return pieces of one or two requests, perhaps with a few bytes that are wrong."""
    data = bytearray(b"".join(draw(st.lists(requests(), min_size=1, max_size=2))))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        at = draw(st.integers(0, len(data)))
        wrong = draw(st.sampled_from([b"", b"\r", b"\n", b" ", b"\t", b"\0", b":", b"0", b"\x80", b"\r\n", b","]))
        data[at : at + draw(st.integers(0, 1))] = wrong
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=3)))
    return [bytes(data[start:end]) for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


Read = list[tuple[str, str, bytes, list[tuple[bytes, bytes]]]]


def read_by_h11(data: bytes) -> Read:
    """Return what h11 makes of ``data``, up to where it stops."""
    seen: Read = []
    while True:
        # The standard and llhttp allow blank lines before a request and several blanks in its line; h11 does not.
        data = re.sub(rb"^[\r\n]*([A-Z]+) +(\S+) +(HTTP)", rb"\1 \2 \3", data)
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        connection.receive_data(data)
        body = b""
        while not isinstance(told := _next(connection), h11.EndOfMessage):
            if isinstance(told, h11.Request):
                request = told
            elif isinstance(told, h11.Data):
                body += told.data
            else:
                return seen
        seen.append((request.method.decode(), request.target.decode("latin-1"), body, list(request.headers)))
        if connection.their_state is h11.MUST_CLOSE and not _kept_alive(request):
            return seen
        data, _ = connection.trailing_data


def _kept_alive(request: h11.Request) -> bool:
    """Return whether an old client wants to go on: h11 lets none, llhttp and most servers do."""
    wishes = b",".join(value for name, value in request.headers if name == b"connection").lower().split(b",")
    stripped = {one.strip() for one in wishes}
    return request.http_version == b"1.0" and b"keep-alive" in stripped and b"close" not in stripped


def _next(connection: h11.Connection) -> object:
    try:
        return connection.next_event()
    except h11.RemoteProtocolError as error:
        return error


def lowered(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers as h11 tells them, without the wish to upgrade that we drop."""
    return [(name.lower(), value.strip()) for name, value in headers if name.lower() != b"upgrade"]


@settings(max_examples=1000, deadline=None)
@example([b"GET / HTTP/1.0\r\nHost: gws\r\nConnection:keep-alive\r\n\r\nGET / HTTP/1.1\r\nHost: gws\r\n\r\n"])
@given(streams())
def test_what_is_read_is_read_so_by_h11_too(pieces: list[bytes]) -> None:
    """Of any bytes, what we take for a request h11 takes for the same one: nobody can slip a request past either."""
    parser = RequestParser()
    ours: list[Any] = [
        (request.method, request.target, request.body, lowered(request.raw_headers))
        for piece in pieces
        for request, _ in parser.feed(piece)
    ]
    event(f"{len(ours)} requests, {'malformed' if parser.malformed else 'fine'}")
    seen = read_by_h11(b"".join(pieces))
    theirs = [(method, target, body, lowered(headers)) for method, target, body, headers in seen]
    assert ours == theirs[: len(ours)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=5))
def test_no_bytes_are_too_much_for_the_parser(pieces: list[bytes]) -> None:
    """It never raises, and once it has refused it stays so."""
    parser = RequestParser()
    for piece in pieces:
        before = parser.malformed
        done = parser.feed(piece)
        assert before is None or (done == [] and parser.malformed is before)


# Responses.


def test_a_response_is_read_however_it_is_cut() -> None:
    """Interim ones are dropped."""
    data = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
    for size in (1, 7, len(data)):
        parser = ResponseParser()
        done = [one for at in range(0, len(data), size) for one in parser.feed(data[at : at + size])]
        assert [(response.status, response.body, keep) for response, keep in done] == [(201, b"ok", True)]


def test_the_answer_to_head_has_no_body() -> None:
    """Whatever its Content-Length says, and also where it says nothing."""
    for headers in (b"Content-Length: 5\r\n", b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 0\r\n"):
        [(response, _)] = ResponseParser(head=True).feed(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n")
        assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize(
    ("data", "bodies"),
    [
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nhalf", [b"half"]),
        (b"HTTP/1.0 200 OK\r\n\r\nhalf", [b"half"]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf", []),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", []),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le", []),
        (b"", []),
    ],
)
def test_a_response_may_end_with_its_connection_only_where_it_says_no_length(data: bytes, bodies: list[bytes]) -> None:
    """Else it was cut short."""
    parser = ResponseParser()
    assert parser.feed(data) == []
    assert [response.body for response, _ in parser.ended()] == bodies


def test_what_follows_a_response_ends_its_connection() -> None:
    """The response counts, but the next one cannot be trusted."""
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    [(response, keep)] = ResponseParser().feed(good + b"garbage\r\n\r\n")
    assert (response.status, keep) == (200, False)
    parser = ResponseParser()
    assert len(parser.feed(good + b"HTTP/1.1 2")) == 1
    assert parser.under_way


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 140_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_what_is_no_response_is_refused(data: bytes) -> None:
    """With a ValueError."""
    parser = ResponseParser()
    with pytest.raises(Malformed):
        for at in range(0, len(data), 50_000):
            parser.feed(data[at : at + 50_000])


def test_a_response_over_the_limit_is_refused() -> None:
    """A provider is bounded too."""
    with pytest.raises(Malformed, match="The body is over 3 bytes"):
        ResponseParser(body_limit=3).feed(b"HTTP/1.1 200 OK\r\n\r\nhalf")
