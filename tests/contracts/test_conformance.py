"""What a consumer did, exchange by exchange: promised, mismatched, unpromised, or not to be checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    documented,
    each_like,
    from_state,
    given,
    integer,
    like,
    regex,
    stated,
    unseen,
)
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.conformance import EXPLAINED, Conformance, Judge, Judged, conformance, of_journal
from cxmock.contracts.library import load
from cxmock.contracts.model import AsyncMessage, Contract, SyncMessage
from cxmock.contracts.promises import Seen, as_seen
from cxmock.contracts.reading import contract_of
from cxmock.errors.conformance import DoesNotConform, ExchangesDropped, PredecessorUnknown, RuleUnreadable
from cxmock.journal import Exchange, Journal
from cxmock.topology import CONNECTIONS
from cxmock.wire.http import Request, Response

GUIDE = documented("the library's guide")


def read(document: dict[str, Any], name: str = "test.json") -> Contract:
    return contract_of(canonical(document).encode(), name)


def library() -> dict[str, Any]:
    row = Row(11)
    token = from_state("Bearer ${token}", "Bearer x")
    row.http(
        "the books are listed",
        GUIDE,
        Ask("GET", "/books", headers={"Authorization": token}),
        Answer(200, json={"books": each_like({"id": integer(1), "title": "Book 1"})}),
        states=[given("there are {count} books", count=3)],
    )
    row.http("a stranger is refused", GUIDE, Ask("GET", "/books"), Answer(401))
    row.http("a book is lent", GUIDE, Ask("POST", "/loans", json={"book": like(7)}), Answer(201))
    row.http(
        "a loan is looked at",
        GUIDE,
        Ask("GET", regex("/loans/[0-9]+", "/loans/1")),
        Answer(200, json={"book": like(7)}),
    )
    return row.document()


def store() -> dict[str, Any]:
    row = Row(5)
    row.operation(
        "a key is set",
        GUIDE,
        "redis",
        {"argv": ["SET", regex("book:[0-9]+", "book:1"), like("x")]},
        {"type": "string", "value": "OK"},
    )
    row.operation(
        "a key is read",
        GUIDE,
        "redis",
        {"argv": ["GET", regex("book:[0-9]+", "book:1")]},
        {"type": "bulk", "value": like("x")},
    )
    row.operation(
        "a list's key is no text",
        GUIDE,
        "redis",
        {"argv": ["GET", regex("book:[0-9]+", "book:1")]},
        {"type": "error", "value": like("WRONGTYPE")},
    )
    return row.document()


Made = Callable[..., Exchange]


@pytest.fixture
def http() -> Made:
    counted = iter(range(1000))

    def made(method: str, target: str, response: Response, *, token: str = "", json: Any = None) -> Exchange:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = b""
        if json is not None:
            headers["Content-Type"] = "application/json"
            body = Response.of(json).body
        request = Request(method, target, headers, body)
        return Exchange(
            next(counted), 11, 0.0, 0.1, "http", f"{method} {target}", request, response, ok=response.status < 400
        )

    return made


@pytest.fixture
def redis() -> Made:
    counted = iter(range(1000))

    def made(*argv: str, type: str, value: Any) -> Exchange:
        answer = {"type": type, "value": value}
        return Exchange(next(counted), 5, 0.0, 0.1, "redis", argv[0], {"argv": list(argv)}, answer, ok=type != "error")

    return made


def judged(found: Conformance) -> list[Judged]:
    return [one.judged for one in found.judgements]


BOOKS = Response.of({"books": [{"id": 7, "title": "Book 1"}]})


def test_what_is_promised_is_found_by_method_and_path(http: Made) -> None:
    exchanges = [
        http("GET", "/books", BOOKS, token="T-9"),
        http("GET", "/books", Response(401)),
        http("POST", "/loans", Response(201), json={"book": 9}),
        http("GET", "/loans/4711", Response.of({"book": 9})),
    ]

    found = conformance(read(library()), exchanges)

    assert judged(found) == [Judged.PROMISED] * 4
    assert found.good
    assert found.unexercised == ()
    assert found.exercised["a loan is looked at"] == 1
    found.raise_unless_good()


def test_a_wrong_path_is_unpromised_and_the_nearest_is_told(http: Made) -> None:
    found = conformance(read(library()), [http("GET", "/loan/4711", Response(404))])

    [one] = found.judgements
    assert (one.judged, one.promise) == (Judged.UNPROMISED, "a loan is looked at")
    assert not found.good
    assert str(one.explanation).splitlines() == [
        "GET /loan/4711 is not promised on connection 11, contact to gws.",
        "  arrived:  GET /loan/4711",
        '  nearest:  "a loan is looked at"',
        '              path: is "/loan/4711" (text), which ^(?:/loans/[0-9]+)$ does not fit',
        '            "a stranger is refused"',
        '              path: is "/loan/4711", not "/books"',
        '            "the books are listed"',
        '              path: is "/loan/4711", not "/books"',
        "              request header authorization: is missing",
        "  why:      What is not promised may work here and fail with the real gws.",
        "  fix:      Ask for /loans/1, if that was meant; or add a promise to test.json.",
    ]


def test_a_request_that_differs_is_told_field_by_field(http: Made) -> None:
    found = conformance(read(library()), [http("POST", "/loans", Response(201), json={"book": "7", "days": 3})])

    [one] = found.judgements
    assert one.judged is Judged.MISMATCHED
    assert one.explanation is not None
    assert [str(mismatch) for mismatch in one.explanation.mismatches] == [
        "request body $.days: is not promised: no promise that POST /loans is done has it. One of: book.",
        'request body $.book: is "7" (text), not a whole number',
    ]
    assert one.explanation.fix.startswith("Leave out the body's $.days; or add a promise to test.json")


def test_an_answer_that_differs_is_told_as_the_answer(http: Made) -> None:
    found = conformance(read(library()), [http("GET", "/loans/1", Response.of({"title": "Book 1"}))])

    [one] = found.judgements
    assert one.judged is Judged.MISMATCHED
    assert one.explanation is not None
    assert one.explanation.what == (
        'The answer to GET /loans/1 is not the one that is promised on connection 11: "a loan is looked at".'
    )
    assert [str(mismatch) for mismatch in one.explanation.mismatches] == ["body $.book: is missing"]


def test_the_same_answer_again_is_judged_by_what_was_asked(http: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer fits is remembered; that must not make up for a request, nor for another answer."""
    monkeypatch.setattr("cxmock.contracts.conformance.REMEMBERED", 2)
    stranger = Response(401)
    exchanges = [
        http("GET", "/books", BOOKS, token="T-9"),
        http("GET", "/books?sort=title", BOOKS, token="T-9"),
        http("GET", "/books", stranger),
        http("GET", "/books", BOOKS),
        http("GET", "/books", Response(200, BOOKS.raw_headers, b'{"books": []}'), token="T-9"),
        http("GET", "/books", Response(200, BOOKS.raw_headers, b'{"books": [' + b" " * 5000 + b"]}"), token="T-9"),
        http("POST", "/loans", stranger, json={"book": 9}),
        http("GET", "/books", BOOKS, token="T-9"),
    ]

    good, bad = Judged.PROMISED, Judged.MISMATCHED
    assert judged(conformance(read(library()), exchanges)) == [good, bad, good, bad, bad, bad, bad, good]


def test_operations_are_found_by_their_names(redis: Made) -> None:
    exchanges = [
        redis("SET", "book:1", "x", type="string", value="OK"),
        redis("get", "book:1", type="bulk", value="x"),
        redis("GET", "book:2", type="error", value="WRONGTYPE ..."),
        redis("GET", "author:1", type="bulk", value="x"),
        redis("SET", "book:1", "x", "EX", "7", type="string", value="OK"),
        redis("INCR", "book:1", type="integer", value=1),
    ]

    found = conformance(read(store()), exchanges)

    assert judged(found) == [
        Judged.PROMISED,
        Judged.MISMATCHED,
        Judged.PROMISED,
        Judged.MISMATCHED,
        Judged.MISMATCHED,
        Judged.UNPROMISED,
    ]
    explained = [one.explanation.mismatches for one in found.judgements if one.explanation]
    assert [str(one) for one in explained[1]] == [
        'request $.argv[1]: is "author:1" (text), which ^(?:book:[0-9]+)$ does not fit'
    ]
    assert [str(one) for one in explained[2]] == ["request $.argv: has 5 elements, not 3"]


def test_the_nearest_of_several_is_the_one_that_fails_as_the_answer_did(redis: Made) -> None:
    found = conformance(read(store()), [redis("GET", "author:1", type="error", value="WRONGTYPE")])

    assert found.judgements[0].promise == "a list's key is no text"


def test_what_a_provider_says_by_itself_is_unpromised_unless_a_message_promises_it() -> None:
    told = Exchange(0, 9, 0.0, 0.0, "ocs", "CampaignLoaded", {}, {"messages": [{"message": "CampaignLoaded"}]})
    document = Row(9).document() | {
        "interactions": [
            {
                "type": "Asynchronous/Messages",
                "transport": "ocs",
                "description": "a campaign was loaded",
                "contents": {
                    "content": {"messages": [{"message": "CampaignLoaded"}]},
                    "contentType": "application/json",
                },
            }
        ]
    }

    assert judged(conformance(read(Row(9).document()), [told])) == [Judged.UNPROMISED]
    assert judged(conformance(read(document), [told])) == [Judged.PROMISED]


def test_a_recording_is_held_against_what_journals_have() -> None:
    """Nobody arranged what the provider knew, and what they do not keep cannot be asked for."""
    row = Row(2)
    row.operation(
        "a file is brought",
        GUIDE,
        "sftp",
        {"op": "write", "path": like("/out"), "text": unseen("a,b")},
        {"size": stated(3), "text": unseen("a,b"), "kind": "file"},
        states=[given("folder {path} is empty", path="/")],
    )

    def brought(size: object, **more: object) -> Exchange:
        request = {"op": "write", "path": "/results", **more}
        return Exchange(0, 2, 0.0, 0.1, "sftp", "write /results", request, {"size": size, "kind": "file"})

    told = [brought(4711), brought("4711"), brought(3, text="a,b")]

    assert judged(conformance(read(row.document()), told)) == [Judged.PROMISED, Judged.MISMATCHED, Judged.MISMATCHED]


def test_what_was_too_long_to_be_kept_is_not_checked(redis: Made) -> None:
    """Of long values a journal has the size; all else is looked at."""

    def kept(*argv: Any, type: str = "string", value: Any = "OK") -> Exchange:
        return redis(*argv, type=type, value=value)

    exchanges = [
        kept("SET", "book:1", {"bytes": 20_000}),
        kept("SET", "author:1", {"bytes": 20_000}),
        kept("GET", "book:1", type="bulk", value={"bytes": 20_000}),
        kept("GET", "book:1", type="integer", value={"bytes": 20_000}),
    ]

    found = conformance(read(store()), exchanges)

    assert judged(found) == [Judged.UNCHECKED, Judged.MISMATCHED, Judged.UNCHECKED, Judged.MISMATCHED]
    assert found.judgements[0].reason == "it was too long to be kept whole"


def test_what_is_said_of_journals_and_cannot_be_read_is_named() -> None:
    document = library()
    document["interactions"][0]["comments"]["cxmock"]["seen"] = {"response": {"status": "fine"}}

    with pytest.raises(RuleUnreadable) as caught:
        conformance(read(document, "books.json"), [])

    assert 'books.json: "a book is lent"' in str(caught.value)
    assert "Expected `int`, got `str`" in str(caught.value)


def test_what_is_encrypted_or_undecodable_is_not_checked_and_not_good() -> None:
    exchanges = [
        Exchange(0, 11, 0.0, 0.1, "tcp", "200 bytes", {}, {}),
        Exchange(1, 11, 0.0, 0.1, "http", "undecodable", {"why": "garbage"}, {}),
    ]

    found = conformance(read(library()), exchanges)

    assert [one.reason for one in found.judgements] == ["only its size and time are known", "it could not be decoded"]
    assert judged(found) == [Judged.UNCHECKED, Judged.UNCHECKED]
    assert not found.good
    assert found.wrong == ()


def test_bytes_of_which_only_the_size_is_known_are_not_checked(http: Made) -> None:
    document = library()
    document["interactions"] = document["interactions"][:1]
    document["interactions"][0] |= {
        "request": {"method": "GET", "path": "/cover"},
        "response": {"status": 200, "body": {"content": "AAE=", "contentType": "image/gif", "encoded": "base64"}},
    }
    cover = Response(200, {"Content-Type": "image/gif"}, b"\0\1")
    exchange = http("GET", "/cover", cover)
    recorded = Exchange(0, 11, 0.0, 0.1, "http", "GET /cover", exchange.request, exchange.response)

    assert judged(conformance(read(document), [exchange])) == [Judged.PROMISED]
    [one] = conformance(read(document), [recorded]).judgements
    assert (one.judged, one.reason) == (Judged.UNCHECKED, "only the size of the body is known")


def with_order() -> dict[str, Any]:
    document = library()
    for one in document["interactions"]:
        if one["description"] == "a loan is looked at":
            one["comments"]["cxmock"]["after"] = ["a book is lent"]
    return document


def test_what_comes_too_early_is_told(http: Made) -> None:
    look, lend = (
        http("GET", "/loans/1", Response.of({"book": 7})),
        http("POST", "/loans", Response(201), json={"book": 7}),
    )

    assert judged(conformance(read(with_order()), [lend, look])) == [Judged.PROMISED, Judged.PROMISED]
    found = conformance(read(with_order()), [look, lend])
    assert judged(found) == [Judged.MISMATCHED, Judged.PROMISED]
    explanation = found.judgements[0].explanation
    assert explanation is not None
    assert [str(one) for one in explanation.mismatches] == ['order: comes before any "a book is lent"']
    assert explanation.fix == (
        'First do what "a book is lent" promises; '
        "or say that these exchanges begin midway, where it was done before them."
    )


def test_one_of_several_that_may_come_first_is_enough(http: Made) -> None:
    document = with_order()
    for one in document["interactions"]:
        if "after" in one["comments"]["cxmock"]:
            one["comments"]["cxmock"]["after"] = ["a book is lent", "a stranger is refused"]
    look, refused = http("GET", "/loans/1", Response.of({"book": 7})), http("GET", "/books", Response(401))

    assert judged(conformance(read(document), [refused, look])) == [Judged.PROMISED, Judged.PROMISED]
    [early] = conformance(read(document), [look]).judgements
    assert '"a loan is looked at" is promised only after "a book is lent" or "a stranger is refused".' in str(
        early.explanation
    )


def test_what_begins_midway_may_have_begun_before(http: Made) -> None:
    look = http("GET", "/loans/1", Response.of({"book": 7}))

    found = conformance(read(with_order()), [look], midway=True)

    assert judged(found) == [Judged.PROMISED]
    assert judged(conformance(read(with_order()), [look])) == [Judged.MISMATCHED]


def test_an_exchange_uses_every_promise_that_it_fits(http: Made) -> None:
    """A login that sets a cookie, and the same login that tells who is logged in."""
    row = Row(11)
    row.http("a loan has a number", GUIDE, Ask("POST", "/loans"), Answer(201, json={"loan": integer(1)}))
    row.http("a loan is made", GUIDE, Ask("POST", "/loans"), Answer(201))
    row.http("a loan is refused", GUIDE, Ask("POST", "/loans"), Answer(409))

    found = conformance(read(row.document()), [http("POST", "/loans", Response.of({"loan": 7}, 201))] * 2)

    assert [one.promise for one in found.judgements] == ["a loan has a number"] * 2
    assert [one.description for one in found.unexercised] == ["a loan is refused"]


def test_an_order_that_names_no_promise_is_an_error() -> None:
    document = with_order()
    document["interactions"][1]["comments"]["cxmock"]["after"] = ["a book is lend"]

    with pytest.raises(PredecessorUnknown, match='"a book is lend", which is no interaction of it') as caught:
        Judge(read(document))
    assert 'Did you mean "a book is lent"?' in str(caught.value)


def test_promises_that_nothing_exercised_are_told(http: Made) -> None:
    found = conformance(read(library()), [http("GET", "/books", Response(401))])

    assert [one.description for one in found.unexercised] == [
        "a book is lent",
        "a loan is looked at",
        "the books are listed",
    ]


def test_exchanges_of_other_connections_are_passed_over(http: Made, redis: Made) -> None:
    found = conformance(
        read(library()), [redis("GET", "a", type="nil", value=None), http("GET", "/books", BOOKS, token="t")]
    )

    assert judged(found) == [Judged.PROMISED]


def test_a_journal_that_dropped_anything_cannot_conform() -> None:
    class Silent:
        def ring(self) -> None: ...

        def wait(self, happened: Callable[[], bool], within: float) -> bool:
            return happened()

    journal = Journal(lambda: 0.0, Silent(), capacity=2)
    for _ in range(3):
        journal.record(11, "http", "GET /books", Request("GET", "/books"), Response(401), seconds=0.0)

    with pytest.raises(ExchangesDropped, match="1 exchange was seen but not kept"):
        of_journal(read(library()), journal)
    assert judged(of_journal(read(library()), journal, since=1)) == [Judged.PROMISED, Judged.PROMISED]


def test_what_does_not_conform_is_told_once_in_a_while(http: Made) -> None:
    """A thousand wrong exchanges neither take a thousand explanations nor are lost."""
    found = conformance(read(library()), [http("GET", f"/nothing/{number}", Response(404)) for number in range(900)])

    assert found.counts[Judged.UNPROMISED] == 900
    assert sum(one.explanation is not None for one in found.judgements) == EXPLAINED
    with pytest.raises(DoesNotConform) as caught:
        found.raise_unless_good()
    told = str(caught.value)
    assert told.startswith("contact does not conform on connection 11: 900 of 900 exchanges.")
    assert "and 897 more" in told


def test_a_request_alone_is_refused_before_there_is_an_answer(http: Made) -> None:
    judge = Judge(read(library()))

    def refusal(method: str, target: str) -> str:
        asked = http(method, target, Response())
        explanation = judge.refusal(Seen("http", Seen.of(asked).request), f"{method} {target}")
        return "" if explanation is None else explanation.what

    assert refusal("GET", "/books") == ""
    assert refusal("GET", "/boks") == "GET /boks is not promised on connection 11, contact to gws."
    assert refusal("GET", "/books?sort=title") == (
        'GET /books?sort=title is not as promised on connection 11: "a stranger is refused".'
    )


def test_a_rule_that_cannot_be_read_names_its_contract_and_promise() -> None:
    document = library()
    document["interactions"][0]["request"]["matchingRules"]["body"]["$.book"]["matchers"] = [{"match": "tpye"}]

    with pytest.raises(RuleUnreadable) as caught:
        conformance(read(document, "books.json"), [])

    told = str(caught.value)
    assert 'books.json: "a book is lent" has a rule at $.book that cannot be read' in told
    assert 'Did you mean "type"?' in told


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_every_promise_of_the_shipped_contracts_is_found_again_by_its_own_example(number: int) -> None:
    """Else a consumer that does just what the contract says would not conform."""
    contract = load(number)
    judge = Judge(contract)
    lost = []
    for promise in judge.promises.all:
        assert not isinstance(promise.interaction, AsyncMessage)
        one = as_seen(promise.interaction)
        if isinstance(one, SyncMessage):
            seen = Seen(one.transport, one.request.contents.content)
        else:
            seen = Seen("http", _example(one))
        if promise not in judge.promises.candidates(seen) or promise.request_mismatches(seen):
            lost.append((promise.description, promise.request_mismatches(seen)))

    assert lost == []


def _example(one: Any) -> Any:
    from urllib.parse import urlencode

    from cxmock.contracts.matching import SeenRequest

    headers = {
        name: values if isinstance(values, str) else ", ".join(values) for name, values in one.request.headers.items()
    }
    body = b""
    if one.request.body is not None:
        content = one.request.body.content
        is_json = one.request.body.content_type == "application/json"
        body = Response.of(content).body if is_json else str(content).encode()
    query = urlencode([(name, value) for name, values in one.request.query.items() for value in values])
    return SeenRequest.of(Request(one.request.method, one.request.path + (f"?{query}" if query else ""), headers, body))


def test_extensions_go_along_with_what_is_promised_as_headers_do() -> None:
    """A command's trace is judged where the promise names one; any other attribute that is not promised is wrong."""
    row = Row(9)
    answer = {"messages": [{"message": "DialingStopped", "attributes": {}}]}
    traced = {"groupId": 7, "extensions": {"x-b3-traceid": regex("[0-9a-f]+", "463ac35c")}}
    row.operation("it stops", GUIDE, "ocs", {"message": "StopDialing", "attributes": {"groupId": 7}}, answer)
    row.operation("it pauses", GUIDE, "ocs", {"message": "PauseDialing", "attributes": traced}, answer)
    judge = Judge(read(row.document()))

    def judged(message: str, **attributes: Any) -> Judged:
        request = {"message": message, "attributes": {"groupId": 7, **attributes}}
        return judge.judge(Exchange(0, 9, 0.0, 0.1, "ocs", message, request, answer)).judged

    assert judged("StopDialing", extensions={"x-b3-traceid": "463ac35c"}) is Judged.PROMISED
    assert judged("StopDialing", extension={}) is Judged.MISMATCHED
    assert judged("PauseDialing", extensions={"x-b3-traceid": "463ac35c"}) is Judged.PROMISED
    assert judged("PauseDialing", extensions={"x-b3-traceid": "?"}) is Judged.MISMATCHED
    assert judged("PauseDialing") is Judged.MISMATCHED
