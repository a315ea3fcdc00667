"""Row 5: CX Contact keeps sessions, suppression entries, dialing history and jobs in Redis.

That it does is documented; every key's name and type is our own. Words of commands and replies are Redis' own.
"""

from __future__ import annotations

import re
from typing import Any

from cxmock.contracts.authoring import (
    Evidence,
    Given,
    Row,
    Term,
    assumed,
    at_least,
    digits,
    documented,
    each_like,
    equal,
    given,
    includes,
    integer,
    like,
    null_or,
    observed,
    regex,
    stated,
    unseen,
)

SESSIONS = assumed("the guide says that user sessions are in Redis; key, JSON value and lifetime are ours")
SUPPRESSION = assumed("the guide says that suppression entries are in Redis; key and hash are ours")
RULES = assumed("the guide has rules and compliance data; that they are in Redis, and how, is ours")
HISTORY = assumed("the guide says that dialing history is in Redis; key and hash are ours")
JOBS = assumed("the guide says that jobs are in Redis; key and sorted set are ours")
PASSWORD = documented("the chart's values: requirepass; the reply is Redis' own")
REPLIES = observed("Redis and Valkey alike")

SESSION_SECONDS = "28800"
SESSION = '{"username":"supervisor"}'
SECONDS = digits("86400")
"""How long a key lives: ours to choose."""
JSON = regex(r"[\[{][\s\S]*", '{"name":"nightly"}')
ATTEMPT = "6a1f0f6e-4c8e-4d7e-9d0a-1f3f3a5d2b01"
OK = {"type": "string", "value": "OK"}
NIL = {"type": "nil", "value": None}


def key(*parts: str) -> Term:
    """Return an example of a key; any tenant, and in the last part any name, will do."""
    *before, _ = parts
    middle = "".join(f"{re.escape(part)}:" for part in before)
    return regex(rf"cxc:\{{[^}}]+\}}:{middle}.+", name(*parts))


def fixed(*parts: str) -> Term:
    """Return an example of a key that each tenant has once."""
    return regex(rf"cxc:\{{[^}}]+\}}:{':'.join(map(re.escape, parts))}", name(*parts))


def name(*parts: str) -> str:
    """Return the key itself."""
    return f"cxc:{{Acme}}:{':'.join(parts)}"


def no_key(*parts: str) -> Given:
    """Return the state that there is no such key."""
    return given("there is no key {key}", key=name(*parts))


def text(*parts: str, said: str) -> Given:
    """Return the state that a key is a string."""
    return given("key {key} is {text}", key=name(*parts), text=said)


def hash_of(*parts: str, **fields: str) -> Given:
    """Return the state that a key is a hash."""
    return given("hash {key} holds {fields}", key=name(*parts), fields=fields)


def count(number: int) -> dict[str, Any]:
    """Return the reply that counts: what was there before decides."""
    return {"type": "integer", "value": stated(number)}


def bulk(example: str, promised: Any = None) -> dict[str, Any]:
    """Return the reply that is a text: this one in the promise's state, any, or one as promised, elsewhere."""
    return {"type": "bulk", "value": stated(example, promised)}


def contract() -> Row:
    """Return the contract."""
    # They build on what is here.
    from cxmock.contracts.authoring.row_05_campaigns import about_campaigns
    from cxmock.contracts.authoring.row_05_faults import about_faults
    from cxmock.contracts.authoring.row_05_jobs import about_jobs

    row = Row(5)
    _sessions(row)
    _suppression(row)
    _rules(row)
    _history(row)
    _jobs(row)
    _runs(row)
    _connections(row)
    about_campaigns(row)
    about_jobs(row)
    about_faults(row)
    return row


def ask(row: Row, description: str, evidence: Evidence, argv: Any, reply: Any, *states: Given) -> None:
    """Add a promise about one command."""
    row.operation(description, evidence, "redis", {"argv": argv}, reply, states=states)


def _sessions(row: Row) -> None:
    one = key("session", "4711")
    there = text("session", "4711", said=SESSION)
    kept = ["SET", one, JSON, "EX", SESSION_SECONDS]
    ask(row, "a session is kept for as long as it may live", SESSIONS, kept, OK)
    read = ["GETEX", one, "EX", SESSION_SECONDS]
    ask(row, "a session is read and lives on", SESSIONS, read, bulk(SESSION, JSON), there)
    ask(row, "a session that has ended is nil", SESSIONS, read, NIL, no_key("session", "4711"))
    ask(row, "a session is ended", SESSIONS, ["DEL", one], {"type": "integer", "value": 1}, there)
    ended = {"type": "integer", "value": 0}
    ask(row, "a session that has ended is not ended again", SESSIONS, ["DEL", one], ended, no_key("session", "4711"))


def _suppression(row: Row) -> None:
    entries, catalogue = key("suppression", "bankrupt"), fixed("suppression")
    one = given("hash {key} holds {fields}", key=name("suppression", "bankrupt"), fields={"12025550143": "0"})
    none = no_key("suppression", "bankrupt")
    device, until = like("12025550143"), digits("0")
    ask(row, "a suppression entry is written", SUPPRESSION, ["HSET", entries, device, until], count(1), none)
    several = at_least(equal("HSET"), entries, device, until, like("442079460018"), until)
    ask(row, "suppression entries are written together", SUPPRESSION, several, count(2), none)
    found = {"type": "bulk", "value": digits("0")}
    read = ["HGET", entries, device]
    ask(row, "a suppressed device has the moment until which it is", SUPPRESSION, read, found, one)
    other = ["HGET", entries, like("442079460018")]
    ask(row, "a device that is not suppressed is nil", SUPPRESSION, other, NIL, one)
    those = at_least(equal("HMGET"), entries, device)
    moments = {"type": "array", "value": stated(["0"], each_like(null_or(digits("0"))))}
    ask(row, "whether devices are suppressed is asked together", SUPPRESSION, those, moments, one)
    ask(row, "an entry is taken off a suppression list", SUPPRESSION, ["HDEL", entries, device], count(1), one)
    ask(row, "all entries of a suppression list are taken away", SUPPRESSION, ["DEL", entries], count(1), one)
    ask(row, "how many entries a suppression list has", SUPPRESSION, ["HLEN", entries], count(1), one)
    about = regex(r"\{.*\}", '{"channel":"","type":"Device","required":false}')
    a_list = [catalogue, like("bankrupt"), about]
    ask(row, "a suppression list is put down", SUPPRESSION, ["HSET", *a_list], count(1), no_key("suppression"))
    no_list = no_key("suppression")
    ask(row, "a suppression list is put down unless it is", SUPPRESSION, ["HSETNX", *a_list], count(1), no_list)
    listed = hash_of("suppression", bankrupt='{"type":"Device"}')
    ask(row, "a suppression list is taken away", SUPPRESSION, ["HDEL", catalogue, like("bankrupt")], count(1), listed)
    names = {"type": "array", "value": stated(["bankrupt"], each_like("bankrupt", min=0))}
    ask(row, "which suppression lists there are", SUPPRESSION, ["HKEYS", catalogue], names, listed)
    lists = {"type": "array", "value": stated(["bankrupt", '{"type":"Device"}'], each_like("bankrupt", min=2))}
    ask(row, "the suppression lists are read", SUPPRESSION, ["HGETALL", catalogue], lists, listed)
    empty = {"type": "array", "value": []}
    anything = ["HGETALL", stated(name("suppression"), regex(r"cxc:\{[^}]+\}:.+", name("suppression")))]
    ask(row, "of what is not there there is nothing", SUPPRESSION, anything, empty, no_key("suppression"))


def _rules(row: Row) -> None:
    version = fixed("rules", "version")
    counted = {"type": "integer", "value": integer(1)}
    ask(row, "a change of the rules is counted", RULES, ["INCR", version], counted)
    ask(row, "a change of the rules is counted by one", RULES, ["INCRBY", version, "1"], counted)
    is_two = text("rules", "version", said="2")
    ask(row, "how often the rules were changed", RULES, ["GET", version], bulk("2", digits("2")), is_two)
    ask(row, "rules that were never changed have no number", RULES, ["GET", version], NIL, no_key("rules", "version"))
    rules = fixed("rules")
    a_rule = hash_of("rules", **{"three a day": '{"type":"attempts"}'})
    told = {"type": "array", "value": stated(["three a day", '{"type":"attempts"}'], each_like("three a day", min=2))}
    ask(row, "the rules are read", RULES, ["HGETALL", rules], told, a_rule)
    ask(row, "a rule is put down", RULES, ["HSET", rules, like("three a day"), JSON], count(1), no_key("rules"))
    ask(row, "a rule is taken away", RULES, ["HDEL", rules, like("three a day")], count(1), a_rule)
    ask(row, "a rule is read", RULES, ["HGET", rules, like("three a day")], bulk('{"type":"attempts"}', JSON), a_rule)
    names = {"type": "array", "value": stated(["three a day"], each_like("three a day", min=0))}
    ask(row, "which rules there are", RULES, ["HKEYS", rules], names, a_rule)
    choices, group = fixed("rules", "choices"), like("Spring@Outbound agents")
    made = '{"rules":["three a day"],"suppressionLists":[]}'
    chosen = hash_of("rules", "choices", **{"Spring@Outbound agents": made})
    none = no_key("rules", "choices")
    ask(row, "what a campaign group chose is put down", RULES, ["HSET", choices, group, JSON], count(1), none)
    ask(row, "what a campaign group chose is read", RULES, ["HGET", choices, group], bulk(made, JSON), chosen)
    ask(row, "a campaign group that chose nothing is nil", RULES, ["HGET", choices, group], NIL, none)
    ask(row, "what a campaign group chose is forgotten", RULES, ["HDEL", choices, group], count(1), chosen)
    all_of_them = {"type": "array", "value": stated(["Spring@Outbound agents", made], each_like(made, min=2))}
    ask(row, "what all campaign groups chose is read", RULES, ["HGETALL", choices], all_of_them, chosen)
    data = fixed("compliance")
    have = hash_of("compliance", version="9.1", etag='"9.1"')
    fields = at_least(equal("HSET"), data, like("version"), like("9.1"), like("etag"), like('"9.1"'))
    ask(row, "what compliance data are at hand is put down", RULES, fields, count(2), no_key("compliance"))
    ask(row, "what compliance data are at hand is read", RULES, ["HGET", data, like("version")], bulk("9.1"), have)
    no_data = no_key("compliance")
    ask(row, "that no compliance data are at hand is nil", RULES, ["HGET", data, like("etag")], NIL, no_data)
    document = fixed("compliance", "document")
    # Of so long a text a journal has the size alone, ``{"bytes": 843984}``: it has to be something.
    long = Term('{"version":"9.1","rules":[]}', ({"match": "notEmpty"},))
    ask(row, "the compliance data are kept as they came", RULES, ["SET", document, long], OK)
    kept = text("compliance", "document", said="{}")
    whole = {"type": "bulk", "value": stated("{}", long)}
    ask(row, "the compliance data are read as they came", RULES, ["GET", document], whole, kept)
    nothing = no_key("compliance", "document")
    ask(row, "compliance data that never came are nil", RULES, ["GET", document], NIL, nothing)


def _history(row: Row) -> None:
    happened = like("1767225600 7")
    for whose, example in (("device", "12025550143"), ("client", "C-1")):
        place = key("history", whose, example)
        state = hash_of("history", whose, example, **{"6a1f0f6e": "1767225600 7", "93b0c7d2": "1767229200 6"})
        none = no_key("history", whose, example)
        added = [place, like(ATTEMPT), happened]
        ask(row, f"an attempt is added to a {whose}'s history", HISTORY, ["HSET", *added], count(1), none)
        ask(row, f"an attempt is added to a {whose}'s history once", HISTORY, ["HSETNX", *added], count(1), none)
        ask(row, f"how many attempts there were on a {whose}", HISTORY, ["HLEN", place], count(2), state)
        ask(row, f"the history of a {whose} ends some day", HISTORY, ["EXPIRE", place, SECONDS], count(1), state)
        one_of_them = ["HGET", place, like("6a1f0f6e")]
        ask(row, f"an attempt in a {whose}'s history is read", HISTORY, one_of_them, bulk("1767225600 7"), state)
        ask(row, f"an attempt that is in no {whose}'s history is nil", HISTORY, one_of_them, NIL, none)
        all_of_them = {"type": "array", "value": each_like("1767225600 7", min=4)}
        ask(row, f"the attempts on a {whose} are read", HISTORY, ["HGETALL", place], all_of_them, state)
    attempt = key("attempt", ATTEMPT)
    once = ["SET", attempt, JSON, "NX", "EX", SECONDS]
    ask(row, "the beginning of an attempt is kept, once", HISTORY, once, OK, no_key("attempt", ATTEMPT))
    ask(row, "an attempt that is known does not begin again", HISTORY, once, NIL, text("attempt", ATTEMPT, said="{}"))
    ask(row, "the end of an attempt is kept instead", HISTORY, ["SET", attempt, JSON, "EX", SECONDS], OK)
    ended = text("attempt", ATTEMPT, said='{"GSW_CALL_RESULT":0}')
    ask(row, "an attempt is read", HISTORY, ["GET", attempt], bulk('{"GSW_CALL_RESULT":0}', JSON), ended)
    ask(row, "an attempt that is forgotten is nil", HISTORY, ["GET", attempt], NIL, no_key("attempt", ATTEMPT))
    groups = fixed("campaign-groups")
    stands = ["HSET", groups, like("Spring@Outbound agents"), JSON]
    ask(row, "the state of a campaign group is kept", HISTORY, stands, count(1), no_key("campaign-groups"))


def _jobs(row: Row) -> None:
    jobs = fixed("jobs")
    no_jobs = no_key("jobs")
    scores = {"nightly-import": 1767225600, "weekly-export": 1767225601}
    two = given("sorted set {key} holds {scores}", key=name("jobs"), scores=scores)
    when = regex("inf|[0-9.e+]+", "1767225600")
    job = like("nightly-import")
    ask(row, "a job is put down for its time", JOBS, ["ZADD", jobs, when, job], count(1), no_jobs)
    due = {"type": "array", "value": stated(["nightly-import"], each_like("nightly-import", min=0))}
    until = ["ZRANGEBYSCORE", jobs, "-inf", like("1767225600")]
    ask(row, "the jobs that are due are found", JOBS, until, due, two)
    ask(
        row,
        "the jobs that have a time are found with it",
        JOBS,
        ["ZRANGEBYSCORE", jobs, "-inf", stated("(1767225601", like("(+inf")), "WITHSCORES"],
        {"type": "array", "value": stated(["nightly-import", "1767225600"], each_like("nightly-import", min=0))},
        two,
    )
    everything = {"type": "array", "value": stated(list(scores), each_like("nightly-import", min=0))}
    ask(row, "all jobs are found, those that are due first", JOBS, ["ZRANGE", jobs, "0", "-1"], everything, two)
    ask(row, "a job is taken away", JOBS, ["ZREM", jobs, job], count(1), two)


def _runs(row: Row) -> None:
    """Add what is kept of one job, and whose turn it is to run it."""
    job, turn = key("job", "nightly"), regex(r"cxc:\{[^}]+\}:job:.+:turn", name("job", "nightly", "turn"))
    defined = hash_of("job", "nightly", definition='{"name":"nightly"}')
    told = ["definition", '{"name":"nightly"}']
    kept = ["HSET", job, like("definition"), JSON]
    ask(row, "a job's definition or its runs are kept", JOBS, kept, count(1), no_key("job", "nightly"))
    ask(
        row,
        "a job is read with its runs",
        JOBS,
        ["HGETALL", job],
        {"type": "array", "value": stated(told, each_like("definition", min=2))},
        defined,
    )
    mine = ["SET", turn, like("2026-01-01T00:00:00Z"), "NX", "EX", SECONDS]
    somebodys = text("job", "nightly", "turn", said="2026-01-01T00:00:00Z")
    ask(row, "whoever is first runs a job", JOBS, mine, OK, no_key("job", "nightly", "turn"))
    ask(row, "whoever is second does not run a job", JOBS, mine, NIL, somebodys)
    ask(row, "who has run a job gives up the turn", JOBS, ["DEL", turn], count(1), somebodys)
    ask(row, "a job is forgotten", JOBS, ["DEL", job], count(1), defined)


def _connections(row: Row) -> None:
    ask(row, "several commands are to be done at once", REPLIES, ["MULTI"], OK)
    queued = [["INCRBY", name("rules", "version"), "1"], ["DEL", name("session", "1")]]
    row.operation(
        "several commands are done at once",
        REPLIES,
        "redis",
        {"argv": ["EXEC"], "queued": unseen(queued)},
        {"type": "array", "value": stated([1, 0], each_like(1, min=0))},
        states=[no_key("rules", "version")],
    )
    ask(
        row,
        "a command for another type of key is refused",
        REPLIES,
        ["GET", key("suppression", "bankrupt")],
        {"type": "error", "value": includes("WRONGTYPE", "WRONGTYPE Operation against a key holding the wrong kind")},
        hash_of("suppression", "bankrupt", **{"12025550143": "0"}),
    )
    wrong = {"type": "error", "value": includes("WRONGPASS", "WRONGPASS invalid username-password pair")}
    ask(row, "a wrong password is refused", PASSWORD, ["AUTH", "default", like("not the password")], wrong)
    hello = ["HELLO", regex("[23]", "2"), "AUTH", "default", like("not the password")]
    ask(row, "a wrong password is refused when a client says hello", PASSWORD, hello, wrong)
