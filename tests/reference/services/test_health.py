"""A service tells how it is: what it relies on, what of that is not there, and whether it can do its work without."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.net.clock import Clock
from cxmock.reference.health import RELIES_ON
from cxmock.reference.running import build
from cxmock.reference.settings import Settings
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component
from tests.reference.services.test_metrics import PREFIXES
from tests.reference.test_settings import FULL


def ask(testbed: Testbed, service: Component, path: str = "/health") -> tuple[int, dict[str, Any]]:
    async def asking() -> tuple[int, dict[str, Any]]:
        client = HttpClient(testbed.directory.endpoint(service).url, context=testbed.authority.client_context)
        answer = await client.request("GET", path)
        await client.aclose()
        return answer.status, answer.json()

    return testbed.run(asking())


@pytest.mark.parametrize("service", PREFIXES)
def test_with_everything_there_a_service_is_up(testbed: Testbed, service: Component) -> None:
    status, told = ask(testbed, service)
    assert (status, told["status"]) == (200, "UP")
    assert told["replica"] == told["service"]
    assert set(told["dependencies"]) == {one.label for one in RELIES_ON[told["service"]]}
    assert {one["status"] for one in told["dependencies"].values()} == {"UP"}


def test_what_is_missing_is_told_with_the_reason(testbed: Testbed) -> None:
    testbed.unplug(12)
    status, told = ask(testbed, Component.DIAL_MANAGER)
    assert (status, told["status"]) == (200, "DEGRADED")
    assert told["dependencies"]["Nexus"]["reason"] in ("the connection was closed at once", "connection reset by peer")
    assert ask(testbed, Component.DIAL_MANAGER, "/health/ready")[0] == 200


def test_without_redis_nothing_can_be_done(testbed: Testbed) -> None:
    """It is not ready, but it lives: to start it again would help nobody."""
    testbed.unplug(5)
    assert ask(testbed, Component.COMPLIANCE_MANAGER)[1]["status"] == "DOWN"
    assert ask(testbed, Component.COMPLIANCE_MANAGER, "/health/ready")[0] == 503
    assert ask(testbed, Component.COMPLIANCE_MANAGER, "/health/live")[0] == 200
    testbed.plug(5)
    assert ask(testbed, Component.COMPLIANCE_MANAGER)[1]["status"] == "UP"


def test_a_call_without_an_answer_is_remembered_until_one_has_an_answer(testbed: Testbed, api: Contact) -> None:
    api.get("/campaigns")
    testbed.unplug(11)
    assert api.send("GET", "/cx-contact/v3/campaigns").status == 503
    told = ask(testbed, Component.CAMPAIGN_MANAGER)[1]
    assert told["status"] == "DEGRADED"
    testbed.plug(11)
    api.get("/campaigns")
    assert ask(testbed, Component.CAMPAIGN_MANAGER)[1]["status"] == "UP"


def test_whoever_looks_leaves_no_trace(testbed: Testbed) -> None:
    """Connections are tried, nothing is asked: the journal has no exchange of it."""
    since = testbed.journal.mark
    ask(testbed, Component.LIST_BUILDER)
    assert [str(one) for one in testbed.journal.exchanges(since=since) if one.connection not in (None, 4)] == []


def test_every_service_says_what_it_relies_on() -> None:
    names = {build(str(one), Settings.from_env(FULL), Clock()).runtime.name for one in PREFIXES}
    assert names == set(RELIES_ON)
