"""Row 5, jobs: when each is due, what came of its runs, and whose turn it is, since any replica may run them."""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Row,
    assumed,
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

JOBS = assumed("the guide says that jobs are in Redis; key and sorted set are ours")


def about_schedules(row: Row) -> None:
    """Add the promises about when jobs are due."""
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


def about_runs(row: Row) -> None:
    """Add the promises about jobs with their runs, and who is first to run one."""
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


def about_turns(row: Row) -> None:
    """Add the promises about whose turn it is to run a job, and what only that one writes."""
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
