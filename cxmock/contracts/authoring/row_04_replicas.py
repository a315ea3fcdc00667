"""Row 4: metrics and health of the back ends that the UI asks, and which replica of them answers."""

from __future__ import annotations

from cxmock.contracts.authoring import Answer, Ask, Row
from cxmock.contracts.authoring.contact import API, LOGGED_IN, WITH_SESSION
from cxmock.contracts.authoring.replicas import NAMED, REPLICA, promise_health, promise_metrics
from cxmock.topology import Component

C = Component


def promise(row: Row) -> None:
    """Add the promises."""
    imported = ("contacts_imported_total", "devices_imported_total", "rejected_contact_lines_total")
    for service, name, prefix, more in (
        (C.API_AGGREGATOR, "cxc-amark-app", "cxc_api_aggregator_", ()),
        (C.CAMPAIGN_MANAGER, "cxc-campaign-manager", "cxc_cm_", ()),
        (C.JOB_SCHEDULER, "cxc-job-scheduler", "cxc_js_", ("jobs_running_total",)),
        (C.LIST_MANAGER, "cxc-list-manager", "cxc_list_manager_", ()),
        (C.LIST_BUILDER, "cxc-list-builder", "cxc_lb_", imported),
    ):
        promise_metrics(row, service, prefix, *(f"{prefix}{one}" for one in more))
        promise_health(row, service, name)
    for service, path in ((C.API_AGGREGATOR, "session"), (C.LIST_BUILDER, "contact-lists"), (C.JOB_SCHEDULER, "jobs")):
        row.http(
            f"the answer of {service.label} names the replica",
            NAMED,
            Ask("GET", f"{API}/{path}", headers=WITH_SESSION),
            Answer(200, headers=REPLICA),
            states=[LOGGED_IN],
            provider=service,
        )
