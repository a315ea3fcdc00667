"""The HTTP client: one origin, few connections, and an error that names the call when there is no answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cxmock.clients.http import HttpClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.http_server import HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.tls import Authority
from cxmock.net.waiting import until
from cxmock.wire.http import Request, Response
from tests.stories import story

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Script:
    """A server that answers each request on a connection by the next bytes of a script, then closes it.

    ``None`` leaves a request without an answer.
    """

    connections: list[list[bytes | None]]
    opened: int = 0
    closed: int = 0
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play the next connection of the script."""
        script = self.connections[self.opened]
        self.opened += 1
        try:
            for answer in script:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head.partition(b"\r\n")[0])
                if answer is None:
                    await reader.read()
                else:
                    writer.write(answer)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            await writer.wait_closed()
            self.closed += 1


@asynccontextmanager
async def scripted(*connections: list[bytes | None]) -> AsyncIterator[tuple[Script, HttpClient]]:
    """Serve a script, and give a client of it."""
    script = Script(list(connections))
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    client = HttpClient(f"http://127.0.0.1:{script.port}", within=2)
    async with server:
        try:
            yield script, client
        finally:
            await client.aclose()
            await until(lambda: len(asyncio.all_tasks()) == 1, within=1)


@asynccontextmanager
async def serving(
    answer: Callable[[Request], Response | Coroutine[None, None, Response]], authority: Authority | None = None
) -> AsyncIterator[str]:
    """Serve ``answer`` and give its address."""
    context = authority.server_context("127.0.0.1") if authority else None
    listener = Listener(
        socket.create_server(("127.0.0.1", 0)),
        lambda secure: HttpConnection(answer, lambda *seen: None),
        plain=not authority,
        tls=context,
    )
    listener.open()
    try:
        yield f"http{'s' if authority else ''}://127.0.0.1:{listener.address[1]}"
    finally:
        await listener.close()


def mirror(request: Request) -> Response:
    """Answer with what was asked."""
    return Response.of(request.facts())


@story
async def test_a_call_says_who_calls_and_what() -> None:
    """Its own headers win over the client's; a path on the base goes before every target."""
    async with serving(mirror) as base:
        client = HttpClient(f"{base}/gws/", agent="cxc-amark-app/9.0", headers={"x-api-key": "k", "X-Other": "a"})
        seen = (await client.request("POST", "/a?b=c", json={"d": 1}, headers={"X-Other": "z"})).json()
        assert (seen["method"], seen["path"], seen["query"], seen["body"]) == (
            "POST",
            "/gws/a",
            {"b": ["c"]},
            {"d": 1},
        )
        headers = seen["headers"]
        assert (headers["user-agent"], headers["x-api-key"], headers["x-other"]) == ("cxc-amark-app/9.0", "k", "z")
        assert headers["host"] == base.removeprefix("http://")
        assert (await client.request("PUT", "/a", form={"x": "y z"})).json()["body"] == "x=y+z"
        assert (await client.request("DELETE", "/a")).json()["body"] is None
        assert "content-length" not in (await client.request("GET", "/a")).json()["headers"]
        await client.aclose()


@story
async def test_an_error_status_is_an_answer() -> None:
    """It is returned, not raised."""
    async with serving(lambda request: Response.of({"error": "x"}, 503)) as base:
        client = HttpClient(base)
        assert (await client.request("GET", "/")).status == 503
        await client.aclose()


@story
async def test_calls_share_connections() -> None:
    """One after another over one; at once over no more than the limit."""
    peers: set[int] = set()
    at_once = [0, 0]
    three = asyncio.Event()

    async def together(request: Request) -> Response:
        at_once[0] += 1
        at_once[1] = max(at_once)
        if at_once[0] == 3 or request.path == "/alone":
            three.set()
        await three.wait()
        at_once[0] -= 1
        return Response(200)

    class Counted(HttpConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            peers.add(transport.get_extra_info("peername")[1])
            super().connection_made(transport)

    listener = Listener(socket.create_server(("127.0.0.1", 0)), lambda secure: Counted(together, lambda *seen: None))
    listener.open()
    client = HttpClient(f"http://127.0.0.1:{listener.address[1]}", limit=3)
    for _ in range(3):
        await client.request("GET", "/alone")
    assert len(peers) == 1
    three.clear()
    await asyncio.gather(*(client.request("GET", "/") for _ in range(20)))
    assert (len(peers), at_once) == (3, [0, 3])
    await client.aclose()
    await listener.close()


@story
async def test_tls_is_trusted_by_the_testbeds_ca_only(tmp_path: Path) -> None:
    """Without it the error says that TLS failed."""
    authority = Authority(tmp_path)
    async with serving(mirror, authority) as base:
        client = HttpClient(base, context=authority.client_context)
        assert (await client.request("GET", "/")).status == 200
        await client.aclose()
        other = tmp_path / "other"
        other.mkdir()
        stranger = HttpClient(base, context=Authority(other).client_context)
        with pytest.raises(NotReachable) as caught:
            await stranger.request("GET", "/")
        assert str(caught.value).startswith(f"{base} cannot be reached: TLS failed (CERTIFICATE_VERIFY_FAILED).")


@story
async def test_where_nobody_listens_the_address_is_named() -> None:
    """With what the system says."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    with pytest.raises(NotReachable) as caught:
        await HttpClient(f"http://127.0.0.1:{port}").request("GET", "/")
    assert str(caught.value).startswith(f"http://127.0.0.1:{port} cannot be reached: ")


@pytest.mark.parametrize("base", ["ftp://gws", "gws:443", "http://", ""])
def test_what_is_no_address_is_refused_at_once(base: str) -> None:
    """Before any call."""
    with pytest.raises(NotReachable, match="this is not an http:// or https:// address"):
        HttpClient(base)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "no answer within 0.2 s."),
        (b"", "the connection was closed."),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "the connection was closed in the middle of the answer."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "the connection was closed in the middle of the answer."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "what came is not an HTTP response (Expected HTTP/, RTSP/ or ICE/)."),
    ],
)
@story
async def test_no_answer_is_an_error_that_names_the_call(answer: bytes | None, reason: str) -> None:
    """And why there was none."""
    async with scripted([answer]) as (script, client):
        with pytest.raises(NoAnswer) as caught:
            await client.request("POST", "/a?secret=b", within=0.2)
        assert str(caught.value).partition("\n")[0] == (
            f"POST http://127.0.0.1:{script.port}/a got no answer: {reason}"
        )


@story
async def test_a_body_may_end_with_the_connection() -> None:
    """Where the head says no length."""
    async with scripted([b"HTTP/1.1 200 OK\r\n\r\nall of it"]) as (_, client):
        assert (await client.request("GET", "/")).text == "all of it"


@story
async def test_the_answer_to_head_is_not_waited_for_in_vain() -> None:
    """It has a length and no body; the connection goes on."""
    async with scripted([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", OK]) as (script, client):
        assert (await client.request("HEAD", "/")).body == b""
        assert (await client.request("GET", "/")).text == "ok"
        assert script.opened == 1


@story
async def test_what_can_be_done_twice_is_tried_again_on_a_fresh_connection() -> None:
    """When a kept one breaks before any answer; nobody knows whether a POST was taken, so it is not."""
    async with scripted([OK, b""], [OK, b""]) as (script, client):
        await client.request("GET", "/1")
        assert (await client.request("GET", "/2")).text == "ok"
        with pytest.raises(NoAnswer, match="the connection was closed"):
            await client.request("POST", "/3")
        lines = [b"GET /1 HTTP/1.1", b"GET /2 HTTP/1.1", b"GET /2 HTTP/1.1", b"POST /3 HTTP/1.1"]
        assert script.asked == lines


@story
async def test_a_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    """A POST then goes over a fresh one, even if the loop has not seen the end yet."""
    async with scripted([OK], [OK]) as (script, client):
        await client.request("GET", "/")
        assert await until(lambda: script.closed == 1, within=2)
        assert (await client.request("POST", "/")).text == "ok"
        assert script.opened == 2


@pytest.mark.parametrize("more", [OK, b"HTTP/1.1 2", b"garbage"])
@story
async def test_an_answer_that_nobody_asked_for_ends_its_connection(more: bytes) -> None:
    """Else it would be taken for the answer to the next request."""
    async with scripted([OK + more, OK], [OK]) as (script, client):
        assert (await client.request("GET", "/1")).text == "ok"
        assert (await client.request("GET", "/2")).text == "ok"
        assert script.opened == 2


@story
async def test_a_call_that_was_given_up_leaves_no_connection_behind() -> None:
    """Its answer may still come, and is nobody's."""
    async with scripted([None], [OK]) as (script, client):
        with pytest.raises(NoAnswer):
            await client.request("GET", "/1", within=0.1)
        assert (await client.request("GET", "/2")).text == "ok"
        assert script.opened == 2
