"""The shipped contracts: complete, well known, and every example keeps its own promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.authoring import writing
from cxmock.contracts.library import folder, load
from cxmock.contracts.model import Body, Contract, HttpInteraction, SyncMessage
from cxmock.contracts.targets import VARIABLES, Target
from cxmock.contracts.verification import Verifier
from cxmock.net.background import Background
from cxmock.topology import CONNECTIONS, connection
from cxmock.wire.http import Request, Response, to_json

from .conftest import Place

NUMBERS = [row.number for row in CONNECTIONS]
NEEDED = {
    "redis": "argv",
    "postgresql": "sql",
    "sftp": "op",
    "ftp": "op",
    "nfs": "proc",
    **dict.fromkeys(("ocs", "confserv"), "message"),
}
"""Transport -> what each of its operations has."""


def test_the_files_are_what_is_authored() -> None:
    assert writing.check(folder()) == 13


@pytest.mark.parametrize("number", NUMBERS)
def test_each_connection_has_promises_that_are_known_for_a_reason(number: int) -> None:
    contract = load(number)
    row = connection(number)

    assert contract.connection == number
    assert (contract.consumer.name, contract.provider.name) == (row.consumer_name, row.provider_name)
    assert len(contract.interactions) >= 4
    for one in contract.interactions:
        assert one.comments.cxmock.evidence in ("D", "O", "A")
        assert len(one.comments.cxmock.source) > 10
        assert one.pending is False
        assert (one.transport or "http") in row.transports


@pytest.mark.parametrize("number", NUMBERS)
def test_each_connection_promises_an_error_that_a_client_must_handle(number: int) -> None:
    assert any(_is_error(one) for one in load(number).interactions)


def _is_error(one: Any) -> bool:
    if isinstance(one, HttpInteraction):
        return one.response.status >= 400
    content = one.response[0].contents.content
    message = content.get("messages", [{}])[-1].get("message")
    return (
        "error" in content or content.get("type") == "error" or content.get("status") == "NOENT" or message == "Error"
    )


def test_every_documented_environment_variable_leads_somewhere() -> None:
    """A row of HTTP has an address for each component, any other for each transport."""
    for row in CONNECTIONS:
        expected = (
            {str(place.component) for place in row.listens} if row.transports == ("http",) else set(row.transports)
        )
        assert {str(key) for key in VARIABLES[row.number]} == expected, row.number


class Replay:
    """Answers with the example of whatever interaction is being verified."""

    def __init__(self) -> None:
        self.contract: Contract = load(1)
        self.place = 0
        self.spoil: Callable[[Any], Any] = lambda example: example

    async def answer(self, request: Request) -> Response:
        interaction = self.contract.interactions[self.place]
        assert isinstance(interaction, HttpInteraction)
        response = interaction.response
        headers = {name: values if isinstance(values, str) else values[0] for name, values in response.headers.items()}
        if response.body is None or response.body == Body(content=""):
            return Response(response.status, headers)
        if response.body.content_type == "application/json":
            body = to_json(self.spoil(response.body.content))
        else:
            body = str(response.body.content).encode()
        return Response(response.status, {"Content-Type": response.body.content_type, **headers}, body)

    async def perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        interaction = self.contract.interactions[self.place]
        assert isinstance(interaction, SyncMessage)
        observed: Mapping[str, Any] = self.spoil(interaction.response[0].contents.content)
        return observed

    async def close(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def replay() -> Replay:
    return Replay()


@pytest.fixture(scope="module")
def mirror(background: Background, ca_file: Path, replay: Replay) -> Iterator[Verifier]:
    place = Place(background)
    url = place.serve(replay.answer)
    targets = {number: Target(dict.fromkeys(VARIABLES[number], url)) for number in NUMBERS}

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {}

    mirror = Verifier(ca_file=ca_file, targets=targets, arrange=arrange, contracts=lambda number: replay.contract)
    mirror.bridge.adapter = lambda number, transport: Adapter(
        replay.perform, replay.close, {NEEDED[transport]: None}, other="login"
    )
    yield mirror
    background.run(mirror.close())
    place.close()


def without_states(contract: Contract) -> Contract:
    """Return a contract whose examples stand as they are: no provider state changes them."""
    raw: list[dict[str, Any]] = [deepcopy(dict(one)) for one in contract.raw]
    for one in raw:
        one.pop("providerStates", None)
        for side in (one["request"], *(one["response"] if isinstance(one["response"], list) else [one["response"]])):
            side.pop("generators", None)
    return msgspec.structs.replace(contract, raw=tuple(raw))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_example_keeps_its_own_promise(
    background: Background, mirror: Verifier, replay: Replay, number: int
) -> None:
    """Otherwise a stub that answers with it would break the contract."""
    replay.contract = without_states(load(number))
    broken = {}
    for place in range(len(replay.contract.interactions)):
        replay.place = place
        verdict = background.run(mirror.check(number, place), within=20)
        if not verdict.kept:
            broken[verdict.interaction.description] = [str(one) for one in verdict.mismatches]

    assert broken == {}


def without_deepest(example: Any) -> Any:
    """Return ``example`` without the last field of its innermost object."""
    spoiled = deepcopy(example)
    level, innermost = [spoiled], None
    while level:
        innermost = next((one for one in level if isinstance(one, dict) and one), innermost)
        level = [
            part
            for one in level
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
        ]
    if innermost is not None:
        innermost.popitem()
    return spoiled


@pytest.mark.parametrize("number", NUMBERS)
def test_an_answer_that_lacks_a_field_breaks_its_promise(
    background: Background, mirror: Verifier, replay: Replay, number: int
) -> None:
    """The check can fail: every interaction that shows fields notices when one of them is missing."""
    replay.contract = without_states(load(number))
    unnoticed = []
    replay.spoil = without_deepest
    try:
        for place, one in enumerate(replay.contract.interactions):
            replay.place = place
            shown = one.response.body if isinstance(one, HttpInteraction) else _observed(one)
            if shown is None or without_deepest(shown.content) == shown.content:
                continue
            if background.run(mirror.check(number, place), within=20).kept:
                unnoticed.append(one.description)
    finally:
        replay.spoil = lambda example: example

    assert unnoticed == []


def _observed(one: Any) -> Body:
    assert isinstance(one, SyncMessage)
    return one.response[0].contents
