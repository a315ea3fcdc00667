"""A stub of Redis on the wire: whatever comes is answered or dropped, and nothing breaks it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxmock.contracts.stubbing.redis_part import _Connection, _value
from cxmock.wire.observed import Observed
from cxmock.wire.resp_encoding import encode, encode_command


class Line(asyncio.Transport):
    """A client's end, without a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.ended = False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.said += bytes(data)

    def close(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.ended = True


def converse(*chunks: bytes) -> tuple[Line, list[Observed]]:
    """Say something to a stub that answers with the words themselves; return what it said, and what was recorded."""
    line, seen = Line(), list[Observed]()

    async def conversing() -> None:
        connection = _Connection(lambda words, version: list(words), lambda one, now: seen.append(one))
        connection.connection_made(line)
        for chunk in chunks:
            connection.data_received(chunk)

    asyncio.run(conversing())
    return line, seen


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"*1\r\n", b"$-1\r\n", b"$3\r\nGET\r\n", b"*0\r\n"])))
@example([b"*1\r\n$-1\r\n"])
@example([b"*99999999999\r\n"])
@example([b"$1\r\n"])
def test_whatever_a_client_says_breaks_nothing(chunks: list[bytes]) -> None:
    converse(*chunks)


def test_commands_are_answered_and_recorded_however_they_are_cut() -> None:
    commands = encode_command("GET", "a") + encode_command("SET", "a", "b")

    line, seen = converse(*(commands[place : place + 1] for place in range(len(commands))))

    assert line.said == encode([b"GET", b"a"]) + encode([b"SET", b"a", b"b"])
    assert [one.operation for one in seen] == ["GET", "SET"]


def test_what_is_not_redis_or_too_long_ends_the_connection() -> None:
    for said in (b"*1\r\n:1\r\n", b"*1\r\n$99999999\r\n"):
        assert converse(said)[0].ended


def test_a_client_that_quits_is_let_go() -> None:
    assert converse(encode_command("QUIT"))[0].ended


@pytest.mark.parametrize(
    ("answer", "version", "said"),
    [
        ({"type": "string", "value": "OK"}, 2, b"+OK\r\n"),
        ({"type": "bulk", "value": "1"}, 2, b"$1\r\n1\r\n"),
        ({"type": "integer", "value": 1}, 2, b":1\r\n"),
        ({"type": "double", "value": 2}, 3, b",2\r\n"),
        ({"type": "boolean", "value": True}, 3, b"#t\r\n"),
        ({"type": "nil", "value": None}, 2, b"$-1\r\n"),
        ({"type": "nil", "value": None}, 3, b"_\r\n"),
        ({"type": "error", "value": "WRONGTYPE no"}, 2, b"-WRONGTYPE no\r\n"),
        (
            {"type": "array", "value": ["a", None, [1], {"error": "ERR x"}]},
            2,
            b"*4\r\n$1\r\na\r\n$-1\r\n*1\r\n:1\r\n-ERR x\r\n",
        ),
        ({"type": "map", "value": {"a": "b"}}, 3, b"%1\r\n$1\r\na\r\n$1\r\nb\r\n"),
        ({"type": "set", "value": ["a"]}, 3, b"~1\r\n$1\r\na\r\n"),
        ({"type": "push", "value": ["a"]}, 3, b">1\r\n$1\r\na\r\n"),
        ("what is this", 2, b"-ERR the contract promises a reply that is none\r\n"),
    ],
)
def test_an_observed_reply_is_said_as_redis_says_it(answer: Any, version: int, said: bytes) -> None:
    assert encode(_value(answer), version=version) == said
