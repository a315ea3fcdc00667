"""The Redis client tells replies as they came, and what is wrong when none comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.clients.redis import RedisClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.background import Background
from cxmock.wire.resp import ErrorReply, Parser
from cxmock.wire.resp_encoding import encode


class Server:
    """Answers each command with what ``answers`` has for it; b"" closes the connection, None says nothing."""

    def __init__(self, background: Background) -> None:
        self.background = background
        self.answers: dict[str, Any] = {"AUTH": "OK", "CLIENT": "OK", "SELECT": "OK"}
        self.asked: list[list[str]] = []
        self.server = background.run(self._start())
        host, port = self.server.sockets[0].getsockname()
        self.client = RedisClient(f"redis://:s%40crt@{host}:{port}/3", name="tester", within=0.5)

    async def _start(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = Parser(commands=True)
        while data := await reader.read(65536):
            for words in parser.feed(data):
                self.asked.append([word.decode() for word in words])
                answer = self.answers[self.asked[-1][0]]
                if answer == b"":
                    writer.close()
                    return
                if answer is not None:
                    writer.write(answer if isinstance(answer, bytearray) else encode(answer))
        writer.close()

    def perform(self, *words: object) -> dict[str, Any]:
        return self.background.run(self.client.perform({"argv": list(words)}))

    def close(self) -> None:
        async def closing() -> None:
            await self.client.aclose()
            self.server.close()
            await self.server.wait_closed()

        self.background.run(closing())


@pytest.fixture
def server(background: Background) -> Iterator[Server]:
    server = Server(background)
    yield server
    server.close()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("OK", {"type": "string", "value": "OK"}),
        (b"OK", {"type": "bulk", "value": "OK"}),
        (1, {"type": "integer", "value": 1}),
        (None, {"type": "nil", "value": None}),
        ([b"a", 1], {"type": "array", "value": ["a", 1]}),
        (ErrorReply("WRONGTYPE no"), {"type": "error", "value": "WRONGTYPE no"}),
    ],
)
def test_a_reply_is_told_as_it_came(server: Server, value: Any, told: dict[str, Any]) -> None:
    """A simple string and a bulk string, an error and text are not the same."""
    server.answers["GET"] = value if value is not None else bytearray(b"$-1\r\n")

    assert server.perform("GET", 1) == told
    assert server.asked == [["AUTH", "s@crt"], ["CLIENT", "SETNAME", "tester"], ["SELECT", "3"], ["GET", "1"]]


def test_a_refused_login_is_told_with_the_servers_words(server: Server) -> None:
    server.answers["AUTH"] = ErrorReply("WRONGPASS invalid password")

    with pytest.raises(NotReachable) as raised:
        server.perform("GET", "a")

    assert "WRONGPASS invalid password" in str(raised.value)


def test_a_server_that_hangs_is_told_and_the_next_command_connects_anew(server: Server) -> None:
    server.answers["GET"] = None
    with pytest.raises(NoAnswer) as raised:
        server.perform("GET", "a")
    assert "no answer within 0.5 s" in str(raised.value)

    server.answers["GET"] = b"1"
    assert server.perform("GET", "a") == {"type": "bulk", "value": "1"}


def test_a_closed_connection_is_told_and_the_next_command_connects_anew(server: Server) -> None:
    server.answers["GET"] = b""
    with pytest.raises(NoAnswer) as raised:
        server.perform("GET", "a")
    assert "the connection was closed" in str(raised.value)

    server.answers["GET"] = 1
    assert server.perform("GET", "a") == {"type": "integer", "value": 1}


def test_what_is_not_redis_is_told(server: Server) -> None:
    server.answers["GET"] = bytearray(b"HTTP/1.1 400 Bad Request\r\n")

    with pytest.raises(NoAnswer) as raised:
        server.perform("GET", "a")

    assert "what came is not RESP" in str(raised.value)


def test_a_server_that_is_not_there_is_told(background: Background) -> None:
    with pytest.raises(NotReachable) as raised:
        background.run(RedisClient("redis://127.0.0.1:1").ask("PING"))

    assert str(raised.value).startswith("redis://127.0.0.1:1 cannot be reached")


@pytest.mark.parametrize(("begins", "ends"), [("MULTI", "DISCARD"), ("WATCH", "UNWATCH")])
def test_what_begins_a_transaction_ends_with_it(server: Server, begins: str, ends: str) -> None:
    """Each operation is alone: what comes next over the same connection is no part of it."""
    server.answers |= dict.fromkeys((begins, ends), "OK")
    assert server.perform(begins, "key") == {"type": "string", "value": "OK"}
    assert [words[0] for words in server.asked[-2:]] == [begins, ends]
