"""PostgreSQL's messages are found however the stream is cut, and long ones cost no memory."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.postgres.framing import GSS_REQUEST, KEPT, SSL_REQUEST, Framer, Message
from cxmock.wire.postgres.messages import message, startup

CUTS = st.lists(st.integers(0, 10**6), max_size=8)
MESSAGES = st.lists(
    st.tuples(st.sampled_from(list(b"QPBDESdcTCZ12")), st.binary(max_size=60) | st.integers(0, 60_000).map(bytes)),
    max_size=6,
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut ``data`` at the given places (modulo its length)."""
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[begin:end] for begin, end in zip([0, *at], [*at, len(data)], strict=True)]


@given(MESSAGES, CUTS)
def test_messages_are_found_however_the_stream_is_cut(said: list[tuple[int, bytes]], places: list[int]) -> None:
    framer = Framer()
    data = b"".join(message(bytes((kind,)), payload) for kind, payload in said)
    found = [one for piece in cut(data, places) for one in framer.feed(piece)]
    assert found == [Message(kind, payload[:KEPT], len(payload)) for kind, payload in said]


@given(CUTS)
def test_a_session_begins_after_requests_for_encryption(places: list[int]) -> None:
    framer = Framer(client=True)
    requests = pack("!II", 8, SSL_REQUEST) + pack("!II", 8, GSS_REQUEST)
    data = requests + startup(user="cxc") + message(b"Q", b"SELECT 1\0")
    found = [one for piece in cut(data, places) for one in framer.feed(piece)]
    assert [one.kind for one in found] == [0, 0, 0, ord("Q")]


def test_the_answer_to_a_request_for_encryption_is_one_byte() -> None:
    framer = Framer()
    framer.expect_single()
    assert [one.kind for one in framer.feed(b"N" + message(b"Z", b"I"))] == [ord("N"), ord("Z")]


@pytest.mark.parametrize(
    ("client", "data", "why"),
    [
        (True, b"\x16\x03\x01", "encrypted"),
        (True, b"GET / HTTP/1.1", "no session begins with b'GET / HT'"),
        (False, b"Z\x00\x00\x00\x00", "no message begins with b'Z\\x00\\x00\\x00\\x00'"),
        (False, b"\x00\x00\x00\x00\x09", "no message begins with b'\\x00\\x00\\x00\\x00\\t'"),
        (False, b"D\xff\xff\xff\xff", "no message begins with b'D\\xff\\xff\\xff\\xff'"),
    ],
)
def test_what_cannot_be_read_says_why(client: bool, data: bytes, why: str) -> None:
    framer = Framer(client=client)
    assert framer.feed(data) == []
    assert framer.broken == why
    assert framer.feed(message(b"Z", b"I")) == []


def test_a_long_message_is_told_once_and_not_kept() -> None:
    """A gigabyte of COPY passes in small memory."""
    framer = Framer()
    assert framer.feed(b"d" + pack("!I", 10_000_004)) == []
    [told] = framer.feed(b"x" * KEPT)
    assert (len(told.payload), told.size) == (KEPT, 10_000_000)
    for _ in range(10):
        assert framer.feed(b"x" * 1_000_000 if _ < 9 else b"x" * (1_000_000 - KEPT)) == []
    assert framer.feed(message(b"Z", b"I")) == [Message(ord("Z"), b"I", 1)]
