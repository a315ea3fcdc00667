"""Random commands given to two Redis servers, which have to answer the same."""

from __future__ import annotations

from typing import Any

import redis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cxmock.testbed import Testbed

KEYS = st.sampled_from(["a", "b", "{t}c"])
FIELDS = st.sampled_from(["f", "g", ""])
TEXTS = st.sampled_from(["", "x", "7", "-3", "0.5", "1e3", "nan", "é\0", "x" * 100])
WHOLE = st.integers(-3, 3).map(str)
SCORES = st.sampled_from(["0", "-1", "1.5", "inf", "-inf", "(1", "x", "3"])
SECONDS = st.sampled_from(["1000", "-1", "x"])
"""None is 0: that is a known difference."""

_COMMANDS: dict[str, list[st.SearchStrategy[str]]] = {
    "SET": [KEYS, TEXTS],
    "GET": [KEYS],
    "GETDEL": [KEYS],
    "GETSET": [KEYS, TEXTS],
    "SETNX": [KEYS, TEXTS],
    "APPEND": [KEYS, TEXTS],
    "STRLEN": [KEYS],
    "INCR": [KEYS],
    "INCRBY": [KEYS, TEXTS],
    "INCRBYFLOAT": [KEYS, st.sampled_from(["0.5", "-2", "x"])],
    "GETRANGE": [KEYS, WHOLE, WHOLE],
    "SETRANGE": [KEYS, WHOLE, TEXTS],
    "MGET": [KEYS, KEYS],
    "MSET": [KEYS, TEXTS, KEYS, TEXTS],
    "DEL": [KEYS, KEYS],
    "EXISTS": [KEYS, KEYS],
    "TYPE": [KEYS],
    "RENAME": [KEYS, KEYS],
    "COPY": [KEYS, KEYS],
    "EXPIRE": [KEYS, SECONDS],
    "PERSIST": [KEYS],
    "TTL": [KEYS],
    "HSET": [KEYS, FIELDS, TEXTS],
    "HSETNX": [KEYS, FIELDS, TEXTS],
    "HGET": [KEYS, FIELDS],
    "HMGET": [KEYS, FIELDS, FIELDS],
    "HDEL": [KEYS, FIELDS],
    "HGETALL": [KEYS],
    "HINCRBY": [KEYS, FIELDS, WHOLE],
    "HLEN": [KEYS],
    "HEXISTS": [KEYS, FIELDS],
    "LPUSH": [KEYS, TEXTS],
    "RPUSH": [KEYS, TEXTS, TEXTS],
    "LPOP": [KEYS],
    "RPOP": [KEYS, st.sampled_from(["0", "2", "-1"])],
    "LRANGE": [KEYS, WHOLE, WHOLE],
    "LLEN": [KEYS],
    "LINDEX": [KEYS, WHOLE],
    "LSET": [KEYS, WHOLE, TEXTS],
    "LREM": [KEYS, WHOLE, TEXTS],
    "LTRIM": [KEYS, WHOLE, WHOLE],
    "LINSERT": [KEYS, st.sampled_from(["BEFORE", "AFTER"]), TEXTS, TEXTS],
    "LMOVE": [KEYS, KEYS, st.sampled_from(["LEFT", "RIGHT"]), st.sampled_from(["LEFT", "RIGHT"])],
    "SADD": [KEYS, TEXTS, TEXTS],
    "SREM": [KEYS, TEXTS],
    "SISMEMBER": [KEYS, TEXTS],
    "SMISMEMBER": [KEYS, TEXTS, TEXTS],
    "SCARD": [KEYS],
    "SMEMBERS": [KEYS],
    "SINTER": [KEYS, KEYS],
    "SUNIONSTORE": [KEYS, KEYS, KEYS],
    "SDIFF": [KEYS, KEYS],
    "ZADD": [KEYS, SCORES, FIELDS],
    "ZINCRBY": [KEYS, SCORES, FIELDS],
    "ZREM": [KEYS, FIELDS],
    "ZSCORE": [KEYS, FIELDS],
    "ZRANK": [KEYS, FIELDS],
    "ZCARD": [KEYS],
    "ZCOUNT": [KEYS, SCORES, SCORES],
    "ZRANGE": [KEYS, WHOLE, WHOLE, st.just("WITHSCORES")],
    "ZRANGEBYSCORE": [KEYS, SCORES, SCORES],
    "ZREMRANGEBYSCORE": [KEYS, SCORES, SCORES],
    "ZPOPMIN": [KEYS],
    "XADD": [KEYS, st.sampled_from(["1-1", "2-1", "0-0", "x"]), FIELDS, TEXTS],
    "XLEN": [KEYS],
    "XRANGE": [KEYS, st.just("-"), st.just("+")],
    "NOSUCH": [TEXTS],
}
COMMANDS = st.sampled_from(sorted(_COMMANDS)).flatmap(lambda name: st.tuples(st.just(name), *_COMMANDS[name]))
UNORDERED = {"SMEMBERS", "SINTER", "SDIFF"}


class Machine(RuleBasedStateMachine):
    """Two servers, one client of each."""

    def __init__(self, one: Testbed, other: Testbed) -> None:
        super().__init__()
        self.testbeds = one, other
        self.clients = [
            redis.Redis.from_url(testbed.env["CX_REDIS_URL"], protocol=3, socket_timeout=5) for testbed in self.testbeds
        ]

    @initialize()
    def empty(self) -> None:
        for testbed in self.testbeds:
            testbed.reset()

    @rule(words=COMMANDS)
    def command(self, words: tuple[str, ...]) -> None:
        one, other = (told(client, words) for client in self.clients)
        assert one == other, (words, one, other)

    @rule(key=KEYS, value=TEXTS, how=st.sampled_from([["NX"], ["XX"], ["GET"], ["EX", "1000"], ["EX", "0"], ["WRONG"]]))
    def set_with(self, key: str, value: str, how: list[str]) -> None:
        self.command(("SET", key, value, *how))

    @rule(commands=st.lists(COMMANDS, max_size=4))
    def transaction(self, commands: list[tuple[str, ...]]) -> None:
        """What is refused while it is queued spoils the whole; what fails when it is performed does not."""
        for words in (("MULTI",), *commands, ("EXEC",)):
            one, other = (told(client, words) for client in self.clients)
            assert one == other, (words, commands, one, other)

    @rule()
    def everything(self) -> None:
        """All that is there is the same."""
        for words in (("DBSIZE",), *((name, key) for key in ("a", "b", "{t}c") for name in ("TYPE", "TTL"))):
            self.command(words)

    def teardown(self) -> None:
        self.everything()
        for client in self.clients:
            client.close()


def told(client: redis.Redis, words: tuple[str, ...]) -> Any:
    """Return the answer: of an error that it is one, of a time to live likewise."""
    connection = client.connection_pool.get_connection()
    try:
        connection.send_command(*words)  # type: ignore[no-untyped-call]
        answer = connection.read_response()
    except redis.ResponseError:
        return "error"
    finally:
        client.connection_pool.release(connection)
    return _plain(answer, words[0])


def _plain(answer: Any, name: str = "") -> Any:
    if isinstance(answer, redis.ResponseError):
        return "error"
    if name == "TTL" and isinstance(answer, int) and answer > 0:
        return "some"
    if isinstance(answer, (set, frozenset)) or (name in UNORDERED and isinstance(answer, list)):
        return sorted(map(_plain, answer))
    if isinstance(answer, (list, tuple)):
        return [_plain(one) for one in answer]
    if isinstance(answer, dict):
        return {_plain(key): _plain(value) for key, value in answer.items()}
    return answer
