"""Verification: every promise of a contract is tried on its live provider, by Pact's own engine."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from cxmock.clients.http import HttpClient
from cxmock.contracts.adapters import Access, Adapter, open_adapter
from cxmock.contracts.arranging import Arrange, arranged_by, first_of
from cxmock.contracts.bridge import Bridge
from cxmock.contracts.contact_states import ContactStates
from cxmock.contracts.engine import Engine, Job, Transport
from cxmock.contracts.library import load
from cxmock.contracts.model import Contract, HttpInteraction, Interaction
from cxmock.contracts.targets import Target, provider_of
from cxmock.contracts.verdicts import RowResult, Verdict, mismatches_of
from cxmock.errors.contracts import NoTarget, NothingVerified
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.topology import CONNECTIONS, Component, connection

_PORTS = {"http": 80, "https": 443}
_ENTRIES = (Component.INGRESS, Component.API_AGGREGATOR)
"""Where CX Contact's API is entered."""


async def _as_it_is(number: int) -> None:
    """Leave the provider as it is."""


class Verifier:
    """Verifies contracts against running providers; use it as an async context manager, or close it.

    Pact's engine is asked for one interaction at a time: that costs no more than a whole file, keeps its time linear,
    and tells for certain which promise an explanation belongs to.

    Args:
        ca_file: the CA that signs the providers' certificates (PEM).
        targets: where each row's provider is.
        arrange: brings about a provider state. What it does not know is tried through the provider's own protocol.
        contracts: gives a row's contract; the shipped ones by default.
        fresh: awaited before each interaction with its row: return the parts to their initial state here.
        within: seconds for each request, state and operation.
    """

    def __init__(
        self,
        *,
        ca_file: Path,
        targets: Mapping[int, Target],
        arrange: Arrange,
        contracts: Callable[[int], Contract] = load,
        fresh: Callable[[int], Awaitable[None]] = _as_it_is,
        within: float = 5.0,
    ) -> None:
        self._ca_file = ca_file
        self._targets = targets
        self._contracts = contracts
        self._fresh = fresh
        self._within = within
        # The bridge gives up first, so that its explanation still reaches Pact's engine.
        self._arrange = arrange
        self.bridge = Bridge(first_of(arrange, arranged_by(self._arrangers)), self._adapter, within * 0.9)
        """Serves states and transports; a control port may serve its ``answer`` too, for other Pact verifiers."""
        self._adapters: dict[tuple[int, str], Adapter] = {}
        self._clients: dict[str, HttpClient] = {}
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
        for adapter in self._adapters.values():
            await adapter.close()
        self._adapters.clear()
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

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
            NothingVerified: a contract is empty, or fewer interactions were verified than it has.
            NoTarget: it is not known where a provider is.
            EngineDied: Pact's engine ended.
            EngineSilent: Pact's engine came to no verdict.
        """
        return [await self.verify_row(number) for number in (rows or [row.number for row in CONNECTIONS])]

    async def verify_row(self, number: int) -> RowResult:
        """Verify the contract of one row; see :meth:`verify`."""
        began = asyncio.get_running_loop().time()
        contract = self._contracts(number)
        if not contract.interactions:
            raise NothingVerified(contract.file, 0, 0)
        verdicts = [await self.check(number, place) for place in range(len(contract.interactions))]
        return RowResult(number, contract, tuple(verdicts), asyncio.get_running_loop().time() - began)

    async def check(self, number: int, place: int) -> Verdict:
        """Verify one interaction of a row's contract, by its place in the file."""
        contract = self._contracts(number)
        interaction = contract.interactions[place]
        async with self._turn:
            await self.start()
            await self._fresh(number)
            self.bridge.begin(number)
            job = self._job(number, contract, place)
            began = asyncio.get_running_loop().time()
            # A request for each state, one for the interaction, and some air: each has its own limit in the engine.
            limit = (len(interaction.provider_states) + 2) * self._within + 5.0
            results = await self._engine.run(job, about=interaction.description, within=limit)
            seconds = asyncio.get_running_loop().time() - began
            found = results["interactionResults"]
            if len(found) != 1:
                raise NothingVerified(contract.file, len(found), 1)
            kept = found[0]["result"] == "OK"
            reasons: tuple[str, ...] = ()
            if not kept:
                reasons = self.bridge.explanations(number) or await self._why_no_answer(job, found[0], seconds)
        return Verdict(
            number,
            interaction,
            str(provider_of(number, interaction)),
            kept,
            () if kept else mismatches_of(found[0], reasons),
            seconds,
        )

    def _job(self, number: int, contract: Contract, place: int) -> Job:
        """Return what the engine is to do for one interaction: on its provider's address, or on the bridge."""
        interaction = contract.interactions[place]
        assert self._listener is not None
        host, port = self._listener.address
        if isinstance(interaction, HttpInteraction):
            parts = urlsplit(self._target(number).url(number, provider_of(number, interaction)))
            where = parts.hostname or ""
            transport = Transport(
                "http", parts.port or _PORTS[parts.scheme], parts.path.rstrip("/") or None, parts.scheme
            )
        else:
            where = host
            name = _transport(number, interaction)
            transport = Transport(interaction.transport or "message", port, f"/transports/{number}/{name}")
        pact = {
            "consumer": {"name": contract.consumer.name},
            "provider": {"name": contract.provider.name},
            "interactions": [contract.raw[place]],
            "metadata": {"pactSpecification": {"version": "4.0"}},
        }
        return Job(pact, where, [transport], f"http://{host}:{port}/states/{number}", self._within)

    def _arrangers(self, number: int) -> Iterator[object]:
        """Yield what can arrange a row's provider through its own protocol.

        Rows 7 and 13 lead to one provider, and it is row 7's role that may make tables: the first row's way is tried
        first.
        """
        provider = connection(number).provider
        for row in CONNECTIONS:
            if row.provider is provider and row.number in self._targets:
                for transport in row.transports:
                    if transport != "http" and transport in self._targets[row.number].urls:
                        yield self._adapter(row.number, transport).arranger
        for entry in _ENTRIES:
            if url := self._targets.get(number, Target({})).urls.get(entry):
                yield ContactStates(self._client(url), number, self._arrange)

    def _client(self, url: str) -> HttpClient:
        """Return the client of CX Contact's API at ``url``, by which states are arranged."""
        if (client := self._clients.get(url)) is None:
            context = self._trust if url.startswith("https:") else None
            client = HttpClient(url, context=context, agent="cxc-contract", within=self._within)
            self._clients[url] = client
        return client

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._ca_file))

    def _target(self, number: int) -> Target:
        if (target := self._targets.get(number)) is None:
            raise NoTarget(number, str(connection(number).provider), [])
        return target

    def _adapter(self, number: int, transport: str) -> Adapter:
        if (adapter := self._adapters.get((number, transport))) is None:
            target = self._target(number)
            access = Access(target.url(number, transport), self._ca_file, target.host_key, self._within)
            adapter = self._adapters[number, transport] = open_adapter(transport, access)
        return adapter

    async def _why_no_answer(self, job: Job, result: Mapping[str, Any], seconds: float) -> tuple[str, ...]:
        """Say why there was no answer to look at: Pact's engine itself says only that a request failed."""
        if (result.get("mismatch") or {}).get("type") != "error":
            return ()
        message = result["mismatch"].get("message", "")
        transport = job.transports[0]
        where = f"{transport.scheme}://{job.host}:{transport.port}"
        if seconds >= self._within:
            return (f"{where} gave no whole answer within {self._within:g} s.",)
        context = self._trust if transport.scheme == "https" else None
        try:
            async with asyncio.timeout(self._within):
                _, writer = await asyncio.open_connection(job.host, transport.port, ssl=context)
        except ssl.SSLError as error:
            return (f"{where}: TLS failed ({error.reason or error}).",)
        except TimeoutError:
            return (f"{where} accepts no connection within {self._within:g} s.",)
        except OSError as error:
            return (f"{where} cannot be reached: {os.strerror(error.errno) if error.errno else error}.",)
        writer.transport.abort()
        return (f"{where} closed the connection, or what it answered is not HTTP ({message}).",)


def _transport(number: int, interaction: Interaction) -> str:
    """Return the transport of a message: the one it names, else the row's first."""
    return interaction.transport or connection(number).transports[0]
