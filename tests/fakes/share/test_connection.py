"""A client's connection: in order, bounded, ended politely."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.fakes.share.connection import BATCH, BUFFER_LIMIT, NfsConnection
from cxmock.fakes.share.server import Server
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import rpc
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.rpc import RECORD_LIMIT, Nothing, Records
from cxmock.wire.nfs.values import MAX_DATA, Stable

NULL = bytes(rpc.call(1, NFS, "NULL", Nothing()))


class Wire(asyncio.Transport):
    """A transport whose other side takes what it is told to take."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.reading = True
        self.ended = ""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.limit = high

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return bool(self.ended)

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"

    def answers(self) -> int:
        """Return how many whole answers were written."""
        records, count = Records(), 0
        records.feed(bytes(self.written))
        while records.next() is not None:
            count += 1
        return count


def connected(server: Server, unplugged: Callable[[], bool] = lambda: False) -> tuple[NfsConnection, Wire]:
    connection, wire = NfsConnection(server.answer, unplugged), Wire()
    connection.connection_made(wire)
    return connection, wire


def on_loop(work: Callable[[], Any]) -> None:
    """Run ``work``, then whatever it left to the loop."""

    async def running() -> None:
        work()
        loop = asyncio.get_running_loop()
        for _ in range(20):
            turn = loop.create_future()
            loop.call_soon(turn.set_result, None)
            await turn

    asyncio.run(running())


def send(connection: NfsConnection, *chunks: bytes) -> None:
    """Let chunks arrive, and the loop do what they cause."""

    def work() -> None:
        for chunk in chunks:
            connection.data_received(chunk)

    on_loop(work)


def test_calls_are_answered_in_order_however_they_arrive(server: Server) -> None:
    connection, wire = connected(server)
    stream = NULL * 5
    send(connection, *(stream[at : at + 7] for at in range(0, len(stream), 7)))
    assert (wire.answers(), wire.reading) == (5, True)


def test_a_client_that_sends_many_calls_lets_others_have_their_turn(server: Server) -> None:
    connection, wire = connected(server)
    seen: list[int] = []

    def work() -> None:
        connection.data_received(NULL * (BATCH * 3))
        seen.append(wire.answers())
        assert not wire.reading

    on_loop(work)
    assert (seen, wire.answers(), wire.reading) == ([BATCH], BATCH * 3, True)


def test_calls_of_a_client_that_takes_no_answers_are_left_alone(server: Server) -> None:
    """Else its answers would fill the memory."""
    connection, wire = connected(server)
    assert wire.limit == BUFFER_LIMIT

    def work() -> None:
        connection.pause_writing()
        connection.data_received(NULL * 3)
        assert (wire.answers(), wire.reading) == (0, False)
        connection.resume_writing()

    on_loop(work)
    assert (wire.answers(), wire.reading) == (3, True)


def test_what_is_no_call_ends_the_connection_after_the_answers_before_it(server: Server) -> None:
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("80000000"), bytes.fromhex("80000004 00000001")):
        connection, wire = connected(server)
        send(connection, NULL + nonsense + NULL)
        assert (wire.answers(), wire.ended) == (1, "closed")


def test_a_record_of_absurd_length_ends_the_connection_at_once(server: Server) -> None:
    connection, wire = connected(server)
    send(connection, bytes.fromhex("ffffffff") + bytes(100))
    assert wire.ended == "closed"


def test_the_largest_write_fits_in_a_record() -> None:
    write = args.Write(bytes(64), 0, MAX_DATA, Stable.UNSTABLE, bytes(MAX_DATA))
    credentials = rpc.Credentials(machine="x" * 255, groups=tuple(range(16)))
    assert len(rpc.call(1, NFS, "WRITE", write, credentials)) <= RECORD_LIMIT


def test_an_unplugged_share_resets_who_calls(server: Server) -> None:
    connection, wire = connected(server, lambda: True)
    send(connection, NULL)
    assert (wire.ended, wire.answers()) == ("aborted", 0)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=st.lists(st.binary(max_size=60) | st.just(NULL) | st.just(NULL[:10]), max_size=12))
def test_any_stream_is_answered_or_ended(server: Server, chunks: list[bytes]) -> None:
    connection, wire = connected(server)
    for chunk in chunks:
        if not wire.ended:
            send(connection, chunk)
    assert wire.ended in ("", "closed")
    wire.answers()
