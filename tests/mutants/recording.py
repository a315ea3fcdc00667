"""What every provider truly answers: each promise verified once on the testbed's parts, and its answer kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.chosen import Chosen, choose
from cxmock.contracts.model import AsyncMessage, HttpInteraction, Interaction
from cxmock.contracts.mutating import Answer, Promised, Seen
from cxmock.contracts.targets import provider_of
from cxmock.serving import Routes
from cxmock.testbed import Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.wire.http import Request, Response, to_json

LARGE = 20_000
"""Bytes of a body from which on its lists are cut short."""


def record(testbed: Testbed, rows: Sequence[int] = ()) -> dict[int, list[Seen]]:
    """Return, by row, each interaction with its true answer; the parts are started.

    Raises:
        AssertionError: a promise is not kept, so that no mutant of its provider would tell anything.
    """
    chosen = choose(rows)
    verifier = TestbedVerifier(testbed)
    try:
        verifier.start(chosen)
        return {one.number: _Recording(testbed, verifier, one).seen() for one in chosen}
    finally:
        verifier.close()


class _Recording:
    """Watches the verification of one contract."""

    def __init__(self, testbed: Testbed, verifier: TestbedVerifier, chosen: Chosen) -> None:
        self._testbed = testbed
        self._verifier = verifier
        self._chosen = chosen
        self._values: dict[str, Mapping[str, Any]] = {}
        self._observed: Mapping[str, Any] = {}
        bridge = verifier.verifier.bridge
        arrange, adapter = bridge.arrange, bridge.adapter

        async def arranged(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
            values = await arrange(number, template, params)
            self._values[template] = values
            return values

        def watched(number: int, transport: str) -> Adapter:
            real = adapter(number, transport)

            async def perform(operation: Mapping[str, Any]) -> Mapping[str, Any]:
                self._observed = await real.do(operation)
                return self._observed

            return replace(real, do=perform)

        bridge.arrange, bridge.adapter = arranged, watched

    def seen(self) -> list[Seen]:
        """Return the interactions with their answers."""
        return [self._one(place) for place in self._chosen.places]

    def _one(self, place: int) -> Seen:
        number, contract = self._chosen.number, self._chosen.contract
        interaction = contract.interactions[place]
        self._values = {}
        mark = self._testbed.journal.mark
        verdict = self._verifier.check(number, contract, place)
        assert verdict.kept, f'"{interaction.description}" is not kept: {verdict.mismatches}'
        answer: Answer = self._observed
        if isinstance(interaction, HttpInteraction):
            answer = self._response(interaction, mark)
            answer = _thinned(interaction, answer)
        operation = operation_of(number, interaction, self._routes(interaction))
        return Seen(number, place, interaction, operation, answer, self._values)

    def _response(self, interaction: HttpInteraction, mark: int) -> Response:
        """Return the response to the engine's request: the last with its method, after those that arranged states."""
        for exchange in reversed(self._testbed.journal.exchanges(self._chosen.number, since=mark)):
            asked, answered = exchange.request_message, exchange.response_message
            if isinstance(asked, Request) and asked.method == interaction.request.method:
                assert isinstance(answered, Response)
                return answered
        raise AssertionError(f'"{interaction.description}" was kept, and nobody answered')

    def _routes(self, interaction: Interaction) -> Routes | None:
        routes = getattr(self._testbed.part(provider_of(self._chosen.number, interaction)), "routes", None)
        return routes if isinstance(routes, Routes) else None


def _thinned(interaction: HttpInteraction, answer: Response) -> Response:
    """Return an answer with long lists cut short: what one element shows, nine thousand show no better."""
    if len(answer.body) < LARGE:
        return answer
    promised = Promised.of(interaction.response.body, interaction.response.matching_rules)
    return Response(answer.status, answer.raw_headers, to_json(promised.thinned(answer.json())))


def operation_of(number: int, interaction: Interaction, routes: Routes | None) -> str:
    """Return the operation that an interaction asks for, as its provider tells operations apart."""
    assert not isinstance(interaction, AsyncMessage)
    if isinstance(interaction, HttpInteraction):
        request = interaction.request
        provider = provider_of(number, interaction)
        for route in routes.table if routes else ():
            if route.method == request.method and route.fits(request.path):
                return f"{provider} {route}"
        return f"{provider} {request.method} {request.path}"
    asked = interaction.request.contents.value()
    match asked:
        case {"argv": [str(command), *_]}:
            words = [command]
        case {"sql": str(sql)}:
            words = sql.split()[:1]
        case {"login": _}:
            words = ["login"]
        case {"message": str(message), "attributes": {"objectType": str(kind)}}:
            words = [message, kind]
        case _:
            words = [str(asked.get("op") or asked.get("proc") or asked.get("message"))]
    return " ".join([interaction.transport, *words])
