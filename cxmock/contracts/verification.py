"""Verification: every promise of a contract is tried on its live provider, by Pact's own engine."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any

from cxmock.contracts.arranging import Arrange, arranged_by, either
from cxmock.contracts.bridge import Bridge
from cxmock.contracts.engine import Begun, Engine, Job, Transport
from cxmock.contracts.library import load
from cxmock.contracts.model import Contract, HttpInteraction, Interaction
from cxmock.contracts.providers import Providers
from cxmock.contracts.targets import Target, provider_of, transport_of, without_login
from cxmock.contracts.verdicts import Mismatch, RowResult, Verdict, mismatches_of
from cxmock.errors.base import CxmockError
from cxmock.errors.contracts import ContractEmpty, NothingVerified
from cxmock.errors.verifying import EngineRefused
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.topology import CONNECTIONS

PATIENCE = 3
"""Promises in a row that a provider may leave unanswered until its time is over; the rest is not asked any more."""

AHEAD = 0.05
"""Of the time for a request: how long a promise may wait for the one before it, whose request for a state goes on."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A promise that the engine was given."""

    number: int
    contract: Contract
    place: int
    job: Job
    begun: Begun
    turn: int
    since: float

    @property
    def interaction(self) -> Interaction:
        return self.contract.interactions[self.place]


async def _as_it_is(number: int, interaction: Interaction) -> None:
    """Leave the provider as it is."""


class Verifier:
    """Verifies contracts against running providers; use it as an async context manager, or close it.

    Pact's engine is asked for one interaction at a time: that costs no more than a whole file, keeps its time linear,
    and tells for certain which promise an explanation belongs to. It is given the next one meanwhile and gets ready,
    but only up to the first state: nothing reaches a provider before the verdict on the promise before.

    Args:
        ca_file: the CA that signs the providers' certificates (PEM).
        targets: where each row's provider is.
        arrange: brings about a provider state; asked for those that cannot be had through the provider's own protocol.
        states: asked before all others, where somebody wants it done in his own way.
        contracts: gives a row's contract; the shipped ones by default.
        fresh: awaited before each interaction, with its row: return the parts to their initial state here.
        within: seconds for each request, state and operation.
    """

    def __init__(
        self,
        *,
        ca_file: Path,
        targets: Mapping[int, Target],
        arrange: Arrange,
        states: Arrange | None = None,
        contracts: Callable[[int], Contract] = load,
        fresh: Callable[[int, Interaction], Awaitable[None]] = _as_it_is,
        within: float = 5.0,
    ) -> None:
        self._contracts = contracts
        self._fresh = fresh
        self._within = within
        in_his_way = either(states, arrange) if states else arrange
        self._providers = Providers(ca_file, targets, in_his_way, within)
        by_protocol = either(arranged_by(self._providers.arrangers), arrange)
        # The bridge gives up first, so that its explanation still reaches Pact's engine.
        self.bridge = Bridge(
            either(states, by_protocol) if states else by_protocol, self._providers.adapter, within * 0.9
        )
        """Serves states and transports; a control port may serve its ``answer`` too, for other Pact verifiers."""
        self._engine = Engine(ca_file)
        self._listener: Listener | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Warm up: start the engine and open the bridge. Harmless when repeated; the first verification does it too."""
        if self._listener is None:
            sock = socket.create_server(("127.0.0.1", 0))
            self._listener = Listener(sock, lambda secure: HttpConnection(self.bridge.answer, lambda *seen: None))
            self._listener.open()
        await self._engine.start()

    async def close(self) -> None:
        """End the engine, and close the bridge and every connection. Harmless when repeated."""
        await self._engine.close()
        if self._listener is not None:
            await self._listener.close()
            self._listener = None
        await self._providers.close()

    async def __aenter__(self) -> Verifier:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def verify(self, rows: Iterable[int] | None = None) -> list[RowResult]:
        """Verify whole contracts, one row after the other; all thirteen when none is named.

        Raises:
            ContractEmpty: a contract has no promises.
            NothingVerified: fewer interactions were verified than it has.
            EngineRefused: Pact's engine cannot use an interaction.
            NoTarget: it is not known where a provider is.
            TargetUnusable: its address is none.
            EngineDied: Pact's engine ended.
            EngineSilent: Pact's engine came to no verdict.
        """
        return [await self.verify_row(number) for number in (rows or [row.number for row in CONNECTIONS])]

    async def verify_row(
        self, number: int, contract: Contract | None = None, places: Sequence[int] | None = None
    ) -> RowResult:
        """Verify a contract on one row: the row's own, and all of it, unless told otherwise; see :meth:`verify`.

        A provider that leaves :data:`PATIENCE` promises in a row unanswered is not asked for the rest.

        Args:
            number: the row.
            contract: another contract than the row's own.
            places: the interactions that are chosen, by their places in the file.
        """
        began = asyncio.get_running_loop().time()
        contract = contract or self._contracts(number)
        chosen = range(len(contract.interactions)) if places is None else places
        if not contract.interactions:
            raise ContractEmpty(contract.file)
        if not chosen:
            raise NothingVerified(contract.file, 0, len(contract.interactions))
        async with self._turn:
            verdicts = await self._verdicts(number, contract, chosen)
        seconds = asyncio.get_running_loop().time() - began
        return RowResult(number, contract, tuple(verdicts), seconds, len(contract.interactions) - len(verdicts))

    async def ready(self, number: int, contract: Contract, places: Iterable[int]) -> None:
        """See that what is to be asked can be reached and trusted, before any promise is tried.

        Raises:
            TargetNotReady: it cannot.
            NoTarget: it is not known where a provider is.
            TargetUnusable: its address is none.
        """
        interactions = [contract.interactions[place] for place in places]
        await self._providers.ready(number, interactions)

    async def forget(self, number: int) -> None:
        """Close what leads to a row's provider: its target is another one from now on."""
        await self._providers.forget(number)

    def limit(self, interaction: Interaction) -> float:
        """Return the seconds after which an interaction has its verdict, whatever happens."""
        # A request for each state, one for the interaction, and some air: each has its own limit in the engine.
        return (len(interaction.provider_states) + 2) * self._within + 5.0

    async def check(self, number: int, place: int, contract: Contract | None = None) -> Verdict:
        """Verify one interaction of a contract, by its place in the file; see :meth:`verify_row`."""
        async with self._turn:
            return await self._verdict(await self._begin(number, contract or self._contracts(number), place))

    async def _verdicts(self, number: int, contract: Contract, chosen: Sequence[int]) -> list[Verdict]:
        verdicts: list[Verdict] = []
        unanswered: Counter[str] = Counter()
        ahead: _Sent | None = None
        try:
            for place, following in zip_longest(chosen, chosen[1:]):
                interaction = contract.interactions[place]
                at = without_login(self._providers.url(number, interaction))
                if ahead is not None and (unanswered[at] >= PATIENCE or self._waited(ahead)):
                    await self._take_back(ahead)
                    ahead = None
                if unanswered[at] >= PATIENCE:
                    verdicts.append(_not_asked(number, interaction, at))
                    continue
                sent = await self._begin(number, contract, place, ahead)
                ahead = None
                if following is not None and contract.interactions[following].provider_states:
                    ahead = await self._send(number, contract, following)
                verdict = await self._verdict(sent)
                # The bridge gives up a little before the engine does.
                hung = verdict.unanswered and verdict.seconds >= self._within * 0.8
                unanswered[at] = unanswered[at] + 1 if hung else 0
                verdicts.append(verdict)
        finally:
            if ahead is not None:
                await self._take_back(ahead)
        return verdicts

    async def _begin(self, number: int, contract: Contract, place: int, ahead: _Sent | None = None) -> _Sent:
        """Make everything fresh for a promise, and let the engine try it: one that it has already, or has now."""
        interaction = contract.interactions[place]
        await self.start()
        async with asyncio.timeout(self.limit(interaction)):
            await self._fresh(number, interaction)
        self.bridge.begin(number)
        sent = ahead or await self._send(number, contract, place)
        self.bridge.turns.come(sent.turn)
        return sent

    async def _send(self, number: int, contract: Contract, place: int) -> _Sent:
        """Give the engine a promise; where it has a state, the engine gets no further than that before its turn."""
        turn = self.bridge.turns.take()
        job = self._job(number, contract, place, turn)
        since = asyncio.get_running_loop().time()
        return _Sent(number, contract, place, job, await self._engine.begin(job), turn, since)

    def _waited(self, ahead: _Sent) -> bool:
        """Return whether a promise waited so long that its state would have too little time."""
        return asyncio.get_running_loop().time() - ahead.since > self._within * AHEAD

    async def _take_back(self, ahead: _Sent) -> None:
        """Have the engine give up a promise that waits."""
        self.bridge.turns.over(ahead.turn)
        with contextlib.suppress(CxmockError):
            await self._engine.ended(ahead.begun, about=ahead.interaction.description, within=self._within)

    async def _verdict(self, sent: _Sent) -> Verdict:
        """Return what the engine finds."""
        number, interaction = sent.number, sent.interaction
        at = without_login(self._providers.url(number, interaction))
        began = asyncio.get_running_loop().time()
        try:
            results = await self._engine.ended(
                sent.begun, about=interaction.description, within=self.limit(interaction)
            )
        finally:
            self.bridge.turns.over(sent.turn)
        seconds = asyncio.get_running_loop().time() - began
        found = results["interactionResults"]
        if len(found) != 1:
            said = _complaints(results)
            file = sent.contract.file
            raise EngineRefused(file, interaction.description, said) if said else NothingVerified(file, len(found), 1)
        [result] = found
        reasons = self.bridge.explanations(number)
        if not reasons and (result.get("mismatch") or {}).get("type") == "error":
            reasons = (await self._why_no_answer(sent, at, seconds),)
        kept = result["result"] == "OK"
        mismatches = () if kept else mismatches_of(result, reasons)
        return Verdict(number, interaction, str(provider_of(number, interaction)), kept, mismatches, seconds, at)

    async def _why_no_answer(self, sent: _Sent, at: str, seconds: float) -> str:
        """Say why there was no answer to look at."""
        if transport_of(sent.number, sent.interaction) != "http":
            return f"{at} gave no whole answer within {self._within:g} s."  # else the bridge had told why
        transport = sent.job.transports[0]
        return await self._providers.why_no_answer(transport.scheme, sent.job.host, transport.port, seconds)

    def _job(self, number: int, contract: Contract, place: int, turn: int) -> Job:
        """Return what the engine is to do for one interaction: on its provider's address, or on the bridge."""
        interaction = contract.interactions[place]
        assert self._listener is not None
        host, port = self._listener.address
        states = f"http://{host}:{port}/turns/{turn}/states/{number}" if interaction.provider_states else ""
        name = transport_of(number, interaction)
        protocol = "http" if isinstance(interaction, HttpInteraction) else interaction.transport or "message"
        if name == "http":  # the provider of a message is asked for it in the same way
            address = self._providers.address(number, interaction)
            host = address.host
            transport = Transport(protocol, address.port, address.path or None, address.scheme)
        else:
            transport = Transport(protocol, port, f"/transports/{number}/{name}")
        pact = {
            "consumer": {"name": contract.consumer.name},
            "provider": {"name": contract.provider.name},
            "interactions": [contract.raw[place]],
            "metadata": {"pactSpecification": {"version": "4.0"}},
        }
        return Job(pact, host, [transport], states, self._within)


def _complaints(results: Mapping[str, Any]) -> list[str]:
    """Return why Pact's engine could not use a file: it names one of its own, which is of no interest."""
    said = [str((one.get("mismatch") or {}).get("message", "")) for one in results.get("errors") or ()]
    return [re.sub(r"^Failed to load pact '.*?' - ", "", text) for text in said if text]


def _not_asked(number: int, interaction: Interaction, at: str) -> Verdict:
    provider = str(provider_of(number, interaction))
    why = f"not asked: the {PATIENCE} promises before this one got no answer from {at} in time."
    return Verdict(number, interaction, provider, False, (Mismatch("call", "", why),), 0.0, at)
