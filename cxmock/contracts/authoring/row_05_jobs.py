"""Row 5, jobs that any replica runs: turns that are kept up or lost, and what only who has one writes."""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Row,
    at_least,
    containing,
    digits,
    each_like,
    equal,
    given,
    integer,
    like,
    regex,
    stated,
)
from cxmock.contracts.authoring.row_05 import (
    JOBS,
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


def about_jobs(row: Row) -> None:
    """Add the promises."""
    turn = regex(r"cxc:\{[^}]+\}:job:.+:turn", name("job", "nightly", "turn"))
    taken = regex(r"cxc:\{[^}]+\}:job:.+:taken", name("job", "nightly", "taken"))
    job, running, jobs = key("job", "nightly"), fixed("jobs", "running"), fixed("jobs")
    mine, nobodys = text("job", "nightly", "turn", said="5f1e"), no_key("job", "nightly", "turn")
    ask(row, "a turn is kept up, if it is one's own still", JOBS, ["GETEX", turn, "EX", SECONDS], bulk("5f1e"), mine)
    ask(row, "a turn that is over is nil", JOBS, ["GETEX", turn, "EX", SECONDS], NIL, nobodys)
    ask(row, "whose turn it is", JOBS, ["GET", turn], bulk("5f1e"), mine)
    ask(row, "that it is nobody's turn is nil", JOBS, ["GET", turn], NIL, nobodys)
    ask(row, "a turn is watched while something is written", REPLIES, ["WATCH", turn], OK, mine)
    ask(row, "a turn is watched while something is written, and then no more", REPLIES, ["UNWATCH"], OK)
    two = given("set {key} holds {members}", key=name("jobs", "running"), members=["nightly", "weekly"])
    none = no_key("jobs", "running")
    ask(row, "a job is noted to run", JOBS, ["SADD", running, like("nightly")], count(1), none)
    ask(row, "a job is noted to have ended", JOBS, ["SREM", running, like("nightly")], count(1), two)
    who = {"type": "array", "value": stated(containing("nightly", "weekly"), each_like("nightly", min=0))}
    ask(row, "which jobs run, or were left", JOBS, ["SMEMBERS", running], who, two)
    number = {"type": "integer", "value": integer(1)}
    ask(row, "a run gets a number", JOBS, ["INCRBY", fixed("jobs", "number"), "1"], number)
    due = given("sorted set {key} holds {scores}", key=name("jobs"), scores={"nightly": 1767225600})
    score = bulk("1767225600", regex("inf|[0-9.e+]+", "1767225600"))
    ask(row, "when a job is due", JOBS, ["ZSCORE", jobs, like("nightly")], score, due)
    ask(row, "a job that there is not is never due", JOBS, ["ZSCORE", jobs, like("nightly")], NIL, no_key("jobs"))
    one = hash_of("job", "nightly", "taken", **{"/in/leads.csv": "37"})
    no_file, file = no_key("job", "nightly", "taken"), like("/in/leads.csv")
    ask(row, "a file is noted to be taken", JOBS, ["HSET", taken, file, digits("37")], count(1), no_file)
    told = {"type": "array", "value": stated(["/in/leads.csv", "37"], each_like("37", min=2))}
    ask(row, "which files a job has taken", JOBS, ["HGETALL", taken], told, one)
    gone = at_least(equal("HDEL"), taken, file)
    ask(row, "files that are no longer there are forgotten", JOBS, gone, count(1), one)
    defined = hash_of("job", "nightly", definition='{"name":"nightly"}')
    ask(row, "a job is forgotten with its turn and its files", JOBS, ["DEL", job, turn, taken], count(1), defined)
