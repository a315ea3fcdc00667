"""Compliance Manager has more replicas while OCS asks much, and fewer when it does not; whoever watches is told."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from cxmock.clients.http import HttpClient
from cxmock.testbed import Options, Testbed
from cxmock.testbed.replicas.autoscaling import TARGETS
from cxmock.testbed.replicas.counts import Bounds
from cxmock.topology import Component
from cxmock.wire.http import Response

COMPLIANCE = Component.COMPLIANCE_MANAGER
RECORD = {"GSW_PHONE": "+442079460018", "media": "voice"}


def test_replicas_come_and_go_with_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxmock.testbed.replicas.autoscaling.EVERY", 0.05)
    monkeypatch.setattr("cxmock.testbed.replicas.autoscaling.COOL_DOWN", 0.5)
    told: list[str] = []
    with Testbed(Options(replicas={COMPLIANCE: Bounds(1, 3)})) as testbed, ThreadPoolExecutor() as pool:
        testbed.start(COMPLIANCE)
        testbed.tell = told.append
        replicas = testbed.replicas(COMPLIANCE)
        client = HttpClient(testbed.env["CX_COMPLIANCE_MANAGER_URL"], within=30, limit=200)

        async def ask_all() -> list[Response]:
            import asyncio

            calls = [client.request("POST", "/ocs/validation", json=RECORD) for _ in range(int(4 * TARGETS.in_flight))]
            return await asyncio.gather(*calls)

        pid = replicas.pids["compliance-manager-1"]
        os.kill(pid, signal.SIGSTOP)  # it has much to do and gets nothing done
        asked = pool.submit(testbed.run, ask_all())
        replicas.wait_for(3)
        os.kill(pid, signal.SIGCONT)
        assert {answer.status for answer in asked.result()} == {200}
        replicas.wait_for(1)

        decisions = [event for event in replicas.events if event["event"].startswith("scaled")]
        assert (decisions[0]["from"], decisions[0]["to"]) == (1, 3)
        assert decisions[0]["because"].startswith("in_flight 96 of")
        assert decisions[-1]["to"] == 1
        assert any(text.startswith("compliance-manager scaled up from 1 to 3: in_flight") for text in told)
        seen = [one for one in testbed.journal if one.transport == "replicas"]
        assert any(one.operation == "scaled up compliance-manager" and one.response["to"] == 3 for one in seen)
        metrics = testbed.run(client.request("GET", "/metrics")).text
        assert 'cxc_balancer_events_total{event="scaled up"} 1\n' in metrics
        assert 'cxc_balancer_replicas{state="ready"} 1\n' in metrics
        testbed.run(client.aclose())
