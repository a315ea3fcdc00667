"""What stands before Redis in strict mode: however the stream is cut, what passes is unchanged."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.wire.observed import Observed
from cxmock.wire.resp import Parser
from cxmock.wire.resp_decoder import RespDecoder
from cxmock.wire.resp_encoding import encode_command
from cxmock.wire.resp_screen import HELD_LIMIT, SCRIPT, RespScreen


class Against:
    """Objects to what is asked of keys that begin with ``no``."""

    def __init__(self) -> None:
        self.strict = True

    def __bool__(self) -> bool:
        return self.strict

    def __call__(self, asked: Observed, unknown: Collection[str] = ()) -> str:
        argv = asked.request["argv"]
        return "not\n  this" if len(argv) > 1 and str(argv[1]).startswith("no") else ""


def said(pieces: list[bytes], against: Against) -> bytes:
    decoder = RespDecoder()
    screen = RespScreen(decoder, against)
    passed = b""
    for piece in pieces:
        passed += screen.upstream(piece)
        decoder.upstream(piece)
    return passed


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(edges)]


WORDS = [b"GET", b"SET", b"yes", b"no", b"nobody", b"\r\n", b"$3\r\n", b"x" * 40]
commands = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), max_size=6)


@settings(deadline=None)
@given(commands, st.lists(st.integers(0, 10_000), max_size=8))
def test_only_what_is_refused_is_replaced_wherever_the_stream_is_cut(
    asked: list[list[bytes]], places: list[int]
) -> None:
    data = b"".join(encode_command(*command) for command in asked)
    refused = encode_command("EVAL", SCRIPT, 0, "ERR not this")
    wanted = b"".join(
        refused if len(command) > 1 and command[1].startswith(b"no") else encode_command(*command) for command in asked
    )

    assert said(cut(data, places), Against()) == wanted


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_what_cannot_be_read_passes(pieces: list[bytes]) -> None:
    passed = said(pieces, Against())

    data = b"".join(pieces)
    if SCRIPT.encode() not in passed:
        assert data.startswith(passed)
        parser = Parser(commands=True)
        parser.feed(data)
        assert passed == data or not parser.broken


def test_inline_commands_are_looked_at_too() -> None:
    assert said([b"GET yes\r\nGET no\r\n"], Against()) == b"GET yes\r\n" + encode_command(
        "EVAL", SCRIPT, 0, "ERR not this"
    )


def test_a_command_that_is_too_long_to_be_held_passes_and_the_next_is_looked_at() -> None:
    long = encode_command("SET", "no", b"x" * (HELD_LIMIT + 1))
    pieces = [long[:1000], long[1000:-10], long[-10:], encode_command("GET", "no")]

    assert said(pieces, Against()) == long + encode_command("EVAL", SCRIPT, 0, "ERR not this")


def test_strictness_begins_and_ends_between_commands() -> None:
    against = Against()
    against.strict = False
    decoder = RespDecoder()
    screen = RespScreen(decoder, against)

    def say(data: bytes) -> bytes:
        passed = screen.upstream(data)
        decoder.upstream(data)
        return passed

    halves = encode_command("SET", "yes", "GET no").partition(b"GET no")
    command = encode_command("GET", "no")
    assert say(halves[0]) == halves[0]
    against.strict = True
    assert say(b"".join(halves[1:])) == b"".join(halves[1:])
    assert SCRIPT.encode() in say(command)
    assert say(command[:5]) == b""
    against.strict = False
    assert SCRIPT.encode() in say(command[5:])
    assert say(command) == command
