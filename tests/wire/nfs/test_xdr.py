"""XDR: what is written is read again, and lengths are checked before anything is copied."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from cxmock.wire.nfs.xdr import (
    U32,
    U64,
    UNSIGNED,
    Bool,
    Reader,
    WhenOk,
    XdrError,
    array,
    chain,
    decode,
    encode,
    opaque,
    text,
)


class Color(IntEnum):
    RED = 0
    GREEN = 1


class Inner(Struct, frozen=True):
    number: U64


class Outer(Struct, frozen=True):
    color: Color
    flag: Bool
    inner: Inner
    maybe: Inner | None
    data: Annotated[bytes, opaque(8)]
    name: Annotated[str, text(8)]
    numbers: Annotated[tuple[int, ...], array(UNSIGNED, 3)]
    links: Annotated[tuple[int, ...], chain(UNSIGNED, 3)]


class Answer(Struct, frozen=True):
    status: U32
    always: U32
    only_ok: WhenOk[U32] = 7


OUTERS = st.builds(
    Outer,
    st.sampled_from(Color),
    st.booleans(),
    st.builds(Inner, st.integers(0, 2**64 - 1)),
    st.none() | st.builds(Inner, st.integers(0, 2**64 - 1)),
    st.binary(max_size=8),
    st.binary(max_size=8).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    st.lists(st.integers(0, 2**32 - 1), max_size=3).map(tuple),
    st.lists(st.integers(0, 2**32 - 1), max_size=3).map(tuple),
)


@given(OUTERS)
def test_what_is_written_is_read_again(outer: Outer) -> None:
    source = Reader(encode(outer))
    assert decode(Outer, source) == outer
    assert source.left == 0


@given(OUTERS, st.data())
def test_what_is_cut_short_is_refused(outer: Outer, data: st.DataObject) -> None:
    whole = encode(outer)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(XdrError):
        decode(Outer, Reader(whole[:cut]))


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    try:
        decode(Outer, Reader(noise))
    except XdrError:
        return


def test_everything_takes_a_multiple_of_four_bytes() -> None:
    for size in range(9):
        out = bytearray()
        opaque(8).write(out, b"x" * size)
        assert len(out) % 4 == 0


def test_a_status_other_than_ok_leaves_out_what_belongs_to_success() -> None:
    assert len(encode(Answer(1, 2, 3))) == 8
    assert decode(Answer, Reader(encode(Answer(1, 2, 3)))) == Answer(1, 2, 7)
    assert decode(Answer, Reader(encode(Answer(0, 2, 3)))) == Answer(0, 2, 3)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("00000002", "2 is no Color"),
        ("00000000 00000002", "2 is no boolean"),
        ("00000000 00000001 00000000 00000001 00000000 00000009", "a length of 9, at most 8"),
        ("00000000 00000001 00000000 00000001 00000000 ffffffff", "at most 8"),
        ("00000000 00000001 00000000 00000001 00000000 00000000 00000000 00000004", "4 elements, at most 3"),
    ],
)
def test_a_value_out_of_range_is_refused_by_what_it_is(words: str, reason: str) -> None:
    with pytest.raises(XdrError, match=reason):
        decode(Outer, Reader(bytes.fromhex(words)))


def test_a_list_without_end_is_refused() -> None:
    with pytest.raises(XdrError, match="more than 3 entries"):
        chain(UNSIGNED, 3).read(Reader(b"\0\0\0\1" * 100))
