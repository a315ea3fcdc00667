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
from cxmock.contracts.mutating import Answer, Mutant, Seen
from cxmock.contracts.targets import Target, key_of
from cxmock.contracts.verdicts import Verdict
from cxmock.contracts.verification import Verifier
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.wire.http import Request, Response

WITHIN = 5.0
"""Seconds that an answer may take when it comes."""
LATE = 0.25
"""Seconds that are waited for one that does not come."""


class Replay:
    """Plays the provider of whichever interaction is verified, through the verifier that everybody uses."""

    def __init__(self, ca_file: Path) -> None:
        self._targets: dict[int, Target] = {}
        self._verifiers = {within: self._verifier(ca_file, within) for within in (WITHIN, LATE)}
        self._seen: Seen
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

    async def verdict_on(self, mutant: Mutant) -> Verdict:
        """Verify the mutant's promise against the mutant."""
        return await self._verdict(mutant.seen, mutant.answer)

    async def verdict_on_truth(self, seen: Seen) -> Verdict:
        """Verify a promise against the true answer."""
        return await self._verdict(seen, seen.answer)

    async def _verdict(self, seen: Seen, answer: Answer | None) -> Verdict:
        self._seen, self._answer = seen, answer
        if self._listener is None:
            sock = socket.create_server(("127.0.0.1", 0))
            self._listener = Listener(sock, lambda secure: HttpConnection(self._respond, lambda *seen: None))
            self._listener.open()
        host, port = self._listener.address
        self._targets[seen.number] = Target({key_of(seen.number, seen.interaction): f"http://{host}:{port}"})
        verifier = self._verifiers[LATE if answer is None else WITHIN]
        return await verifier.check(seen.number, seen.place, load(seen.number))

    async def _arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._seen.values[template]

    async def _respond(self, request: Request) -> Response:
        if not isinstance(self._answer, Response):
            await self._never.wait()
            return Response(503)
        return self._answer

    def _adapter(self) -> Adapter:
        assert isinstance(self._seen.interaction, SyncMessage)
        return Adapter(self._perform, self.close, self._seen.interaction.request.contents.value())

    async def _perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(self._answer, Mapping):
            await self._never.wait()
            return {}
        return self._answer
