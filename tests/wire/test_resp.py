"""RESP: values survive the wire however it is cut, and garbage never does harm."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.resp import (
    ErrorReply,
    Limits,
    Omitted,
    Parser,
    Push,
    SetReply,
    TooLong,
)
from cxmock.wire.resp_encoding import encode, encode_command

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=50),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20).map(ErrorReply),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(Push),
        st.lists(inner, max_size=5).map(SetReply),
        st.dictionaries(st.binary(max_size=5), inner, max_size=4),
    ),
    max_leaves=12,
)


def fed(parser: Parser, data: bytes, cuts: list[int]) -> list[Any]:
    """Feed ``data``, cut at the given places (modulo its length)."""
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    pieces = [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)]
    return [value for piece in pieces for value in parser.feed(piece)]


@given(st.lists(VALUES, max_size=4), st.lists(st.integers(0, 500), max_size=8))
def test_values_survive_the_wire_however_it_is_cut(values: list[Any], cuts: list[int]) -> None:
    parser = Parser()
    assert fed(parser, b"".join(encode(value, version=3) for value in values), cuts) == values
    assert parser.broken == ""


@given(st.lists(st.lists(st.binary(max_size=1200), min_size=1, max_size=5), max_size=4), st.lists(st.integers(0)))
def test_commands_survive_the_wire_however_it_is_cut(commands: list[list[bytes]], cuts: list[int]) -> None:
    parser = Parser(commands=True)
    assert fed(parser, b"".join(encode_command(*words) for words in commands), cuts) == commands


PIECES = st.sampled_from([b"*0\r\n", b"*1\r\n", b"*2\r\n", b"$0\r\n", b"$2\r\n", b"ab", b"\r\n", b"\r", b"\n", b"$"])


@given(st.lists(PIECES, max_size=30), st.lists(st.integers(0, 60), max_size=3))
def test_what_a_client_said_does_not_depend_on_where_it_was_cut(pieces: list[bytes], cuts: list[int]) -> None:
    """All at once, in some pieces, byte by byte, or with the places where values end: the commands are the same."""
    data = b"".join(pieces)
    whole, cut, bytewise = (Parser(commands=True) for _ in range(3))
    located = Parser(commands=True, ends=[])
    said = whole.feed(data)
    assert fed(cut, data, cuts) == fed(bytewise, data, [*range(len(data))]) == located.feed(data) == said
    assert bool(cut.broken) == bool(bytewise.broken) == bool(located.broken) == bool(whole.broken)
    if not whole.broken:
        assert cut.in_a_value == bytewise.in_a_value == located.in_a_value == whole.in_a_value


@given(
    st.lists(st.binary() | st.sampled_from([b"*2\r\n", b"$3\r\nabc\r\n", b"$-1\r\n", b"%1\r\n", b"+x\r\n", b"|1\r\n"])),
    st.booleans(),
)
def test_garbage_is_refused_or_read_but_never_raises(pieces: list[bytes], commands: bool) -> None:
    parser = Parser(commands=commands, limits=Limits(line=64, kept_items=10, kept_bytes=50))
    for piece in pieces:
        parser.feed(piece)
    assert parser.feed(b"+more\r\n") == [] if parser.broken else True


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"|0\r\n", "not RESP: an attribute of nothing"),
        (b"?5\r\n", "not RESP: no value begins with b'?5'"),
        (b"$3\r\nabcde\r\n", "not RESP: a string is longer than announced"),
        (b"$1000000000\r\n", "not RESP: a string of 1000000000 bytes: the limit is 536870912"),
        (b"*99999999\r\n", "not RESP: an array of 99999999 elements: the limit is 1048576"),
        (b"*1\r\n" * 40, "not RESP: arrays nested over 32 deep"),
        (b"+" + b"x" * 70_000, "not RESP: a line is over 65536 bytes"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, why: str) -> None:
    parser = Parser()
    assert parser.feed(data) == []
    assert parser.broken == why


def test_a_command_holds_strings_only() -> None:
    parser = Parser(commands=True)
    parser.feed(b"*1\r\n:1\r\n")
    assert parser.broken == "not RESP: a command holds b':1' where a string belongs"


def test_an_inline_command_ends_with_its_line_and_may_be_quoted() -> None:
    parser = Parser(commands=True)
    assert parser.feed(b"PING\r\n\r\nGET 'a") == [[b"PING"]]
    assert parser.feed(b" b'\n") == [[b"GET", b"a b"]]
    parser.feed(b"GET 'a\n")
    assert parser.broken == "not RESP: No closing quotation"


@given(st.integers(0, 400), st.lists(st.integers(0, 5000), max_size=6))
def test_a_watcher_keeps_the_beginning_and_counts_the_rest(count: int, cuts: list[int]) -> None:
    """Long answers are followed to their end, however little of them is kept."""
    parser = Parser(limits=Limits(kept_items=3, kept_bytes=8))
    data = encode([b"ab"] * count) + encode(b"x" * 3000) + encode("after")
    kept = [b"ab"] * min(count, 3) + ([Omitted(count - 3)] if count > 3 else [])
    assert fed(parser, data, cuts) == [kept, TooLong(3000), "after"]


def test_a_watcher_counts_the_pairs_of_a_map_that_it_does_not_keep() -> None:
    parser = Parser(limits=Limits(kept_items=2))
    assert parser.feed(b"%3\r\n" + b"$1\r\na\r\n" * 6) == [{b"a": b"a", "...": Omitted(2)}]


def test_attributes_big_numbers_verbatim_strings_and_blob_errors_are_read() -> None:
    data = b"|1\r\n+ttl\r\n:9\r\n(12345678901234567890\r\n=7\r\ntxt:abc\r\n!5\r\nERR x\r\n#t\r\n*-1\r\n"
    assert Parser().feed(data) == [12345678901234567890, b"abc", ErrorReply("ERR x"), True, None]


def test_a_client_of_version_2_is_told_in_the_types_it_knows() -> None:
    assert (
        encode([True, None, 2.0, {b"a": 1}, Push(["x"])])
        == b"*5\r\n:1\r\n$-1\r\n$1\r\n2\r\n*2\r\n$1\r\na\r\n:1\r\n*1\r\n+x\r\n"
    )


def test_what_resp_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="RESP has no value like"):
        encode(object())
