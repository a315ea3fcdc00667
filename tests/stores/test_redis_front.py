"""The Redis in this process: what a server adds to fakeredis' core."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from cxmock.stores.redis import front as module
from cxmock.stores.redis.front import Front
from cxmock.wire.resp import Limits
from cxmock.wire.resp_encoding import encode_command

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talk(story: Talk, password: str = "secret") -> Front:
    """Let ``story`` talk to a front; return the front, stopped."""

    async def main() -> Front:
        front = Front(password)
        reader, writer = await asyncio.open_connection(*await front.start())
        try:
            async with asyncio.timeout(10):
                await story(reader, writer)
        finally:
            writer.close()
            await front.stop()
        return front

    return asyncio.run(main())


def said(*commands: str, answer: bytes) -> None:
    """Check that a client that has logged in gets exactly ``answer`` to its commands, sent in one go."""

    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(encode_command(*line.split()) for line in ("AUTH secret", *commands)))
        assert await reader.readexactly(5 + len(answer)) == b"+OK\r\n" + answer

    talk(story)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AUTH", b"-ERR wrong number of arguments for 'auth' command\r\n"),
        ("AUTH other secret", b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
        ("HELLO 4", b"-NOPROTO unsupported protocol version\r\n"),
        ("CONFIG RESETSTAT", b"+OK\r\n"),
        ("CONFIG NONSENSE", b"-ERR unknown subcommand or wrong number of arguments for 'config' command\r\n"),
        ("CONFIG GET max*ts", b"*2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n"),
        ("CONFIG SET maxmemory 1 x 2", b"-ERR Unknown option or number of arguments for CONFIG SET - 'x'\r\n"),
        ("INFO replication", b"$48\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n"),
        ("INFO PERSISTENCE", b"$41\r\n# Persistence\r\nloading:0\r\naof_enabled:0\r\n\r\n"),
        ("ROLE", b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"),
        ("WAIT 0 10", b":0\r\n"),
        ("CLUSTER SLOTS", b"-ERR This instance has cluster support disabled\r\n"),
        ("SLOWLOG GET 10", b"*0\r\n"),
        ("LATENCY LATEST", b"*0\r\n"),
        ("TOUCH a b", b":0\r\n"),
        ("EVAL return{KEYS[1],1} 1 a", b"*2\r\n$1\r\na\r\n:1\r\n"),
        ("MONITOR", b"-ERR unknown command 'monitor', with args beginning with: \r\n"),
        ("GET", b"-ERR wrong number of arguments for 'get' command\r\n"),
    ],
)
def test_commands_of_a_server_are_answered_as_a_server_does(line: str, answer: bytes) -> None:
    said(line, answer=answer)


def test_a_changed_password_holds_for_the_next_client() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in ("AUTH secret", "CONFIG SET requirepass new", "PING"):
            writer.write(encode_command(*line.split()))
        assert await reader.readexactly(17) == b"+OK\r\n+OK\r\n+PONG\r\n"
        other_reader, other = await asyncio.open_connection(*writer.get_extra_info("peername"))
        other.write(b"AUTH secret\r\nAUTH new\r\n")
        assert (await other_reader.readline()).startswith(b"-WRONGPASS")
        assert await other_reader.readline() == b"+OK\r\n"
        other.close()

    assert talk(story).password == b"new"


def test_without_a_password_everybody_is_let_in() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"PING\r\n")
        assert await reader.readline() == b"+PONG\r\n"

    talk(story, password="")


def test_both_protocols_have_their_types() -> None:
    """A client of RESP3 gets a map and a push where one of RESP2 gets arrays."""
    said("HSET h f v", "HGETALL h", answer=b":1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n")

    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in ("AUTH secret", "HELLO 3", "HSET h f v", "HGETALL h", "SUBSCRIBE c", "PUBLISH c x"):
            writer.write(encode_command(*line.split()))
        told = await reader.readuntil(b":1\r\n%1\r\n$1\r\nf\r\n$1\r\nv\r\n")
        assert told.startswith(b"+OK\r\n%7\r\n")
        assert await reader.readuntil(b":1\r\n") == b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
        assert await reader.readuntil(b"\nx\r\n:1\r\n") == b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n:1\r\n"

    talk(story)


def test_commands_behind_a_blocking_one_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are; the client is not read any more when there are too many."""
    monkeypatch.setattr(module, "QUEUE_LIMIT", 10)

    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(encode_command("AUTH", "secret") + encode_command("BLPOP", "q", 0) + encode_command("PING") * 50)
        assert await reader.readline() == b"+OK\r\n"
        other_reader, other = await asyncio.open_connection(*writer.get_extra_info("peername"))
        other.write(encode_command("AUTH", "secret") + encode_command("RPUSH", "q", "v"))
        assert await other_reader.readexactly(9) == b"+OK\r\n:1\r\n"
        other.close()
        popped = b"*2\r\n$1\r\nq\r\n$1\r\nv\r\n"
        assert await reader.readexactly(len(popped) + 50 * 7) == popped + b"+PONG\r\n" * 50

    talk(story)


def test_in_a_transaction_everything_is_queued_or_spoils_it() -> None:
    """What the core does not know is not answered out of turn."""
    said(
        "MULTI",
        "SET a 1",
        "WAIT 0 0",
        "EXEC",
        answer=b"+OK\r\n+QUEUED\r\n-ERR unknown command 'wait', with args beginning with: \r\n"
        b"-EXECABORT Transaction discarded because of previous errors.\r\n",
    )


def test_five_hundred_clients_need_no_threads_and_hear_at_once_what_is_published() -> None:
    """Nobody looks every few milliseconds whether there is something for a client: it is said when it happens."""

    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        threads = threading.active_count()
        where = writer.get_extra_info("peername")
        others = [await asyncio.open_connection(*where) for _ in range(500)]
        joined = b"+OK\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
        for ears, mouth in others:
            mouth.write(encode_command("AUTH", "secret") + encode_command("SUBSCRIBE", "c"))
            assert await ears.readexactly(len(joined)) == joined
        assert threading.active_count() == threads
        writer.write(encode_command("AUTH", "secret") + encode_command("PUBLISH", "c", "now"))
        assert await reader.readexactly(11) == b"+OK\r\n:500\r\n"
        # The answer says that it was told to all of them, and so it was: each has it without waiting.
        message = b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$3\r\nnow\r\n"
        for ears, mouth in others:
            assert await ears.readexactly(len(message)) == message
            mouth.transport.abort()

    talk(story)


def test_what_is_no_command_ends_the_connection_with_a_reason() -> None:
    async def story(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"*1\r\n:1\r\n")
        assert await reader.read() == (
            b"-ERR Protocol error: not RESP: a command holds b':1' where a string belongs\r\n"
        )

    talk(story)


def test_a_command_that_is_too_long_is_refused_and_the_connection_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SERVED", Limits(kept_bytes=100))
    said("SET a " + "x" * 200, "PING", answer=b"-ERR the command is too long\r\n+PONG\r\n")
