"""The names of the metrics of CX Contact's services, each with its type and meaning.

Documented: the names (CX Contact Private Edition Guide, metrics of each service). Types and meanings follow from the
names; where one is marked assumed, its name is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """What is known of one metric."""

    kind: str
    """``counter``, ``gauge`` or ``histogram``."""
    what: str
    documented: bool = True
    at_start: bool = False
    """Whether it is told as 0 before anything happened."""


OF_ALL: Mapping[str, Metric] = {
    "healthy_instance": Metric("gauge", "Whether the instance can do its work."),
    "request_count": Metric("counter", "Requests answered, by method, route and HTTP status."),
    "request_latencies_ms": Metric("histogram", "Milliseconds from a request to its answer."),
    "request_out_count": Metric("counter", "Requests to other systems, by method, HTTP status (0: none), destination."),
}
"""Of every service, after its prefix."""

OF_ONE: Mapping[str, Metric] = {
    "compliance_api_validation_requests_total": Metric(
        "counter", "Pre-dial validations that OCS asked for.", True, True
    ),
    "compliance_api_history_requests_total": Metric("counter", "Histories of attempts that OCS told.", True, True),
    "cxc_dm_batch_size": Metric("gauge", "Messages of the latest batch."),
    "cxc_dm_delivery_buffer_size": Metric("gauge", "Messages that wait to be sent, by media."),
    "cxc_dm_nexus_service_status": Metric("gauge", "Whether Nexus answered the latest batch."),
    "cxc_dm_receipts_total": Metric("counter", "Delivery receipts, by media and status.", documented=False),
    "cxc_js_jobs_running_total": Metric("gauge", "Jobs that run now.", True, True),
    "cxc_lb_contacts_imported_total": Metric("counter", "Contacts imported.", True, True),
    "cxc_lb_devices_imported_total": Metric("counter", "Devices imported.", True, True),
    "cxc_lb_rejected_contact_lines_total": Metric("counter", "Lines of contact files that were rejected.", True, True),
    "cxc_list_manager_downloaded_compliance_files_count": Metric("counter", "Compliance data sets that were fetched."),
}
"""Of one service each, as the name's beginning tells; but the last is List Builder's: here it fetches them."""


def of(prefix: str) -> Mapping[str, Metric]:
    """Return the metrics that only the service with this prefix has.

    >>> list(of("cxc_js_"))
    ['cxc_js_jobs_running_total']
    """
    beginnings = {"cxc_compliance_": ("compliance_api_",), "cxc_lb_": (prefix, "cxc_list_manager_downloaded_")}
    own = beginnings.get(prefix, (prefix,))
    return {name: metric for name, metric in OF_ONE.items() if name.startswith(own)}
