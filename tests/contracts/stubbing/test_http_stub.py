"""A stub that answers HTTP: the examples of what is promised, and an explanation for all else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cxmock.contracts.model import Contract
from cxmock.contracts.reading import contract_of
from cxmock.contracts.stubbing import http_stub
from cxmock.contracts.stubbing.http_stub import HttpStub
from cxmock.errors.conformance import RuleUnreadable
from cxmock.serving.guard import UNPROMISED
from cxmock.wire.http import Request, Response


def promise(description: str, request: dict[str, Any], response: dict[str, Any], *states: Any) -> dict[str, Any]:
    named = [{"name": state} if isinstance(state, str) else {"name": state[0], "params": state[1]} for state in states]
    return {
        "type": "Synchronous/HTTP",
        "description": description,
        "providerStates": named,
        "request": {"method": "GET", "path": "/books", **request},
        "response": {"status": 200, **response},
    }


def body(content: Any, content_type: str = "application/json", encoded: Any = False) -> dict[str, Any]:
    return {"content": content, "contentType": content_type, "encoded": encoded}


def contract(*interactions: dict[str, Any]) -> Contract:
    document = {
        "consumer": {"name": "reader"},
        "provider": {"name": "library"},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    return contract_of(json.dumps(document).encode(), "reader-library.json")


def stub(*interactions: dict[str, Any]) -> HttpStub:
    return HttpStub(contract(*interactions), now=lambda: 0.0)


def ask(stub: HttpStub, method: str = "GET", target: str = "/books", content: Any = None, **headers: str) -> Response:
    data = b"" if content is None else json.dumps(content).encode()
    if content is not None:
        headers = {"Content-Type": "application/json", **headers}
    return stub.answer(Request(method, target, {"Host": "127.0.0.1:9", **headers}, data))


BOOKS = {"books": [{"id": 1, "title": "Dracula"}]}


def test_what_is_promised_is_answered_with_the_example() -> None:
    answer = ask(stub(promise("the books", {}, {"headers": {"ETag": ["7"]}, "body": body(BOOKS)})))

    assert (answer.status, answer.json(), answer.headers) == (
        200,
        BOOKS,
        {"etag": "7", "content-type": "application/json"},
    )


def test_requests_are_matched_by_their_rules() -> None:
    rules = {"path": {"matchers": [{"match": "regex", "regex": r"^/books/\d+$"}], "combine": "AND"}}
    library = stub(promise("a book", {"path": "/books/1", "matchingRules": rules}, {"body": body({"id": 1})}))

    assert ask(library, target="/books/4711").json() == {"id": 1}
    assert ask(library, target="/books/x").status == UNPROMISED


def test_what_is_not_promised_is_told_what_arrived_what_is_nearest_and_what_to_do() -> None:
    library = stub(
        promise("the books", {"query": {"sort": ["title"]}}, {"body": body(BOOKS)}),
        promise("a loan", {"method": "POST", "path": "/loans", "body": body({"book": 7})}, {"status": 201}),
    )

    told = ask(library, target="/books?sort=author")
    assert told.status == UNPROMISED
    assert told.json() == {
        "error": "not promised",
        "what": 'GET /books is not as promised by reader-library.json: "the books".',
        "arrived": "GET /books?sort=author",
        "nearest": [{"promise": "the books", "differs": ['query sort: is "author", not "title"']}],
        "why": "The real library need not answer it as this one does.",
        "fix": "Send the query's sort as promised, such as title; "
        "or add a promise to reader-library.json, if library really answers it so.",
    }
    assert ask(library, "POST", "/loans", {"book": 8}).json()["nearest"][0]["differs"] == [
        "request body $.book: is 8 (whole number), not 7 (whole number)"
    ]
    assert ask(library, "POST", "/loan", {"book": 7}).json()["nearest"][0]["promise"] == "a loan"


# Several promises about one request


def two_states() -> HttpStub:
    return stub(
        promise("some books", {}, {"body": body(BOOKS)}, ("there are {count} books", {"count": 1})),
        promise("no books", {}, {"status": 404}, ("there are {count} books", {"count": 0})),
        promise("closed", {}, {"status": 503}, ("there are {count} books", {"count": 0}), "the library is closed"),
        promise("anybody", {"path": "/about"}, {}),
    )


def test_of_several_promises_the_first_is_played() -> None:
    assert ask(two_states()).status == 200


def test_a_chosen_state_decides() -> None:
    library = two_states()

    library.states.choose("there are {count} books", {"count": 0})
    assert ask(library).status == 404

    library.states.choose("the library is closed")
    assert ask(library).status == 503
    assert ask(library, target="/about").status == 200

    library.reset()
    assert ask(library).status == 200


def test_a_promise_in_more_states_than_are_chosen_waits_for_them() -> None:
    library = stub(
        promise("closed", {}, {"status": 503}, "there are books", "the library is closed"),
        promise("some books", {}, {}, "there are books"),
    )
    library.states.choose("there are books")

    assert ask(library).status == 200


def test_without_params_a_state_is_meant_whatever_its_parameters() -> None:
    library = two_states()
    library.states.choose("the library is closed")
    library.states.choose("there are {count} books")

    assert ask(library).status == 503


def test_the_promise_is_played_whose_example_is_asked_for() -> None:
    """Before the first in the file, and only where states do not decide."""
    anything = {"body": {"$.book": {"matchers": [{"match": "type"}]}}}
    loan = {"method": "POST", "path": "/loans"}
    library = stub(
        promise("a loan", {**loan, "body": body({"book": 7}), "matchingRules": anything}, {"status": 201}),
        promise("no such book", {**loan, "body": body({"book": 99}), "matchingRules": anything}, {"status": 404}),
    )

    assert ask(library, "POST", "/loans", {"book": 8}).status == 201
    assert ask(library, "POST", "/loans", {"book": 99}).status == 404


def test_a_promise_that_says_less_is_not_nearer_for_it() -> None:
    library = stub(
        promise("the books", {"headers": {"Accept": ["application/json"]}}, {"body": body(BOOKS)}),
        promise("no books", {}, {"status": 404}),
    )

    assert ask(library, Accept="application/json").status == 200
    assert ask(library).status == 404


@pytest.mark.parametrize(
    ("target", "headers", "content", "status"),
    [
        ("/x/2", {"A": "2"}, {"b": 2}, 202),
        ("/x/3", {"A": "3"}, {"b": 3}, 200),
        ("/x/2", {"A": "3"}, {"b": 3}, 202),
        ("/x/3", {"A": "2"}, {"b": 3}, 202),
        ("/x/3", {"A": "3"}, {"b": 2}, 202),
        ("/x/1", {"A": "2"}, {"b": 3}, 200),
        ("/x/2?q=2", {"A": "2"}, {"b": 2}, UNPROMISED),
    ],
)
def test_each_part_of_an_example_counts(target: str, headers: dict[str, str], content: Any, status: int) -> None:
    def one(number: int) -> dict[str, Any]:
        text = [{"match": "regex", "regex": ".*"}]
        rules = {
            "path": {"matchers": text},
            "header": {"A": {"matchers": text}},
            "body": {"$.b": {"matchers": [{"match": "type"}]}},
        }
        request = {"method": "POST", "path": f"/x/{number}", "headers": {"A": [f"{number}"]}, "matchingRules": rules}
        return promise(f"{number}", {**request, "body": body({"b": number})}, {"status": 200 + number - number % 2})

    assert ask(stub(one(1), one(2)), "POST", target, content, **headers).status == status


def test_promises_about_one_answer_are_kept_by_one_answer() -> None:
    """As in a contract that has a promise for each thing which a consumer relies on."""
    library = stub(
        promise("the shelf's tag", {}, {"headers": {"ETag": ["7"]}}),
        promise("the books", {}, {"body": body({"books": [], "page": {"number": 1}})}),
        promise(
            "how many", {}, {"headers": {"etag": ["8"], "Age": ["1"]}, "body": body({"total": 0, "page": {"size": 50}})}
        ),
        promise("in another state", {}, {"body": body({"x": 1})}, "there are books"),
        promise("of another status", {}, {"status": 500, "body": body({"y": 1})}),
    )

    answer = ask(library)

    assert (answer.headers["etag"], answer.headers["age"]) == ("7", "1")
    assert answer.json() == {"books": [], "total": 0, "page": {"number": 1, "size": 50}}


# What is answered


@pytest.mark.parametrize(
    ("said", "content_type", "data"),
    [
        (body("text", "text/plain"), "text/plain", b"text"),
        (body("AAE=", "application/octet-stream", "base64"), "application/octet-stream", b"\x00\x01"),
        (body('{"a": 1}', "application/json", "JSON"), "application/json", b'{"a": 1}'),
        (body(None), "application/json", b"null"),
        (None, "", b""),
    ],
)
def test_bodies_are_sent_as_they_are_written(said: Any, content_type: str, data: bytes) -> None:
    answer = ask(stub(promise("x", {}, {"body": said} if said else {})))

    assert (answer.body, answer.content_type) == (data, content_type)


def test_the_content_type_is_that_of_the_headers_else_that_of_the_body() -> None:
    said = {"content-type": "application/json; charset=utf-8"}
    answer = ask(stub(promise("x", {}, {"headers": said, "body": body(BOOKS)})))

    assert answer.raw_headers == [(b"content-type", b"application/json; charset=utf-8")]


def test_headers_are_sent_on_lines_of_their_own_only_where_they_have_to() -> None:
    said = {"Set-Cookie": ["a=1", "b=2"], "Vary": ["Accept", "Cookie"], "Content-Length": "99", "X": "a\r\nb", "é": "ü"}
    answer = ask(stub(promise("x", {}, {"headers": said})))

    assert answer.raw_headers == [
        (b"Set-Cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
        (b"Vary", b"Accept, Cookie"),
        (b"X", b"a  b"),
        (b"\xe9", b"\xfc"),
    ]


def test_values_are_generated_anew_for_each_answer_and_the_same_after_a_reset() -> None:
    generators = {
        "status": {"type": "RandomInt", "min": 200, "max": 200},
        "header": {"x-id": {"type": "Uuid"}},
        "body": {
            "$.books[*].id": {"type": "Uuid"},
            "$.at": {"type": "DateTime", "format": "yyyy-MM-dd'T'HH:mm:ssX"},
            "$.link": {"type": "MockServerURL", "regex": ".*(/books)$", "example": "http://localhost:1/books"},
        },
    }
    said = {"books": [{"id": ""}, {"id": ""}], "at": "", "link": ""}
    response = {"status": 500, "headers": {"X-Id": ["x"]}, "body": body(said), "generators": generators}
    library = stub(promise("x", {}, response))

    first, second = ask(library), ask(library)
    ids = [one["id"] for answer in (first, second) for one in answer.json()["books"]]
    assert first.status == 200
    assert len({*ids, first.headers["x-id"], second.headers["x-id"]}) == 6
    assert (first.json()["at"], first.json()["link"]) == ("1970-01-01T00:00:00Z", "http://127.0.0.1:9/books")

    library.reset()
    assert ask(library).body == first.body


def test_values_of_a_provider_state_come_from_its_parameters_else_from_the_examples() -> None:
    request = {
        "path": "/users/7",
        "headers": {"Authorization": ["Bearer x"]},
        "generators": {
            "path": {"type": "ProviderState", "expression": "/users/${id}"},
            "header": {"Authorization": {"type": "ProviderState", "expression": "Bearer ${token}"}},
        },
    }
    said = {"body": body({"id": 7}), "generators": {"body": {"$.id": {"type": "ProviderState", "expression": "${id}"}}}}
    users = stub(promise("a user", request, said, "there is a user"))

    assert ask(users, target="/users/8", Authorization="Bearer y").json() == {"id": 7}
    assert users.states.choose("there is a user") == {"id": "7", "token": "x"}
    assert users.states.choose("there is a user", {"id": 9}) == {"id": 9, "token": "x"}
    assert ask(users, target="/users/8", Authorization="Bearer y").json() == {"id": 9}
    users.states.forget()
    assert ask(users, target="/users/8", Authorization="Bearer y").json() == {"id": 7}


def test_a_rule_that_cannot_be_read_is_told_before_anything_is_played() -> None:
    rules = {"body": {"$.a": {"matchers": [{"match": "integr"}]}}}

    with pytest.raises(RuleUnreadable, match='there is no matcher "integr"'):
        stub(promise("x", {"method": "POST", "body": body({"a": 1}), "matchingRules": rules}, {}))


def test_a_thousand_promises_are_as_fast_as_one() -> None:
    """None of them is looked at but those that can be meant."""
    rule = {"match": "regex"}
    library = stub(
        *(promise(f"word for word {n}", {"path": f"/a/{n}"}, {"body": body(n)}) for n in range(500)),
        *(
            promise(
                f"by rule {n}",
                {"path": f"/b/1/{n}", "matchingRules": {"path": {"matchers": [{**rule, "regex": f"^/b/\\d+/{n}$"}]}}},
                {"body": body(n)},
            )
            for n in range(500)
        ),
    )

    assert (ask(library, target="/a/499").json(), ask(library, target="/b/7/499").json()) == (499, 499)
    assert all(len(library._finder.places("GET", path)) == 1 for path in ("/a/499", "/b/7/499"))


def test_many_promises_about_one_path_are_held_against_a_request_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last requests are remembered; not what they were answered, which the situation decides."""
    monkeypatch.setattr(http_stub, "REMEMBERED", 2)
    loans = [{"method": "POST", "path": "/loans", "body": body({"book": n})} for n in range(20)]
    library = stub(
        *(promise(f"{n}", loan, {"body": body(n)}) for n, loan in enumerate(loans)),
        promise("lent", loans[7], {"status": 409}, "book 7 is lent"),
    )

    for _ in range(2):
        assert [ask(library, "POST", "/loans", {"book": n}).json() for n in (7, 8, 9)] == [7, 8, 9]
        assert len(library._known) <= 2
    library.states.choose("book 7 is lent")
    assert ask(library, "POST", "/loans", {"book": 7}).status == 409
    assert ask(library, "POST", "/loans", {"book": 99}).status == UNPROMISED
