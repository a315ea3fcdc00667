"""Which provider states are known on a connection, without anything running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module

from cxmock.contracts.targets import VARIABLES
from cxmock.serving import States
from cxmock.testbed.composition import PARTS
from cxmock.topology import Component, connection

C = Component

PLAYERS: Mapping[Component, str] = {
    C.SHARE: "cxmock.fakes.share:Share",
    C.SFTP: "cxmock.fakes.sftp:Sftp",
    C.CONFSERV: "cxmock.fakes.confserv:Confserv",
    C.OCS: "cxmock.fakes.ocs:Ocs",
    C.COMPLIANCE_PROVIDER: "cxmock.fakes.compliance_provider:ComplianceProvider",
    C.GWS: "cxmock.fakes.gws:Gws",
    C.NEXUS: "cxmock.fakes.nexus:Nexus",
    C.COMPLIANCE_MANAGER: "cxmock.reference.services.compliance_manager:ComplianceManager",
    C.DIAL_MANAGER: "cxmock.reference.services.dial_manager:DialManager",
}
"""Component -> the class that plays it and knows states. A test holds this against a running testbed."""

PROTOCOLS: Mapping[str, str] = {
    "redis": "cxmock.contracts.adapters.redis:RedisStates",
    "postgresql": "cxmock.contracts.adapters.postgres_states:PostgresStates",
}
"""Transport -> the class that brings about states by ordinary operations."""

CONTACT = "cxmock.contracts.contact_states:ContactStates"
"""Brings about states through CX Contact's own API, where a connection leads to an entry of it."""


def known_states(number: int) -> frozenset[str]:
    """Return the states that somebody on connection ``number`` knows: its providers, whom they need, its protocols.

    >>> "there is no key {key}" in known_states(5), "there is no key {key}" in known_states(12)
    (True, False)
    """
    return frozenset(template for owner in _owners(number) for template in _table(owner))


def _owners(number: int) -> Iterator[str]:
    row = connection(number)
    for component in _with_needs([row.provider, *(place.component for place in row.listens)]):
        if component in PLAYERS:
            yield PLAYERS[component]
    for transport in row.transports:
        if transport in PROTOCOLS:
            yield PROTOCOLS[transport]
    if {C.INGRESS, C.API_AGGREGATOR} & set(VARIABLES[number]):
        yield CONTACT


def _with_needs(components: Iterable[Component]) -> list[Component]:
    """Return ``components`` and all that they need, as a testbed starts them."""
    found: list[Component] = []
    waiting = list(components)
    while waiting:
        if (component := waiting.pop(0)) in PARTS and component not in found:
            found.append(component)
            waiting += PARTS[component].needs
    return found


def _table(owner: str) -> Mapping[str, str]:
    module, _, name = owner.partition(":")
    states = getattr(import_module(module), name).states
    assert isinstance(states, States)
    return states.table
