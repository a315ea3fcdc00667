"""Components played from a contract alone: on their documented addresses, strictly, until the reset."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from cxmock.clients.genesys import GenesysClient
from cxmock.contracts.conformance import conformance
from cxmock.contracts.library import load
from cxmock.contracts.promises import Promises
from cxmock.contracts.reading import read_contract
from cxmock.errors.contracts import ContractMissing
from cxmock.errors.genesys import GenesysRefused
from cxmock.errors.playing import UnknownComponent
from cxmock.errors.stubs import NoStub, NothingToPlay, UrlOrContract
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from cxmock.testbed.stubbing import play_row
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import Component
from cxmock.wire.http import Response, to_json

PACTS = Path(__file__).parent.parent / "contracts" / "pacts"


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        yield testbed


def ask(testbed: Testbed, component: Component, target: str, method: str = "GET", **headers: str) -> Response:
    """Ask over TLS, as a client of somebody else's does."""
    context = ssl.create_default_context(cafile=str(testbed.authority.ca_file))
    url = testbed.directory.endpoint(component).url + target
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, context=context, timeout=5) as answer:
            return Response(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, dict(error.headers), error.read())


@pytest.mark.parametrize("number", [1, 3, 4, 5, 8, 9, 10, 11, 12])
def test_a_stub_keeps_every_promise_of_its_contract(testbed: Testbed, number: int) -> None:
    """By Pact's own judgement; where several promises are about one request, the states choose.

    What a provider says by itself a stub does not say.
    """
    play_row(testbed, number)
    unasked = [one.description for one in Promises(load(number)).all if one.unasked]
    verifier = TestbedVerifier(testbed)
    try:
        [result] = verifier.verify([number])
    finally:
        verifier.close()

    assert [one.interaction.description for one in result.verdicts if not one.kept] == unasked
    assert result.kept


def test_what_a_stub_is_asked_is_seen_by_the_journal(testbed: Testbed) -> None:
    testbed.play("nexus", contract=12)

    answer = ask(testbed, Component.NEXUS, "/nexus/v3/nothing")

    exchange = testbed.journal.wait_for(12, operation="GET /nexus/v3/nothing")
    assert not exchange.ok
    assert exchange.response["status"] == answer.status == 501
    assert answer.json()["what"].startswith("GET /nexus/v3/nothing is not promised on connection 12")


def test_a_reset_forgets_the_stub(testbed: Testbed) -> None:
    testbed.start(Component.NEXUS)
    fake = testbed.part(Component.NEXUS)
    testbed.play(Component.NEXUS, contract=12)
    assert type(testbed.part(Component.NEXUS)).__name__ == "HttpStub"

    testbed.reset()

    assert type(testbed.part(Component.NEXUS)) is type(fake)


def test_only_what_is_played_is_started(testbed: Testbed) -> None:
    """Not what the fake would need."""
    testbed.play("gws", contract=11)

    assert testbed.started == (Component.GWS,)
    assert testbed.played == {}


@pytest.mark.parametrize("file", ["webshop-library-v2.json", "reader-library-v3.json"])
def test_a_pact_by_other_tools_is_played_and_held_against_what_was_asked(testbed: Testbed, file: str) -> None:
    testbed.play("nexus", contract=PACTS / file)
    if file.startswith("webshop"):
        ask(testbed, Component.NEXUS, "/books?sort=title&limit=9", Accept="application/json", Authorization="Bearer x")
        ask(testbed, Component.NEXUS, "/loans/x", "POST")
    else:
        ask(testbed, Component.NEXUS, "/books/1/picture")
        ask(testbed, Component.NEXUS, "/books?author=Shelley&limit=1&sort=title", Authorization="Bearer y")

    testbed.run(until(lambda: len(testbed.journal) == 2, within=5))
    found = conformance(read_contract(PACTS / file), testbed.journal, number=12)

    good, bad = found.judgements
    assert (good.judged, bad.judged) in (("promised", "mismatched"), ("promised", "unpromised"))
    assert [exchange.response["status"] for exchange in testbed.journal] == [200, 501]


def test_a_contract_may_have_promises_for_some_of_a_connections_components(testbed: Testbed, tmp_path: Path) -> None:
    contract = load(8)
    kept = [dict(one) for one in contract.raw if one["comments"]["cxmock"]["provider"] == "dial-manager"]
    document = {
        "consumer": {"name": "ocs"},
        "provider": {"name": "compliance-manager"},
        "interactions": kept,
        "metadata": {"pactSpecification": {"version": "4.0"}, "cxmock": {"connection": 8}},
    }
    (tmp_path / "8.json").write_bytes(to_json(document))

    assert play_row(testbed, 8, tmp_path / "8.json") == [Component.DIAL_MANAGER]


@pytest.mark.parametrize(
    ("component", "url", "contract", "error", "said"),
    [
        ("nexsu", "", 12, UnknownComponent, 'Did you mean "nexus"?'),
        ("nexus", "", None, UrlOrContract, "Nexus is to be played by nobody."),
        ("nexus", "http://127.0.0.1:9", 12, UrlOrContract, "by a service and a contract at once"),
        ("postgres", "", 7, NoStub, "PostgreSQL cannot be played from a contract."),
        ("nexus", "", 11, NothingToPlay, "has nothing that Nexus could answer over http."),
        ("nexus", "", "nowhere.json", ContractMissing, "There is no contract nowhere.json."),
        ("nexus", "", PACTS / "reader-library-v3-messages.json", NothingToPlay, "nothing that Nexus could answer"),
        ("redis", "", PACTS / "reader-library-v3-messages.json", NothingToPlay, "nothing that Redis could answer"),
    ],
)
def test_what_cannot_be_played_is_told_and_changes_nothing(
    testbed: Testbed, component: str, url: str, contract: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as raised:
        testbed.play(component, url, contract=contract)

    assert said in str(raised.value)
    assert testbed.started == ()


# Redis


@pytest.mark.parametrize("protocol", [2, 3])
def test_redis_answers_what_its_contract_promises(testbed: Testbed, protocol: int) -> None:
    """To a client library of somebody else's, which introduces itself in its own way."""
    testbed.play("redis", contract=5)
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"], protocol=protocol, socket_timeout=5) as client:
        key = "cxc:{Acme}:session:1"
        assert client.ping()
        assert client.execute_command("INCR", "cxc:{Acme}:rules:version") == 1
        assert client.delete(key) == 1
        assert client.zrangebyscore("cxc:{Acme}:jobs", "-inf", 1) == [b"nightly-import"]
        with pytest.raises(redis.ResponseError, match=r'not promised: FLUSHALL .* nearest: "'):
            client.flushall()
        with pytest.raises(redis.ResponseError, match="not promised"):
            client.get(b"\xff")
        assert client.delete(key) == 1

    testbed.journal.wait_for(5, operation="FLUSHALL")
    seen = [(exchange.operation, exchange.ok) for exchange in testbed.journal if exchange.operation != "PING"]
    assert seen[:2] == [("INCR", True), ("DEL", True)]
    assert ("FLUSHALL", False) in seen


@pytest.mark.parametrize("protocol", [2, 3])
def test_redis_refuses_another_password_as_it_is_promised(testbed: Testbed, protocol: int) -> None:
    testbed.play("redis", contract=5)
    url = testbed.env["CX_REDIS_URL"].replace(testbed.directory.credentials.redis, "wrong")

    with (
        redis.Redis.from_url(url, protocol=protocol, socket_timeout=5) as client,
        pytest.raises(redis.AuthenticationError, match="invalid username-password pair"),
    ):
        client.ping()


def test_a_state_chooses_among_redis_answers(testbed: Testbed) -> None:
    testbed.play("redis", contract=5)
    key = "cxc:{Acme}:session:4711"
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"], socket_timeout=5) as client:
        assert client.getex(key, ex=28800) == b'{"username":"supervisor"}'

        testbed.part(Component.REDIS).states.choose("there is no key {key}", {"key": key})
        assert client.getex(key, ex=28800) is None


# Genesys servers


def test_configuration_server_answers_what_its_contract_promises(testbed: Testbed) -> None:
    testbed.play("confserv", contract=10)
    place = testbed.directory.endpoint(Component.CONFSERV)

    async def asking() -> tuple[dict[str, Any], str]:
        client = GenesysClient(place.host, place.port, application="gws")
        try:
            said = await client.perform(
                {"message": "ReadObjects", "attributes": {"objectType": "Campaign", "filter": {"name": "Autumn"}}}
            )
            with pytest.raises(GenesysRefused) as raised:
                await client.ask("ReadObject", {"objectType": "Campaign"})
            return dict(said), str(raised.value)
        finally:
            await client.aclose()

    answered, refused = testbed.run(asking())

    assert answered["messages"][-1]["message"] == "ObjectsSent"
    assert "Not promised. ReadObject" in refused
    testbed.journal.wait_for(10, operation="ReadObject")
    assert [exchange.operation for exchange in testbed.journal if exchange.connection == 10] == [
        "ReadObjects",
        "ReadObject",
    ]
