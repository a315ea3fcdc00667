"""Providers with one fault, verified: the true answers are replayed, the mutant's instead of one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxmock.contracts.adapters import Adapter
from cxmock.contracts.library import load
from cxmock.contracts.model import SyncMessage
from cxmock.contracts.mutating import Answer, ProviderMutant, Recorded
from cxmock.contracts.targets import Target, key_of
from cxmock.contracts.verdicts import Verdict
from cxmock.contracts.verification import Verifier
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.wire.http import Request, Response

WITHIN = 5.0
"""Seconds that an answer may take when it comes."""
LATE = 0.1
"""Seconds that are waited for one that does not come."""


class Replay:
    """Plays the provider of whichever interaction is verified, through the verifier that everybody uses.

    Args:
        ca_file: a CA; nothing here is encrypted, but Pact's engine wants one.
    """

    def __init__(self, ca_file: Path) -> None:
        self._targets: dict[int, Target] = {}
        self._verifiers = {within: self._verifier(ca_file, within) for within in (WITHIN, LATE)}
        self._recorded: Recorded
        self._answer: Answer | None = None
        self._listener: Listener | None = None
        self._never = asyncio.Event()

    def _verifier(self, ca_file: Path, within: float) -> Verifier:
        verifier = Verifier(ca_file=ca_file, targets=self._targets, arrange=self._arrange, within=within)
        verifier.bridge.arrange = self._arrange
        verifier.bridge.adapter = lambda number, transport: self._adapter()
        return verifier

    async def close(self) -> None:
        """End the engines and stop answering."""
        self._never.set()
        for verifier in self._verifiers.values():
            await verifier.close()
        if self._listener is not None:
            await self._listener.close()

    async def verdict_on(self, mutant: ProviderMutant) -> Verdict:
        """Verify the mutant's promise against the mutant."""
        return await self._verdict(mutant.recorded, mutant.answer)

    async def verdict_on_truth(self, recorded: Recorded) -> Verdict:
        """Verify a promise against the true answer."""
        return await self._verdict(recorded, recorded.answer)

    async def _verdict(self, recorded: Recorded, answer: Answer | None) -> Verdict:
        self._recorded, self._answer = recorded, answer
        number = recorded.number
        self._targets[number] = Target({key_of(number, recorded.interaction): self._url()})
        verifier = self._verifiers[LATE if answer is None else WITHIN]
        return await verifier.check(number, recorded.place, load(number))

    def _url(self) -> str:
        if self._listener is None:
            sock = socket.create_server(("127.0.0.1", 0))
            self._listener = Listener(sock, lambda secure: HttpConnection(self._respond, lambda *told: None))
            self._listener.open()
        host, port = self._listener.address
        return f"http://{host}:{port}"

    async def _arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._recorded.values[template]

    async def _respond(self, request: Request) -> Response:
        if not isinstance(self._answer, Response):
            await self._never.wait()
            return Response(503)
        return self._answer

    def _adapter(self) -> Adapter:
        assert isinstance(self._recorded.interaction, SyncMessage)
        return Adapter(self._perform, self.close, self._recorded.interaction.request.contents.value())

    async def _perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(self._answer, Mapping):
            await self._never.wait()
            return {}
        return self._answer
