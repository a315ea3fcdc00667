"""The fakes without sockets keep the same written promises: verified by Pact's engine, through httpx and respx."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Iterator, Mapping
from typing import Any, TypeVar

import httpx
import pytest

from cxmock.contracts.arranging import arranged_by
from cxmock.contracts.library import load
from cxmock.contracts.model import Interaction
from cxmock.contracts.targets import Target
from cxmock.contracts.verification import Verifier
from cxmock.errors.in_process import NeedsSockets
from cxmock.errors.playing import NotStarted
from cxmock.net.background import Background
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.testbed import Options
from cxmock.testbed.in_process import MOUNTED, InProcess
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

T = TypeVar("T")

ROWS = {3: Component.COMPLIANCE_PROVIDER, 11: Component.GWS, 12: Component.NEXUS}
"""The rows of HTTP whose provider is a fake."""
HOP = ("connection", "content-length", "host", "transfer-encoding")


@pytest.fixture(scope="module")
def fakes() -> Iterator[InProcess]:
    fakes = InProcess(Options(seed=1))
    with fakes:
        fakes.start(*MOUNTED)
        yield fakes
    fakes.close()


class Front:
    """Where Pact's engine knocks: whatever it asks is asked of the fake by httpx, as a test would."""

    def __init__(self, host: str) -> None:
        self._client = httpx.AsyncClient(base_url=f"https://{host}")
        self._listener = Listener(
            socket.create_server(("127.0.0.1", 0)), lambda secure: HttpConnection(self._answer, lambda *told: None)
        )
        self._listener.open()
        place, port = self._listener.address
        self.url = f"http://{place}:{port}"

    async def close(self) -> None:
        await self._listener.close()
        await self._client.aclose()

    async def _answer(self, request: Request) -> Response:
        headers = [(name, value) for name, value in request.raw_headers if name.decode().lower() not in HOP]
        answer = await self._client.request(request.method, request.target, headers=headers, content=request.body)
        kept = [(name, value) for name, value in answer.headers.raw if name.decode().lower() not in HOP]
        return Response(answer.status_code, kept, answer.content)


@pytest.mark.parametrize("number", ROWS)
def test_the_contract_is_kept_without_a_socket_between_client_and_fake(
    fakes: InProcess, number: int, background: Background
) -> None:
    """Every promise of the row, its provider states brought about in the same fakes."""

    def owners(row: int) -> list[object]:
        provider = ROWS[row]
        return [fakes.part(one) for one in (provider, *(other for other in MOUNTED if other is not provider))]

    async def there(work: Coroutine[Any, Any, T]) -> T:
        """Do something on the loop of the fakes."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, fakes.background.loop))

    async def fresh(row: int, interaction: Interaction) -> None:
        await there(fakes.reset_parts())

    async def arrange(row: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        async def arranged() -> Mapping[str, Any]:
            return await arranged_by(owners)(row, template, params)

        return await there(arranged())

    async def verified() -> list[Any]:
        front = Front(str(ROWS[number]))
        targets = {number: Target({ROWS[number]: front.url})}
        async with Verifier(ca_file=fakes.authority.ca_file, targets=targets, arrange=arrange, fresh=fresh) as verifier:
            result = await verifier.verify_row(number, load(number))
        await front.close()
        return [verdict for verdict in result.verdicts if not verdict.kept]

    assert background.run(verified(), within=120) == []


def test_other_hosts_are_reached_as_ever(fakes: InProcess) -> None:
    """A service under test may be called by httpx too."""
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://127.0.0.1:1", trust_env=False)


def test_an_unplugged_connection_is_reset(fakes: InProcess) -> None:
    fakes.unplugged.add(12)

    with pytest.raises(httpx.ConnectError, match="nexus"):
        httpx.get("https://nexus/")

    fakes.reset()
    assert httpx.get("https://nexus/").status_code == 404


def test_what_is_no_fake_is_refused(fakes: InProcess) -> None:
    with pytest.raises(NeedsSockets, match="SFTP server cannot be had in process"):
        fakes.start(Component.SFTP)
    with pytest.raises(NotStarted):
        fakes.part(Component.SFTP)
    with pytest.raises(httpx.ConnectError):
        httpx.get("https://confserv/")
