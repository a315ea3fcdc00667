"""HTTP messages: what is said of them is what was sent, and nothing in them breaks their frame."""

from __future__ import annotations

from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.http import Request, Response, form_body, from_json, to_json
from cxmock.wire.http_parser import RequestParser, ResponseParser

TOKENS = st.text("abcXYZ09-_", min_size=1, max_size=10)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
HEADERS = st.dictionaries(TOKENS.map(lambda name: "X-" + name), VALUES, max_size=4)


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), st.binary(max_size=50), HEADERS)
def test_a_request_that_is_sent_is_the_one_that_arrives(method: str, body: bytes, headers: dict[str, str]) -> None:
    """Method, target, headers and body."""
    sent = Request(method, "/a%20b?c=d", headers, body)
    [(got, keep)] = RequestParser().feed(sent.encode("gws:443"))
    assert keep
    assert (got.method, got.target, got.body) == (method, "/a%20b?c=d", body)
    assert got.headers["host"] == "gws:443"
    assert [pair for pair in got.raw_headers if pair[0].startswith(b"X-")] == sent.raw_headers


@given(st.sampled_from([200, 201, 404, 409, 500, 599]), st.binary(max_size=50), HEADERS)
def test_a_response_that_is_sent_is_the_one_that_arrives(status: int, body: bytes, headers: dict[str, str]) -> None:
    """Status, headers and body."""
    sent = Response(status, headers, body)
    [(got, keep)] = ResponseParser().feed(sent.encode())
    assert keep
    assert (got.status, got.body) == (status, body)
    assert got.raw_headers[:-1] == sent.raw_headers


@pytest.mark.parametrize("status", [204, 304])
def test_some_responses_have_no_body(status: int) -> None:
    """Neither a body nor a length, whatever they were given."""
    assert Response(status, None, b"body").encode().endswith(b"\r\n\r\n")
    [(got, _)] = ResponseParser().feed(Response(status, None, b"body").encode() + b"")
    assert (got.status, got.body, got.headers) == (status, b"", {})


@given(st.text("ab=&+%20;é ", max_size=30))
def test_a_query_is_read_as_the_standard_library_reads_it(query: str) -> None:
    """And so is a form."""
    expected = parse_qs(query, keep_blank_values=True)
    assert Request("GET", f"/?{query}").query == expected
    form = Request("POST", "/", None, query.encode()).form()
    assert form == dict(parse_qsl(query, keep_blank_values=True))


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_a_form_that_is_sent_is_the_one_that_arrives(fields: dict[str, str]) -> None:
    """With any characters."""
    request = Request("POST", "/?" + urlencode(fields), None, form_body(fields))
    assert request.form() == fields
    assert {name: request.one(name) for name in fields} == fields
    assert request.one("a parameter that nobody sent", "default") == "default"


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b"])
def test_a_header_cannot_break_its_line(text: str) -> None:
    """Neither by its value nor by its name."""
    with pytest.raises(ValueError, match="would break its line"):
        Response(200, {"Location": text})
    with pytest.raises(ValueError, match="would break its line"):
        Request("GET", "/", {text: "x"})


@pytest.mark.parametrize("target", ["/a b", "/a\r\nHost: evil", "/é", "", "/\0"])
def test_a_target_cannot_break_its_line(target: str) -> None:
    """It has to be percent-encoded."""
    with pytest.raises(ValueError, match="has to be percent-encoded"):
        Request("GET", target).encode("gws")


def test_repeated_headers_are_joined() -> None:
    """In their order, whatever their case."""
    request = Request("GET", "/", [(b"X-A", b"1"), (b"b", b"2"), (b"x-a", b"3")])
    assert request.headers == {"x-a": "1, 3", "b": "2"}


def test_a_request_tells_its_facts() -> None:
    """As contracts and reports use them."""
    request = Request(
        "POST",
        "http://gws/a%20b?c=d",
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "cxc-amark-app/9.0", "Cookie": "a=1; b=2; c"},
        b'{"x": 1}',
    )
    assert request.facts() == {
        "method": "POST",
        "path": "/a b",
        "query": {"c": ["d"]},
        "headers": request.headers,
        "body": {"x": 1},
    }
    assert (request.source, request.cookies) == ("cxc-amark-app", {"a": "1", "b": "2"})


@pytest.mark.parametrize(
    ("content_type", "body", "fact"),
    [
        ("application/json", b"{", "{"),
        ("application/problem+json", b"[1]", [1]),
        ("text/plain", b"a\xff", "a\ufffd"),
        ("application/x-www-form-urlencoded", b"a=b", "a=b"),
        ("application/octet-stream", b"\0\1", {"bytes": 2}),
        ("", b"", None),
    ],
)
def test_a_body_is_told_as_what_it_is(content_type: str, body: bytes, fact: object) -> None:
    """JSON as data, text as text, anything else by its size."""
    assert Response(200, {"Content-Type": content_type}, body).facts()["body"] == fact


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"', b"1" * 5000])
def test_what_is_not_json_is_a_value_error(data: bytes) -> None:
    """Also what is nested without end."""
    with pytest.raises(ValueError, match=r"."):
        from_json(data)


@given(st.recursive(st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_json_that_is_written_is_read_again(data: object) -> None:
    """As it was."""
    assert from_json(to_json(data)) == data
