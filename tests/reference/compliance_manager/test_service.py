"""Compliance Manager as a service: rules, health, metrics, who may do what."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

from cxmock.wire.http import Request, to_json

if TYPE_CHECKING:
    from tests.reference.compliance_manager.conftest import Desk

RULES = "/cx-contact/v3/compliance-rules"


def test_it_is_reached_at_its_documented_port_and_seen_on_connection_8(desk: Desk) -> None:
    url = desk.testbed.env["CX_COMPLIANCE_MANAGER_URL"]
    body = json.dumps({"GSW_PHONE": "+12025550143"}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "ocs/9.0"}

    with urllib.request.urlopen(urllib.request.Request(f"{url}/ocs/validation", body, headers), timeout=5) as answer:
        assert (answer.status, answer.read()) == (200, b"{}")

    exchange = desk.testbed.journal.wait_for(8)
    assert (exchange.operation, exchange.source) == ("POST /ocs/validation", "ocs")
    assert {one.source for one in desk.testbed.journal.exchanges(5)} == {"cxc-compliance"}


def test_health_and_metrics_have_the_documented_names(desk: Desk) -> None:
    desk.validate()
    desk.validate()
    desk.attempted("a1")

    health, metrics = desk.ask("GET", "/health"), desk.ask("GET", "/metrics").text

    assert (health.status, health.json()["status"]) == (200, "UP")
    assert "compliance_api_validation_requests_total 2\n" in metrics
    assert "compliance_api_history_requests_total 2\n" in metrics
    assert "cxc_compliance_healthy_instance 1\n" in metrics
    assert 'cxc_compliance_request_count{method="POST",path="/ocs/validation",code="200"} 2\n' in metrics
    assert 'cxc_compliance_request_latencies_ms_bucket{le="+Inf"} 4\n' in metrics


def test_rules_are_set_listed_and_removed(desk: Desk) -> None:
    rule = {"type": "location", "prefixes": ["1202"]}
    desk.set_rule("no dc", **rule)

    assert desk.ask("GET", RULES).json()["data"] == {"no dc": rule}
    assert desk.ask("DELETE", f"{RULES}/no dc").status == 200
    assert desk.ask("DELETE", f"{RULES}/no dc").status == 404
    assert desk.ask("GET", RULES).json()["data"] == {}


def test_a_rule_that_cannot_be_read_is_not_set(desk: Desk) -> None:
    response = desk.ask("PUT", f"{RULES}/wrong", {"type": "attempts"})

    assert (response.status, response.json()["status"]["message"]) == (400, '"limit" is missing.')
    assert desk.ask("GET", RULES).json()["data"] == {}


def test_only_who_belongs_to_cx_contact_sets_rules(desk: Desk) -> None:
    request = Request("PUT", f"{RULES}/free for all", {}, to_json({"type": "location", "prefixes": ["1"]}))

    assert desk.testbed.run(desk.service.answer(request)).status == 401


def test_provider_states_arrange_what_interactions_need(desk: Desk) -> None:
    states, service = desk.service.states, desk.service
    suppressed = {"device": "+1 202 555 0143", "name": "bankrupt"}
    rule = {"name": "no uk", "rule": '{"type": "location", "prefixes": ["44"]}'}

    desk.testbed.run(states.arrange(service, "device {device} is on suppression list {name}", suppressed))
    desk.testbed.run(states.arrange(service, "rule {name} is {rule}", rule))
    known = desk.testbed.run(states.arrange(service, "the tenant is known", {}))

    assert desk.validate("+12025550143")[1]["GSW_BLOCKING_RULE"] == "bankrupt"
    assert desk.validate("+442079460018")[1]["GSW_BLOCKING_RULE"] == "no uk"
    assert known == {"tenant": "Acme", "ccid": desk.ccid}
