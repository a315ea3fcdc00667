"""Row 1: the ingress tells how it is; an answer names the replicas that it went through."""

from __future__ import annotations

from cxmock.contracts.authoring import Answer, Ask, Row
from cxmock.contracts.authoring.contact import API, LOGGED_IN, WITH_SESSION
from cxmock.contracts.authoring.replicas import NAMED, REPLICA, promise_health
from cxmock.topology import Component


def promise(row: Row) -> None:
    """Add the promises."""
    promise_health(row, Component.INGRESS, "cxc-ingress")
    row.http(
        "an answer of the API names the replicas on its way",
        NAMED,
        Ask("GET", f"{API}/session", headers=WITH_SESSION),
        Answer(200, headers=REPLICA),
        states=[LOGGED_IN],
    )
