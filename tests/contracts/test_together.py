"""A request may have in one what is promised apart, each part as it is promised there, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.contracts.authoring import Answer, Ask, Row, documented, each_like, integer, like, one_of, regex
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.conformance import Judge, Judged, conformance
from cxmock.contracts.explaining import Explanation
from cxmock.contracts.matching import SeenRequest
from cxmock.contracts.model import Contract
from cxmock.contracts.promises import Seen
from cxmock.contracts.reading import contract_of
from cxmock.contracts.stubbing.http_stub import HttpStub
from cxmock.journal import Exchange
from cxmock.wire.http import Request, Response, to_json

GUIDE = documented("the library's guide")
CARD = {"x-card": "4711"}


def library() -> Contract:
    row = Row(11)
    loan: dict[str, Any] = {"book": integer(7)}
    ways: dict[str, dict[str, Any]] = {
        "": {},
        " for a while": {"days": integer(14)},
        " to somebody": {"to": {"name": like("Ada")}},
        " to somebody who lives somewhere": {"to": {"name": like("Ada"), "town": like("London")}},
        " to somebody of an age": {"to": {"name": like("Ada"), "age": integer(36)}},
        " with others": {"others": each_like({"book": integer(8)})},
        " with others, volume by volume": {"others": each_like({"book": integer(8), "volume": integer(1)})},
    }
    loans = regex("/loans(/again)?", "/loans")
    for what, more in ways.items():
        row.http(f"a book is lent{what}", GUIDE, Ask("POST", loans, headers=CARD, json={**loan, **more}), Answer(201))
    refused: dict[str, dict[str, Any]] = {"in red": {"color": "red"}, "for ever": {"days": 0}}
    for what, wrong in refused.items():
        ask = Ask("POST", loans, headers=CARD, json={**loan, **wrong})
        row.http(f"a book is not lent {what}", GUIDE, ask, Answer(400))
    row.http("the books are listed", GUIDE, Ask("GET", "/books"), Answer(200, json=[]))
    for name, value in {"limit": regex(r"\d+", "10"), "sort": one_of("title", "year")}.items():
        row.http(
            f"the books are listed by {name}", GUIDE, Ask("GET", "/books", query={name: value}), Answer(200, json=[])
        )
    row.stands_in("X-Ticket", "X-Card")
    return contract_of(canonical(row.document()).encode(), "library.json")


def lend(body: dict[str, Any], headers: dict[str, str] = CARD) -> Request:
    return Request("POST", "/loans", {"content-type": "application/json", **headers}, to_json({"book": 7, **body}))


def refusal(request: Request) -> Explanation | None:
    return Judge(library()).refusal(Seen("http", SeenRequest.of(request)), f"{request.method} {request.path}")


@pytest.mark.parametrize(
    "body",
    [
        {"days": 7, "to": {"name": "Bea"}},
        {"to": {"name": "Bea", "town": "Ulm", "age": 40}},
        {"days": 7, "to": {"name": "Bea", "age": 40}, "others": [{"book": 1}, {"book": 2, "volume": 3}]},
        {"others": [{"book": 1, "volume": 2}]},
    ],
)
def test_fields_of_several_promises_go_together(body: dict[str, Any]) -> None:
    assert refusal(lend(body)) is None


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        (
            {"days": 7, "color": "red"},
            "request body $.color: is not promised: no promise that POST /loans is done has it. "
            "One of: book, days, others, to.",
        ),
        (
            {"to": {"name": "Bea"}, "days": "7"},
            'request body $.days: is "7" (text), not a whole number, as in "a book is lent for a while"',
        ),
        (
            {"to": {"name": "Bea", "agee": 40}},
            'request body $.to.agee: is not promised: no promise that POST /loans is done has it. Did you mean "age"?',
        ),
        (
            {"others": [{"book": 1}, {"book": 1, "page": 2}]},
            "request body $.others[1].page: is not promised: no promise that POST /loans is done has it. "
            "One of: book, volume.",
        ),
        (
            {"days": 7, "to": {"town": "Ulm"}},
            'request body $.to.name: is missing, as in "a book is lent to somebody"',
        ),
    ],
)
def test_what_no_promise_has_like_that_is_refused_and_told_alone(body: dict[str, Any], differs: str) -> None:
    """What a refusal has is no field that may be sent: there is a promise that nothing is lent in red."""
    explained = refusal(lend(body))

    assert explained is not None
    assert differs in [str(one) for one in explained.mismatches]
    assert len(explained.mismatches) == 1


def test_what_a_promise_needs_is_not_left_out() -> None:
    bare = Request("POST", "/loans", {"content-type": "application/json", **CARD}, to_json({"days": 7}))

    explained = refusal(bare)

    assert explained is not None
    assert [str(one) for one in explained.mismatches] == ["request body $.book: is missing"]


def test_a_request_that_is_promised_to_be_refused_may_be_made_as_it_is() -> None:
    assert refusal(lend({"color": "red"})) is None


@pytest.mark.parametrize("query", ["limit=5&sort=year", "sort=title", ""])
def test_parameters_of_several_promises_go_together(query: str) -> None:
    assert refusal(Request("GET", f"/books?{query}")) is None


@pytest.mark.parametrize(
    ("query", "differs"),
    [
        (
            "limit=5&page=2",
            "query page: is not promised: no promise that GET /books is done has it. One of: limit, sort.",
        ),
        ("limit=5&sort=size", 'as in "the books are listed by sort"'),
    ],
)
def test_a_parameter_that_no_promise_has_like_that_is_refused(query: str, differs: str) -> None:
    explained = refusal(Request("GET", f"/books?{query}"))

    assert explained is not None
    assert any(differs in str(one) for one in explained.mismatches), explained


def test_a_header_stands_in_for_another() -> None:
    assert refusal(lend({"days": 7}, {"X-Ticket": "4711"})) is None
    assert refusal(lend({"days": 7}, {"X-Ticket": "815"})) is not None
    assert refusal(lend({"days": 7}, {})) is not None


@pytest.mark.parametrize(
    ("status", "judged"), [(201, Judged.PROMISED), (400, Judged.PROMISED), (202, Judged.MISMATCHED)]
)
def test_conformance_wants_one_of_the_promised_answers(status: int, judged: Judged) -> None:
    """Which of them follows is no single promise's to say."""
    asked, answer = lend({"days": 7, "to": {"name": "Bea"}}), Response(status)
    seen = Exchange(0, 11, 0.0, 0.1, "http", "POST /loans", asked, answer, ok=status < 400)

    [one] = conformance(library(), [seen]).judgements

    assert one.judged is judged


def test_a_stub_answers_what_strict_mode_takes() -> None:
    stub = HttpStub(library())

    assert stub.answer(lend({"days": 7, "to": {"name": "Bea"}}, {"x-ticket": "4711"})).status == 201
    assert stub.answer(lend({"days": 7, "shoe": 42})).status == 501
