"""Calls, replies and the records that carry them, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.nfs import rpc
from cxmock.wire.nfs.mount import MOUNT, OfPath
from cxmock.wire.nfs.rpc import RECORD_LIMIT, Accept, Credentials, Records
from cxmock.wire.nfs.xdr import Reader, XdrError, decode


def fragment(data: bytes, *, last: bool) -> bytes:
    return (len(data) | (last << 31)).to_bytes(4, "big") + data


def records_of(*chunks: bytes) -> list[bytes]:
    """Feed chunks one after another; return all records."""
    records, found = Records(), []
    for chunk in chunks:
        records.feed(chunk)
        while (record := records.next()) is not None:
            found.append(record)
    return found


@given(st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=4), max_size=5), st.integers(1, 50))
def test_records_come_out_whole_however_the_stream_is_cut(records: list[list[bytes]], size: int) -> None:
    """Fragments are put together, and neither their borders nor those of the chunks are seen."""
    stream = b"".join(
        fragment(part, last=index == len(parts) - 1) for parts in records for index, part in enumerate(parts)
    )
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert records_of(*chunks) == [b"".join(parts) for parts in records]


def test_a_record_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert len(records_of(fragment(bytes(RECORD_LIMIT), last=True))[0]) == RECORD_LIMIT
    with pytest.raises(XdrError, match="a record of more than"):
        records_of((RECORD_LIMIT + 1 | 1 << 31).to_bytes(4, "big"))


def test_fragments_together_may_not_be_longer_than_the_limit() -> None:
    half = fragment(bytes(RECORD_LIMIT // 2), last=False)
    with pytest.raises(XdrError, match="a record of more than"):
        records_of(half, half, fragment(b"1", last=True))


def test_a_call_tells_who_asks_for_what() -> None:
    record = rpc.call(7, MOUNT, "MNT", OfPath("/in"), Credentials(machine="list-manager", uid=1000, gid=100))
    [inner] = records_of(bytes(record))
    call = rpc.read_call(inner)
    assert (call.xid, call.program, call.version, call.procedure) == (7, 100005, 3, 1)
    assert call.credentials == Credentials(machine="list-manager", uid=1000, gid=100)
    assert decode(OfPath, call.arguments) == OfPath("/in")


@pytest.mark.parametrize("accept", [one for one in Accept if one is not Accept.SUCCESS])
def test_a_refusal_says_why(accept: Accept) -> None:
    [record] = records_of(bytes(rpc.refusal(9, accept, low=3, high=3)))
    reply = rpc.read_reply(record)
    assert (reply.xid, reply.accept) == (9, accept)
    assert reply.result.left == (8 if accept is Accept.PROG_MISMATCH else 0)


def test_a_call_that_is_not_let_in_has_no_status() -> None:
    for record in (rpc.wrong_rpc_version(3), rpc.unknown_flavor(3)):
        reply = rpc.read_reply(bytes(record[4:]))
        assert (reply.xid, reply.accept) == (3, None)


def test_a_reply_is_no_call_and_a_call_no_reply() -> None:
    with pytest.raises(XdrError, match="a call expected"):
        rpc.read_call(bytes(rpc.refusal(1, Accept.PROG_MISMATCH, low=3, high=3)[4:]))
    with pytest.raises(XdrError, match="a reply expected"):
        rpc.read_reply(bytes(rpc.call(1, MOUNT, "DUMP", rpc.Nothing())[4:]))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_call_a_reply_or_refused(noise: bytes) -> None:
    for read in (rpc.read_call, rpc.read_reply):
        try:
            read(noise)
        except XdrError:
            continue


def test_credentials_of_endless_length_are_refused() -> None:
    head = bytes(rpc.call(1, MOUNT, "DUMP", rpc.Nothing())[4:28])
    with pytest.raises(XdrError):
        rpc.read_call(head + bytes.fromhex("00000001 ffffffff"))
    assert Reader(head).left == 24
