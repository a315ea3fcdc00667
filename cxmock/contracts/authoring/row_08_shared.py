"""What the promises of row 8 share: how OCS asks Compliance Manager, and what it finds there."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Answer, Ask, Evidence, Given, Row, assumed, given
from cxmock.topology import Component

REFUSALS = assumed("what CX Contact answers to what lacks something is not public")
ENVELOPE = assumed("that OCS goes by the status is documented; what the body says beside it is ours")
TENANT = given("the tenant is known")
FREE = given("no rule is set and nobody is suppressed or was tried")


def post(
    row: Row,
    description: str,
    evidence: Evidence,
    path: str,
    body: Any,
    answer: Answer,
    *states: Given,
) -> None:
    """Add a promise of Compliance Manager."""
    row.http(
        description,
        evidence,
        Ask("POST", path, json=body),
        answer,
        states=states or [TENANT],
        provider=Component.COMPLIANCE_MANAGER,
    )
