"""Whoever calls a service's documented address is answered by one of its replicas, and need not know how many are."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from cxmock.errors.replicas import NoSuchReplica
from cxmock.net.waiting import patiently
from cxmock.reference.running import behind
from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.testbed.replicas import replica
from cxmock.topology import Component
from tests.testbed.replicas.conftest import Ask

COMPLIANCE, AGGREGATOR = Component.COMPLIANCE_MANAGER, Component.API_AGGREGATOR
RECORD = {"GSW_PHONE": "+442079460018", "media": "voice"}


def who(api: Contact) -> str:
    """Return the replica of API Aggregator that answers a call."""
    answer = api.send("GET", f"{BASE}/session")
    assert answer.status == 200
    return answer.headers["x-cxc-replica"].partition(",")[0]


def test_requests_are_shared_and_seen_once(testbed: Testbed, ask: Ask) -> None:
    """The documented address is tapped as ever: one exchange a request, which names the replica that answered."""
    names = {ask("POST", "/ocs/validation", RECORD).headers["x-cxc-replica"] for _ in range(6)}

    assert names == {"compliance-manager-1", "compliance-manager-2"}
    seen = testbed.journal.exchanges(8, operation="POST /ocs/validation")
    assert [one.response["headers"]["x-cxc-replica"] for one in seen].count("compliance-manager-1") == 3
    assert len(seen) == 6


def test_a_session_stays_with_its_replica(testbed: Testbed, api: Contact) -> None:
    assert len({who(api) for _ in range(5)}) == 1
    others = [Contact(testbed) for _ in range(3)]
    for other in others:
        other.login()
    assert {who(other) for other in others} | {who(api)} == set(testbed.replicas(AGGREGATOR).names)
    for other in others:
        other.close()


def test_a_session_outlives_its_replica(testbed: Testbed, api: Contact) -> None:
    """The session is in Redis: another replica knows it, and keeps it when the first is back."""
    replicas, before = testbed.replicas(AGGREGATOR), who(api)
    replicas.kill(before)
    after = who(api)
    assert after != before
    replicas.wait_for(2, restarts=1)
    assert [event["event"] for event in replicas.events if event["replica"] == before] == ["ended", "started"]
    assert {who(api) for _ in range(4)} == {after}


def test_a_rule_set_at_one_replica_holds_at_the_others_at_once(api: Contact, ask: Ask) -> None:
    """Each validation asks Redis for the version of the rules in the same round trip."""
    for prefix, status in (("44", 409), ("1", 200), ("44", 409), ("1", 200)):
        api.call("PUT", "/compliance-rules/never", {"type": "location", "prefixes": [prefix]})
        answers = [ask("POST", "/ocs/validation", RECORD) for _ in range(4)]
        assert {answer.status for answer in answers} == {status}
        assert len({answer.headers["x-cxc-replica"] for answer in answers}) == 2


def test_a_validation_under_way_is_answered_by_another_replica(testbed: Testbed, ask: Ask) -> None:
    """It only reads, so it may be done twice: OCS sees nothing of a replica that is killed."""
    replicas = testbed.replicas(COMPLIANCE)
    pids = replicas.pids
    with ThreadPoolExecutor() as pool:
        for pid in pids.values():
            os.kill(pid, signal.SIGSTOP)
        asked = [pool.submit(ask, "POST", "/ocs/validation", RECORD) for _ in range(4)]
        first, second = pids
        patiently(lambda: _assert_busy(testbed, 4), within=5)
        replicas.kill(first)
        os.kill(pids[second], signal.SIGCONT)
        answers = [one.result() for one in asked]

    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["x-cxc-replica"] for answer in answers} == {second}
    assert replicas.retried == 2


def test_what_may_not_be_done_twice_is_not(testbed: Testbed, api: Contact) -> None:
    """A login may have happened: the caller is told that nobody knows, and by whom it was."""
    replicas = testbed.replicas(AGGREGATOR)
    pids = replicas.pids
    with ThreadPoolExecutor() as pool:
        for pid in pids.values():
            os.kill(pid, signal.SIGSTOP)
        asked = pool.submit(api.send, "POST", f"{BASE}/login", json={"username": "x", "password": "y"})
        part = testbed.part(AGGREGATOR)
        patiently(lambda: _assert(sum(one.in_flight for one in part.fleet.ready) == 1), within=5)
        [busy] = [one.name for one in part.fleet.ready if one.in_flight]
        replicas.kill(busy)
        for name, pid in pids.items():
            if name != busy:
                os.kill(pid, signal.SIGCONT)
        answer = asked.result()

    assert (answer.status, answer.json()["status"]["code"]) == (502, 515)
    assert answer.json()["status"]["message"].startswith(f"{busy} ended while it answered POST")


def test_with_no_replica_callers_are_told_when_to_come_again(testbed: Testbed, ask: Ask) -> None:
    replicas = testbed.replicas(COMPLIANCE)
    for pid in replicas.pids.values():
        os.kill(pid, signal.SIGKILL)
    patiently(lambda: _assert(not replicas.ready), within=5, every=0.001)
    answer = ask("POST", "/ocs/validation", RECORD)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["status"]["message"] == "No replica of Compliance Manager is ready."
    down = ask("GET", "/health")
    assert (down.status, down.json()["status"]) == (503, "DOWN")
    replicas.wait_for(2, restarts=2)
    assert ask("POST", "/ocs/validation", RECORD).status == 200


def test_one_that_is_slow_answers_when_nobody_else_is_there(
    testbed: Testbed, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It missed a health check, so others are asked before it; but it lives, and there are no others."""
    replicas = testbed.replicas(COMPLIANCE)
    slow, gone = testbed.part(COMPLIANCE).fleet.ready
    monkeypatch.setattr(replica, "CHECK_WITHIN", 0.2)
    os.kill(slow.pid, signal.SIGSTOP)
    patiently(lambda: _assert(not slow.ready), within=10)
    replicas.kill(gone.name)
    patiently(lambda: _assert(not gone.ready), within=5, every=0.001)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(ask, "POST", "/ocs/validation", RECORD)
        patiently(lambda: _assert_busy(testbed, 1), within=5)
        os.kill(slow.pid, signal.SIGCONT)
        answer = asked.result()
    assert (answer.status, answer.headers["x-cxc-replica"]) == (200, slow.name)


def test_a_replica_that_leaves_finishes_what_it_has(testbed: Testbed, ask: Ask) -> None:
    replicas = testbed.replicas(COMPLIANCE)
    replicas.scale(3)
    assert replicas.ready == ("compliance-manager-1", "compliance-manager-2", "compliance-manager-3")
    third = replicas.pids["compliance-manager-3"]
    for pid in replicas.pids.values():
        os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(ask, "POST", "/ocs/validation", RECORD) for _ in range(3)]
        patiently(lambda: _assert_busy(testbed, 3), within=5)
        replicas.scale(2)
        assert "compliance-manager-3" in replicas.names  # it drains
        for pid in {*replicas.pids.values(), third}:
            os.kill(pid, signal.SIGCONT)
        assert {one.result().headers["x-cxc-replica"] for one in asked} == {
            f"compliance-manager-{number}" for number in (1, 2, 3)
        }
    replicas.wait_for(2)
    assert replicas.retried == 0


def test_a_reset_returns_to_the_number_at_the_start_and_forgets_what_was_counted(testbed: Testbed, ask: Ask) -> None:
    replicas = testbed.replicas(COMPLIANCE)
    replicas.scale(3)
    ask("POST", "/ocs/validation", RECORD)
    testbed.reset()
    replicas.wait_for(2)
    assert "compliance_api_validation_requests_total" in ask("GET", "/metrics").text
    assert (
        'compliance_api_validation_requests_total{replica="compliance-manager-1"} 1' not in ask("GET", "/metrics").text
    )


def test_a_replica_that_was_never_there_is_not_killed(testbed: Testbed) -> None:
    with pytest.raises(NoSuchReplica, match="Did you mean"):
        testbed.replicas(COMPLIANCE).kill("compliance-manager-9")


def test_nobody_can_reset_a_service_from_outside(testbed: Testbed, ask: Ask) -> None:
    assert ask("POST", "/cxmock/reset").status == 404

    async def pretend() -> int:
        from cxmock.clients.http import HttpClient

        client = HttpClient(testbed.env["CX_COMPLIANCE_MANAGER_URL"], headers={"x-cxmock-key": "guessed"})
        status = (await client.request("GET", "/health")).status
        await client.aclose()
        return status

    assert testbed.run(pretend()) == 403
    assert behind("key")[0] == (b"x-cxmock-key", b"key")


def test_replicas_follow_the_testbeds_clock(testbed: Testbed, api: Contact, ask: Ask) -> None:
    """An attempt of a minute ago counts, and does not count any more when the testbed's clock has gone on by a day."""
    rule = {"type": "attempts", "limit": 1, "seconds": 3600, "by": "device"}
    history = {
        "GSW_CALL_ATTEMPT_GUID": "6a1f0f6e-4c8e-4d7e-9d0a-000000000001",
        "GSW_HIST_SEQUENCE_NUM": 1,
        "GSW_TENANT_NAME": testbed.env["CX_TENANT"],
        "GSW_TENANT_CCID": testbed.env["CX_CCID"],
        "GSW_PHONE": RECORD["GSW_PHONE"],
        "GSW_CALL_RESULT": 7,
    }
    assert ask("POST", "/ocs/history", history).status == 200
    api.call("PUT", "/compliance-rules/hourly", rule)
    assert ask("POST", "/ocs/validation", RECORD).status == 409
    testbed.clock.advance(86400)
    assert ask("POST", "/ocs/validation", RECORD).status == 200


def test_a_replica_that_hangs_is_killed_and_what_it_had_is_asked_of_another(
    testbed: Testbed, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs and answers nothing: its health checks tell."""
    monkeypatch.setattr("cxmock.testbed.replicas.replica.CHECK_EVERY", 0.05)
    monkeypatch.setattr("cxmock.testbed.replicas.replica.CHECK_WITHIN", 1.0)
    monkeypatch.setattr("cxmock.testbed.replicas.replica.CHECKS_MISSED", 1)
    replicas = testbed.replicas(COMPLIANCE)
    hanging = "compliance-manager-1"
    os.kill(replicas.pids[hanging], signal.SIGSTOP)
    answers = [ask("POST", "/ocs/validation", RECORD) for _ in range(2)]
    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["x-cxc-replica"] for answer in answers} == {"compliance-manager-2"}
    replicas.wait_for(2, restarts=1)
    assert "hangs" in [event["event"] for event in replicas.events if event["replica"] == hanging]


def test_the_ingress_too_is_several_processes_and_knows_who_is_in_front(testbed: Testbed) -> None:
    """TLS ends at the balancer; the replicas behind it say what the one in front would have said."""
    replicas = testbed.replicate("ingress", 2)
    contact = Contact(testbed)
    contact.login()
    since = testbed.journal.mark
    named = contact.send("GET", f"{BASE}/session").headers["x-cxc-replica"]
    contact.close()
    assert named.partition(", ")[2] in replicas.names
    (seen, *_) = testbed.journal.exchanges(
        operation=f"GET {BASE}/session", since=since, where=lambda one: one.connection != 1
    )
    assert seen.request["headers"]["x-forwarded-proto"] == "https"
    assert seen.request["headers"]["x-forwarded-for"].startswith("127.")
    assert not [name for name in seen.request["headers"] if name.startswith("x-cxmock-")]


def _assert(held: bool) -> None:
    assert held


def _assert_busy(testbed: Testbed, count: int) -> None:
    assert sum(one.in_flight for one in testbed.part(COMPLIANCE).fleet.replicas.values()) == count
