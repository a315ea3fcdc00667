"""Tests that are coroutines: under pytest-asyncio and under anyio, with a service under test on the test's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from cxmock import waiting
from cxmock.errors import NothingSeen
from cxmock.errors.looking import HELD_UP, NotThere
from cxmock.fakes.nexus import Nexus
from cxmock.fakes.sftp import Sftp
from cxmock.journal import Journal
from cxmock.net.background import Background
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.faces import PostgresFace
from cxmock.testbed.seeding import ContactList, Seed, contacts
from cxmock.topology import Component

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def my_service() -> AsyncIterator[str]:
    """A service under test, on the loop of the test: whoever blocks that waits in vain."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"


def ask(testbed: Testbed) -> int:
    """Ask Compliance Manager, and block until it answers."""
    url = testbed.directory.endpoint(Component.COMPLIANCE_MANAGER).url
    return httpx.post(f"{url}/ocs/validation", json={}, timeout=5, trust_env=False).status_code


@pytest.mark.asyncio
async def test_a_service_on_the_loop_of_the_test_plays_a_component(cx_testbed: Testbed, cx_journal: Journal) -> None:
    """The waits are awaited, so the service can answer meanwhile."""
    async with my_service() as url:
        await waiting(cx_testbed.play, "compliance-manager", url)
        status, exchange = await asyncio.gather(
            waiting(ask, cx_testbed), waiting(cx_journal.wait_for, 8, operation="POST /ocs/validation")
        )
        await waiting(cx_testbed.reset)

    assert (status, exchange.response["status"]) == (200, 200)


@pytest.mark.asyncio
async def test_fixtures_and_plain_calls_work_on_a_running_loop(
    cx_contact: Contact, cx_seed: Seed, cx_postgres: PostgresFace, cx_sftp: Sftp
) -> None:
    """The testbed has a loop of its own: what does not wait for the test may simply be called."""
    cx_seed(ContactList("leads", contacts(2)))
    cx_contact.login()
    cx_sftp.put("/in/a.csv", b"1")

    assert len(cx_postgres.contact_list("leads").records) == 2
    assert await waiting(cx_sftp.file, "/in/a.csv") == b"1"
    assert [one["name"] for one in await waiting(cx_contact.get, "/contact-lists")] == ["leads"]


@pytest.mark.anyio
async def test_waits_are_awaited_under_every_loop(cx_testbed: Testbed, cx_nexus: Nexus, cx_journal: Journal) -> None:
    """While one task waits, the others go on; what comes is returned."""
    endpoint = cx_testbed.directory.endpoint(Component.NEXUS)
    went_on = anyio.Event()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_ask_nexus, endpoint.host, endpoint.port, went_on)
        exchange = await waiting(cx_journal.wait_for, 12, operation="GET /")
        await went_on.wait()

    assert exchange.response["status"] == 404


async def _ask_nexus(host: str, port: int, went_on: anyio.Event) -> None:
    async with await anyio.connect_tcp(host, port) as stream:
        await stream.send(b"GET / HTTP/1.1\r\nHost: nexus\r\nConnection: close\r\n\r\n")
        await stream.receive()
    went_on.set()


@pytest.mark.anyio
async def test_what_a_call_raises_is_raised(cx_nexus: Nexus) -> None:
    with pytest.raises(NotThere, match="Nexus has no message"):
        await waiting(cx_nexus.message, "+442079460018", within=0.01)


@pytest.mark.anyio
async def test_who_is_cancelled_does_not_wait_on(cx_nexus: Nexus) -> None:
    with anyio.move_on_after(0.02) as scope:
        await waiting(cx_nexus.message, "+442079460018", within=0.3)

    assert scope.cancelled_caught


@pytest.mark.anyio
async def test_a_wait_in_vain_that_held_up_the_loop_says_so(cx_nexus: Nexus, cx_journal: Journal) -> None:
    """The commonest mistake in an async test is told where it shows."""
    with pytest.raises(NotThere) as missing:
        cx_nexus.message("+442079460018", within=0.01)
    with pytest.raises(NothingSeen) as nothing:
        cx_journal.wait_for(12, within=0.01)
    with pytest.raises(NotThere) as awaited:
        await waiting(cx_nexus.message, "+442079460018", within=0.01)

    assert missing.value.__notes__ == nothing.value.__notes__ == [HELD_UP]
    assert not hasattr(awaited.value, "__notes__")


@pytest.mark.asyncio
async def test_a_call_that_held_up_the_loop_too_long_says_so() -> None:
    with Background() as background, pytest.raises(TimeoutError) as slow:
        background.run(asyncio.Event().wait(), within=0.01)

    assert slow.value.__notes__ == [HELD_UP]


def test_outside_a_loop_nothing_is_said_of_one(cx_nexus: Nexus) -> None:
    with pytest.raises(NotThere) as missing:
        cx_nexus.message("+442079460018", within=0.01)

    assert not hasattr(missing.value, "__notes__")
