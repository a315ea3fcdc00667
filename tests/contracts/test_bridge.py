"""The bridge: states are arranged and operations performed, and whatever fails is explained, never with a 5xx."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.arranging import arranged_by, either
from cxmock.contracts.bridge import Bridge
from cxmock.errors.states import UnknownState
from cxmock.serving import States
from cxmock.wire.http import Request, Response, to_json


class Store:
    """A store with one state, and operations that tell what they were asked."""

    states = States()

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    @states("key {key} holds {value}")
    async def holds(self, key: str, value: str) -> dict[str, Any]:
        """Give the key, and a number."""
        return {"key": f"{key}!", "number": 7}

    @states("the store is on fire")
    def burns(self) -> None:
        """Fail."""
        raise OSError("no extinguisher")

    @states("the store takes its time")
    async def waits(self) -> None:
        """Never end."""
        await asyncio.Event().wait()

    async def perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(operation)
        if operation["argv"] == ["WAIT"]:
            await asyncio.Event().wait()
        return {"type": "integer", "value": len(self.asked)}

    async def close(self) -> None:
        """Do nothing."""


class Desk:
    """A bridge before a store, on row 5."""

    def __init__(self) -> None:
        self.store = Store()
        adapter = Adapter(self.store.perform, self.store.close, {"argv": ["PING"]})
        self.bridge = Bridge(arranged_by(lambda number: [object(), self.store]), lambda number, name: adapter, 0.1)

    def post(self, path: str, body: object) -> Response:
        return asyncio.run(self.bridge.answer(Request("POST", path, body=to_json(body))))

    def state(self, name: str, **params: Any) -> Response:
        return self.post("/states/5", {"state": name, "params": params, "action": "setup"})

    def perform(self, contents: Any, **more: Any) -> Response:
        body = {"description": "x", "request": {"contents": {"content": contents, "encoded": False}, **more}}
        return self.post("/transports/5/redis", body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_state_gives_its_values(desk: Desk) -> None:
    response = desk.state("key {key} holds {value}", key="a", value="b")

    assert (response.status, response.json()) == (200, {"key": "a!", "number": 7})


def test_an_interaction_without_a_state_arranges_nothing(desk: Desk) -> None:
    assert desk.state("").json() == {}
    assert desk.post("/states/5", {"state": "the store is on fire", "params": {}, "action": "teardown"}).json() == {}


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/states/5", {"state": "key {key} hold {value}"}, 404, 'Did you mean "key {key} holds {value}"?'),
        ("/states/5", {"state": "key {key} holds {value}", "params": {"k": 1}}, 422, "unexpected keyword argument 'k'"),
        ("/states/5", {"state": "the store is on fire"}, 422, "OSError: no extinguisher"),
        ("/states/5", {"state": "the store takes its time"}, 422, "did not end within 0.1 s"),
        ("/states/5", [1], 422, "could not be arranged"),
        ("/states/14", {"state": "key {key} holds {value}"}, 404, "There is no connection 14"),
        ("/states/one", {}, 404, "There is no connection one"),
        ("/transports/5/redis", {"request": {"contents": {"content": {"args": []}}}}, 422, 'has no "argv"'),
        ("/transports/5/redis", {"request": {"contents": {"content": [1]}}}, 422, "an operation is a JSON object"),
        ("/transports/5/redis", {"request": {"contents": {"content": {"argv": ["WAIT"]}}}}, 422, "within 0.1 s"),
        ("/transports/5/redis", {"request": 1}, 422, "could not be performed"),
        ("/elsewhere", {}, 404, "Bridge does not answer POST /elsewhere."),
    ],
)
def test_what_fails_is_explained_with_a_client_error(
    desk: Desk, path: str, body: object, status: int, said: str
) -> None:
    response = desk.post(path, body)

    assert (response.status, said in response.text) == (status, True), response.text


def test_explanations_are_kept_until_the_next_interaction_begins(desk: Desk) -> None:
    desk.state("the store is on fire")
    assert desk.bridge.explanations(5) == ("The state could not be arranged: OSError: no extinguisher",)
    assert desk.bridge.explanations(7) == ()

    desk.bridge.begin(5)
    assert desk.bridge.explanations(5) == ()


def test_an_operation_is_performed_and_what_was_observed_returned(desk: Desk) -> None:
    response = desk.perform({"argv": ["GET", "a"]})

    assert response.json() == {"type": "integer", "value": 1}
    assert desk.store.asked == [{"argv": ["GET", "a"]}]


def test_state_values_take_the_place_of_examples(desk: Desk) -> None:
    """Pact leaves that to who performs the operation."""
    desk.state("key {key} holds {value}", key="a", value="b")
    generators = {
        "$.argv[1]": {"type": "ProviderState", "expression": "k:${key}"},
        "$.argv[2]": {"type": "ProviderState", "expression": "${number}"},
        "$.argv[3]": {"type": "ProviderState", "expression": "${value}"},
    }

    desk.perform({"argv": ["SET", "x", 0, "y"]}, generators={"body": generators})

    assert desk.store.asked == [{"argv": ["SET", "k:a!", 7, "b"]}]


def test_a_value_that_no_state_gave_is_named(desk: Desk) -> None:
    desk.state("key {key} holds {value}", key="a", value="b")

    response = desk.perform(
        {"argv": ["GET", "x"]}, generators={"body": {"$.argv[1]": {"type": "ProviderState", "expression": "${kay}"}}}
    )

    assert 'The provider state gives no value "kay" for "${kay}". Did you mean "key"?' in response.text


def test_values_of_one_interaction_do_not_reach_the_next(desk: Desk) -> None:
    """Other Pact verifiers never say when an interaction begins: after an operation, the next state does."""
    desk.state("key {key} holds {value}", key="a", value="b")
    desk.perform({"argv": ["PING"]})
    desk.state("")

    response = desk.perform(
        {"argv": ["GET", "x"]}, generators={"body": {"$.argv[1]": {"type": "ProviderState", "expression": "${key}"}}}
    )

    assert response.status == 422


def test_who_is_preferred_is_asked_first_and_the_others_for_all_else() -> None:
    class Preferred:
        states = States()

        @states("key {key} holds {value}")
        def holds(self, key: str, value: str) -> dict[str, str]:
            return {"by": "the preferred"}

    arrange = either(arranged_by(lambda number: [None, Preferred()]), arranged_by(lambda number: [Store()]))

    async def arranging(template: str, **params: str) -> Mapping[str, Any]:
        return await arrange(5, template, params)

    assert asyncio.run(arranging("key {key} holds {value}", key="a", value="b")) == {"by": "the preferred"}
    with pytest.raises(OSError, match="no extinguisher"):
        asyncio.run(arranging("the store is on fire"))
    with pytest.raises(UnknownState):
        asyncio.run(arranging("unheard of"))
