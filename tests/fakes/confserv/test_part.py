"""Configuration Server on its port: read, write, be told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.clients.confserv import Confserv as Client
from cxmock.clients.genesys import GenesysClient
from cxmock.errors.genesys import GenesysRefused
from cxmock.fakes.confserv import Confserv
from cxmock.journal import Exchange
from cxmock.net.waiting import until
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.CONFSERV)
        yield testbed


@pytest.fixture
def confserv(testbed: Testbed) -> Confserv:
    testbed.reset()
    part = testbed.part(Component.CONFSERV)
    assert isinstance(part, Confserv)
    return part


def client(testbed: Testbed, application: str = "gws") -> Client:
    place = testbed.directory.endpoint(Component.CONFSERV)
    return Client(GenesysClient(place.host, place.port, application=application))


def unasked(testbed: Testbed) -> list[Exchange]:
    """Return what Configuration Server said by itself."""
    return testbed.journal.exchanges(where=lambda one: not one.request)


def test_a_long_answer_comes_in_batches(testbed: Testbed, confserv: Confserv) -> None:
    async def story() -> int:
        gws = client(testbed)
        zones = await gws.read("TimeZone")
        await gws.aclose()
        return len(zones)

    assert testbed.run(story()) == len(confserv.objects["TimeZone"])
    [exchange] = testbed.journal.exchanges(10)
    assert exchange.operation == "ReadObjects"
    assert exchange.response["messages"][-1]["attributes"]["count"] == len(confserv.objects["TimeZone"])


def test_an_object_lives_from_its_creation_to_its_deletion(testbed: Testbed, confserv: Confserv) -> None:
    async def story() -> None:
        gws = client(testbed)
        dbid = await gws.create("Campaign", {"name": "spring"})
        assert confserv.named("Campaign", "spring")["DBID"] == dbid
        assert await gws.update("Campaign", dbid, {"description": "Sale"}) == {"description": "Sale"}
        found = await gws.find("Campaign", {"name": "spring"})
        assert found is not None
        assert found["description"] == "Sale"
        await gws.delete("Campaign", dbid)
        assert await gws.find("Campaign", {"name": "spring"}) is None
        await gws.aclose()

    testbed.run(story())
    assert testbed.journal.counts[10] == 5


def test_what_is_refused_says_why(testbed: Testbed, confserv: Confserv) -> None:
    async def story() -> None:
        gws = client(testbed)
        with pytest.raises(
            GenesysRefused, match="refused CreateObject with error 4: Campaign needs the attribute name"
        ):
            await gws.create("Campaign", {})
        for message in ("ReadObjects", "CreateObject", "UpdateObject", "DeleteObject", "RegisterNotification"):
            [answer] = (await gws.client.perform({"message": message, "attributes": {}}))["messages"]
            assert answer["message"] == "Error"
            assert answer["attributes"]["code"] == 4
        with pytest.raises(GenesysRefused, match=r'Confserv does not answer ReadObject\. Did you mean "ReadObjects"'):
            await gws.client.ask("ReadObject", {})
        await gws.aclose()

    testbed.run(story())


def test_an_application_that_is_unknown_or_disabled_is_refused(testbed: Testbed, confserv: Confserv) -> None:
    async def story(application: str) -> None:
        await client(testbed, application).read("Campaign")

    with pytest.raises(GenesysRefused, match="There is no enabled application 'gsw'"):
        testbed.run(story("gsw"))
    confserv.update("Application", confserv.named("Application", "gws")["DBID"], {"state": 2})
    with pytest.raises(GenesysRefused, match="There is no enabled application 'gws'"):
        testbed.run(story("gws"))


def test_who_subscribed_is_told_of_what_comes_changes_and_goes(testbed: Testbed, confserv: Confserv) -> None:
    """Also of what a test does to the objects, and of its own writes; nobody is told of what they did not ask for."""
    told: list[tuple[str, dict[str, Any]]] = []

    async def story() -> None:
        ocs, gws = client(testbed, "ocs"), client(testbed)
        await ocs.subscribe("Campaign", lambda event, attributes: told.append((event, attributes)))
        dbid = await gws.create("Campaign", {"name": "spring"})
        await gws.create("Script", {"name": "not for OCS"})
        await asyncio.to_thread(confserv.update, "Campaign", dbid, {"description": "x"})
        await gws.delete("Campaign", dbid)
        assert await until(lambda: len(told) == 3, within=2)
        await ocs.aclose()
        await gws.aclose()

    testbed.run(story())
    assert [event for event, _ in told] == ["ObjectCreated", "ObjectUpdated", "ObjectDeleted"]
    assert told[0][1]["object"]["name"] == "spring"
    assert told[1][1]["delta"] == {"description": "x"}
    assert "Script" not in {one.response["messages"][0]["attributes"]["objectType"] for one in unasked(testbed)}


def test_what_ocs_reads_is_recorded_outside_the_table(testbed: Testbed, confserv: Confserv) -> None:
    async def story() -> None:
        ocs = client(testbed, "ocs")
        await ocs.read("Campaign")
        await ocs.aclose()

    testbed.run(story())
    [exchange] = testbed.journal
    assert (exchange.connection, exchange.source, exchange.transport) == (None, "ocs", "confserv")


def test_a_reset_brings_the_seed_back_while_clients_stay(testbed: Testbed, confserv: Confserv) -> None:
    async def connect() -> Client:
        gws = client(testbed)
        await gws.create("Campaign", {"name": "spring"})
        return gws

    gws = testbed.run(connect())
    testbed.reset()
    assert confserv.objects["Campaign"] == {}
    assert testbed.run(gws.read("Campaign")) == []
    assert testbed.run(gws.create("Campaign", {"name": "spring"})) == 101
    testbed.run(gws.aclose())


def test_provider_states_give_what_interactions_need(testbed: Testbed, confserv: Confserv) -> None:
    async def arrange(template: str, **params: Any) -> dict[str, Any]:
        return await Confserv.states.arrange(confserv, template, params)

    made = testbed.run(arrange("campaign {name} is assigned to the outbound agents", name="spring"))
    assert made == testbed.run(arrange("campaign {name} is assigned to the outbound agents", name="spring"))
    assert confserv.objects["CampaignGroup"][made["dbid"]]["name"] == "spring@Outbound agents"
    assert testbed.run(arrange("campaign {name} is {dbid}", name="autumn", dbid=777)) == {"dbid": 777}
    assert confserv.create("Campaign", {"name": "winter"}) == 778
    testbed.run(arrange("there is no {type} {name}", type="Campaign", name="autumn"))
    with pytest.raises(LookupError, match=r'There is no Campaign "autumn"\. One of: spring, winter'):
        confserv.named("Campaign", "autumn")
