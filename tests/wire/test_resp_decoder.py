"""The tap on Redis: each command with its answer, pipelined, in transactions, in subscriptions; no secrets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.wire import resp_decoder
from cxmock.wire.observed import Observed
from cxmock.wire.resp import ErrorReply, Push
from cxmock.wire.resp_decoder import RespDecoder, is_exchange
from cxmock.wire.resp_encoding import encode, encode_command
from cxmock.wire.resp_facts import request_facts


def told(decoder: RespDecoder, *values: Any) -> list[tuple[str, Any]]:
    """Let the server say ``values``; return operations and response values seen."""
    seen = decoder.downstream(b"".join(encode(value, version=3) for value in values))
    return [(one.operation, one.response.get("value")) for one in seen]


def asked(decoder: RespDecoder, *lines: str) -> list[Observed]:
    """Let the client send commands, given as words with spaces between."""
    return decoder.upstream(b"".join(encode_command(*line.split()) for line in lines))


def test_pipelined_commands_are_paired_in_order() -> None:
    decoder = RespDecoder()
    assert asked(decoder, "SET a 1", "HSET h f v", "GET a") == []
    assert told(decoder, "OK", 1) == [("SET", "OK"), ("HSET", 1)]
    assert told(decoder, b"1") == [("GET", "1")]


def test_an_error_reply_is_not_ok() -> None:
    decoder = RespDecoder()
    asked(decoder, "HGET a f")
    [seen] = decoder.downstream(b"-WRONGTYPE no\r\n")
    assert (seen.ok, seen.response) == (False, {"type": "error", "value": "WRONGTYPE no"})


def test_the_time_of_asking_is_told() -> None:
    times = iter([1.5, 2.5])
    decoder = RespDecoder(lambda: next(times))
    asked(decoder, "GET a", "GET b")
    asked(decoder, "GET c")
    assert [one.began for one in decoder.downstream(b":1\r\n" * 3)] == [1.5, 1.5, 2.5]


def test_commands_of_a_transaction_get_their_answers_from_exec() -> None:
    decoder = RespDecoder()
    asked(decoder, "MULTI", "SET a 1", "NOSUCH", "INCR a", "EXEC", "GET a")
    seen = told(decoder, "OK", "QUEUED", ErrorReply("ERR unknown"), "QUEUED", ["OK", 2], b"2")
    assert seen == [
        ("MULTI", "OK"),
        ("NOSUCH", "ERR unknown"),
        ("SET", "OK"),
        ("INCR", 2),
        ("EXEC", ["OK", 2]),
        ("GET", "2"),
    ]


@pytest.mark.parametrize(
    ("end", "answer"), [("EXEC", None), ("EXEC", ErrorReply("EXECABORT x")), ("DISCARD", "OK"), ("RESET", "RESET")]
)
def test_commands_of_a_transaction_that_did_not_happen_stay_queued(end: str, answer: Any) -> None:
    decoder = RespDecoder()
    asked(decoder, "MULTI", "INCR a", end, "PING")
    told(decoder, "OK", "QUEUED")
    seen = told(decoder, answer, "PONG")
    assert [operation for operation, _ in seen] == ["INCR", end, "PING"]
    assert seen[0] == ("INCR", "QUEUED")


@pytest.mark.parametrize("kind", [list, Push], ids=["RESP2", "RESP3"])
def test_subscriptions_are_confirmed_once_a_channel_and_messages_belong_to_nobody(kind: type[list[Any]]) -> None:
    decoder = RespDecoder()
    asked(decoder, "SUBSCRIBE a b", "PSUBSCRIBE c*")
    assert told(decoder, kind([b"subscribe", b"a", 1])) == []
    assert told(decoder, kind([b"message", b"a", b"early"])) == [("MESSAGE", ["message", "a", "early"])]
    assert told(decoder, kind([b"subscribe", b"b", 2])) == [
        ("SUBSCRIBE", [["subscribe", "a", 1], ["subscribe", "b", 2]])
    ]
    assert told(decoder, kind([b"psubscribe", b"c*", 3])) == [("PSUBSCRIBE", [["psubscribe", "c*", 3]])]
    asked(decoder, "PING", "UNSUBSCRIBE", "PUNSUBSCRIBE", "UNSUBSCRIBE")
    assert told(decoder, kind([b"pmessage", b"c*", b"cc", b"x"]), [b"pong", b""]) == [
        ("PMESSAGE", ["pmessage", "c*", "cc", "x"]),
        ("PING", ["pong", ""]),
    ]
    assert told(decoder, kind([b"unsubscribe", b"a", 2])) == []
    leaving = [kind([b"unsubscribe", b"b", 1]), kind([b"punsubscribe", b"c*", 0]), kind([b"unsubscribe", None, 0])]
    assert [operation for operation, _ in told(decoder, *leaving)] == ["UNSUBSCRIBE", "PUNSUBSCRIBE", "UNSUBSCRIBE"]
    asked(decoder, "LRANGE l 0 -1")
    assert told(decoder, [b"message", b"in", b"a list"]) == [("LRANGE", ["message", "in", "a list"])]


def test_pushes_between_answers_disturb_nothing() -> None:
    decoder = RespDecoder()
    asked(decoder, "GET a")
    assert told(decoder, Push([b"invalidate", [b"a"]]), b"1") == [("INVALIDATE", ["invalidate", ["a"]]), ("GET", "1")]


def test_a_client_may_switch_replies_off() -> None:
    decoder = RespDecoder()
    none = [{"type": "none", "value": None}]
    assert [one.response for one in asked(decoder, "CLIENT REPLY OFF", "SET a 1")] == none * 2
    assert asked(decoder, "CLIENT REPLY ON") == []
    assert told(decoder, "OK") == [("CLIENT REPLY", "OK")]
    assert [one.response for one in asked(decoder, "CLIENT REPLY SKIP", "SET a 1", "GET a")] == none * 2
    assert told(decoder, b"1") == [("GET", "1")]


def test_what_a_monitor_is_shown_is_no_exchange() -> None:
    decoder = RespDecoder()
    asked(decoder, "MONITOR")
    assert told(decoder, "OK", '1.0 "GET" "a"') == [("MONITOR", "OK")]


def test_what_the_server_says_unasked_is_seen() -> None:
    [seen] = RespDecoder().downstream(b"-ERR max number of clients reached\r\n")
    assert (seen.operation, seen.ok) == ("unsolicited", False)


def test_the_clients_name_is_the_source() -> None:
    decoder = RespDecoder()
    asked(decoder, "CLIENT SETNAME list-builder", "GET a", "HELLO 3 AUTH default pw SETNAME dialer", "GET b")
    assert {one.source for one in decoder.downstream(b":1\r\n" * 4)} == {"dialer"}


def test_an_introduction_is_no_exchange_unless_the_login_fails() -> None:
    decoder = RespDecoder()
    asked(decoder, "AUTH secret", "CLIENT SETINFO LIB-NAME x", "AUTH wrong", "GET a")
    seen = decoder.downstream(b"+OK\r\n-ERR unknown\r\n-WRONGPASS no\r\n:1\r\n")
    assert [is_exchange(one) for one in seen] == [False, False, True, True]


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("AUTH secret", "AUTH ***"),
        ("auth cxc secret", "auth cxc ***"),
        ("HELLO 3 AUTH cxc secret SETNAME x", "HELLO 3 AUTH cxc *** SETNAME x"),
        ("HELLO 3 AUTH", "HELLO 3 AUTH"),
        ("CONFIG SET requirepass secret maxmemory 1", "CONFIG SET requirepass *** maxmemory 1"),
        ("ACL SETUSER cxc on >secret +@all", "ACL SETUSER cxc on >*** +@all"),
        ("MIGRATE h 1 k 0 5 AUTH secret", "MIGRATE h 1 k 0 5 AUTH ***"),
        ("MIGRATE h 1 k 0 5 AUTH2 cxc secret", "MIGRATE h 1 k 0 5 AUTH2 cxc ***"),
    ],
)
def test_passwords_are_never_shown(line: str, hidden: str) -> None:
    assert request_facts([word.encode() for word in line.split()]) == {"argv": hidden.split()}


@pytest.mark.parametrize("settings", [[b"requirepass", b"secret"], {b"requirepass": b"secret"}])
def test_a_password_in_the_servers_settings_is_not_shown_either(settings: Any) -> None:
    decoder = RespDecoder()
    asked(decoder, "CONFIG GET requirepass")
    assert "secret" not in str(told(decoder, settings))


def test_binary_and_long_values_are_told_by_their_size() -> None:
    decoder = RespDecoder()
    decoder.upstream(encode_command("SET", b"\xff\xfe", b"x" * 20_000))
    [seen] = decoder.downstream(b"+OK\r\n")
    assert seen.request == {"argv": ["SET", {"binary": 2}, {"bytes": 20_000}]}


def test_garbage_ends_the_watching_with_one_reason() -> None:
    decoder = RespDecoder()
    asked(decoder, "GET a")
    [seen] = decoder.downstream(b"?\r\n")
    assert (seen.operation, seen.ok) == ("undecodable", False)
    assert seen.request == {"why": "from the server: not RESP: no value begins with b'?'"}
    assert decoder.upstream(b"*1\r\n$4\r\nPING\r\n") == decoder.downstream(b":1\r\n") == []


def test_a_client_that_never_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resp_decoder, "PENDING_LIMIT", 3)
    decoder = RespDecoder()
    assert [one.operation for one in asked(decoder, *["PING"] * 4)] == ["undecodable"]


PIECES = [
    encode_command("MULTI"),
    encode_command("EXEC"),
    encode_command("SUBSCRIBE", "a"),
    encode_command("UNSUBSCRIBE"),
    encode_command("CLIENT", "REPLY"),
    encode_command("CONFIG", "GET", "x"),
    encode_command(b"\xff"),
    encode_command("HELLO", "SETNAME"),
    encode_command("ACL"),
    b"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n",
    b">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n",
    b"+QUEUED\r\n",
    b"+OK\r\n",
    b"*0\r\n",
    b"%1\r\n:1\r\n+x\r\n",
    b"$-1\r\n",
]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PIECES) | st.binary(max_size=30)), max_size=25))
def test_no_bytes_in_any_order_make_it_raise(said: list[tuple[bool, bytes]]) -> None:
    decoder = RespDecoder()
    for up, data in said:
        for seen in decoder.upstream(data) if up else decoder.downstream(data):
            assert isinstance(seen.operation, str)
