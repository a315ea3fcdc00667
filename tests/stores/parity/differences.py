"""What is known to differ between the ways to run a store; the page in the documentation is made of this.

``python -m tests.stores.parity.differences`` writes the page. Each answer is held by a test against what really runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxmock.errors.stores import StoreRefused
from cxmock.testbed import Testbed
from cxmock.topology import Component

PAGE = Path(__file__).parents[3] / "docs/reference/store-differences.md"
_UNKNOWN, _SYNTAX, _NO_FUNCTION, _UNSUPPORTED = "unknown command", "42601", "42883", "0A000"


@dataclass(frozen=True)
class Difference:
    """Something to ask, and what each way to run the store answers."""

    what: str
    """For people."""
    asked: str
    """The statement or the command."""
    answers: Mapping[str, str]
    """Leg -> the answer; none where it depends on the version that somebody's image has."""
    part: str = ""
    """Of an answer: the group of this regular expression; empty for all of it."""


def answer(testbed: Testbed, component: Component, one: Difference) -> str:
    """Return what the store answers: the value, else what is wrong (SQLSTATE, or Redis' words)."""
    store = testbed.part(component)
    try:
        if component is Component.POSTGRES:
            rows = testbed.run(store.query(one.asked))
            told: Any = next(iter(rows[0].values())) if rows else "done"
        else:
            told = testbed.run(store.call(*one.asked.split()))
    except StoreRefused as error:
        told = str(getattr(error, "sqlstate", error.text))
    finally:
        testbed.reset()
    text = _UNKNOWN if _UNKNOWN in str(told) and one.part != "(.*)" else str(told).strip()
    found = re.search(one.part, text) if one.part else None
    return found[1] if found else text


def _postgres(what: str, asked: str, embedded: str, debian: str, container: str, part: str = "") -> Difference:
    return Difference(what, asked, {"embedded": embedded, "Debian 12": debian, "container": container}, part)


def _redis(
    what: str, asked: str, embedded: str, debian: str, fakeredis: str, container: str = "", part: str = ""
) -> Difference:
    answers = {"embedded": embedded, "Debian 12": debian, "fakeredis": fakeredis}
    return Difference(what, asked, answers | ({"container": container} if container else {}), part)


_MERGE = "MERGE INTO cxc.contact_list c USING (SELECT 1) s ON false WHEN NOT MATCHED THEN DO NOTHING RETURNING c.id"
_DEBUG = "ERR DEBUG command not allowed"
_AT_ONCE = "EVAL redis.call('SET','a',1)redis.call('EXPIRE','a',0)return(redis.call('EXISTS','a')) 0"
_TWO_WRONG = "EVAL redis.call('SET','a',1)return(redis.pcall('ZADD','a','x','m').err) 0"
_NO_CLUSTER = "ERR This instance has cluster support disabled"

POSTGRES: Sequence[Difference] = [
    _postgres("version", "SHOW server_version", "18", "15", "16", r"^(\d+)"),
    _postgres("`any_value`, from 16", "SELECT any_value(1)", "1", _NO_FUNCTION, "1"),
    _postgres(
        "`JSON_TABLE`, from 17",
        "SELECT a FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a int PATH '$'))",
        "1",
        _SYNTAX,
        _SYNTAX,
    ),
    _postgres("`MERGE ... RETURNING`, from 17", _MERGE, "done", _SYNTAX, _SYNTAX),
    _postgres("`uuidv7`, from 18", "SELECT length(uuidv7()::text)", "36", _NO_FUNCTION, _NO_FUNCTION),
    _postgres("`RETURNING old`, from 18", "DELETE FROM cxc.contact_list RETURNING old.id", "done", "42P01", "42P01"),
    _postgres(
        "virtual columns, from 18",
        "CREATE TABLE cxc.t (a int, b int GENERATED ALWAYS AS (a) VIRTUAL)",
        "done",
        _SYNTAX,
        _SYNTAX,
    ),
    _postgres("XML, left out of the wheel", "SELECT xmlparse(CONTENT '<a/>')::text", _UNSUPPORTED, "<a/>", "<a/>"),
    _postgres("extension `pgcrypto`, left out of the wheel", "CREATE EXTENSION pgcrypto", _UNSUPPORTED, "done", "done"),
    _postgres("cleaning up by itself", "SHOW autovacuum", "off", "off", "on"),
    _postgres("logical replication: at least `logical`", "SHOW wal_level", "minimal", "minimal", "replica"),
    _postgres("parallel queries: processes", "SHOW max_worker_processes", "0", "0", "8"),
]
REDIS: Sequence[Difference] = [
    _redis("version, as `INFO` tells it", "INFO server", "7.2", "7.0", "7.2", part=r"redis_version:(\d+\.\d+)"),
    _redis("the server's own name", "LOLWUT VERSION 1 1 1", "Valkey", "Redis", _UNKNOWN, "Redis", r"^(\w+) ver"),
    _redis("fields that expire", "HEXPIRE h 10 FIELDS 1 f", "[-2]", _UNKNOWN, "[-2]"),
    _redis("`SET ... IFEQ`", "SET a 1 IFEQ 1", "None", "ERR syntax error", "ERR syntax error", "ERR syntax error"),
    _redis("how a value is kept", "OBJECT ENCODING a", "None", "None", _UNKNOWN, "None"),
    _redis("how much memory it takes", "MEMORY USAGE a", "None", "None", _UNKNOWN, "None"),
    _redis("debugging", "DEBUG SLEEP 0", _DEBUG, _DEBUG, _UNKNOWN, _DEBUG, r"^(ERR DEBUG command not allowed)"),
    _redis("where the keys in a command are", "COMMAND GETKEYS GET a", "['a']", "['a']", _UNKNOWN, "['a']"),
    _redis("caching on the client's side", "CLIENT TRACKING on", "OK", "OK", _UNKNOWN, "OK"),
    _redis("replication", "REPLICAOF NO ONE", "OK", "OK", _UNKNOWN, "OK"),
    _redis("a key's slot without a cluster", "CLUSTER KEYSLOT a", "15495", _NO_CLUSTER, _NO_CLUSTER, _NO_CLUSTER),
    _redis("a key that expires at once, asked for within the same transaction or script", _AT_ONCE, "0", "0", "1", "0"),
    _redis("which of two mistakes is told", _TWO_WRONG, "ERR", "ERR", "WRONGTYPE", "ERR", r"^(ERR|WRONGTYPE)"),
    _redis("the size of a set that is not there", "SINTERCARD 1 a", "0", "0", "WRONGTYPE", "0", r"^(WRONGTYPE|\d+)"),
    _redis(
        "settings that only tune",
        "CONFIG GET hash-max-listpack-entries",
        "{'hash-max-listpack-entries': '512'}",
        "{'hash-max-listpack-entries': '512'}",
        "{}",
        "{'hash-max-listpack-entries': '512'}",
    ),
    _redis(
        "the words for a command that there is not",
        "NOSUCH",
        "ERR unknown command 'NOSUCH', with args beginning with:",
        "ERR unknown command 'NOSUCH', with args beginning with:",
        "ERR unknown command 'nosuch', with args beginning with:",
        "ERR unknown command 'NOSUCH', with args beginning with:",
        "(.*)",
    ),
    _redis(
        "the words for a wrong time to live",
        "SETEX a 0 x",
        "ERR invalid expire time in 'setex' command",
        "ERR invalid expire time in 'setex' command",
        "ERR invalid expire time in setex",
        "ERR invalid expire time in 'setex' command",
    ),
]

_INTRODUCTION = """# Differences between the stores

Made by `python -m tests.stores.parity.differences`; every answer is held by a test against what really runs.

However a store is [run](../how-to/choose-the-stores.md), it keeps the promises of its connections (5, 7 and 13), and
answers random commands and statements as the embedded one does (`tests/stores/parity/`), save for what this page lists.
A store that somebody else runs is held to the same, through its gate.
"""


def page() -> str:
    """Return the page."""
    postgres = ("embedded", "Debian 12", "container")
    redis = ("embedded", "Debian 12", "fakeredis", "container")
    return "\n".join(
        [
            _INTRODUCTION,
            "## PostgreSQL\n",
            "A code is that of the error. The container here is `postgres:16-alpine`.\n",
            *_table(POSTGRES, postgres),
            "\n## Redis\n",
            "The container here is `redis:7-alpine`; where nothing is said of it, it depends on its version.\n",
            *_table(REDIS, redis),
            "",
        ]
    )


def _table(differences: Sequence[Difference], legs: Sequence[str]) -> list[str]:
    rows = [("of", "asked", *legs), ("---",) * (len(legs) + 2)]
    rows += [(one.what, f"`{one.asked}`", *(_cell(one.answers.get(leg, "")) for leg in legs)) for one in differences]
    return [f"| {' | '.join(row)} |" for row in rows]


def _cell(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    PAGE.write_text(page())
