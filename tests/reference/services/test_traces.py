"""One trace id leads from the browser to GWS, and one from an attempt at OCS to Compliance Manager: in every exchange
that carries it, and in the logs of every service on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cxmock.net.waiting import patiently
from cxmock.reference.logs import Log, entries
from cxmock.reference.tracing import begin_trace
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.testbed.seeding import ContactList, Seed, contacts
from cxmock.topology import Component

TRACE = "x-b3-traceid"


def test_a_trace_is_followed_from_the_browser_to_gws(testbed: Testbed, api: Contact) -> None:
    """Ingress, API Aggregator, Campaign Manager and GWS have the same id, which the browser was told."""
    Seed(testbed)(ContactList("Leads", contacts(1)))
    since = testbed.journal.mark
    wanted = {"name": "Spring", "group": "Outbound agents", "contactList": "Leads"}
    trace = api.send("POST", f"{BASE}/campaign-groups", json=wanted).headers[TRACE].partition(",")[0]

    http = [one for one in testbed.journal.exchanges(since=since) if one.transport == "http"]
    on_the_way = [one for one in http if one.request["headers"].get(TRACE) == trace]
    assert {one.source for one in on_the_way} == {"cxc-ingress", "cxc-amark-app", "cxc-campaign-manager"}
    assert {one.connection for one in on_the_way} == {None, 11}
    answered = [one for one in http if one.response["headers"].get(TRACE) == trace]
    assert len(answered) >= 3
    assert all(one in on_the_way or one.connection == 1 for one in http)

    logged = testbed.logged(trace=trace)
    assert [entry["service"] for entry in logged if entry["event"] == "answered"] == [
        "cxc-campaign-manager",
        "cxc-amark-app",
        "cxc-ingress",
    ]
    called = [(entry["service"], entry["destination"]) for entry in logged if entry["event"] == "called"]
    assert ("cxc-ingress", "API Aggregator") in called
    assert ("cxc-amark-app", "Campaign Manager") in called
    assert called.count(("cxc-campaign-manager", "GWS")) == sum(one.connection == 11 for one in on_the_way)


def test_a_trace_is_followed_from_the_browser_to_ocs_and_back(testbed: Testbed, api: Contact) -> None:
    """Who starts a campaign finds one id in GWS's request to OCS, in OCS's log, and in what OCS then tells of it."""
    Seed(testbed)(ContactList("Leads", contacts(1)))
    api.post("/campaign-groups", {"name": "Spring", "group": "Outbound agents", "contactList": "Leads"})
    path = f"{BASE}/campaign-groups/Spring@Outbound%20agents"
    api.send("POST", f"{path}/load", json={})
    trace = api.send("POST", f"{path}/start", json={}).headers[TRACE].partition(",")[0]

    [asked] = testbed.journal.exchanges(9, operation="StartDialing")
    assert asked.request["attributes"]["extensions"] == {TRACE: trace}
    state = testbed.journal.wait_for(
        8,
        operation="POST /ocs/campaign-group-states",
        where=lambda one: one.request["body"]["GSW_CAMPAIGN_GROUP_STATE"] == "Running",
    )
    assert state.request["headers"][TRACE] == trace
    start = "/cx-contact/v3/campaign-groups/Spring@Outbound agents/start"
    on_the_way = {
        *((service, "answered", start) for service in ("cxc-ingress", "cxc-amark-app", "cxc-campaign-manager")),
        ("ocs", "answered", "StartDialing"),
        ("ocs", "called", "/ocs/campaign-group-states"),
        ("cxc-compliance", "answered", "/ocs/campaign-group-states"),
    }

    def look() -> None:
        logged = testbed.logged(trace=trace)
        assert on_the_way <= {(one["service"], one["event"], one.get("message") or one["path"]) for one in logged}

    patiently(look, within=5)


def test_what_ocs_tells_by_itself_is_nobodys_command(testbed: Testbed, api: Contact) -> None:
    """Ten seconds later it tells the state again: under the campaign group's id, not under that of who loaded it."""
    Seed(testbed)(ContactList("Leads", contacts(1)))
    api.post("/campaign-groups", {"name": "Spring", "group": "Outbound agents", "contactList": "Leads"})
    trace = api.send("POST", f"{BASE}/campaign-groups/Spring@Outbound%20agents/load", json={}).headers[TRACE]
    operation = "POST /ocs/campaign-group-states"
    first = testbed.journal.wait_for(8, operation=operation)
    since = testbed.journal.mark
    testbed.clock.advance(10)
    later = testbed.journal.wait_for(8, operation=operation, since=since)
    assert first.request["headers"][TRACE] == trace.partition(",")[0]
    assert later.request["headers"][TRACE] == later.request["body"]["GSW_CAMPAIGN_GROUP_GUID"].replace("-", "")


def test_an_attempt_is_followed_from_ocs_to_the_logs(testbed: Testbed, api: Contact) -> None:
    """OCS takes the attempt's GUID as trace id: validation and both histories have it."""
    Seed(testbed)(ContactList("Leads", contacts(1)))
    api.post("/campaign-groups", {"name": "Spring", "group": "Outbound agents", "contactList": "Leads"})
    for verb in ("load", "start"):
        api.post(f"/campaign-groups/Spring@Outbound%20agents/{verb}")
    history = testbed.journal.wait_for(
        8, operation="POST /ocs/history", where=lambda one: one.request["body"]["GSW_HIST_SEQUENCE_NUM"] == 1
    )
    trace = history.request["body"]["GSW_CALL_ATTEMPT_GUID"].replace("-", "")

    assert history.request["headers"][TRACE] == history.response["headers"][TRACE] == trace
    logged = [(entry["service"], entry["path"], entry["status"]) for entry in testbed.logged(trace=trace)]
    assert logged == [
        ("cxc-compliance", "/ocs/history", 200),
        ("cxc-compliance", "/ocs/validation", 200),
        ("cxc-compliance", "/ocs/history", 200),
    ]


def test_what_went_wrong_is_logged_with_its_reason(testbed: Testbed, api: Contact) -> None:
    testbed.unplug(11)
    trace = api.send("GET", f"{BASE}/campaigns").headers[TRACE].partition(",")[0]
    last, *_ = [entry for entry in testbed.logged(trace=trace) if entry["service"] == "cxc-campaign-manager"][::-1]
    assert (last["level"], last["status"]) == ("ERROR", 503)
    assert last["why"].startswith("GWS does not answer")
    assert any(entry["event"] == "called" and entry["status"] == 0 for entry in testbed.logged(trace=trace))


def test_secrets_in_queries_are_not_logged(testbed: Testbed, api: Contact) -> None:
    api.send("GET", f"{BASE}/contact-lists?token=sesame")
    assert "sesame" not in "".join(file.read_text() for file in testbed.logs.glob("*.jsonl"))


def test_a_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(str(tmp_path / "a.jsonl"), "cxc-ui", "ui-1")
    monkeypatch.setattr(log._lines, "limit", 2000)
    for number in range(100):
        log.answered("GET", f"/{number}", 200, 0.001)
    log.close()
    assert (
        sorted(file.name for file in tmp_path.iterdir()) == ["a.jsonl", "a.jsonl.1"]
        or not (tmp_path / "a.jsonl").exists()
    )
    assert all(file.stat().st_size < 2300 for file in tmp_path.iterdir())
    assert [entry["path"] for entry in entries(tmp_path)][-1] == "/99"


def test_what_a_killed_service_logged_last_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"time":"1","event":"answered"}\n{"time":"2","ev')
    assert [entry["time"] for entry in entries(tmp_path)] == ["1"]


def test_a_full_disk_keeps_nobody_from_being_answered(tmp_path: Path) -> None:
    Log(str(tmp_path / "no" / "such" / "folder"), "cxc-ui", "ui-1").answered("GET", "/", 200, 0.001)
    full = Path("/dev/full")
    if full.exists() and os.access(full, os.W_OK):
        Log(str(full), "cxc-ui", "ui-1").answered("GET", "/", 200, 0.001)


def test_a_trace_id_of_somebody_else_is_not_kept_without_end() -> None:
    assert begin_trace("a" * 1000) == "a" * 64


def test_without_a_file_nothing_is_logged() -> None:
    Log("", "cxc-ui", "ui-1").answered("GET", "/", 200, 0.001)
    assert Component.UI.in_contact
