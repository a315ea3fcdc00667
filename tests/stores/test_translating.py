"""What a gate makes of a client's words, however they arrive."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.stores.postgres.translating import Renaming
from cxmock.stores.redis.translating import Login
from cxmock.wire.postgres import messages
from cxmock.wire.resp_encoding import encode_command

SSL = struct.pack("!II", 8, 80877103)
CANCEL = struct.pack("!IIII", 16, 80877102, 1, 2)
RENAMED = {"user": {"cxc": "ours_cxc"}, "database": {"cxcontact": "ours"}}
START = messages.startup(user="cxc", database="cxcontact", application_name="cxc")
STARTED = messages.startup(user="ours_cxc", database="ours", application_name="cxc")


def renamed(*pieces: bytes) -> tuple[bytes, bytes]:
    """Return all that goes to the server, and all that the client is told."""
    renaming = Renaming(RENAMED)
    both = [renaming.upstream(piece) for piece in pieces]
    return b"".join(onward for onward, _ in both), b"".join(told for _, told in both)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(data) + 1) for place in places})
    return [data[begin:end] for begin, end in zip([0, *at], [*at, len(data)], strict=True)]


@given(st.lists(st.integers(0, 10**6), max_size=8))
def test_a_session_starts_under_the_servers_names_however_it_is_cut(places: list[int]) -> None:
    """The rest passes as it is, and encryption is refused."""
    assert renamed(*cut(SSL + START + b"Q-cxc", places)) == (STARTED + b"Q-cxc", b"N")


@pytest.mark.parametrize(
    "said", [CANCEL, messages.startup(user="else", database="cxc"), b"\xff" * 20, struct.pack("!II", 4, 0) + START]
)
def test_what_names_nobody_of_ours_passes_as_it_is(said: bytes) -> None:
    assert renamed(said) == (said, b"")


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=4))
def test_nothing_that_a_client_of_postgresql_says_breaks_it(data: bytes, places: list[int]) -> None:
    assert renamed(*cut(data, places)) == renamed(data)


def login() -> Login:
    return Login("secret", ("AUTH", "me", "theirs"), 3)


@given(st.lists(st.integers(0, 10**6), max_size=8))
def test_commands_are_translated_however_they_are_cut(places: list[int]) -> None:
    said = [("GET", "a"), ("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "x"), ("SELECT", "0"), ("SELECT", "1")]
    onward = [("HELLO", "3", "SETNAME", "x"), ("SELECT", "3"), ("SELECT", "-1")]
    said += [("AUTH", "secret"), ("AUTH", "guessed"), ("FLUSHALL", "ASYNC"), ("SET", "a", "SELECT")]
    onward += [("AUTH", "me", "theirs"), ("AUTH", "nobody", "nothing"), ("FLUSHDB", "ASYNC"), ("SET", "a", "SELECT")]
    one = login()
    both = [one.upstream(piece) for piece in cut(b"".join(encode_command(*words) for words in said), places)]
    assert b"".join(passed for passed, _ in both) == b"".join(encode_command(*words) for words in onward)
    assert b"".join(told for _, told in both) == b"-NOAUTH Authentication required.\r\n"


@given(st.binary(max_size=200))
def test_nothing_passes_without_the_password(data: bytes) -> None:
    """Whatever a client says, in whatever form."""
    assert login().upstream(data)[0] == b""
    commands = encode_command("HELLO", "3", "AUTH", "default") + encode_command("AUTH", "a", "b", "c")
    assert login().upstream(commands + data)[0] == b""


@given(st.binary(max_size=200))
def test_nothing_that_a_client_of_redis_says_breaks_it(data: bytes) -> None:
    one = login()
    assert one.upstream(encode_command("AUTH", "secret")) == (b"", b"+OK\r\n")
    one.upstream(data)
