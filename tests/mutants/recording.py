"""What is truly said: by providers while each promise is verified on the testbed's parts, by consumers in the demo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.chosen import Chosen, choose
from cxmock.contracts.model import AsyncMessage, HttpInteraction, Interaction
from cxmock.contracts.mutating import Answer, Promised, Recorded
from cxmock.contracts.operations import name_of
from cxmock.contracts.targets import provider_of
from cxmock.journal import Exchange
from cxmock.serving import Routes
from cxmock.testbed import Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.wire.http import Request, Response, to_json

LARGE = 20_000
"""Bytes of a body from which on its lists are cut short."""


@dataclass
class Said:
    """What was truly said on some connections."""

    answers: dict[int, list[Recorded]] = field(default_factory=dict)
    """By row, each interaction with its provider's answer."""
    calls: dict[int, list[Exchange]] = field(default_factory=dict)
    """By row, what consumers asked, and the verifier in their place."""


def record(testbed: Testbed, rows: Sequence[int] = ()) -> Said:
    """Return what is said when the contracts of ``rows`` (all when none is named) are verified; the parts are started.

    Raises:
        AssertionError: a promise is not kept, so that no mutant of its provider would tell anything.
    """
    said = Said()
    chosen = choose(rows)
    verifier = TestbedVerifier(testbed)
    try:
        verifier.start(chosen)
        watching = _Watching(testbed, verifier)
        for one in chosen:
            said.calls[one.number] = []
            said.answers[one.number] = [watching.verified(one, place, said) for place in one.places]
    finally:
        verifier.close()
    return said


def record_demo(rows: Iterable[int]) -> dict[int, list[Exchange]]:
    """Return, by row, what CX Contact's services and the fakes ask each other while the demo's campaign is lived."""
    from cxmock.cli.demo.story import Files, Story, options

    samples = files("cxmock.reference.samples")
    with Testbed(options()) as testbed:
        testbed.start()
        story = Story(
            testbed, Files((samples / "contacts.csv").read_bytes(), (samples / "suppression.csv").read_bytes())
        )
        story.tell(lambda title: None, lambda result: None)
        assert not story.failures, story.failures
        return {number: testbed.journal.exchanges(number) for number in rows}


class _Watching:
    """Watches verification: what states gave, what clients observed, what parts answered."""

    def __init__(self, testbed: Testbed, verifier: TestbedVerifier) -> None:
        self._testbed = testbed
        self._verifier = verifier
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

    def verified(self, chosen: Chosen, place: int, said: Said) -> Recorded:
        """Verify one interaction; return it with its answer, and add what was said on its connection."""
        number, contract = chosen.number, chosen.contract
        interaction = contract.interactions[place]
        self._values = {}
        mark = self._testbed.journal.mark
        verdict = self._verifier.check(number, contract, place)
        assert verdict.kept, f'"{interaction.description}" is not kept: {verdict.mismatches}'
        exchanges = self._testbed.journal.exchanges(number, since=mark)
        said.calls[number] += exchanges
        answer: Answer = self._observed
        if isinstance(interaction, HttpInteraction):
            answer = _thinned(interaction, _response(interaction, exchanges))
        operation = operation_of(number, interaction, self._routes(number, interaction))
        return Recorded(number, place, interaction, operation, answer, self._values)

    def _routes(self, number: int, interaction: Interaction) -> Routes | None:
        routes = getattr(self._testbed.part(provider_of(number, interaction)), "routes", None)
        return routes if isinstance(routes, Routes) else None


def _response(interaction: HttpInteraction, exchanges: Sequence[Exchange]) -> Response:
    """Return the response to the engine's request: the last with its method, after those that arranged states."""
    for exchange in reversed(exchanges):
        asked, answered = exchange.request_message, exchange.response_message
        if isinstance(asked, Request) and asked.method == interaction.request.method:
            assert isinstance(answered, Response)
            return answered
    raise AssertionError(f'"{interaction.description}" was kept, and nobody answered')


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
        case {"message": str(message), "attributes": {"objectType": str(kind)}}:
            return f"{interaction.transport} {message} {kind}"
    return f"{interaction.transport} {name_of(interaction.transport, asked)}"
