"""A component may be played by the user's own service: it is called through the documented address and journaled."""

from __future__ import annotations

import asyncio
import socket
import ssl
import urllib.request
from collections.abc import Iterator

import pytest

from cxmock.errors.playing import NobodyPlays, NotStarted, UnknownComponent
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import Request, Response


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        yield testbed


@pytest.fixture
def service(testbed: Testbed) -> Iterator[str]:
    """A user's service: tells what it was asked."""

    def answer(request: Request) -> Response:
        return Response.of({"path": request.path, "key": request.headers.get("x-api-key")}, 202)

    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))

    def serve() -> Listener:
        listener = Listener(sock, lambda secure: HttpConnection(answer, lambda *seen: None))
        listener.open()
        return listener

    listener = testbed.background.call(serve)
    yield f"http://127.0.0.1:{listener.address[1]}/own"
    testbed.run(listener.close())


def test_calls_to_the_component_reach_the_service_and_the_journal(testbed: Testbed, service: str) -> None:
    testbed.play(Component.NEXUS, service)
    context = ssl.create_default_context(cafile=str(testbed.authority.ca_file))
    request = urllib.request.Request(testbed.env["CX_NEXUS_URL"] + "/nexus/v3/x", headers={"x-api-key": "k"})

    with urllib.request.urlopen(request, context=context, timeout=5) as answer:
        assert (answer.status, answer.read()) == (202, b'{"path":"/own/nexus/v3/x","key":"k"}')

    exchange = testbed.journal.wait_for(12)
    assert exchange.operation == "GET /nexus/v3/x"
    assert exchange.secure


def test_playing_at_an_address_where_nobody_listens_is_refused_at_once(testbed: Testbed) -> None:
    with pytest.raises(NobodyPlays) as caught:
        testbed.play(Component.NEXUS, "http://127.0.0.1:9")

    assert "Nexus is to be played by http://127.0.0.1:9, but nobody listens there." in str(caught.value)
    assert "Start your service first" in str(caught.value)


def test_a_part_that_nobody_started_is_named(testbed: Testbed) -> None:
    with pytest.raises(NotStarted, match="Nexus is not started") as caught:
        testbed.part(Component.NEXUS)

    assert "cx_nexus" in str(caught.value)


def test_a_misspelt_component_is_told_the_nearest() -> None:
    assert 'Did you mean "dial-manager"?' in str(UnknownComponent("dail-manager=http://127.0.0.1:1"))


def test_a_service_that_went_away_is_told_as_such(testbed: Testbed, service: str) -> None:
    """The caller sees a 502 that names the address, and the journal has it as failed."""
    testbed.play(Component.COMPLIANCE_MANAGER, service)
    played = testbed.part(Component.COMPLIANCE_MANAGER)
    played._client._port = 9

    async def ask() -> int:
        reader, writer = await asyncio.open_connection(testbed.addresses.host(Component.COMPLIANCE_MANAGER), 8888)
        writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        line = await reader.readline()
        writer.transport.abort()
        return int(line.split()[1])

    assert testbed.run(ask()) == 502
    assert not testbed.journal.wait_for(8).ok
