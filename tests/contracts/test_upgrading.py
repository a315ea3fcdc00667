"""Pacts by other people's tools, of older specifications, mean after reading what Pact's engine takes them to mean."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts.engine import Engine, Job, Transport
from cxmock.contracts.model import AsyncMessage, Contract, HttpInteraction, MatchingRule, State
from cxmock.contracts.reading import contract_of, read_contract
from cxmock.contracts.targets import Target
from cxmock.contracts.verdicts import Verdict
from cxmock.contracts.verification import Verifier
from cxmock.errors import CxmockError
from cxmock.errors.contracts import ContractMalformed, DuplicateInteraction
from cxmock.net.background import Background
from cxmock.wire.http import Request, Response

from .conftest import Place

PACTS = Path(__file__).parent / "pacts"
V2, V3, MESSAGES = (
    PACTS / f"{name}.json" for name in ("webshop-library-v2", "reader-library-v3", "reader-library-v3-messages")
)


def http(contract: Contract, place: int) -> HttpInteraction:
    one = contract.interactions[place]
    assert isinstance(one, HttpInteraction)
    return one


def test_version_2_is_read_with_its_rules_by_path_and_its_query_as_text() -> None:
    contract = read_contract(V2)
    listed, missing, lent = (http(contract, place) for place in range(3))

    assert (contract.consumer.name, contract.provider.name, contract.connection) == ("webshop", "library", None)
    assert listed.provider_states == (State("there are books"),)
    assert listed.request.query == {"sort": ("title",), "limit": ("10",)}
    assert set(listed.request.matching_rules.header) == {"Authorization"}
    assert set(listed.request.matching_rules.query) == {"limit"}
    assert listed.response.matching_rules.body["$.books"] == MatchingRule(({"match": "type", "min": 1},))
    assert set(listed.response.matching_rules.body) == {"$.books", "$.books[*][*]", "$.books[*].printed", "$.total"}
    assert missing.request.method == "GET"
    assert missing.response.body is None
    assert lent.request.matching_rules.path == MatchingRule(({"match": "regex", "regex": r"^/loans/\d+$"},))
    assert lent.response.body is not None
    assert (lent.response.body.value(), lent.response.body.content_type) == ("lent", "text/plain")


def test_version_3_is_read_with_its_states_combinations_and_generators() -> None:
    contract = read_contract(V3)
    listed, page, picture = (http(contract, place) for place in range(3))

    assert listed.provider_states == (State("there are {count} books", {"count": 2}), State("the library is open"))
    assert listed.request.generators.header["Authorization"]["expression"] == "Bearer ${token}"
    assert listed.request.matching_rules.path is None
    assert listed.response.matching_rules.body["$.books[*].title"].combine == "OR"
    assert listed.response.generators.body["$.books[*].id"]["type"] == "RandomInt"
    assert page.response.body is not None
    assert (page.response.body.content_type, page.response.body.encoded) == ("text/html", False)
    assert picture.response.body is not None
    assert picture.response.body.value().startswith(b"GIF89a")


def test_messages_of_version_3_are_read() -> None:
    returned, note = read_contract(MESSAGES).interactions

    assert isinstance(returned, AsyncMessage)
    assert isinstance(note, AsyncMessage)
    assert (returned.contents.value(), returned.metadata["destination"]) == ({"event": "returned", "loan": 7}, "loans")
    assert set(returned.matching_rules.metadata) == {"destination"}
    assert returned.generators.body["$.loan"]["type"] == "RandomInt"
    assert note.contents.value() == "the library closes"


# What Pact's engine makes of the file itself, and of what is read


class Library:
    """Answers as the files promise; ``spoil`` changes its answers. What it was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.spoil: Callable[[Response], Response] = lambda response: response
        self.open = True

    def answer(self, request: Request) -> Response:
        if request.path == "/states":
            return Response.of({"token": "T-9"})
        self.asked.append((request.method, request.target, dict(sorted(request.headers.items())), request.body))
        return self.spoil(self._answer(request))

    def _answer(self, request: Request) -> Response:
        if request.path == "/message":
            returned = request.json()["description"] == "a book came back"
            metadata = base64.b64encode(json.dumps({"destination": "loans"}).encode()).decode()
            told = Response.of({"event": "returned", "loan": 3}) if returned else Response.plain("the library closes")
            return Response(200, [*told.raw_headers, (b"Pact-Message-Metadata", metadata.encode())], told.body)
        if request.path == "/about":
            return Response.plain("<html><body>Books!</body></html>", content_type="text/html")
        if request.path == "/books/1/picture":
            return Response(200, {"Content-Type": "image/gif"}, base64.b64decode("R0lGODlhAQABAAAAACwAAAAAAQABAAA="))
        if request.method == "POST":
            return Response(201, {"Location": "/loans/9", "Content-Type": "text/plain"}, b"lent")
        if not self.open:
            return Response(404)
        books = [{"id": n, "title": "x", "printed": "1999-01-01", "lent": "2025-01-01T00:00:00"} for n in (1, 2)]
        return Response.of({"books": books, "total": 2})


def json_changed(change: Callable[[Any], Any]) -> Callable[[Response], Response]:
    def spoil(response: Response) -> Response:
        if response.content_type != "application/json":
            return response
        document = response.json()
        change(document)
        return Response.of(document, response.status)

    return spoil


def first_book(**changes: Any) -> Callable[[Response], Response]:
    return json_changed(lambda document: document.get("books", [{}])[0].update(changes))


SPOILED: dict[str, Callable[[Response], Response]] = {
    "nothing": lambda response: response,
    "the status": lambda response: Response(418, response.raw_headers, response.body),
    "no headers": lambda response: Response(response.status, {}, response.body),
    "the place of the loan": lambda response: Response(response.status, {"Location": "/elsewhere"}, response.body),
    "the body": lambda response: Response(response.status, response.raw_headers, b"x"),
    "no body": lambda response: Response(response.status, response.raw_headers, b""),
    "no books": json_changed(lambda document: document.update(books=[])),
    "many books": json_changed(lambda document: document.update(books=document.get("books", []) * 2)),
    "an id that is text": first_book(id="1"),
    "a title that is a number": first_book(title=1),
    "no title": first_book(title=None),
    "a moment that is none": first_book(lent="yesterday", printed="yesterday"),
    "a total that is text": json_changed(lambda document: document.update(total="2")),
    "a loan that is text": json_changed(lambda document: document.update(loan="x")),
    "another event": json_changed(lambda document: document.update(event="lost")),
}


@pytest.fixture(scope="module")
def engine(background: Background, ca_file: Path) -> Iterator[Engine]:
    engine = Engine(ca_file)
    yield engine
    background.run(engine.close())


@pytest.mark.parametrize("what", SPOILED)
@pytest.mark.parametrize("file", [V2, V3, MESSAGES], ids=lambda file: str(file.stem))
def test_the_engine_finds_the_same_with_the_file_and_with_what_is_read(
    background: Background, engine: Engine, place: Place, file: Path, what: str
) -> None:
    library = Library()
    library.spoil = SPOILED[what]
    port = int(place.serve(library.answer).rpartition(":")[2])
    transports = [Transport("http", port), Transport("message", port, "/message")]

    def verdict(document: dict[str, Any]) -> Any:
        library.asked.clear()
        states = f"http://127.0.0.1:{port}/states"
        job = Job(document, "127.0.0.1", transports, states, 5.0)
        [result] = background.run(engine.run(job, about=what, within=20))["interactionResults"]
        found = (result.get("mismatch") or {}).get("mismatches", [])
        texts = sorted((one["type"], str(one.get("path") or one.get("key"))) for one in found)
        return result["result"], texts, list(library.asked)

    original = json.loads(file.read_text())
    kind = "messages" if "messages" in original else "interactions"
    v4 = {"metadata": {"pactSpecification": {"version": "4.0"}}}
    for one, read in zip(original[kind], read_contract(file).raw, strict=True):
        assert verdict(original | v4 | {"interactions": [read]}) == verdict(original | {kind: [one]}), one[
            "description"
        ]


@pytest.mark.parametrize(("file", "path"), [(V2, ""), (V3, ""), (MESSAGES, "/message")], ids=["V2", "V3", "messages"])
def test_a_provider_is_verified_with_the_file(
    background: Background, ca_file: Path, place: Place, file: Path, path: str
) -> None:
    """Of messages, too: they are asked for by HTTP, as every Pact verifier does it."""
    library = Library()
    url = place.serve(library.answer)
    arranged: list[str] = []

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        arranged.append(template)
        library.open = template != "there are no books"
        return {"token": "T-9"}

    async def verdicts() -> list[Verdict]:
        targets = {11: Target({"gws": url + path})}
        async with Verifier(ca_file=ca_file, targets=targets, arrange=arrange) as verifier:
            return list((await verifier.verify_row(11, read_contract(file))).verdicts)

    found = background.run(verdicts(), within=30)

    assert [verdict for verdict in found if not verdict.kept] == []
    assert len(found) == len(read_contract(file).interactions)
    assert arranged == [state.name for verdict in found for state in verdict.interaction.provider_states]


# Files that others' tools write, and files that nobody should


def test_what_pact_python_writes_is_read(tmp_path: Path) -> None:
    """In versions 3 and 4."""
    from pact import Pact, match

    for version in ("V3", "V4"):
        pact = Pact("reader", "library").with_specification(version)
        (
            pact.upon_receiving("the books")
            .given("there are {count} books", {"count": 2})
            .with_request("GET", "/books")
            .with_query_parameter("limit", match.regex("10", regex=r"\d+"))
            .will_respond_with(200)
            .with_body({"books": match.each_like({"id": match.int(1)}, min=1)}, "application/json")
        )
        pact.write_file(tmp_path, overwrite=True)

        one = http(read_contract(tmp_path / "reader-library.json"), 0)

        assert one.provider_states == (State("there are {count} books", {"count": 2}),)
        assert one.request.query == {"limit": ("10",)}
        assert one.request.matching_rules.query["limit"].matchers[0]["regex"] == r"\d+"
        assert {
            matcher["match"] for rule in one.response.matching_rules.body.values() for matcher in rule.matchers
        } == {
            "type",
            "integer",
        }
        assert one.response.body is not None
        assert one.response.body.value() == {"books": [{"id": 1}]}


def old(version: str = "2.0.0", **interaction: Any) -> dict[str, Any]:
    one = {"description": "x", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}} | interaction
    metadata = {"pactSpecification": {"version": version}}
    return {"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [one], "metadata": metadata}


def read(document: dict[str, Any]) -> Contract:
    return contract_of(json.dumps(document).encode(), "x.json")


def test_version_1_is_read_by_any_spelling_of_its_version() -> None:
    document = old("1.0.0", provider_state="there are books")
    assert http(read(document), 0).provider_states == (State("there are books"),)

    for metadata in ({"pactSpecificationVersion": "1.0.0"}, {"pact-specification": {"version": "1.1.0"}}):
        assert len(read(document | {"metadata": metadata}).interactions) == 1


def test_an_interaction_is_another_in_another_state() -> None:
    """That is so with other people's tools; with both alike, one would be lost."""
    document = old(providerState="there are books")
    document["interactions"] *= 2
    with pytest.raises(DuplicateInteraction):
        read(document)

    document["interactions"] = [document["interactions"][0], document["interactions"][0] | {"providerState": None}]
    assert len(read(document).interactions) == 2


@pytest.mark.parametrize(
    ("body", "headers", "value", "encoded"),
    [
        ('{"a": 1}', {"content-type": "application/json"}, '{"a": 1}', "JSON"),
        ("a", {"Content-Type": "application/hal+json"}, '"a"', "JSON"),
        ([1], {"Content-Type": ["application/json"]}, [1], False),
        ("AAE=", {"Content-Type": "application/octet-stream"}, b"\x00\x01", "base64"),
        ("not base64!", {"Content-Type": "application/pdf"}, "not base64!", False),
        ("a=1", {"Content-Type": "application/x-www-form-urlencoded"}, "a=1", False),
        ("<a/>", {}, "<a/>", False),
        ("", {"Content-Type": "text/plain"}, "", False),
    ],
)
def test_a_body_is_read_by_its_content_type(body: Any, headers: Any, value: Any, encoded: object) -> None:
    read_body = http(read(old("3.0.0", response={"status": 200, "headers": headers, "body": body})), 0).response.body

    assert read_body is not None
    assert (read_body.value(), read_body.encoded) == (value, encoded)


@pytest.mark.parametrize(
    ("interaction", "place", "reason"),
    [
        ({"request": {"method": 1}}, "$.interactions[0].request.method", "Expected `str`, got `int`"),
        ({"response": []}, "$.interactions[0].response", "Expected `object`, got `array`"),
        (
            {"response": {"status": 200, "matchingRules": {"$.nowhere": {"match": "type"}}}},
            "$.interactions[0].response.matchingRules['$.nowhere']",
            "no path to body, path, query or a header",
        ),
        (
            {"response": {"status": 200, "matchingRules": {"$.body[": {"match": "type"}}}},
            "$.interactions[0].response.matchingRules['$.body[']",
            "no path to body, path, query or a header",
        ),
        (
            {"response": {"status": 200, "matchingRules": {"$.body": "type"}}},
            "$.interactions[0].response.matchingRules['$.body']",
            "a rule is an object",
        ),
        (
            {"response": {"status": 200, "matchingRules": {"body": []}}},
            "$.interactions[0].response.matchingRules.body",
            "rules are an object",
        ),
        ({"request": {"generators": {"body": [1]}}}, "$.interactions[0].request.generators.body", "Expected `object`"),
    ],
)
def test_what_is_not_as_its_specification_says_is_named_with_its_place(
    interaction: dict[str, Any], place: str, reason: str
) -> None:
    with pytest.raises(ContractMalformed) as raised:
        read(old("3.0.0", **interaction))

    assert (raised.value.place, reason in str(raised.value)) == (place, True), str(raised.value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 300)
    | st.text(max_size=5)
    | st.sampled_from(["$.body.a", "body", "type"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$.body", "$.path", "$.header.A", "body", "header", "matchers", "match", "min", "$"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["1.0", "2.0.0", "3.0.0"]), JSON, JSON, JSON, JSON)
def test_whatever_stands_in_a_file_is_read_or_refused(
    version: str, rules: Any, generators: Any, body: Any, any_: Any
) -> None:
    response = {"status": 200, "matchingRules": rules, "generators": generators, "body": body}
    document = old(version, response=response, providerStates=any_)
    document["messages"] = [{"description": "y", "contents": body, "metaData": any_, "matchingRules": rules}]
    try:
        contract = read(document)
    except CxmockError:
        return
    assert len(contract.interactions) == 2
