"""The live providers: where they are, the clients that speak to them, and what can arrange them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from cxmock.clients.http import HttpClient
from cxmock.contracts.adapters import Access, Adapter, open_adapter
from cxmock.contracts.arranging import Arrange
from cxmock.contracts.contact_states import ContactStates
from cxmock.contracts.model import HttpInteraction, Interaction
from cxmock.contracts.reaching import NotTrusted, why_not
from cxmock.contracts.targets import Target, key_of, without_login
from cxmock.errors.contracts import NoTarget, TargetUnusable
from cxmock.errors.verifying import TargetNotReady
from cxmock.topology import CONNECTIONS, Component, connection

_PORTS = {"http": 80, "https": 443}
_ENTRIES = (Component.INGRESS, Component.API_AGGREGATOR)
"""Where CX Contact's API is entered."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a provider answers HTTP."""

    scheme: str
    host: str
    port: int
    path: str
    """What goes before every path; empty for nothing."""


class Providers:
    """The providers of all rows. Connections are opened when they are first needed, and kept.

    Args:
        ca_file: the CA that signs their certificates (PEM).
        targets: where they are.
        arrange: brings about states; it is asked where a state needs another one.
        within: seconds for one request or operation.
    """

    def __init__(self, ca_file: Path, targets: Mapping[int, Target], arrange: Arrange, within: float) -> None:
        self._ca_file = ca_file
        self._targets = targets
        self._arrange = arrange
        self._within = within
        self._adapters: dict[tuple[int, str], Adapter] = {}
        self._clients: dict[str, HttpClient] = {}
        self._contacts: dict[tuple[int, str], ContactStates] = {}

    async def close(self) -> None:
        """Close every connection."""
        for adapter in self._adapters.values():
            await adapter.close()
        self._adapters.clear()
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()
        self._contacts.clear()

    def address(self, number: int, interaction: Interaction) -> Address:
        """Return where the provider of an HTTP interaction is.

        Raises:
            NoTarget: it is not known.
            TargetUnusable: what is known is no HTTP address.
        """
        url = self.url(number, interaction)
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError) as error:
            raise TargetUnusable(number, url) from error
        if not parts.hostname:
            raise TargetUnusable(number, url)
        return Address(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))

    def adapter(self, number: int, transport: str) -> Adapter:
        """Return the adapter of a row's transport.

        Raises:
            NoTarget: it is not known where the provider is.
        """
        if (adapter := self._adapters.get((number, transport))) is None:
            target = self._target(number)
            access = Access(target.url(number, transport), self._ca_file, target.host_key, self._within)
            adapter = self._adapters[number, transport] = open_adapter(transport, access)
        return adapter

    def arrangers(self, number: int) -> Iterator[object]:
        """Yield what can arrange a row's provider through its own protocol.

        Rows 7 and 13 lead to one provider, and it is row 7's role that may make tables: the first row's way is tried
        first, as long as it leads to the same server.
        """
        target = self._targets.get(number, Target({}))
        for row in CONNECTIONS:
            for transport in row.transports:
                if transport == "http" or transport not in target.urls or row.number not in self._targets:
                    continue
                other = self._targets[row.number].urls.get(transport, "")
                if _server(other) == _server(target.urls[transport]):
                    yield self.adapter(row.number, transport).arranger
        for entry in _ENTRIES:
            if url := target.urls.get(entry):
                yield self._contact(number, url)

    async def ready(self, number: int, interactions: Sequence[Interaction]) -> None:
        """See that every place that these interactions lead to accepts connections, and is trusted.

        Raises:
            TargetNotReady: one does not, or is not.
            NoTarget: it is not known where a provider is.
            TargetUnusable: what is known is no address.
        """
        for scheme, host, port in dict.fromkeys(self._place(number, one) for one in interactions):
            try:
                why = await why_not(scheme, host, port, self._trust, self._within)
            except NotTrusted as error:
                raise TargetNotReady(number, str(error), len(interactions), certificate=True) from error
            if why:
                raise TargetNotReady(number, why, len(interactions))

    async def forget(self, number: int) -> None:
        """Close what leads to a row's provider, which is another one from now on."""
        for place in [place for place in self._adapters if place[0] == number]:
            await self._adapters.pop(place).close()

    async def why_no_answer(self, scheme: str, host: str, port: int, seconds: float) -> str:
        """Say why there was no answer to look at: Pact's engine itself says only that a request failed.

        Args:
            scheme: ``http`` or ``https``.
            host: where it was asked.
            port: where it was asked.
            seconds: how long it was waited for.
        """
        where = f"{scheme}://{host}:{port}"
        if seconds >= self._within:
            return f"{where} gave no whole answer within {self._within:g} s."
        try:
            why = await why_not(scheme, host, port, self._trust, self._within)
        except NotTrusted as error:
            return str(error)
        return why or f"{where} closed the connection, or what it answered is not HTTP."

    def url(self, number: int, interaction: Interaction) -> str:
        """Return where the provider of an interaction is.

        Raises:
            NoTarget: it is not known.
        """
        return self._target(number).url(number, key_of(number, interaction))

    def _place(self, number: int, interaction: Interaction) -> tuple[str, str, int]:
        """Return scheme, host and port of where an interaction leads to."""
        if isinstance(interaction, HttpInteraction):
            address = self.address(number, interaction)
            return address.scheme, address.host, address.port
        url = self.url(number, interaction)
        try:
            parts = urlsplit(url)
            return parts.scheme, parts.hostname or "127.0.0.1", parts.port or _port(number, parts.scheme)
        except ValueError as error:
            raise TargetUnusable(number, without_login(url)) from error

    def _target(self, number: int) -> Target:
        if (target := self._targets.get(number)) is None:
            raise NoTarget(number, str(connection(number).provider), [])
        return target

    def _contact(self, number: int, url: str) -> ContactStates:
        """Return who calls CX Contact's API at ``url`` to arrange a row's provider."""
        if (contact := self._contacts.get((number, url))) is None:
            contact = self._contacts[number, url] = ContactStates(self._client(url), number, self._arrange)
        return contact

    def _client(self, url: str) -> HttpClient:
        """Return the client of CX Contact's API at ``url``."""
        if (client := self._clients.get(url)) is None:
            context = self._trust if url.startswith("https:") else None
            client = HttpClient(url, context=context, agent="cxc-contract", within=self._within)
            self._clients[url] = client
        return client

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._ca_file))


def _port(number: int, scheme: str) -> int:
    """Return the documented port of a row for URLs that name none."""
    places = connection(number).listens
    return next((place.port for place in places if place.scheme == scheme), places[0].port)


def _server(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port
