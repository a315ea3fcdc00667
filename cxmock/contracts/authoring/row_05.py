"""Row 5: CX Contact keeps sessions, suppression entries, dialing history and jobs in Redis.

That it does is documented; every key's name and type is our own. Words of commands and replies are Redis' own.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
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
    regex,
    stated,
    unseen,
)
from cxmock.contracts.authoring.commands import (
    JSON,
    NIL,
    OK,
    REPLIES,
    SECONDS,
    ask,
    bulk,
    count,
    fixed,
    hash_of,
    key,
    name,
    no_key,
    text,
)
from cxmock.contracts.authoring.row_05_campaigns import about_campaigns
from cxmock.contracts.authoring.row_05_faults import about_faults
from cxmock.contracts.authoring.row_05_jobs import about_runs, about_schedules, about_turns

SESSIONS = assumed("the guide says that user sessions are in Redis; key, JSON value and lifetime are ours")
SUPPRESSION = assumed("the guide says that suppression entries are in Redis; key and hash are ours")
RULES = assumed("the guide has rules and compliance data; that they are in Redis, and how, is ours")
HISTORY = assumed("the guide says that dialing history is in Redis; key and hash are ours")
PASSWORD = documented("the chart's values: requirepass; the reply is Redis' own")

SESSION_SECONDS = "28800"
SESSION = '{"username":"supervisor"}'
ATTEMPT = "6a1f0f6e-4c8e-4d7e-9d0a-1f3f3a5d2b01"


def contract() -> Row:
    """Return the contract."""
    row = Row(5)
    _sessions(row)
    _suppression(row)
    _rules(row)
    _history(row)
    about_schedules(row)
    about_runs(row)
    _connections(row)
    about_campaigns(row)
    about_turns(row)
    about_faults(row)
    return row


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
