"""Row 5: CX Contact keeps sessions, suppression entries, dialing history and jobs in Redis.

That it does is documented; every key's name and type is our own. Words of commands and replies are Redis' own.
"""

from __future__ import annotations

import re

from cxmock.contracts.authoring import (
    Row,
    Term,
    assumed,
    digits,
    documented,
    each_like,
    given,
    includes,
    integer,
    like,
    observed,
    regex,
)

SESSIONS = assumed("the guide says that user sessions are in Redis; key, JSON value and lifetime are ours")
SUPPRESSION = assumed("the guide says that suppression entries are in Redis; key and hash are ours")
HISTORY = assumed("the guide says that dialing history is in Redis; key and hash are ours")
JOBS = assumed("the guide says that jobs are in Redis; key and sorted set are ours")
PASSWORD = documented("the chart's values: requirepass; the reply is Redis' own")
REPLIES = observed("Redis and Valkey alike")

SESSION_SECONDS = "28800"
SESSION = '{"username":"supervisor"}'


def key(*parts: str) -> Term:
    """Return an example of a key; any tenant, and in the last part any name, will do."""
    *fixed, _ = parts
    middle = "".join(f"{re.escape(part)}:" for part in fixed)
    return regex(rf"cxc:\{{[^}}]+\}}:{middle}.+", name(*parts))


def name(*parts: str) -> str:
    """Return the key itself."""
    return f"cxc:{{Acme}}:{':'.join(parts)}"


def contract() -> Row:
    """Return the contract."""
    row = Row(5)
    _sessions(row)
    _suppression(row)
    _history(row)
    _jobs(row)
    row.operation(
        "a command for another type of key is refused",
        REPLIES,
        "redis",
        {"argv": ["GET", key("suppression", "bankrupt")]},
        {"type": "error", "value": includes("WRONGTYPE", "WRONGTYPE Operation against a key holding the wrong kind")},
        states=[given("hash {key} holds {fields}", key=name("suppression", "bankrupt"), fields={"12025550143": "0"})],
    )
    row.operation(
        "a wrong password is refused",
        PASSWORD,
        "redis",
        {"argv": ["AUTH", "default", like("not the password")]},
        {"type": "error", "value": includes("WRONGPASS", "WRONGPASS invalid username-password pair")},
    )
    return row


def _sessions(row: Row) -> None:
    session = name("session", "4711")
    row.operation(
        "a session is kept for as long as it may live",
        SESSIONS,
        "redis",
        {"argv": ["SET", key("session", "4711"), like(SESSION), "EX", SESSION_SECONDS]},
        {"type": "string", "value": "OK"},
    )
    row.operation(
        "a session is read and lives on",
        SESSIONS,
        "redis",
        {"argv": ["GETEX", key("session", "4711"), "EX", SESSION_SECONDS]},
        {"type": "bulk", "value": regex(r"\{.*\}", SESSION)},
        states=[given("key {key} is {text}", key=session, text=SESSION)],
    )
    row.operation(
        "a session that has ended is nil",
        SESSIONS,
        "redis",
        {"argv": ["GETEX", key("session", "4711"), "EX", SESSION_SECONDS]},
        {"type": "nil", "value": None},
        states=[given("there is no key {key}", key=session)],
    )
    row.operation(
        "a session is ended",
        SESSIONS,
        "redis",
        {"argv": ["DEL", key("session", "4711")]},
        {"type": "integer", "value": 1},
        states=[given("key {key} is {text}", key=session, text=SESSION)],
    )


def _suppression(row: Row) -> None:
    entries = name("suppression", "bankrupt")
    one_entry = given("hash {key} holds {fields}", key=entries, fields={"12025550143": "0"})
    row.operation(
        "a suppression entry is written",
        SUPPRESSION,
        "redis",
        {"argv": ["HSET", key("suppression", "bankrupt"), like("12025550143"), like("0")]},
        {"type": "integer", "value": 1},
        states=[given("there is no key {key}", key=entries)],
    )
    row.operation(
        "a suppressed device has the moment until which it is",
        SUPPRESSION,
        "redis",
        {"argv": ["HGET", key("suppression", "bankrupt"), like("12025550143")]},
        {"type": "bulk", "value": digits("0")},
        states=[one_entry],
    )
    row.operation(
        "a device that is not suppressed is nil",
        SUPPRESSION,
        "redis",
        {"argv": ["HGET", key("suppression", "bankrupt"), like("442079460018")]},
        {"type": "nil", "value": None},
        states=[one_entry],
    )
    row.operation(
        "a change of the rules is counted",
        SUPPRESSION,
        "redis",
        {"argv": ["INCR", regex(r"cxc:\{[^}]+\}:rules:version", name("rules", "version"))]},
        {"type": "integer", "value": integer(1)},
    )


def _history(row: Row) -> None:
    history = name("history", "device", "12025550143")
    row.operation(
        "an attempt is added to a device's history",
        HISTORY,
        "redis",
        {
            "argv": [
                "HSET",
                key("history", "device", "12025550143"),
                like("6a1f0f6e-4c8e-4d7e-9d0a-1f3f3a5d2b01"),
                like("1767225600 7"),
            ]
        },
        {"type": "integer", "value": integer(1)},
        states=[given("there is no key {key}", key=history)],
    )
    row.operation(
        "the attempts on a device are read",
        HISTORY,
        "redis",
        {"argv": ["HGETALL", key("history", "device", "12025550143")]},
        {"type": "array", "value": each_like("1767225600 7", min=4)},
        states=[
            given(
                "hash {key} holds {fields}",
                key=history,
                fields={"6a1f0f6e": "1767225600 7", "93b0c7d2": "1767229200 6"},
            )
        ],
    )


def _jobs(row: Row) -> None:
    jobs = name("jobs")
    row.operation(
        "a job is put down for its time",
        JOBS,
        "redis",
        {"argv": ["ZADD", regex(r"cxc:\{[^}]+\}:jobs", jobs), like("1767225600"), like("nightly-import")]},
        {"type": "integer", "value": 1},
        states=[given("there is no key {key}", key=jobs)],
    )
    row.operation(
        "the jobs that are due are found",
        JOBS,
        "redis",
        {"argv": ["ZRANGEBYSCORE", regex(r"cxc:\{[^}]+\}:jobs", jobs), "-inf", like("1767225600")]},
        {"type": "array", "value": ["nightly-import"]},
        states=[
            given(
                "sorted set {key} holds {scores}",
                key=jobs,
                scores={"nightly-import": 1767225600, "weekly-export": 1767225601},
            )
        ],
    )
