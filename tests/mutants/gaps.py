"""Operations that a provider serves and no promise is about: whatever is wrong with them, nobody would notice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from cxmock.contracts.mutating import Kind, Mutant, Recorded
from cxmock.fakes.confserv.part import Confserv
from cxmock.fakes.ocs.control import Control
from cxmock.serving import Routes
from cxmock.serving.genesys import Messages
from cxmock.testbed import Testbed
from cxmock.topology import Component, connection

OF_NO_CONNECTION = frozenset(
    {
        # Nexus tells it to Dial Manager: no row lists that.
        "dial-manager POST /nexus/receipts",
    }
)

MESSAGES: Mapping[Component, Messages] = {Component.OCS: Control.messages, Component.CONFSERV: Confserv.messages}


def mutants_nobody_notices(testbed: Testbed, recorded: Mapping[int, Sequence[Recorded]]) -> list[Mutant]:
    """Return the mutants of operations of started parts that no interaction asks for."""
    return [
        Mutant(number, operation, Kind.OPERATION, "answer", text, False)
        for number, row in recorded.items()
        for operation in _without_promise(testbed, number, {one.operation for one in row})
        for text in ("is missing: it is not served", "is an error", "is empty")
    ]


def _without_promise(testbed: Testbed, number: int, known: Collection[str]) -> Iterator[str]:
    for component in dict.fromkeys(place.component for place in connection(number).listens):
        for operation in _operations(testbed, component):
            promised = any(f"{one} ".startswith(f"{operation} ") for one in known)
            if not promised and operation not in OF_NO_CONNECTION and not _is_passed_on(number, operation):
                yield operation


def _is_passed_on(number: int, operation: str) -> bool:
    """Whether it is a call of the API, which API Aggregator passes on: what comes of it is promised at the ingress."""
    return number != 1 and " /cx-contact/v3/" in operation


def _operations(testbed: Testbed, component: Component) -> Iterator[str]:
    """Yield the operations that a part has in a table."""
    routes = getattr(testbed.part(component), "routes", None)
    if isinstance(routes, Routes):
        yield from (f"{component} {route}" for route in routes.table)
    if component in MESSAGES:
        yield from (f"{component} {name}" for name in MESSAGES[component].table)
