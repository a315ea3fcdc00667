"""The tap on PostgreSQL: one observation a statement, with the role that sent it."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire.observed import Observed
from cxmock.wire.postgres import decoder as module
from cxmock.wire.postgres.decoder import PostgresDecoder, is_exchange
from cxmock.wire.postgres.framing import GSS_REQUEST, SSL_REQUEST
from cxmock.wire.postgres.messages import message, query, startup, statement

READY = message(b"Z", b"I")
PARSED, BOUND, CLOSED = message(b"1"), message(b"2"), message(b"3")


def done(tag: str) -> bytes:
    """A command's completion."""
    return message(b"C", tag.encode() + b"\0")


def failed(sqlstate: str, text: str) -> bytes:
    """An error."""
    return message(b"E", f"SERROR\0VERROR\0C{sqlstate}\0M{text}\0\0".encode())


def columns(*described: tuple[str, int]) -> bytes:
    """A row description, all in text."""
    parts = [name.encode() + b"\0" + pack("!IhIhih", 0, 0, oid, -1, -1, 0) for name, oid in described]
    return message(b"T", pack("!h", len(described)) + b"".join(parts))


def row(*values: bytes | None) -> bytes:
    """A row."""
    parts = [pack("!i", -1) if value is None else pack("!i", len(value)) + value for value in values]
    return message(b"D", pack("!h", len(values)) + b"".join(parts))


@pytest.fixture
def session() -> PostgresDecoder:
    """A session of role ``ocs`` that has logged in."""
    decoder = PostgresDecoder()
    decoder.upstream(startup(user="ocs", database="cxcontact", application_name="dialer"))
    decoder.upstream(message(b"p", b"SCRAM-SHA-256\0secret"))
    decoder.downstream(message(b"R", pack("!i", 0)) + message(b"S", b"TimeZone\0UTC\0") + READY)
    return decoder


def one(seen: list[Observed]) -> tuple[Any, Any]:
    """Return request and response of the only observation."""
    [observed] = seen
    return observed.request, observed.response


def test_a_login_tells_the_role_and_never_the_password() -> None:
    decoder = PostgresDecoder(lambda: 3.0)
    assert decoder.upstream(startup(user="cxc", database="cxcontact") + message(b"p", b"secret\0")) == []
    [seen] = decoder.downstream(message(b"R", pack("!i", 0)) + READY)
    assert (seen.operation, seen.source, seen.ok, seen.began) == ("LOGIN", "cxc", True, 3.0)
    assert seen.request == {"login": {"role": "cxc", "database": "cxcontact", "application": ""}}
    assert not is_exchange(seen)
    assert "secret" not in str(seen)


def test_a_refused_login_is_an_exchange() -> None:
    decoder = PostgresDecoder()
    decoder.upstream(startup(user="cxc"))
    [seen] = decoder.downstream(failed("28P01", "password authentication failed"))
    assert is_exchange(seen)
    assert seen.response == {"error": {"sqlstate": "28P01", "message": "password authentication failed"}}


def test_a_simple_query_is_one_observation_a_statement(session: PostgresDecoder) -> None:
    session.upstream(query("BEGIN; SELECT ';' AS a, 2 AS b; NOPE; SELECT 3"))
    answers = done("BEGIN") + columns(("a", 25), ("b", 23)) + row(b";", b"2") + row(None, b"3") + done("SELECT 2")
    seen = session.downstream(answers + failed("42601", "syntax error") + message(b"Z", b"E"))
    assert [(observed.request["sql"], observed.ok) for observed in seen] == [
        ("BEGIN", True),
        ("SELECT ';' AS a, 2 AS b", True),
        ("NOPE", False),
    ]
    assert seen[1].response == {"columns": ["a", "b"], "rows": [[";", 2], [None, 3]], "rowcount": 2}
    assert seen[1].source == "ocs"
    assert session.transaction == "E"


def test_parameters_and_results_of_the_extended_protocol_are_shown(session: PostgresDecoder) -> None:
    session.upstream(statement("UPDATE x SET a = $1 WHERE b = $2 RETURNING a", ["z", None]))
    seen = session.downstream(PARSED + BOUND + columns(("a", 25)) + row(b"z") + done("UPDATE 1") + READY)
    assert one(seen) == (
        {"sql": "UPDATE x SET a = $1 WHERE b = $2 RETURNING a", "params": ["z", None]},
        {"columns": ["a"], "rows": [["z"]], "rowcount": 1},
    )


def bind(name: str, values: list[bytes], forms: list[int], results: list[int]) -> bytes:
    """A Bind of the unnamed portal."""
    packed = b"".join(pack("!i", len(value)) + value for value in values)
    return message(
        b"B",
        b"\0" + name.encode() + b"\0" + pack(f"!h{len(forms)}h", len(forms), *forms) + pack("!h", len(values)) + packed
        + pack(f"!h{len(results)}h", len(results), *results),
    )  # fmt: skip


EXECUTE = message(b"E", b"\0" + pack("!i", 0))
SYNC = message(b"S")


def test_a_prepared_statement_is_executed_again_with_binary_values(session: PostgresDecoder) -> None:
    """Its types and columns were told once; the forms come with each Bind."""
    session.upstream(message(b"P", b"s1\0SELECT $1::int\0" + pack("!h", 0)) + message(b"D", b"Ss1\0") + SYNC)
    described = message(b"t", pack("!hI", 1, 23)) + columns(("int4", 23))
    assert session.downstream(PARSED + described + READY) == []
    for number in (7, 8):
        session.upstream(bind("s1", [pack("!i", number)], [1], [1]) + EXECUTE + SYNC)
        seen = session.downstream(BOUND + row(pack("!i", number)) + done("SELECT 1") + READY)
        assert one(seen) == (
            {"sql": "SELECT $1::int", "params": [number]},
            {"columns": ["int4"], "rows": [[number]], "rowcount": 1},
        )
    session.upstream(message(b"C", b"Ss1\0") + message(b"H") + SYNC)
    assert session.downstream(CLOSED + READY) == []


def test_a_portal_may_be_read_in_parts(session: PostgresDecoder) -> None:
    session.upstream(statement("SELECT n FROM x", [])[: -len(SYNC)] + EXECUTE + SYNC)
    seen = session.downstream(PARSED + BOUND + columns(("n", 23)) + row(b"1") + message(b"s"))
    assert one(seen)[1] == {"columns": ["n"], "rows": [[1]], "rowcount": 1}
    seen = session.downstream(row(b"2") + row(b"3") + done("SELECT 2") + READY)
    assert one(seen)[1] == {"columns": ["n"], "rows": [[2], [3]], "rowcount": 2}


def test_after_an_error_everything_up_to_the_sync_is_passed_over(session: PostgresDecoder) -> None:
    """In a pipeline the failing statement is told, and those behind it were never performed."""
    two = statement("INSERT INTO x VALUES ($1)", ["a"])[: -len(SYNC)] + statement("INSERT INTO y VALUES (1)", [])
    session.upstream(two + statement("SELECT 1", []))
    seen = session.downstream(PARSED + BOUND + message(b"n") + failed("23505", "duplicate key") + READY)
    assert one(seen) == (
        {"sql": "INSERT INTO x VALUES ($1)", "params": ["a"]},
        {"error": {"sqlstate": "23505", "message": "duplicate key"}},
    )
    seen = session.downstream(PARSED + BOUND + columns(("a", 23)) + row(b"1") + done("SELECT 1") + READY)
    assert one(seen)[0]["sql"] == "SELECT 1"


def test_a_statement_that_is_not_sql_is_told_with_its_values(session: PostgresDecoder) -> None:
    session.upstream(statement("SELEKT $1", ["a"]))
    seen = session.downstream(failed("42601", "syntax error") + READY)
    assert one(seen)[0] == {"sql": "SELEKT $1", "params": ["a"]}
    session.upstream(message(b"P", b"s\0SELEKT\0" + pack("!h", 0)) + SYNC)
    assert one(session.downstream(failed("42601", "syntax error") + READY))[0] == {"sql": "SELEKT", "params": []}


COPY_IN = message(b"G", pack("!bh", 0, 0))
DATA = message(b"d", b"1\ta\n" * 100)


@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("eager", [False, True], ids=["waits for the go-ahead", "sends at once"])
def test_copied_data_is_counted(session: PostgresDecoder, extended: bool, eager: bool) -> None:
    """However the client sends it, and whatever Syncs the server passes over meanwhile."""
    sql = "COPY x FROM STDIN"
    begin = statement(sql, []) if extended else query(sql)
    end = DATA + DATA + message(b"c") + (SYNC if extended else b"")
    announced = PARSED + BOUND + message(b"n") if extended else b""
    session.upstream(begin)
    if eager:
        session.upstream(message(b"c") + (SYNC if extended else b""))
        seen = session.downstream(announced + COPY_IN + done("COPY 200") + READY)
        count = 0  # what was sent before the go-ahead is not counted
    else:
        assert session.downstream(announced + COPY_IN) == []
        session.upstream(end)
        seen = session.downstream(done("COPY 200") + READY)
        count = 800
    assert one(seen) == ({"sql": sql, "copy": True}, {"rowcount": 200, "bytes": count})
    session.upstream(query("SELECT 1"))
    assert one(session.downstream(columns(("a", 23)) + row(b"1") + done("SELECT 1") + READY))[0]["sql"] == "SELECT 1"


def test_copied_out_data_is_counted(session: PostgresDecoder) -> None:
    session.upstream(query("COPY x TO STDOUT"))
    seen = session.downstream(message(b"H", pack("!bh", 0, 0)) + DATA + message(b"c") + done("COPY 100") + READY)
    assert one(seen)[1] == {"rowcount": 100, "bytes": 400}


def test_a_copy_that_fails_is_an_error_like_any_other(session: PostgresDecoder) -> None:
    session.upstream(query("COPY x FROM STDIN"))
    session.downstream(COPY_IN)
    session.upstream(DATA)
    seen = session.downstream(failed("22P02", "invalid input"))
    session.upstream(DATA + message(b"f", b"giving up\0"))
    assert one(seen + session.downstream(READY))[1]["error"]["sqlstate"] == "22P02"
    session.upstream(query(""))
    assert one(session.downstream(message(b"I") + READY)) == (
        {"sql": "", "params": []},
        {"columns": [], "rows": [], "rowcount": 0},
    )


def test_of_a_long_result_the_first_rows_are_shown_and_all_are_counted(session: PostgresDecoder) -> None:
    session.upstream(query("SELECT 1"))
    [seen] = session.downstream(columns(("n", 23)) + row(b"1") * 500 + done("SELECT 500") + READY)
    assert (len(seen.response["rows"]), seen.response["rowcount"]) == (100, 500)
    session.upstream(query("SELECT 2"))
    [seen] = session.downstream(columns(("n", 25)) + row(b"x" * 20_000) * 5 + done("SELECT 5") + READY)
    assert seen.response["rows"] == [[{"bytes": 16378}]] * 2


def test_a_long_statement_is_cut_short(session: PostgresDecoder) -> None:
    session.upstream(query("SELECT " + "1" * 50_000))
    [seen] = session.downstream(failed("22003", "out of range") + READY)
    assert seen.request["sql"].endswith("111 ...")
    session.upstream(message(b"P", b"\0SELECT " + b"1" * 50_000 + b"\0" + pack("!h", 0)) + SYNC)
    [seen] = session.downstream(failed("22003", "out of range") + READY)
    assert seen.request["sql"].endswith("111 ...")


def test_a_function_call_is_seen(session: PostgresDecoder) -> None:
    session.upstream(message(b"F", b"\0" * 10))
    assert one(session.downstream(message(b"V", b"\0\0\0\0") + READY))[0]["sql"] == "(function call)"


def test_what_the_server_says_unasked_is_seen(session: PostgresDecoder) -> None:
    notice = message(b"N", b"SNOTICE\0Mhello\0\0") + message(b"A", b"\0\0\0\1channel\0\0")
    [seen] = session.downstream(notice + failed("57P01", "terminating connection"))
    assert (seen.operation, seen.ok, seen.source) == ("unsolicited", False, "ocs")
    assert seen.response["error"]["sqlstate"] == "57P01"


def test_an_error_at_the_sync_is_told(session: PostgresDecoder) -> None:
    """A deferred constraint fails when the transaction ends, after every statement went well."""
    session.upstream(statement("DELETE FROM x", []))
    seen = session.downstream(PARSED + BOUND + message(b"n") + done("DELETE 1") + failed("23503", "still used") + READY)
    assert [observed.ok for observed in seen] == [True, False]


@pytest.mark.parametrize("code", [SSL_REQUEST, GSS_REQUEST])
def test_encryption_that_is_declined_changes_nothing(code: int) -> None:
    decoder = PostgresDecoder()
    decoder.upstream(pack("!II", 8, code))
    assert decoder.downstream(b"N") == []
    decoder.upstream(startup(user="cxc"))
    assert [seen.operation for seen in decoder.downstream(READY)] == ["LOGIN"]


@pytest.mark.parametrize(("code", "yes"), [(SSL_REQUEST, b"S"), (GSS_REQUEST, b"G")])
def test_encryption_that_is_granted_ends_the_watching(code: int, yes: bytes) -> None:
    decoder = PostgresDecoder()
    decoder.upstream(pack("!II", 8, code))
    [seen] = decoder.downstream(yes)
    assert seen.request == {"why": "from the server: encrypted"}
    assert decoder.upstream(b"\x16\x03\x01") == decoder.downstream(b"anything") == []


def test_a_request_to_cancel_is_no_exchange() -> None:
    assert PostgresDecoder().upstream(pack("!IIII", 16, 80877102, 1, 2)) == []


@pytest.mark.parametrize(
    ("up", "down", "why"),
    [
        (message(b"@"), b"", "from the client: a client does not say '@'"),
        (b"", message(b"@"), "from the server: a server does not say '@'"),
        (b"", PARSED, "from the server: an answer for 'P', while 'nothing' waits"),
        (b"", done("SELECT 1"), "from the server: a completion, while no statement waits"),
        (b"", b"Z\0\0\0\0", "from the server: no message begins with b'Z\\x00\\x00\\x00\\x00'"),
        (message(b"B", b"x"), b"", "from the client: subsection not found"),
    ],
)
def test_losing_the_way_is_told_once(session: PostgresDecoder, up: bytes, down: bytes, why: str) -> None:
    [seen] = [*session.upstream(up), *session.downstream(down)]
    assert (seen.operation, seen.request) == ("undecodable", {"why": why})
    assert session.upstream(query("SELECT 1")) == session.downstream(READY) == []


def test_a_client_that_never_reads_is_given_up(session: PostgresDecoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PENDING_LIMIT", 3)
    assert [seen.operation for seen in session.upstream(query("SELECT 1") * 4)] == ["undecodable"]


def test_only_so_many_prepared_statements_are_remembered(
    session: PostgresDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STATEMENTS_KNOWN", 2)
    for name in (b"a", b"b", b"c"):
        session.upstream(message(b"P", name + b"\0SELECT 1\0" + pack("!h", 0)) + SYNC)
        session.downstream(PARSED + READY)
    session.upstream(bind("a", [], [], []) + EXECUTE + SYNC)
    assert one(session.downstream(BOUND + done("SELECT 1") + READY))[0] == {"sql": "", "params": []}


PIECES = [
    startup(user="cxc"),
    pack("!II", 8, SSL_REQUEST),
    query("SELECT 1; COPY x FROM STDIN"),
    statement("SELECT $1", ["a"]),
    bind("", [b"a"], [1, 0, 1], [1, 1]),
    EXECUTE,
    SYNC,
    DATA,
    message(b"c"),
    message(b"f", b"x\0"),
    message(b"D", b"P\0"),
    PARSED,
    BOUND,
    columns(("a", 23), ("b", 1700)),
    row(b"1", None, b"3"),
    done("SELECT 1"),
    failed("22012", "division by zero"),
    COPY_IN,
    message(b"t", pack("!hI", 1, 23)),
    message(b"s"),
    message(b"n"),
    READY,
    b"N",
]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PIECES) | st.binary(max_size=30)), max_size=30), st.booleans())
def test_no_bytes_in_any_order_make_it_raise(said: list[tuple[bool, bytes]], logged_in: bool) -> None:
    decoder = PostgresDecoder()
    if logged_in:
        decoder.upstream(startup(user="cxc"))
        decoder.downstream(READY)
    for up, data in said:
        for seen in decoder.upstream(data) if up else decoder.downstream(data):
            assert isinstance(seen.operation, str)
