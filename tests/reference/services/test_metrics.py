"""Every service tells the documented metrics, in a form that Prometheus reads; and they move."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cxmock.clients.http import HttpClient
from cxmock.net.waiting import patiently, until
from cxmock.reference.metric_names import OF_ALL, OF_ONE
from cxmock.reference.metrics import Metrics
from cxmock.reference.services.job_scheduler.jobs import Run
from cxmock.reference.services.job_scheduler.work import Work
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component

PREFIXES = {
    Component.INGRESS: "cxc_ingress_",
    Component.UI: "cxc_ui_",
    Component.API_AGGREGATOR: "cxc_api_aggregator_",
    Component.CAMPAIGN_MANAGER: "cxc_cm_",
    Component.COMPLIANCE_MANAGER: "cxc_compliance_",
    Component.DIAL_MANAGER: "cxc_dm_",
    Component.JOB_SCHEDULER: "cxc_js_",
    Component.LIST_BUILDER: "cxc_lb_",
    Component.LIST_MANAGER: "cxc_list_manager_",
}
"""Documented, but for the first two."""
BACK_AT_ZERO = {"cxc_js_jobs_running_total", "cxc_dm_delivery_buffer_size"}
"""When all is done: see the next test, and those of receipts."""
Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def told(testbed: Testbed, service: Component) -> tuple[dict[str, str], Series]:
    """Return a service's metrics as Prometheus reads them: the type of each family, and the value of each series."""

    async def ask() -> str:
        url = testbed.directory.endpoint(service).url
        client = HttpClient(url, context=testbed.authority.client_context)
        answer = await client.request("GET", "/metrics")
        await client.aclose()
        assert (answer.status, answer.content_type) == (200, "text/plain")
        return answer.text

    text = testbed.run(ask())
    families = list(text_string_to_metric_families(text))

    def named(name: str) -> str:  # the parser calls a counter x_total, whatever it is called
        return name if name in text else name.removesuffix("_total")

    series = {
        (named(sample.name), tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
    return {family.name: family.type for family in families}, series


@pytest.mark.parametrize("service", PREFIXES)
def test_the_metrics_of_every_service_are_there_with_their_types(
    testbed: Testbed, api: Contact, service: Component
) -> None:
    api.get("/contact-lists")
    api.get("/jobs")
    api.get("/campaign-groups")
    api.get("/compliance-rules")
    api.get("/files/import")
    api.send("GET", "/ui/cxcontact/")
    prefix = PREFIXES[service]
    types, series = told(testbed, service)

    assert types[f"{prefix}healthy_instance"] == "gauge"
    assert types[f"{prefix}request_latencies_ms"] == "histogram"
    assert series[f"{prefix}healthy_instance", ()] == 1
    if service is Component.DIAL_MANAGER:
        return  # nobody has asked it for anything
    assert types[f"{prefix}request_count"] == "counter"
    counted = [(labels, value) for (name, labels), value in series.items() if name == f"{prefix}request_count"]
    assert {name for labels, _ in counted for name, _ in labels} == {"method", "path", "code"}
    assert series[f"{prefix}request_latencies_ms_count", ()] == sum(value for _, value in counted)
    assert series[f"{prefix}request_latencies_ms_sum", ()] > 0
    assert series[f"{prefix}request_latencies_ms_bucket", (("le", "+Inf"),)] == sum(value for _, value in counted)


def test_every_documented_metric_of_one_service_moves(
    testbed: Testbed, api: Contact, run_job: Callable[..., dict[str, Any]]
) -> None:
    """A campaign by telephone and one by text message move all of them."""
    before = {service: told(testbed, service)[1] for service in PREFIXES}
    run_job(b"ClientID,Device1\nC-1,+12125550143\nC-2,+442079460018\nC-3,nobody\n")
    api.post("/compliance-data")
    calls = {"name": "Calls", "group": "Outbound agents", "contactList": "Leads"}
    texts = {**calls, "name": "Texts", "media": "sms", "message": "Hello"}
    for wanted in (calls, texts):
        api.post("/campaign-groups", wanted)
        path = f"/campaign-groups/{wanted['name']}@Outbound%20agents"
        api.post(f"{path}/load")
        api.post(f"{path}/start")
        testbed.journal.wait_for(8, operation="POST /ocs/history")
    testbed.journal.wait_for(12, operation="POST /nexus/v3/messages")
    moved = {name for service in PREFIXES for (name, _), value in _changes(testbed, service, before[service])}
    documented = {name for name, metric in OF_ONE.items() if metric.documented} - BACK_AT_ZERO
    assert documented - moved == set()
    everywhere = {f"cxc_lb_{name}" for name in OF_ALL} - {"cxc_lb_healthy_instance", "cxc_lb_request_latencies_ms"}
    assert everywhere <= moved


def _changes(testbed: Testbed, service: Component, before: Series) -> list[tuple[tuple[str, Any], float]]:
    now = told(testbed, service)[1]
    return [(key, value) for key, value in now.items() if value != before.get(key) or key not in before]


def test_a_running_job_is_counted_while_it_runs(
    testbed: Testbed, api: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Event()

    async def do(self: Work, run: Run, taken: dict[str, str]) -> Run:
        await until(ended.is_set, within=5)
        return run

    monkeypatch.setattr(Work, "do", do)
    running = "cxc_js_jobs_running_total", ()
    api.post("/jobs", {"name": "job", "action": "import-contacts", "path": "/in/leads.csv", "list": "Leads"})
    api.post("/jobs/job/run", {"wait": False})
    assert told(testbed, Component.JOB_SCHEDULER)[1][running] == 1
    ended.set()
    patiently(lambda: _equal(told(testbed, Component.JOB_SCHEDULER)[1][running], 0), within=5)


def _equal(value: float, wanted: float) -> None:
    assert value == wanted


def test_labels_are_escaped() -> None:
    metrics = Metrics("cxc_lb_")
    metrics.count("odd_total", 2, {"path": 'a"b\\c\nd'})
    (family,) = [one for one in text_string_to_metric_families(metrics.text()) if one.name == "odd"]
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"path": 'a"b\\c\nd'}, 2)]


def test_buckets_add_up() -> None:
    metrics = Metrics("cxc_lb_")
    for seconds in (0.0005, 0.001, 0.002, 5.0, 100.0):
        metrics.called("GET", "/x", 200, seconds)
    (family,) = [
        one for one in text_string_to_metric_families(metrics.text()) if one.name == "cxc_lb_request_latencies_ms"
    ]
    buckets = {sample.labels["le"]: sample.value for sample in family.samples if sample.name.endswith("_bucket")}
    assert (buckets["1"], buckets["5"], buckets["5000"], buckets["25000"], buckets["+Inf"]) == (2, 3, 4, 4, 5)
    assert [sample.value for sample in family.samples if sample.name.endswith("_sum")] == [105003.5]
