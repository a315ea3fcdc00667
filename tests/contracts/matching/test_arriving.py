"""What arrives is known whole from the wire, and in part from a journal: both are held against the same promises."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts.matching import (
    Content,
    NotComparable,
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import Body, HttpRequest, HttpResponse, Message
from cxmock.wire.http import Request, Response

JSON = "application/json"


def response(body: Any, kind: str = JSON) -> HttpResponse:
    return HttpResponse(body=Body(body, kind))


@pytest.mark.parametrize(
    ("promised", "arrived"),
    [
        (response({"a": [1, None]}), Response.of({"a": [1, None]})),
        (response("hello", "text/plain"), Response.plain("hello")),
        (response("a=1&b=", "application/x-www-form-urlencoded"), None),
        (response("text", JSON), Response.of("text")),
    ],
)
def test_facts_are_as_good_as_the_message_itself(promised: HttpResponse, arrived: Response | None) -> None:
    if arrived is None:
        arrived = Response(200, {"Content-Type": "application/x-www-form-urlencoded"}, b"b=&a=1")
    matcher = compile_response(promised)

    assert matcher.mismatches(SeenResponse.of(arrived)) == ()
    assert matcher.mismatches(SeenResponse.of(arrived.facts())) == ()


def test_json_that_is_none_differs_in_facts_too() -> None:
    arrived = Response(200, {"Content-Type": JSON}, b"{oops")
    matcher = compile_response(response({"a": 1}))

    for seen in (SeenResponse.of(arrived), SeenResponse.of(arrived.facts())):
        assert [one.place for one in matcher.mismatches(seen)] == ["$"]


def test_bytes_of_which_a_journal_keeps_the_size_cannot_be_compared() -> None:
    promised = HttpResponse(body=Body("AAE=", "application/octet-stream", "base64"))
    arrived = Response(200, {"Content-Type": "application/octet-stream"}, b"\0\1")
    matcher = compile_response(promised)

    assert matcher.fits(SeenResponse.of(arrived))
    with pytest.raises(NotComparable, match="only the size of the body is known"):
        matcher.fits(SeenResponse.of(arrived.facts()))


def test_other_bytes_differ() -> None:
    matcher = compile_response(HttpResponse(body=Body("AAE=", "application/octet-stream", "base64")))
    arrived = Response(200, {"Content-Type": "application/octet-stream"}, b"\0\2\3")

    [mismatch] = matcher.mismatches(SeenResponse.of(arrived))

    assert mismatch.text == "is 3 bytes beginning 00 02 03, not the 2 bytes beginning 00 01"


def test_content_is_recognised_by_how_it_begins() -> None:
    promised = msgspec.convert(
        {
            "body": {"content": "R0lGODlh", "contentType": "image/gif", "encoded": "base64"},
            "matchingRules": {"body": {"$": {"matchers": [{"match": "contentType", "value": "image/gif"}]}}},
        },
        HttpResponse,
    )
    matcher = compile_response(promised)

    assert matcher.fits(SeenResponse.of(Response(200, {"Content-Type": "image/gif"}, b"GIF87a...")))
    assert not matcher.fits(SeenResponse.of(Response(200, {"Content-Type": "image/gif"}, b"\x89PNG\r\n\x1a\n")))


def test_multipart_bodies_are_not_compared() -> None:
    matcher = compile_request(HttpRequest("POST", body=Body("--x", "multipart/form-data; boundary=x")))
    arrived = Request("POST", "/", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x")

    with pytest.raises(NotComparable, match="multipart"):
        matcher.fits(SeenRequest.of(arrived))


def test_metadata_of_messages_are_compared() -> None:
    promised = msgspec.convert(
        {
            "contents": {"content": {"a": 1}, "contentType": JSON},
            "metadata": {"topic": "calls", "contentType": "application/json", "key": "k1"},
            "matchingRules": {"metadata": {"key": {"matchers": [{"match": "regex", "regex": "k\\d"}]}}},
        },
        Message,
    )
    matcher = compile_message(promised)

    good = {"topic": "calls", "contentType": "application/json;charset=utf-8", "key": "k7", "more": 1}
    assert matcher.mismatches({"a": 1}, good) == ()
    assert [str(one) for one in matcher.mismatches({"a": 1}, {"topic": "x", "key": "kk"})] == [
        'metadata topic: is "x" (text), not "calls" (text)',
        "metadata contentType: is missing",
        'metadata key: is "kk" (text), which k\\d does not fit',
    ]


@pytest.mark.parametrize("declared", [b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', b"<a" + b">" * 3, b"<a>" * 500])
def test_xml_that_is_dangerous_or_broken_differs(declared: bytes) -> None:
    matcher = compile_message(Message(contents=Body("<a/>", "application/xml")))

    [mismatch] = matcher.mismatches(Content(declared, content_type="application/xml"))

    assert mismatch.text.startswith("is no XML: ")


@given(st.binary(max_size=60), st.sampled_from([JSON, "application/xml", "text/plain", "application/octet-stream", ""]))
def test_whatever_arrives_there_is_a_verdict(data: bytes, kind: str) -> None:
    for promised in (
        Body({"a": 1}, JSON),
        Body("<a/>", "application/xml"),
        Body("a=1", "text/plain"),
        Body("AAE=", "", "base64"),
    ):
        compile_message(Message(contents=promised)).mismatches(Content(data, content_type=kind))
