"""Jobs run at their time, take the files that they are to take, are tried again when they fail, and tell all that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cxmock.topology import Component
from tests.reference.job_scheduler.conftest import GROUP, NUMBERS, Desk

DAY = 86400
AT_EIGHT = {"cron": "0 8 * * *"}
Hold = Callable[[str], AbstractContextManager[None]]


def test_a_job_in_the_accounts_time_zone(desk: Desk) -> None:
    """Eight o'clock is eight o'clock there; a job may name another place."""
    desk.api.call("PATCH", "/settings", {"timeZone": "America/New_York"})
    assert desk.define(schedule=AT_EIGHT)["nextRun"] == "2026-01-12T13:00:00Z"
    assert desk.define(schedule=AT_EIGHT | {"timeZone": "Asia/Tokyo"})["nextRun"] == "2026-01-12T23:00:00Z"


def test_a_clock_that_is_moved_makes_due_jobs_run_and_a_long_jump_makes_them_run_once(desk: Desk) -> None:
    desk.put("/in/leads.csv", *NUMBERS[:3])
    desk.define(schedule=AT_EIGHT)

    desk.testbed.clock.advance(120)
    run = desk.ran(1)
    assert (run["trigger"], run["started"][:16]) == ("schedule", "2026-01-12T08:01")
    assert {name: run["counts"][name] for name in ("files", "contacts", "rejected")} == {
        "files": 1,
        "contacts": 3,
        "rejected": 0,
    }

    desk.put("/in/leads.csv", NUMBERS[3])
    desk.define(schedule=AT_EIGHT, action="append-contacts")
    desk.testbed.clock.advance(10 * DAY)
    desk.ran(2)
    assert desk.api.get("/jobs/nightly")["nextRun"] == "2026-01-23T08:00:00Z"


def test_a_job_of_one_moment_runs_once(desk: Desk) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define(schedule={"at": "2026-01-12T10:00:00+01:00"})
    desk.testbed.clock.advance(2 * 3600)
    desk.ran(1)
    assert desk.api.get("/jobs/nightly")["nextRun"] is None


def test_a_job_that_is_disabled_runs_only_when_somebody_asks_for_it(desk: Desk) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define(schedule=AT_EIGHT)
    assert desk.api.post("/jobs/nightly/disable")["nextRun"] is None
    desk.testbed.clock.advance(DAY)
    assert desk.api.post("/jobs/nightly/run")["trigger"] == "request"
    assert desk.api.post("/jobs/nightly/enable")["nextRun"] == "2026-01-13T08:00:00Z"
    desk.ran(1)


def test_a_pattern_takes_all_files_or_the_newest_or_those_that_are_new(desk: Desk) -> None:
    """What was taken is remembered; a file that came again with another size is new."""
    pattern = {"action": "append-contacts", "path": "/in/leads-*.csv"}
    desk.put("/in/start.csv", NUMBERS[0])
    desk.define("first", path="/in/start.csv")
    desk.api.post("/jobs/first/run")
    for number in (1, 2):
        desk.put(f"/in/leads-{number}.csv", NUMBERS[number])

    def files(**fields: Any) -> list[str]:
        desk.define(**pattern, **fields)
        run = desk.api.post("/jobs/nightly/run")
        assert run["state"] == "done", run["reason"]
        return [path.rpartition("/")[2] for path in run["files"]]

    assert files(files="new") == ["leads-1.csv", "leads-2.csv"]
    assert files(files="new") == []
    desk.put("/in/leads-1.csv", NUMBERS[1], NUMBERS[3])
    desk.put("/in/leads-3.csv", NUMBERS[4])
    assert files(files="new") == ["leads-1.csv", "leads-3.csv"]
    for number in (1, 2, 3):
        desk.put(f"/in/leads-{number}.csv", NUMBERS[number + 10])
    assert files(files="newest") == ["leads-3.csv"]
    for number in (1, 2, 3):
        desk.put(f"/in/leads-{number}.csv", NUMBERS[number + 20])
    assert files(files="all") == ["leads-1.csv", "leads-2.csv", "leads-3.csv"]
    assert desk.contacts() == 9


def test_a_run_that_fails_is_tried_again_later_and_later_and_its_history_tells(desk: Desk) -> None:
    """Two attempts fail, a minute and then two apart; the third finds the file."""
    desk.define(schedule=AT_EIGHT, retries=2)
    desk.testbed.clock.advance(60)
    run = desk.ran(1, state="retrying")
    assert (len(run["attempts"]), run["nextAttempt"][:16]) == (1, "2026-01-12T08:01")
    assert "leads.csv" in run["reason"]

    desk.testbed.clock.advance(60)
    run = _with_attempts(desk, 2)
    assert run["nextAttempt"][:16] == "2026-01-12T08:03"

    desk.put("/in/leads.csv", NUMBERS[0])
    desk.testbed.clock.advance(120)
    run = desk.ran(1)
    assert (len(run["attempts"]), run["nextAttempt"], run["reason"]) == (2, None, "")
    assert desk.api.get("/jobs/nightly")["nextRun"] == "2026-01-13T08:00:00Z"


def _with_attempts(desk: Desk, count: int) -> dict[str, Any]:
    from cxmock.net.waiting import patiently

    def look() -> dict[str, Any]:
        [run] = desk.history()
        assert (len(run["attempts"]), run["state"]) == (count, "retrying")
        return run

    return patiently(look, within=8, every=0.02)


def test_no_run_is_tried_for_ever(desk: Desk) -> None:
    desk.define(schedule=AT_EIGHT, retries=1)
    desk.testbed.clock.advance(60)
    desk.ran(1, state="retrying")
    desk.testbed.clock.advance(60)
    run = desk.ran(1, state="failed")
    assert [one["reason"] == run["reason"] for one in run["attempts"]] == [True, True]


@pytest.mark.parametrize(("overlap", "states"), [("skip", ["done", "skipped"]), ("wait", ["done", "done"])])
def test_a_job_that_is_due_while_it_runs_skips_that_time_or_waits(
    desk: Desk, held: Hold, overlap: str, states: list[str]
) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define("first")
    desk.api.post("/jobs/first/run")
    desk.put("/in/leads-1.csv", NUMBERS[1])
    minutely: dict[str, Any] = {"schedule": {"cron": "* * * * *"}, "path": "/in/leads-*.csv", "files": "new"}
    desk.define(action="append-contacts", overlap=overlap, **minutely)
    with held("Leads"):
        desk.testbed.clock.advance(60)
        desk.ran(1, state="running")
        desk.testbed.clock.advance(60)
    desk.ran(2)
    assert [run["state"] for run in desk.history()] == states


def test_after_an_import_a_campaign_group_is_started(desk: Desk) -> None:
    """It is loaded if it has to be; one that dials already goes on."""
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define("first")
    desk.api.post("/jobs/first/run")
    desk.testbed.part(Component.OCS).outcomes.default = 6
    made = desk.api.post("/campaign-groups", {"name": "Spring", "group": GROUP, "contactList": "Leads"})
    desk.define(action="append-contacts", campaignGroup=made["name"])
    for number in (1, 2):
        desk.put("/in/leads.csv", NUMBERS[number])
        run = desk.api.post("/jobs/nightly/run")
        assert run["state"] == "done", run["reason"]
        assert desk.api.get("/campaign-groups")[0]["status"] == "Running"


def test_a_suppression_list_is_made_or_added_to(desk: Desk) -> None:
    desk.testbed.part(Component.SFTP).put("/in/leads.csv", f"Device\n{NUMBERS[0]}\n".encode())
    desk.define(action="append-suppression", list="bankrupt")
    run = desk.api.post("/jobs/nightly/run")
    assert (run["state"], "bankrupt" in run["reason"]) == ("failed", True)
    for action in ("import-suppression", "append-suppression"):
        desk.define(action=action, list="bankrupt")
        assert desk.api.post("/jobs/nightly/run")["state"] == "done"
    assert desk.api.get("/suppression-lists/bankrupt")["entries"] == 1


def test_results_are_brought_to_the_customers_server(desk: Desk) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define()
    desk.api.post("/jobs/nightly/run")
    desk.define("results", action="export-results", path="/out/leads.csv")
    run = desk.api.post("/jobs/results/run")
    assert (run["state"], run["counts"]["records"]) == ("done", 1)
    assert NUMBERS[0] in desk.testbed.part(Component.SFTP).read("/out/leads.csv").decode()


def test_a_job_that_is_removed_while_it_runs_is_cut_short(desk: Desk, held: Hold) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define()
    with held("Leads"):
        desk.api.post("/jobs/nightly/run", {"wait": False})
        desk.api.call("DELETE", "/jobs/nightly")
    assert desk.refused("GET", "/jobs/nightly")[:2] == (404, 604)
    desk.define()
    assert desk.history() == []


WRONG: list[tuple[dict[str, Any], int]] = [
    ({"name": None}, 651),
    ({"name": "a/b"}, 652),
    ({"action": "dance"}, 652),
    ({"action": 7}, 652),
    ({"protocol": "gopher"}, 652),
    ({"path": "leads.csv"}, 652),
    ({"path": "/../leads.csv"}, 652),
    ({"path": "/in/*/leads.csv"}, 652),
    ({"path": "/in/" + "x" * 300}, 652),
    ({"list": ""}, 651),
    ({"files": "some"}, 652),
    ({"retries": 11}, 652),
    ({"retries": "two"}, 652),
    ({"retryAfter": 0}, 652),
    ({"overlap": "both"}, 652),
    ({"enabled": "yes"}, 652),
    ({"schedule": "daily"}, 652),
    ({"schedule": {"cron": "61 * * * *"}}, 652),
    ({"schedule": {"cron": "0 8 * * *", "timeZone": "Lunar/Base"}}, 652),
    (
        {"schedule": {"cron": "0 8 * * *", "start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}},
        652,
    ),
    ({"colour": "red"}, 652),
    ({"campaignGroup": "Nobody@Nowhere"}, 604),
    ({"campaignGroup": "Spring@Outbound agents", "action": "export-results"}, 652),
]


def test_a_job_that_makes_no_sense_is_refused_and_not_kept(desk: Desk) -> None:
    for change, code in WRONG:
        job = {"name": "nightly", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"} | change
        assert desk.refused("POST", "/jobs", job)[:2] == (404 if code == 604 else 400, code), change
    assert desk.api.get("/jobs") == []


def test_nothing_is_asked_of_a_job_that_nobody_defined(desk: Desk) -> None:
    job = {"action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"}
    for method, path in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/history"),
        ("POST", "/run"),
        ("POST", "/enable"),
        ("POST", "/disable"),
    ):
        body = None if method in ("GET", "DELETE") else job if method == "PUT" else {}
        assert desk.refused(method, f"/jobs/nobodys{path}", body)[:2] == (404, 604)
