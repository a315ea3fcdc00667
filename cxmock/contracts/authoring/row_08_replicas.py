"""Row 8: the two services that OCS calls are scaled by load; which replica answers, and what OCS gets when none can."""

from __future__ import annotations

from cxmock.contracts.authoring import Answer, Ask, Row, assumed, digits, given, like
from cxmock.contracts.authoring.contact import refused
from cxmock.contracts.authoring.records import MEDIA, WHO, properties
from cxmock.contracts.authoring.replicas import NAMED, REPLICA, promise_health, promise_metrics
from cxmock.contracts.authoring.row_08_shared import FREE, TENANT
from cxmock.topology import Component

NOBODY = assumed("that OCS takes any other status for no answer is our reading; what a balancer says is ours")
NOBODY_READY = given("no replica of Compliance Manager is ready")


def promise(row: Row) -> None:
    """Add the promises."""
    compliance, dial = Component.COMPLIANCE_MANAGER, Component.DIAL_MANAGER
    counted = ("compliance_api_validation_requests_total", "compliance_api_history_requests_total")
    promise_metrics(row, compliance, "cxc_compliance_", *counted, scaled=True)
    promise_metrics(row, dial, "cxc_dm_", "cxc_dm_delivery_buffer_size", scaled=True)
    promise_health(row, compliance, "cxc-compliance")
    promise_health(row, dial, "cxc-dial-manager")
    record = properties("+442079460018", MEDIA)
    row.http(
        "the answer to a validation names the replica",
        NAMED,
        Ask("POST", "/ocs/validation", json=record),
        Answer(200, headers=REPLICA),
        states=[TENANT, FREE],
        provider=compliance,
    )
    for what, path, body in (
        ("a validation", "/ocs/validation", record),
        ("a campaign group's state", "/ocs/campaign-group-states", {**WHO, "GSW_CAMPAIGN_GROUP_NAME": like("a@b")}),
    ):
        nobody = refused(503, 515)
        row.http(
            f"{what} that no replica is ready for may be sent again in a moment",
            NOBODY,
            Ask("POST", path, json=body),
            Answer(503, headers={"Retry-After": digits("1")}, json=nobody.json),
            states=[TENANT, NOBODY_READY],
            provider=compliance,
        )
