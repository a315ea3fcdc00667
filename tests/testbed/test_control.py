"""The control address: states, operations and providers for verifiers that are not ours, for no page in a browser."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from cxmock.net.addresses import Addresses
from cxmock.testbed import Testbed
from cxmock.topology import CONNECTIONS, Component
from cxmock.wire.http import Response, to_json


class Desk:
    """A testbed with Redis and Nexus, and what was said about it."""

    def __init__(self, testbed: Testbed) -> None:
        self.testbed = testbed
        self.said: list[str] = []
        self.told = testbed.control(self.said.append)

    def send(self, method: str, url: str, body: object = None, **headers: str) -> Response:
        data = None if body is None else to_json(body)
        request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Response(answer.status, {}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, {}, error.read())

    def state(self, number: int, name: str, action: str = "setup", **params: Any) -> Response:
        return self.send("POST", f"{self.told['states']}/{number}", {"state": name, "params": params, "action": action})

    def perform(self, number: int, transport: str, operation: object) -> Response:
        place = self.told["transports"][str(number)][transport]
        contents = {"content": operation, "contentType": "application/json", "encoded": False}
        url = f"{place['scheme']}://{place['host']}:{place['port']}{place['path']}"
        return self.send("POST", url, {"description": "x", "request": {"contents": contents}})

    def provider(self, number: int, method: str, path: str, body: object = None, **headers: str) -> Response:
        place = self.told["transports"][str(number)]["http"]
        return self.send(method, f"http://{place['host']}:{place['port']}{place['path']}{path}", body, **headers)


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    with Testbed() as testbed:
        testbed.start(Component.REDIS, Component.NEXUS, Component.LIST_MANAGER)
        yield Desk(testbed)


@pytest.fixture
def desk(shared: Desk) -> Iterator[Desk]:
    yield shared
    shared.testbed.reset()
    shared.said.clear()


def test_every_transport_of_the_table_is_told(desk: Desk) -> None:
    assert {number: list(places) for number, places in desk.told["transports"].items()} == {
        str(row.number): list(row.transports) for row in CONNECTIONS
    }
    assert desk.told["states"].startswith("http://127.")


def test_nothing_is_made_before_a_verifier_asks() -> None:
    with Testbed() as testbed:
        desk = Desk(testbed)
        assert testbed._control is not None
        assert "_outsiders" not in vars(testbed._control)

        desk.state(5, "")
        assert "_outsiders" in vars(testbed._control)


def test_states_are_brought_about_and_operations_performed(desk: Desk) -> None:
    desk.state(5, "hash {key} holds {fields}", key="h", fields={"a": "1"})

    assert desk.perform(5, "redis", {"argv": ["HGET", "h", "a"]}).json() == {"type": "bulk", "value": "1"}


def test_each_interaction_finds_the_provider_fresh(desk: Desk) -> None:
    """It begins after an operation of the one before."""
    desk.state(5, "hash {key} holds {fields}", key="h", fields={"a": "1"})
    desk.state(5, "hash {key} holds {fields}", key="i", fields={"a": "2"})
    assert desk.perform(5, "redis", {"argv": ["DBSIZE"]}).json()["value"] == 2
    assert desk.perform(5, "redis", {"argv": ["DBSIZE"]}).json()["value"] == 0


def test_a_teardown_ends_an_interaction_too(desk: Desk) -> None:
    """Some verifiers ask the provider at its own address."""
    desk.state(5, "hash {key} holds {fields}", key="h", fields={"a": "1"})
    desk.state(5, "hash {key} holds {fields}", "teardown", key="h", fields={"a": "1"})
    desk.state(5, "")

    assert desk.perform(5, "redis", {"argv": ["DBSIZE"]}).json()["value"] == 0


def test_a_provider_is_reached_through_the_control_address(desk: Desk) -> None:
    key = desk.testbed.directory.credentials.nexus_key

    answer = desk.provider(12, "GET", "/nexus/v3/nothing?a=b", **{"x-api-key": key})

    exchange = desk.testbed.journal.wait_for(12)
    request = exchange.request
    assert answer.status == exchange.response["status"]
    assert (request["path"], request["query"]) == ("/nexus/v3/nothing", {"a": ["b"]})
    assert (request["headers"]["x-api-key"], exchange.secure) == (key, True)


def test_of_several_providers_the_one_is_asked_that_promises_it(desk: Desk) -> None:
    """List Manager, at port 3007, alone promises the files."""
    answer = desk.provider(4, "GET", "/cx-contact/v3/files/import")

    exchange = desk.testbed.journal.wait_for(4)
    assert (answer.status, exchange.operation) == (401, "GET /cx-contact/v3/files/import")


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/cx-contact/v3/file/import", "nobody promises to answer GET /cx-contact/v3/file/import"),
        ("PATCH", "/x", "Connection 4: nobody promises to answer PATCH /x."),
    ],
)
def test_who_is_meant_has_to_be_clear(desk: Desk, method: str, path: str, said: str) -> None:
    answer = desk.provider(4, method, path)

    assert (answer.status, said in answer.text) == (421, True), answer.text
    assert desk.said == [answer.text.strip()]


@pytest.mark.parametrize(
    "path", ["/", "/states", "/states/14", "/states/0", "/states/x", "/states/05", "/state/5", "/providers/99/x"]
)
def test_what_is_asked_in_vain_is_answered_with_what_can_be(desk: Desk, path: str) -> None:
    answer = desk.send("POST", desk.told["states"].removesuffix("/states") + path, {})

    assert answer.status == 421
    assert f"The control address does not answer POST {path}." in answer.text
    assert "rows are 1 to 13" in answer.text


def test_only_a_provider_is_asked_otherwise_than_by_post(desk: Desk) -> None:
    assert desk.send("GET", f"{desk.told['states']}/5").status == 421


def test_why_something_failed_is_said(desk: Desk) -> None:
    """The verifiers' users see no more than a status."""
    assert desk.state(5, "hash {key} hold {fields}").status == 404
    assert desk.perform(5, "redis", {"argc": 1}).status == 422

    state, operation = desk.said
    assert state.startswith("Connection 5: ")
    assert 'does not know the provider state "hash {key} hold {fields}".' in state
    assert 'Connection 5: The operation could not be performed: This operation has no "argv"' in operation


def test_a_fault_of_ours_is_no_5xx_and_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After one, Pact would ask eight times more, for two minutes."""

    async def failing(*arguments: object, **options: object) -> None:
        raise OSError("the disk is full")

    desk.perform(5, "redis", {"argv": ["PING"]})
    monkeypatch.setattr(desk.testbed, "reset_parts", failing)

    answer = desk.state(5, "")

    assert (answer.status, answer.text) == (421, "OSError: the disk is full\n")
    assert desk.said == ["OSError: the disk is full"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Host": "example.com"}, {"Host": "8.8.8.8:7000"}]
)
def test_a_page_in_a_browser_is_refused(desk: Desk, headers: dict[str, str]) -> None:
    """It could have the stores do anything."""
    answer = desk.send("POST", f"{desk.told['states']}/5", {}, **headers)

    assert answer.status == 403
    assert "not for pages in a browser" in answer.text


def test_the_addresses_stay_claimed_as_long_as_the_testbed_has_them(desk: Desk) -> None:
    """The control port is the claim."""
    other = Addresses()
    try:
        assert other.block != desk.testbed.addresses.block
    finally:
        other.close()


def test_asked_again_it_is_the_same_address(desk: Desk) -> None:
    assert json.dumps(desk.testbed.control()) == json.dumps(desk.told)


@pytest.mark.parametrize("path", ["/states/5", "/providers/12/nexus/v3/x", "/wrong/states/5", "//states/5"])
def test_nothing_is_answered_without_the_key(desk: Desk, path: str) -> None:
    """States tell secrets, and anybody on this machine may connect."""
    host = urlsplit(desk.told["states"]).netloc

    answer = desk.send("POST", f"http://{host}{path}", {"state": "the Nexus API key is known"})

    assert (answer.status, "This address answers who knows its key" in answer.text) == (403, True)


@pytest.mark.parametrize(("user", "answered"), [(os.getuid(), True), (0, True), (None, True), (os.getuid() + 1, False)])
def test_operations_are_for_programs_of_the_user_who_started_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, user: int | None, answered: bool
) -> None:
    monkeypatch.setattr("cxmock.testbed.control.user_of", lambda address: user)

    if answered:
        assert desk.perform(5, "redis", {"argv": ["DBSIZE"]}).status == 200
    else:
        with pytest.raises(OSError, match=r"reset|closed|pipe"):
            desk.perform(5, "redis", {"argv": ["DBSIZE"]})
