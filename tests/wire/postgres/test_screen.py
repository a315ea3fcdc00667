"""What stands before PostgreSQL in strict mode: however the stream is cut, what passes is unchanged."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.wire.observed import Observed
from cxmock.wire.postgres import messages as say
from cxmock.wire.postgres.decoder import PostgresDecoder
from cxmock.wire.postgres.framing import Framer
from cxmock.wire.postgres.screen import PostgresScreen


class Against:
    """Objects to statements that say ``no``, and to those whose parameters do."""

    def __init__(self) -> None:
        self.strict = True

    def __bool__(self) -> bool:
        return self.strict

    def __call__(self, asked: Observed, unknown: Collection[str] = ()) -> str:
        request = asked.request
        params = [] if "params" in unknown else request["params"]
        return f"not {request}\nsince" if "no" in request["sql"] or "no" in params else ""


class Tap:
    """The screen of a session that is logged in."""

    def __init__(self) -> None:
        self.against = Against()
        self.decoder = PostgresDecoder()
        self.screen = PostgresScreen(self.decoder, self.against)
        self.decoder.upstream(say.startup(user="cxc"))
        self.decoder.downstream(say.message(b"Z", b"I"))

    def up(self, data: bytes) -> bytes:
        passed = self.screen.upstream(data)
        self.decoder.upstream(data)
        return passed

    def down(self, data: bytes) -> bytes:
        return self.screen.downstream(data)


def bind(*values: bytes) -> bytes:
    packed = b"".join(len(value).to_bytes(4) + value for value in values)
    return say.message(b"B", b"\0s\0" + b"\0\0" + len(values).to_bytes(2) + packed + b"\0\0")


PARSE, EXECUTE, SYNC = say.parse("s", "SELECT $1"), say.message(b"E", b"\0" + bytes(4)), say.message(b"S")
FAILING = b"SELECT CAST('cxmock-refused-"


def kinds(data: bytes) -> str:
    return "".join(chr(message.kind) for message in Framer().feed(data))


def test_a_refused_query_becomes_one_that_fails_and_its_error_explains() -> None:
    tap = Tap()

    passed = tap.up(say.query("no"))
    [message] = Framer().feed(tap.down(say.error("22P02", 'invalid input syntax: "cxmock-refused-1"')))

    assert passed == say.query("SELECT CAST('cxmock-refused-1' AS integer)")
    assert say.read_error(message.payload) == say.ServerError("0A000", "not {'sql': 'no', 'params': []}")
    assert b"Dsince\0" in message.payload


def test_an_error_of_the_servers_own_stays_as_it_is() -> None:
    tap = Tap()
    tap.up(say.query("no"))
    own = say.error("25P02", "current transaction is aborted")

    assert tap.down(own) == own


def test_a_refused_bind_takes_its_execute_along_and_what_follows_the_sync_is_looked_at() -> None:
    tap = Tap()

    passed = tap.up(PARSE + bind(b"yes") + EXECUTE + bind(b"no") + EXECUTE + bind(b"no") + SYNC + bind(b"no") + SYNC)

    assert kinds(passed) == "PBEPEBSPS"
    assert passed.count(FAILING) == 2


def test_a_statement_that_is_only_prepared_is_refused_too() -> None:
    assert FAILING in Tap().up(say.parse("t", "no") + SYNC)


def test_a_statement_parsed_before_is_known() -> None:
    tap = Tap()
    tap.against.strict = False
    tap.up(PARSE + SYNC)
    tap.against.strict = True

    assert FAILING in tap.up(bind(b"no"))


def test_a_client_always_gets_out_of_a_transaction() -> None:
    tap = Tap()

    for sql in ("ROLLBACK /* no */", "abort -- no", "rollback to no", ""):
        assert tap.up(say.query(sql)) == say.query(sql)


def test_strictness_begins_and_ends_between_messages() -> None:
    tap = Tap()
    query = say.query("no")
    tap.against.strict = False
    assert tap.up(query[:7]) == query[:7]
    tap.against.strict = True
    assert tap.up(query[7:]) == query[7:]
    assert FAILING in tap.up(query)
    assert tap.up(query[:7]) == b""
    tap.against.strict = False
    assert FAILING in tap.up(query[7:])


messages = st.sampled_from(
    [
        say.query("yes"),
        say.query("no"),
        say.query("yes; no; yes"),
        say.query("y" * 40_000),
        say.query("no" * 20_000),
        PARSE,
        say.parse("t", "no"),
        bind(b"yes"),
        bind(b"no"),
        EXECUTE,
        SYNC,
        say.message(b"d", b"x" * 30_000),
        say.message(b"c"),
    ]
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(edges)]


@settings(deadline=None)
@given(st.lists(messages, max_size=6), st.lists(st.integers(0, 200_000), max_size=8))
def test_wherever_the_stream_is_cut_the_same_is_said(said: list[bytes], places: list[int]) -> None:
    data = b"".join(said)
    whole, pieces = Tap(), Tap()

    passed = b"".join(pieces.up(piece) for piece in cut(data, places))

    assert passed == whole.up(data)
    if b"no" not in data:
        assert passed == data


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8), st.lists(st.binary(max_size=60), max_size=8))
def test_what_cannot_be_read_passes(up: list[bytes], down: list[bytes]) -> None:
    tap = Tap()
    tap.up(SYNC)

    said = b"".join(map(tap.up, up)), b"".join(map(tap.down, down))

    assert b"".join(up).startswith(said[0])
    assert b"".join(down).startswith(said[1])
    assert tap.down(b"") == b""
