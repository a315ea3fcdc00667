"""Redis for many callers at once: one write for those who ask together, to each the own answer, and no hanging."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from cxmock.clients import redis_pipeline
from cxmock.clients.redis_pipeline import RedisPipeline
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.wire.resp import ErrorReply, Parser
from cxmock.wire.resp_encoding import encode, encode_command

Answering = Callable[[list[bytes]], bytes | None]
"""A command -> what a server says to it; None: it hangs up."""


@asynccontextmanager
async def serving(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Answer so at a port; whoever came has gone at the end."""
    visits: list[asyncio.Task[Any] | None] = []

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(asyncio.current_task())
        await answer(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(visit, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*filter(None, visits))


def with_server(answer: Answering, use: Callable[[RedisPipeline, list[int]], Awaitable[Any]], **options: Any) -> Any:
    """Run ``use`` with a client of a server that answers so; it is given, too, how many commands came in each read."""

    async def main() -> Any:
        reads: list[int] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            parser = Parser(commands=True)
            while data := await reader.read(65536):
                commands = parser.feed(data)
                reads.append(len(commands))
                for command in commands:
                    said = b"+OK\r\n" if command[0] in (b"AUTH", b"CLIENT", b"SELECT") else answer(command)
                    if said is None:
                        writer.transport.abort()
                        return
                    writer.write(said)

        async with serving(serve) as port:
            client = RedisPipeline(f"redis://:secret@127.0.0.1:{port}/2", name="test", **options)
            try:
                return await use(client, reads)
            finally:
                await client.aclose()

    return asyncio.run(main())


def test_who_asks_together_shares_a_write_and_gets_the_own_answer() -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        await client.ask(encode_command("ECHO", "first"), 1)
        reads.clear()
        both = encode_command("ECHO", "b") + encode_command("ECHO", "c")
        answers = await asyncio.gather(client.ask(encode_command("ECHO", "a"), 1), client.ask(both, 2))
        return answers, reads

    answers, reads = with_server(lambda command: encode(command[1]), use)

    assert answers == [[b"a"], [b"b", b"c"]]
    assert reads == [3]


def test_whoever_gives_up_leaves_the_others_their_answers() -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        given_up = asyncio.ensure_future(client.ask(encode_command("ECHO", "a"), 1))
        other = asyncio.ensure_future(client.ask(encode_command("ECHO", "b"), 1))
        await asyncio.wait([other], timeout=0)
        given_up.cancel()
        return await other

    assert with_server(lambda command: encode(command[1]), use) == [b"b"]


def test_an_error_is_an_answer() -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        return await client.ask(encode_command("HGET", "a", "b"), 1)

    assert with_server(lambda command: b"-WRONGTYPE no hash\r\n", use) == [ErrorReply("WRONGTYPE no hash")]


def test_a_connection_that_was_lost_is_opened_again_once() -> None:
    said = iter([None, b":1\r\n", None, None])

    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        first = await client.ask(encode_command("GET", "a"), 1)
        with pytest.raises(NoAnswer, match="the connection was closed"):
            await client.ask(encode_command("GET", "a"), 1)
        return first

    assert with_server(lambda command: next(said), use) == [1]


def test_who_does_not_answer_in_time_is_told_as_such_to_all_who_wait() -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        asked = (client.ask(encode_command("GET", "a"), 1) for _ in range(3))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = with_server(lambda command: b"", use, within=0.05)

    assert [type(one) for one in answers] == [NoAnswer] * 3
    assert "no answer within 0.05 s" in str(answers[0])


def test_what_is_no_redis_is_told_as_such() -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        with pytest.raises(NoAnswer, match="what came is not RESP"):
            await client.ask(encode_command("GET", "a"), 1)

    with_server(lambda command: b"HTTP/1.1 400\r\n", use)


def test_a_login_that_is_refused_is_told() -> None:
    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(b"-WRONGPASS invalid password\r\n+OK\r\n")
            await reader.read(100)

        async with serving(serve) as port:
            client = RedisPipeline(f"redis://:wrong@127.0.0.1:{port}", name="test")
            with pytest.raises(NotReachable, match="WRONGPASS invalid password"):
                await client.ask(encode_command("GET", "a"), 1)

    asyncio.run(main())


def test_where_nobody_listens_is_told() -> None:
    async def main() -> None:
        with pytest.raises(NotReachable, match=r"redis://127\.0\.0\.1:1"):
            await RedisPipeline("redis://127.0.0.1:1", name="test").ask(encode_command("GET", "a"), 1)

    asyncio.run(main())


def test_not_more_wait_than_can_be_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(client: RedisPipeline, reads: list[int]) -> Any:
        await client.ask(encode_command("GET", "a"), 1)
        monkeypatch.setattr(redis_pipeline, "WAITING_LIMIT", 2)
        asked = (client.ask(encode_command("GET", "a"), 1) for _ in range(5))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = with_server(lambda command: b":1\r\n", use)

    assert answers[:2] == [[1], [1]]
    assert all(isinstance(one, NoAnswer) and "2 wait already" in str(one) for one in answers[2:])
