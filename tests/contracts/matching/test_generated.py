"""Values that a provider state gives: filled in where they are known, else whatever fits will do."""

from __future__ import annotations

from typing import Any

import msgspec

from cxmock.contracts.matching import (
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import HttpRequest, HttpResponse, Message
from cxmock.wire.http import Request, Response

FROM_STATE = {"type": "ProviderState", "expression": "${id}"}

PROMISED = msgspec.convert(
    {
        "method": "GET",
        "path": "/users/7",
        "query": {"for": ["7"]},
        "headers": {"Authorization": ["Bearer x"]},
        "generators": {
            "path": {"type": "ProviderState", "expression": "/users/${id}"},
            "query": {"for": FROM_STATE},
            "header": {"authorization": {"type": "ProviderState", "expression": "Bearer ${token}"}},
        },
    },
    HttpRequest,
)


def asked(identity: str, token: str) -> SeenRequest:
    return SeenRequest.of(Request("GET", f"/users/{identity}?for={identity}", {"authorization": f"Bearer {token}"}))


def test_whatever_fits_the_expression_will_do_where_the_values_are_not_known() -> None:
    request = compile_request(PROMISED)

    assert request.path is None
    assert request.mismatches(asked("4711", "T-9")) == ()
    assert {one.kind for one in request.mismatches(SeenRequest.of(Request("GET", "/users/1/2?for=1")))} == {
        "path",
        "request header",
    }


def test_the_values_themselves_are_wanted_where_they_are_known() -> None:
    request = compile_request(PROMISED, {"id": 4711, "token": "T-9"})

    assert request.path == "/users/4711"
    assert request.mismatches(asked("4711", "T-9")) == ()
    assert [str(one) for one in request.mismatches(asked("7", "x"))] == [
        'path: is "/users/7", not "/users/4711"',
        'query for: is "7", not "4711"',
        'request header authorization: is "Bearer x", not "Bearer T-9"',
    ]


def body(value: Any, *, rules: dict[str, Any] | None = None) -> HttpResponse:
    promised = {
        "body": {"content": {"id": value}, "contentType": "application/json"},
        "generators": {"body": {"$.id": FROM_STATE}},
        "matchingRules": {"body": rules or {}},
    }
    return msgspec.convert(promised, HttpResponse)


def test_in_a_body_the_type_counts_where_the_values_are_not_known() -> None:
    response = compile_response(body(7))

    assert response.fits(SeenResponse.of(Response.of({"id": 4711})))
    assert not response.fits(SeenResponse.of(Response.of({"id": "4711"})))


def test_in_a_body_the_value_is_put_in_with_its_type() -> None:
    response = compile_response(body(7), {"id": 4711})

    assert response.fits(SeenResponse.of(Response.of({"id": 4711})))
    assert not response.fits(SeenResponse.of(Response.of({"id": 7})))


def test_a_rule_of_the_place_itself_is_stronger_than_what_generates_it() -> None:
    response = compile_response(body("7", rules={"$.id": {"matchers": [{"match": "regex", "regex": "[a-z]+"}]}}))

    assert response.fits(SeenResponse.of(Response.of({"id": "abc"})))
    assert not response.fits(SeenResponse.of(Response.of({"id": "7"})))


def test_a_value_that_is_made_at_random_may_be_any_of_its_type() -> None:
    promised = msgspec.convert(
        {
            "contents": {"content": {"id": "x"}, "contentType": "application/json"},
            "generators": {"body": {"$.id": {"type": "Uuid"}}},
        },
        Message,
    )

    assert compile_message(promised).fits({"id": "y"})
    assert not compile_message(promised).fits({"id": 1})
