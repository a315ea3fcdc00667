"""Row 1, jobs: schedules, which files are taken, retries, history. What a job has is documented; the rest is ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxmock.contracts.authoring import (
    Ask,
    each_like,
    given,
    integer,
    like,
    not_empty,
    null_or,
    one_of,
    regex,
    stated,
    timestamp,
)
from cxmock.contracts.authoring.compliance import Call
from cxmock.contracts.authoring.contact import API, JOB_SETTINGS, done, page, refused

JOBS = f"{API}/jobs"
MOMENT = timestamp("2026-03-01T08:00:00Z")
NONE = given("CX Contact has no job {name}", name="nightly")
THERE = given("CX Contact has job {name}", name="nightly")
ACTION = one_of("import-contacts", "append-contacts", "import-suppression", "append-suppression", "export-results")
WANTED = {"action": ACTION, "list": like("Spring"), "path": like("/in/leads.csv")}
TOLD = {
    **JOB_SETTINGS,
    "name": stated("nightly"),
    "action": ACTION,
    "protocol": one_of("sftp", "ftp"),
    "path": like("/in/leads.csv"),
    "list": like("Spring"),
    "nextRun": null_or(MOMENT),
}
RUN = {
    "number": integer(1),
    "trigger": one_of("request", "schedule"),
    "started": MOMENT,
    "files": like([]),
    "attempts": like([]),
    "counts": like({}),
    "nextAttempt": null_or(MOMENT),
}
FAILED_RUN = {
    **RUN,
    "state": "failed",
    "ended": MOMENT,
    "reason": not_empty("why"),
    "result": like({}),
    "attempts": each_like({"started": MOMENT, "ended": MOMENT, "reason": not_empty("why")}),
}
ENDED_RUN = stated(FAILED_RUN, {**RUN, "state": like("done")})
"""Of a job whose file is not there, while nobody has put one there."""
CRON = "0 8 * * mon-fri"

SCHEDULES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "by cron": ({"cron": like(CRON)}, {"cron": stated(CRON, like(CRON))}),
    "by cron in a time zone": (
        {"cron": like(CRON), "timeZone": like("Europe/Paris")},
        {"timeZone": stated("Europe/Paris", like("Europe/Paris"))},
    ),
    "by cron, from a moment on": ({"cron": like(CRON), "start": MOMENT}, {"start": MOMENT}),
    "by cron, until a moment": ({"cron": like(CRON), "end": timestamp("2099-01-01T08:00:00Z")}, {"end": MOMENT}),
    "once": ({"at": timestamp("2099-01-01T08:00:00Z")}, {"at": MOMENT}),
}
"""How a job may be scheduled, and what is told of that."""

FIELDS: dict[str, dict[str, Any]] = {
    "that takes the newest file": {"path": like("/in/leads-*.csv"), "files": "newest"},
    "that takes new files": {"path": like("/in/leads-*.csv"), "files": "new"},
    "that takes all files": {"path": like("/in/leads-*.csv"), "files": "all"},
    "that is tried again": {"retries": integer(3), "retryAfter": integer(60)},
    "that waits for itself": {"overlap": one_of("wait", "skip")},
    "that is disabled": {"enabled": False},
    "with another encoding and country": {"encoding": like("UTF-8"), "country": like("GB")},
    "for a suppression list": {"type": one_of("Device", "ClientID"), "channel": like("voice"), "required": like(True)},
}
"""What else a job may be given."""

WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "of no action": ({"action": None}, 651),
    "of an unknown action": ({"action": "dance"}, 652),
    "over an unknown protocol": ({"protocol": "gopher"}, 652),
    "on no list": ({"list": ""}, 651),
    "with a path that leads elsewhere": ({"path": "/in/../leads.csv"}, 652),
    "with a pattern of folders": ({"path": "/*/leads.csv"}, 652),
    "that takes some files": ({"files": "some"}, 652),
    "that is tried for ever": ({"retries": 11}, 652),
    "that waits not at all": ({"retryAfter": 0}, 652),
    "that overlaps": ({"overlap": "both"}, 652),
    "at a minute that is none": ({"schedule": {"cron": "60 8 * * *"}}, 652),
    "by no cron expression": ({"schedule": {"cron": "daily"}}, 652),
    "on a day that never comes": ({"schedule": {"cron": "0 8 30 2 *"}}, 652),
    "in a time zone that is none": ({"schedule": {"cron": CRON, "timeZone": "Lunar/Base"}}, 652),
    "that ends before it starts": (
        {"schedule": {"cron": CRON, "start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}},
        652,
    ),
    "at a moment that is none": ({"schedule": {"at": "soon"}}, 652),
    "with an unknown field": ({"colour": "red"}, 652),
    "that starts a campaign after an export": ({"action": "export-results", "campaignGroup": "Spring@Agents"}, 652),
}
"""What no job may be, and the code that says so."""


def about_jobs() -> Iterator[Call]:
    """Yield the promises."""
    named = {"name": like("nightly"), **WANTED}
    for what, (schedule, told) in SCHEDULES.items():
        asked = Ask("POST", JOBS, json={**named, "schedule": schedule})
        yield Call(f"a job is defined {what}", asked, done({**TOLD, "schedule": told}, status=201), (NONE,))
        yield Call(f"a job that there is is defined {what}", asked, done({**TOLD, "schedule": told}), (THERE,))
    for what, fields in FIELDS.items():
        asked = Ask("POST", JOBS, json={**named, **fields})
        yield Call(f"a job {what} is defined", asked, done(TOLD, status=201), (NONE,))
        yield Call(f"a job that there is becomes one {what}", asked, done(TOLD), (THERE,))
    for what, (fields, code) in WRONG.items():
        good = {"name": "nightly", "action": "import-contacts", "path": "/in/leads.csv", "list": "Spring"}
        yield Call(f"a job {what} is refused", Ask("POST", JOBS, json=good | fields), refused(400, code), (NONE,))
    nobodys = Ask("POST", JOBS, json={**named, "action": "import-contacts", "campaignGroup": like("Nobody@Nowhere")})
    yield Call("a job for a campaign group that nobody made is refused", nobodys, refused(404, 604), (NONE,))
    one = _path("nightly")
    yield Call("a job is set anew", Ask("PUT", one, json=WANTED), done(TOLD), (THERE,))
    renamed = Ask("PUT", f"{JOBS}/nightly", json={"name": "weekly", **WANTED})
    yield Call("a job does not change its name", renamed, refused(400, 652), (THERE,))
    yield Call("a job is told with when it runs next", Ask("GET", one), done({**TOLD, "state": like("")}), (THERE,))
    yield Call("a job is removed", Ask("DELETE", one), done(), (THERE,))
    for what, enabled in (("enable", True), ("disable", False)):
        asked = Ask("POST", _path("nightly", f"/{what}"), json={})
        yield Call(f"a job is {what}d", asked, done({**TOLD, "enabled": enabled}), (THERE,))
    later = Ask("POST", _path("nightly", "/run"), json={"wait": False})
    begun = done({**RUN, "state": "running"}, status=202, code=1)
    yield Call("a job is run, and nobody waits for it", later, begun, (THERE,))
    listed = Ask("GET", _path("nightly", "/history"))
    yield Call("the runs of a job are listed", listed, page(like([])), (THERE,))
    wait = Ask("POST", _path("nightly", "/run"), json={"wait": "yes"})
    yield Call("whether to wait for a run is yes or no", wait, refused(400, 652), (THERE,))
    asked = Ask("POST", _path("nightly", "/run"), json={})
    yield Call("a run that failed tells each attempt", asked, done(FAILED_RUN), (THERE,))
    for method, after in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/history"),
        ("POST", "/enable"),
        ("POST", "/disable"),
    ):
        path = _path("nobodys", after)
        asked = (
            Ask(method, path) if method in ("GET", "DELETE") else Ask(method, path, json=WANTED if not after else {})
        )
        yield Call(f"{method}{after.replace('/', ' ')} of a job that nobody defined", asked, refused(404, 604))


def _path(name: str, after: str = "") -> Any:
    return regex(f"{JOBS}/[^/]+{after}", f"{JOBS}/{name}{after}")
