"""The HTTP server with clients that behave, and with clients that do not."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from cxmock.net import http_server
from cxmock.net.http_server import WAITING_LIMIT, Handler, HttpConnection
from cxmock.net.listener import Listener
from cxmock.net.waiting import until
from cxmock.wire.http import Request, Response
from cxmock.wire.http_parser import BODY_LIMIT
from tests.stories import story

HOST = "Host: gws\r\n"
WHOLE = b"GET / HTTP/1.1\r\nHost: gws\r\n\r\n"


@dataclass
class Client:
    """A client that writes and reads bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *requests: str) -> None:
        """Send the heads of requests, with their Host."""
        for head in requests:
            line, _, rest = head.partition("\n")
            self.writer.write(f"{line}\r\n{HOST}{rest}\r\n".replace("\r\n\n", "\r\n").encode())

    async def head(self) -> str:
        """Read the head of a response."""
        return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def response(self) -> tuple[int, str]:
        """Read a response that has a Content-Length; return status and body."""
        head = await self.head()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
        return int(head.split()[1]), (await self.reader.readexactly(length)).decode()

    def reset(self) -> None:
        """Leave with a reset, not with a farewell."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def rest(self) -> str:
        """Read up to the end of the connection."""
        return (await self.reader.read()).decode()


@dataclass
class Server:
    """What is served, and what its observer was told."""

    port: int
    seen: list[tuple[str, int]] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    async def connect(self, *, limit: int = 1 << 16) -> Client:
        """Return a new client."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port, limit=limit))
        self.clients.append(client)
        return client


@asynccontextmanager
async def serving(handler: Handler, refuse: Callable[[Request], bool] | None = None) -> AsyncIterator[Server]:
    """Serve ``handler`` on a port of its own."""

    def observe(request: Request, response: Response, seconds: float) -> None:
        assert seconds >= 0
        server.seen.append((request.path, response.status))

    sock = socket.create_server(("127.0.0.1", 0))
    listener = Listener(sock, lambda secure: HttpConnection(handler, observe, refuse))
    listener.open()
    server = Server(listener.address[1])
    try:
        yield server
    finally:
        for client in server.clients:
            client.writer.transport.abort()
        await listener.close()


def echo(request: Request) -> Response:
    """Answer with what was asked."""
    return Response.plain(f"{request.method} {request.path} {request.text}")


async def later(request: Request) -> Response:
    """Answer the same, but not at once."""
    await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    return echo(request)


def sometimes_later(request: Request) -> Response | Coroutine[None, None, Response]:
    """Answer at once or later."""
    return later(request) if "later" in request.path else echo(request)


@story
async def test_requests_sent_ahead_are_answered_in_their_order() -> None:
    """Also where some answers take longer than others; the observer is told of each."""
    async with serving(sometimes_later) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n", "GET /later HTTP/1.1\n", "GET /b HTTP/1.1\n", "GET /later2 HTTP/1.1\n")
        assert [await client.response() for _ in range(4)] == [
            (200, f"GET /{path} ") for path in ("a", "later", "b", "later2")
        ]
        assert server.seen == [("/a", 200), ("/later", 200), ("/b", 200), ("/later2", 200)]


@story
async def test_the_answer_to_head_tells_the_length_and_keeps_the_body() -> None:
    """And the connection goes on."""
    async with serving(echo) as server:
        client = await server.connect()
        client.send("HEAD /a HTTP/1.1\n", "GET /b HTTP/1.1\n")
        assert "Content-Length: 8\r\n" in await client.head()
        assert await client.response() == (200, "GET /b ")


@story
async def test_a_client_says_when_to_close() -> None:
    """By Connection: close, or by speaking HTTP/1.0."""
    async with serving(echo) as server:
        for request in ("GET /a HTTP/1.1\nConnection: close\r\n", "GET /a HTTP/1.0\n"):
            client = await server.connect()
            client.send(request)
            answer = await client.rest()
            assert answer.startswith("HTTP/1.1 200 OK\r\n")
            assert "Connection: close\r\n" in answer


@pytest.mark.parametrize("path", ["/now", "/later"])
@story
async def test_a_handler_that_fails_is_named(path: str) -> None:
    """500 says which error it was; the connection goes on."""

    def fail(request: Request) -> Response:
        raise LookupError("no such thing")

    async def fail_later(request: Request) -> Response:
        return fail(await asyncio.to_thread(lambda: request))

    async with serving(lambda request: fail_later(request) if request.path == "/later" else fail(request)) as server:
        client = await server.connect()
        client.send(f"GET {path} HTTP/1.1\n", f"GET {path} HTTP/1.1\n")
        for _ in range(2):
            assert await client.response() == (500, '{"error":"internal","detail":"LookupError: no such thing"}')


@story
async def test_a_client_that_expects_it_is_told_to_continue() -> None:
    """Once, when its head is complete, and not before earlier requests are answered."""
    async with serving(sometimes_later) as server:
        client = await server.connect()
        client.send("GET /later HTTP/1.1\n", "POST /b HTTP/1.1\nExpect: 100-continue\r\nContent-Length: 4\r\n")
        assert await client.response() == (200, "GET /later ")
        assert await client.head() == "HTTP/1.1 100 Continue\r\n\r\n"
        client.writer.write(b"bo")
        assert not await until(lambda: len(server.seen) > 1, within=0.05)
        client.writer.write(b"dy")
        assert await client.response() == (200, "POST /b body")


@story
async def test_what_came_before_garbage_is_answered_first() -> None:
    """Then the garbage is refused, with the reason, and the connection ends."""
    async with serving(sometimes_later) as server:
        client = await server.connect()
        client.send("GET /later HTTP/1.1\n", "GET /a HTTP/1.1\n")
        client.writer.write(b"GARBAGE\r\n\r\n")
        assert await client.response() == (200, "GET /later ")
        assert await client.response() == (200, "GET /a ")
        assert await client.response() == (400, "Invalid method encountered\n")
        assert await client.rest() == ""
        assert server.seen == [("/later", 200), ("/a", 200)]


@story
async def test_a_client_that_sends_too_much_can_still_read_why() -> None:
    """The refusal is not lost to a reset while the client goes on sending."""
    async with serving(echo) as server:
        client = await server.connect()
        client.send(f"POST /a HTTP/1.1\nContent-Length: {BODY_LIMIT + 1}\r\n")
        for _ in range(50):
            client.writer.write(b"x" * 100_000)
            await client.writer.drain()
        assert await client.response() == (413, f"The body is over {BODY_LIMIT} bytes.\n")


@story
async def test_a_client_that_ends_its_half_gets_its_answers() -> None:
    """All of them, then the other half ends too."""
    async with serving(later) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n", "GET /b HTTP/1.1\n")
        client.writer.write_eof()
        assert await client.response() == (200, "GET /a ")
        assert await client.response() == (200, "GET /b ")
        assert await client.rest() == ""


@story
async def test_a_client_that_ends_in_the_middle_of_a_request_gets_nothing() -> None:
    """And the handler is not called."""
    async with serving(echo) as server:
        client = await server.connect()
        client.send("POST /a HTTP/1.1\nContent-Length: 5\r\n")
        client.writer.write_eof()
        assert await client.rest() == ""
        assert server.seen == []


@story
async def test_a_refused_request_meets_a_reset() -> None:
    """As if nobody were there; others are answered."""
    async with serving(echo, lambda request: request.path == "/off") as server:
        client = await server.connect()
        client.send("GET /on HTTP/1.1\n")
        assert await client.response() == (200, "GET /on ")
        client.send("GET /off HTTP/1.1\n")
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await client.head()
        assert server.seen == [("/on", 200)]


# Clients that do not behave.


@story
async def test_the_handler_of_a_client_that_left_is_cancelled() -> None:
    """It does not go on for nobody."""
    told: list[str] = []

    async def hang(request: Request) -> Response:
        told.append("began")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise
        return echo(request)

    async with serving(hang) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n")
        assert await until(lambda: told == ["began"], within=2)
        client.reset()
        assert await until(lambda: told == ["began", "cancelled"], within=2)


@story
async def test_a_handler_that_is_cancelled_ends_its_connection() -> None:
    """The client is not left waiting."""

    async def give_up(request: Request) -> Response:
        raise asyncio.CancelledError

    async with serving(give_up) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n")
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await client.head()


@story
async def test_a_handler_drops_its_connection_instead_of_answering() -> None:
    """For faults: whatever it did, the client does not hear of it."""

    def drop(request: Request) -> Response:
        raise ConnectionAbortedError

    async def drop_later(request: Request) -> Response:
        raise ConnectionAbortedError

    for handler in (drop, drop_later):
        async with serving(handler) as server:
            client = await server.connect()
            client.send("GET /a HTTP/1.1\n")
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await client.head()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can wait for."""
    monkeypatch.setattr(http_server, "IDLE_LIMIT", 0.1)
    monkeypatch.setattr(http_server, "REQUEST_LIMIT", 0.3)
    monkeypatch.setattr(http_server, "CHECK_EVERY", 0.01)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("before", [0, 1])
@story
async def test_a_request_that_drips_in_is_given_up(before: int) -> None:
    """However often a byte of it comes; a complete request before it is answered."""
    async with serving(echo) as server:
        client = await server.connect()
        client.writer.write(WHOLE * before + b"GET /")
        answers = asyncio.create_task(client.rest())
        while not await until(answers.done, within=0.01):
            client.writer.write(b"y")
        assert answers.result().endswith("The request did not arrive within 0.3 s.\n")
        assert answers.result().count("HTTP/1.1 200 OK") == len(server.seen) == before


@pytest.mark.usefixtures("impatient")
@story
async def test_a_client_that_never_pauses_is_not_given_up() -> None:
    """Each of its requests arrives in time, though one is always under way."""
    async with serving(echo) as server:
        client = await server.connect()
        client.writer.write(WHOLE[:10])
        answers = asyncio.create_task(client.rest())
        for _ in range(60):
            client.writer.write(WHOLE[10:] + WHOLE[:10])
            assert not await until(answers.done, within=0.01)
        assert len(server.seen) == 60
        client.reset()


@pytest.mark.usefixtures("impatient")
@story
async def test_a_request_after_a_pause_has_all_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time begins with its first byte, not with the connection."""
    monkeypatch.setattr(http_server, "IDLE_LIMIT", 5)
    async with serving(echo) as server:
        client = await server.connect()
        assert not await until(lambda: False, within=0.4)
        client.writer.write(WHOLE[:10])
        assert not await until(lambda: False, within=0.1)
        client.writer.write(WHOLE[10:])
        assert await client.response() == (200, "GET / ")


@pytest.mark.usefixtures("impatient")
@story
async def test_a_silent_connection_is_closed() -> None:
    """Without a word."""
    async with serving(echo) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n")
        assert await client.response() == (200, "GET /a ")
        assert await client.rest() == ""


@pytest.mark.usefixtures("impatient")
@story
async def test_a_handler_may_take_longer_than_a_client_may_be_silent() -> None:
    """Who waits for an answer is not idle."""
    waited: list[bool] = []

    async def slow(request: Request) -> Response:
        waited.append(await until(lambda: False, within=0.3))
        return echo(request)

    async with serving(slow) as server:
        client = await server.connect()
        client.send("GET /a HTTP/1.1\n")
        assert await client.response() == (200, "GET /a ")


@pytest.mark.usefixtures("impatient")
@story
async def test_a_client_that_does_not_read_costs_little_and_is_dropped() -> None:
    """It gets no more than fits the buffers, though it asked for far more."""
    async with serving(lambda request: Response.plain("x" * 100_000)) as server:
        client = await server.connect(limit=1)
        client.send(*["GET /a HTTP/1.1\n"] * 1000)
        assert await until(lambda: len(server.seen) > 10, within=2)

        def dropped() -> bool:
            client.writer.write(b"x")
            return client.writer.transport.is_closing()

        assert await until(dropped, within=5)
        assert len(server.seen) < 200


@story
async def test_no_more_is_read_than_can_be_answered() -> None:
    """While a handler takes its time, a client that sends on is held back; then all is answered."""
    go = asyncio.Event()

    async def when_told(request: Request) -> Response:
        await go.wait()
        return Response(204)

    async with serving(when_told) as server:
        client = await server.connect()
        count = 0
        while True:
            client.send(*[f"GET /a HTTP/1.1\nX: {'y' * 4000}\r\n"] * 100)
            count += 100
            try:
                async with asyncio.timeout(0.2):
                    await client.writer.drain()
            except TimeoutError:
                break
            assert count < 5_000
        assert count > WAITING_LIMIT
        go.set()
        for _ in range(count):
            assert await client.head() == "HTTP/1.1 204 No Content\r\n\r\n"
