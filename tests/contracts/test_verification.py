"""Verification: promises that are kept are found kept, and every way to break one is noticed and named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.arranging import arranged_by
from cxmock.contracts.authoring import Answer, Ask, Row, assumed, given
from cxmock.contracts.model import Contract, Interaction
from cxmock.contracts.providers import Providers
from cxmock.contracts.reading import contract_of
from cxmock.contracts.targets import Target
from cxmock.contracts.verdicts import Verdict
from cxmock.contracts.verification import Verifier
from cxmock.errors.contracts import (
    ContractEmpty,
    EngineDied,
    EngineSilent,
    NoTarget,
    NothingVerified,
    NotKept,
    TargetUnusable,
)
from cxmock.errors.verifying import EngineRefused
from cxmock.net.background import Background
from cxmock.net.tls import Authority
from cxmock.wire.http import Request, Response

from .conftest import Library, Place, contract, library_row


class Desk:
    """Verifies the library with one warm engine."""

    def __init__(self, background: Background, ca_file: Path, within: float = 5.0) -> None:
        self.background = background
        self.library = Library()
        self.contract: Contract = contract(library_row())
        self.targets: dict[int, Target] = {}
        self.verifier = Verifier(
            ca_file=ca_file,
            targets=self.targets,
            arrange=arranged_by(lambda number: [self.library]),
            contracts=lambda number: self.contract,
            within=within,
        )

    def at(self, url: str) -> None:
        self.targets[11] = Target({"gws": url})

    def verdicts(self) -> dict[str, Verdict]:
        result = self.background.run(self.verifier.verify_row(11), within=30)
        return {verdict.interaction.description: verdict for verdict in result.verdicts}

    def broken(self) -> dict[str, list[tuple[str, str]]]:
        """Return kind and place of each mismatch, by the promise which is not kept."""
        return {
            description: [(one.kind, one.place) for one in verdict.mismatches]
            for description, verdict in self.verdicts().items()
            if not verdict.kept
        }


@pytest.fixture(scope="module")
def shared(background: Background, ca_file: Path) -> Iterator[Desk]:
    desk = Desk(background, ca_file)
    yield desk
    background.run(desk.verifier.close())


@pytest.fixture
def desk(shared: Desk, place: Place) -> Desk:
    shared.library = Library()
    shared.contract = contract(library_row())
    shared.at(place.serve(lambda request: shared.library.answer(request)))
    return shared


def test_promises_that_are_kept_are_found_kept(desk: Desk) -> None:
    result = desk.background.run(desk.verifier.verify_row(11))

    assert (result.promised, result.kept, result.good) == (3, 3, True)
    assert [verdict.mismatches for verdict in result.verdicts] == [(), (), ()]
    assert {verdict.provider for verdict in result.verdicts} == {"gws"}


def test_a_provider_behind_tls_is_verified_with_the_testbeds_ca(desk: Desk, place: Place, authority: Authority) -> None:
    desk.at(place.serve(desk.library.answer, authority))

    assert desk.broken() == {}


def edit(change: Callable[[Any], None]) -> Callable[[Request, Response], Response]:
    """Return a spoiler of successful JSON answers."""

    def spoil(request: Request, response: Response) -> Response:
        data = response.json()
        change(data)
        return Response.of(data, response.status, {"Location": "/loans/1"})

    return spoil


MUTANTS: Mapping[str, tuple[Callable[[Request, Response], Response], dict[str, list[tuple[str, str]]]]] = {
    "a field of an element is missing": (
        edit(lambda data: data["books"][1].pop("title") if "books" in data else None),
        {"the books are listed": [("body", "$.books[1]")]},
    ),
    "a field is of another type": (
        edit(lambda data: data.update(total="3") if "total" in data else None),
        {"the books are listed": [("body", "$.total")]},
    ),
    "a list is empty": (
        edit(lambda data: data.update(books=[]) if "books" in data else None),
        {"the books are listed": [("body", "$.books")]},
    ),
    "a code of an error is another": (
        edit(lambda data: data["status"].update(code=603) if "status" in data else None),
        {"a stranger is refused": [("body", "$.status.code")]},
    ),
    "the status is another": (
        lambda request, response: Response.of(response.json(), 200, {"Location": "/loans/1"}),
        {"a stranger is refused": [("status", "")], "a book is lent": [("status", "")]},
    ),
    "a header is missing": (
        lambda request, response: Response.of(response.json(), response.status),
        {"a book is lent": [("header", "Location")]},
    ),
    "the body is text": (
        lambda request, response: (
            Response.plain(response.text, response.status) if response.status == 200 else response
        ),
        {"the books are listed": [("body", ""), ("header", "Content-Type")]},
    ),
    "the body is gone": (
        lambda request, response: Response(response.status) if response.status == 401 else response,
        {"a stranger is refused": [("body", "/"), ("header", "Content-Type")]},
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_changed_answer_is_noticed_and_its_field_named(desk: Desk, name: str) -> None:
    change, expected = MUTANTS[name]
    desk.library.change = change

    assert desk.broken() == expected


def test_an_unkept_promise_explains_itself(desk: Desk) -> None:
    desk.library.change = MUTANTS["a field is of another type"][0]

    verdict = desk.verdicts()["the books are listed"]
    with pytest.raises(NotKept) as raised:
        verdict.raise_unless_kept()

    assert str(raised.value).splitlines()[:3] == [
        'GWS does not keep a promise of connection 11: "the books are listed".',
        "  expected: What the contract says. Instead:",
        "            body $.total: Expected '3' (String) to be an integer",
    ]
    assert verdict.mismatches[0].actual == '"3"'


def test_a_redirect_is_an_answer_and_not_followed(desk: Desk) -> None:
    desk.library.change = lambda request, response: Response(302, {"Location": "/books"})

    assert ("status", "") in desk.broken()["a stranger is refused"]


def row_with(*states: Any) -> Row:
    row = Row(11)
    row.http("a book is lent", assumed("-"), Ask("POST", "/loans", json={"book": 7}), Answer(201), states=states)
    return row


def test_an_unknown_state_is_not_kept_and_says_what_is_known(desk: Desk) -> None:
    desk.contract = contract(row_with(given("there are {count} boks", count=1)))

    [mismatch] = desk.verdicts()["a book is lent"].mismatches

    assert mismatch.text.startswith('Library does not know the provider state "there are {count} boks".')
    assert 'Did you mean "there are {count} books"?' in mismatch.text


def test_a_state_with_wrong_params_is_not_kept_and_says_why(desk: Desk) -> None:
    desk.contract = contract(row_with(given("there are {count} books", number=1)))

    [mismatch] = desk.verdicts()["a book is lent"].mismatches

    assert "unexpected keyword argument 'number'" in mismatch.text


def test_a_provider_that_refuses_is_named(desk: Desk) -> None:
    desk.at("http://127.0.0.1:1")

    [mismatch] = desk.verdicts()["a book is lent"].mismatches

    assert mismatch.text == "http://127.0.0.1:1 cannot be reached: Connection refused."


def test_a_certificate_of_another_ca_is_named(desk: Desk, place: Place, tmp_path: Path) -> None:
    desk.at(place.serve(desk.library.answer, Authority(tmp_path)))

    [mismatch] = desk.verdicts()["a book is lent"].mismatches

    assert "TLS failed (CERTIFICATE_VERIFY_FAILED)" in mismatch.text


class Garbage(asyncio.Protocol):
    """Answers what is not HTTP, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"\x00\xff garbage\r\n\r\n")
        transport.close()


def test_garbage_is_named(desk: Desk, place: Place) -> None:
    desk.at(place.raw(Garbage))

    [mismatch] = desk.verdicts()["a book is lent"].mismatches

    assert "what it answered is not HTTP" in mismatch.text


@pytest.fixture
def hasty(background: Background, ca_file: Path) -> Iterator[Desk]:
    """A desk that waits a quarter of a second for an answer."""
    desk = Desk(background, ca_file, within=0.25)
    yield desk
    background.run(desk.verifier.close())


def test_a_provider_that_hangs_is_named_with_the_time_limit(hasty: Desk, place: Place) -> None:
    hasty.at(place.raw(asyncio.Protocol))
    hasty.contract = contract(row_with())

    [mismatch] = hasty.verdicts()["a book is lent"].mismatches

    assert mismatch.text.endswith("gave no whole answer within 0.25 s.")


def test_a_provider_that_goes_on_hanging_is_not_asked_for_the_rest(hasty: Desk, place: Place) -> None:
    """Each promise would take its whole time; after three in a row it is said, and not waited for."""
    connections: list[Silent] = []
    url = place.raw(lambda: Silent(connections))
    hasty.at(url)
    row = Row(11)
    for number in range(5):
        row.http(f"book {number} is lent", assumed("-"), Ask("POST", "/loans", json={"book": number}), Answer(201))
    hasty.contract = contract(row)

    verdicts = hasty.verdicts()

    assert [verdict.kept for verdict in verdicts.values()] == [False] * 5
    said = [str(verdict.mismatches[0]) for verdict in verdicts.values()]
    assert all("gave no whole answer within 0.25 s." in one for one in said[:3])
    assert said[3:] == [f"call: not asked: the 3 promises before this one got no answer from {url} in time."] * 2
    assert len(connections) == 3


class Silent(asyncio.Protocol):
    """Accepts, and says nothing."""

    def __init__(self, connections: list[Silent]) -> None:
        connections.append(self)


def test_a_state_that_hangs_is_named(hasty: Desk, place: Place) -> None:
    async def never(count: int) -> None:
        await asyncio.Event().wait()

    hasty.library.there_are = never  # type: ignore[method-assign,assignment]
    hasty.at(place.serve(hasty.library.answer))
    hasty.contract = contract(row_with(given("there are {count} books", count=1)))

    [mismatch] = hasty.verdicts()["a book is lent"].mismatches

    assert mismatch.text == "The state could not be arranged: it did not end within 0.225 s."


def test_an_empty_contract_is_no_success(desk: Desk) -> None:
    desk.contract = contract(Row(11))

    with pytest.raises(ContractEmpty):
        desk.verdicts()


def test_nothing_chosen_is_no_success(desk: Desk) -> None:
    with pytest.raises(NothingVerified) as raised:
        desk.background.run(desk.verifier.verify_row(11, places=[]))

    assert "0 of 3 interactions were verified" in str(raised.value)


def test_what_the_engine_cannot_read_is_told_in_its_words(desk: Desk) -> None:
    """Our own reading is as strict; what it should let through is no verdict either."""
    document = library_row().document()
    document["interactions"][0]["response"]["matchingRules"] = {"body": {"$.": {"matchers": [{"match": "type"}]}}}
    desk.contract = contract_of(json.dumps(document).encode(), "11-contact-gws.json")

    with pytest.raises(EngineRefused) as raised:
        desk.verdicts()

    assert str(raised.value).splitlines()[:3] == [
        '11-contact-gws.json: Pact\'s verifier cannot use "a book is lent".',
        "  expected: An interaction as the specification has it. The verifier says:",
        '            Expected a path after "." in path expression "$." at index 1',
    ]


def test_a_provider_at_no_known_address_is_an_error(desk: Desk) -> None:
    desk.targets.clear()

    with pytest.raises(NoTarget) as raised:
        desk.verdicts()

    assert "Connection 11: it is not known where gws is." in str(raised.value)


@pytest.mark.parametrize("url", ["127.0.0.1:8443", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port"])
def test_an_address_that_is_none_is_an_error(desk: Desk, url: str) -> None:
    desk.at(url)

    with pytest.raises(TargetUnusable) as raised:
        desk.verdicts()

    assert f"Connection 11: {url} is not an http:// or https:// address." in str(raised.value)


def engine_pid(desk: Desk) -> int:
    process = desk.verifier._engine._process
    assert process is not None
    return process.pid


def test_an_engine_that_dies_is_said_to_have_died_and_is_started_again(desk: Desk) -> None:
    assert desk.broken() == {}

    def die(request: Request, response: Response) -> Response:
        process = desk.verifier._engine._process
        assert process is not None
        process.kill()
        return response

    desk.library.change = die
    with pytest.raises(EngineDied) as raised:
        desk.verdicts()
    assert "killed by signal 9 (SIGKILL)" in str(raised.value)

    desk.library.change = lambda request, response: response
    assert desk.broken() == {}


def test_an_engine_that_cannot_start_shows_its_last_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A pact-python that cannot be loaded is told as what it is."""
    (tmp_path / "pact.py").write_text("raise ImportError('libpact_ffi.so: wrong libc')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    desk.background.run(desk.verifier.close())

    with pytest.raises(EngineDied) as raised:
        desk.verdicts()

    assert "exit status 1" in str(raised.value)
    assert "ImportError: libpact_ffi.so: wrong libc" in str(raised.value)


def test_an_engine_that_comes_to_no_verdict_is_ended(desk: Desk, place: Place) -> None:
    """Its own limits failing, ours ends it; nothing of it stays behind."""
    desk.at(place.raw(asyncio.Protocol))
    desk.background.run(desk.verifier.start())
    pid = engine_pid(desk)
    job = desk.verifier._job(11, desk.contract, 0, 1)

    with pytest.raises(EngineSilent) as raised:
        desk.background.run(desk.verifier._engine.run(job, about="a book is lent", within=0.2))

    assert 'no verdict on "a book is lent" within 0.2 s' in str(raised.value)
    assert not Path(f"/proc/{pid}").exists()


def test_proxies_of_the_environment_are_not_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pact would send even requests for loopback addresses to them."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    desk.background.run(desk.verifier.close())

    assert desk.broken() == {}


def test_parts_are_made_fresh_before_each_interaction(desk: Desk, ca_file: Path) -> None:
    asked: list[int] = []

    async def fresh(number: int, interaction: Interaction) -> None:
        asked.append(number)

    async def verifying() -> None:
        async with Verifier(
            ca_file=ca_file,
            targets=desk.targets,
            arrange=arranged_by(lambda number: [desk.library]),
            contracts=lambda number: desk.contract,
            fresh=fresh,
        ) as verifier:
            await verifier.verify_row(11)

    desk.background.run(verifying(), within=20)

    assert asked == [11, 11, 11]


def test_another_connections_way_to_a_provider_is_taken_only_where_it_leads_to_the_same_server(ca_file: Path) -> None:
    """Else a state would be arranged at one PostgreSQL and looked for at another."""

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError

    same, other = "postgresql://ocs@127.0.0.1:5432/a", "postgresql://ocs@127.0.0.1:5433/a"
    found = {}
    for url in (same, other):
        targets = {7: Target({"postgresql": "postgresql://cxc@127.0.0.1:5432/a"}), 13: Target({"postgresql": url})}
        found[url] = [*Providers(ca_file, targets, arrange, 1.0).arrangers(13)]

    assert (len(found[same]), len(found[other])) == (2, 1)
