"""Clients of a Genesys server: they register, ask, are told, are refused, and come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cxmock.clients.campaign_control import CampaignControl
from cxmock.clients.genesys import GenesysClient
from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused, GenesysSilent
from cxmock.journal import Journal
from cxmock.net.addresses import Addresses
from cxmock.net.bell import ThreadBell
from cxmock.net.clock import Clock
from cxmock.net.tls import Authority
from cxmock.net.waiting import until
from cxmock.serving import Directory, Site
from cxmock.serving.genesys import Answer, Client, GenesysServer, Refused
from cxmock.topology import Component
from cxmock.wire.genesys import JsonFraming, Message
from cxmock.wire.genesys.enumerations import ErrorCode


class House:
    """A server on the port of OCS, in a site of its own."""

    def __init__(self, site: Site, server: GenesysServer) -> None:
        self.site = site
        self.server = server
        self.address = (site.host, site.addresses.actual(Component.OCS, 5050))


def register(name: str) -> dict[str, Any]:
    if name == "nobody":
        raise Refused(ErrorCode.UNKNOWN_APPLICATION, "No such application: nobody.")
    return {"server": "OCS"}


def answer(client: Client, request: Message) -> Answer | Awaitable[Answer]:
    match request.name:
        case "ReadObjects":
            read = request.answer("ObjectsRead", {"objects": [{"DBID": 101}]})
            return [read, read, request.answer("ObjectsSent", {"count": 2})]
        case "Break":
            raise ValueError("this is a bug")
        case "Hang":
            return asyncio.get_running_loop().create_future()
        case _:
            return request.answer("CampaignStatus", {"status": "Active", **request.attributes})


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[House]:
    addresses, clock = Addresses(ports="ephemeral"), Clock()
    site = Site(
        component=Component.OCS,
        addresses=addresses,
        folder=folder,
        journal=Journal(clock.now, ThreadBell()),
        clock=clock,
        seed=0,
        authority=Authority(folder),
        directory=Directory(lambda component, port: (addresses.host(component), addresses.actual(component, port))),
        supervisor=None,  # type: ignore[arg-type]  # no child process here
    )
    server = GenesysServer(
        "ocs",
        register=register,
        answer=answer,
        row_of=lambda name: 9 if name == "gws" else None,
    )
    await server.listen(site, 5050)
    try:
        yield House(site, server)
    finally:
        await site.close()
        addresses.close()


Story = Callable[[House], Coroutine[Any, Any, None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    """Run a story against a server."""

    def run(story: Story) -> None:
        async def whole() -> None:
            async with serving(tmp_path) as house:
                await story(house)

        asyncio.run(whole())

    return run


def test_a_client_registers_asks_and_gets_all_batches(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        client = await GenesysClient.connect(*house.address, application="gws")
        answers = await client.ask("ReadObjects", {"objectType": "Campaign"})
        assert [one.name for one in answers] == ["ObjectsRead", "ObjectsRead", "ObjectsSent"]
        await client.aclose()
        [exchange] = house.site.journal.exchanges(9)
        assert (exchange.operation, exchange.transport, exchange.source) == ("ReadObjects", "ocs", "gws")
        assert len(exchange.response["messages"]) == 3

    tell(story)


def test_a_contract_gets_what_was_observed_errors_too(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        client = GenesysClient(*house.address, application="gws")
        seen = await client.perform({"message": "GetCampaignStatus", "attributes": {"campaignId": 5}})
        status = {"status": "Active", "campaignId": 5}
        assert seen == {"messages": [{"message": "CampaignStatus", "attributes": status}]}
        [broken] = (await client.perform({"message": "Break"}))["messages"]
        assert broken["message"] == "Error"
        assert "this is a bug" in broken["attributes"]["description"]
        assert [one.ok for one in house.site.journal] == [True, False]
        await client.aclose()

    tell(story)


def test_an_application_that_is_not_known_is_refused_and_the_refusal_is_recorded(
    tell: Callable[[Story], None],
) -> None:
    async def story(house: House) -> None:
        with pytest.raises(GenesysRefused, match="refused Register with error 3: No such application: nobody"):
            await GenesysClient.connect(*house.address, application="nobody")
        assert [(one.operation, one.ok) for one in house.site.journal] == [("Register", False)]

    tell(story)


def test_who_has_not_registered_is_not_answered(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(JsonFraming().encode(Message("StopDialing", {}, 1)))
        [error] = JsonFraming().feed(await reader.read(1000))
        assert (error.name, error.attributes["code"], error.reference_id) == ("Error", 1, 1)
        writer.close()
        await writer.wait_closed()

    tell(story)


def test_garbage_ends_the_connection_and_is_recorded(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read(1000) == b""
        writer.close()
        await writer.wait_closed()
        assert [one.operation for one in house.site.journal] == ["undecodable"]

    tell(story)


def test_a_server_that_hangs_is_named(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        client = await GenesysClient.connect(*house.address, application="gws")
        with pytest.raises(GenesysSilent, match=r"left Hang without an answer: no answer within 0.05 s"):
            await client.ask("Hang", within=0.05)
        await client.aclose()

    tell(story)


def test_a_connection_that_is_lost_is_opened_again(tell: Callable[[Story], None]) -> None:
    """What a client keeps asking for is asked again, too."""

    async def story(house: House) -> None:
        client = await GenesysClient.connect(*house.address, application="gws")
        await client.keep_asking("RegisterNotification", {"objectTypes": ["Campaign"]})
        [served] = house.server.clients
        served.connection_lost(None)
        served._transport.abort()  # type: ignore[union-attr]
        assert await until(lambda: client._line is not None and client._line.lost, within=2)
        mark = house.site.journal.mark
        assert (await client.ask("GetCampaignStatus"))[-1].name == "CampaignStatus"
        again = [one.operation for one in house.site.journal.exchanges(since=mark)]
        assert again == ["RegisterNotification", "GetCampaignStatus"]
        await client.aclose()

    tell(story)


def test_nobody_there_is_said_with_the_address() -> None:
    async def story() -> None:
        addresses = Addresses(ports="ephemeral")
        port = addresses.actual(Component.OCS, 5050)
        with pytest.raises(NotReachable, match=f"127.0.0.1:{port} cannot be reached"):
            await GenesysClient("127.0.0.1", port, application="gws").ask("StopDialing")
        addresses.close()

    asyncio.run(story())


def test_an_unplugged_row_answers_as_if_nobody_were_there(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        early = await GenesysClient.connect(*house.address, application="gws")
        house.site.unplugged.add(9)
        with pytest.raises(NotReachable):
            await GenesysClient.connect(*house.address, application="gws")
        with pytest.raises(GenesysSilent):
            await early.ask("StopDialing")
        other = await GenesysClient.connect(*house.address, application="somebody")
        assert (await other.ask("StopDialing"))[-1].name == "CampaignStatus"
        await other.aclose()
        assert house.site.journal.counts[9] == 0

    tell(story)


def test_what_a_server_says_by_itself_reaches_who_listens(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        told: list[dict[str, Any]] = []
        control = CampaignControl(await GenesysClient.connect(*house.address, application="gws"))
        control.on_status(told.append)
        house.server.tell("CampaignStatus", {"status": "Running"})
        house.server.tell("CampaignStatus", {"status": "Active"}, lambda client: client.application != "gws")
        assert await until(lambda: bool(told), within=2)
        assert told == [{"status": "Running"}]
        assert [one.request for one in house.site.journal.exchanges(9)] == [{}]
        await control.aclose()

    tell(story)


def test_a_client_that_asks_far_ahead_is_answered_in_order(tell: Callable[[Story], None]) -> None:
    async def story(house: House) -> None:
        client = await GenesysClient.connect(*house.address, application="gws")
        asked = [client.ask("GetCampaignStatus", {"campaignId": number}) for number in range(500)]
        answers = await asyncio.gather(*asked)
        assert [one[-1].attributes["campaignId"] for one in answers] == list(range(500))
        await client.aclose()

    tell(story)
