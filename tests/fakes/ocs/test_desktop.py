"""Desktop requests: a record is added, cancelled, or never to be called again."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.clients.http import HttpClient
from cxmock.fakes.ocs.part import DESKTOP_PORT
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType
from cxmock.wire.http import Response

from .conftest import Stage


def post(stage: Stage, target: str, body: Any = None, raw: bytes = b"") -> Response:
    async def story() -> Response:
        client = HttpClient(stage.testbed.directory.endpoint(Component.OCS, DESKTOP_PORT).url)
        try:
            return await client.request("POST", target, json=body, body=raw)
        finally:
            await client.aclose()

    return stage.testbed.run(story())


def test_a_record_that_is_added_to_a_running_campaign_is_dialed(stage: Stage) -> None:
    stage.define(treatments=[])
    campaign = stage.start()
    stage.wait(lambda: campaign.completed)
    said = {"GSW_PHONE": "+15550100", "GSW_CUSTOMER_ID": "C1", "GSW_TZ_NAME": "Europe/Berlin", "c_first_name": "Ada"}
    response = post(stage, "/lists/spring?req=AddRecord", {**said, "GSW_FROM": 0, "GSW_UNTIL": 86400})
    assert (response.status, response.json()["GSW_CALLING_LIST"]) == (200, "spring")
    stage.wait(lambda: len(stage.ocs.dialed) == 1)
    [attempt] = stage.ocs.dialed
    assert (attempt.record.columns["c_first_name"], attempt.record.zone_name) == ("Ada", "Europe/Berlin")


def test_what_is_cancelled_is_not_dialed(stage: Stage) -> None:
    stage.records({"contact_info": "+1"}, {"contact_info": "+2"})
    stage.define(treatments=[])
    assert post(stage, "/lists/spring?req=CancelRecord", {"GSW_PHONE": "+1"}).json() == {"records": 1}
    stage.dial_all()
    row = stage.row("+1")
    assert (row["record_status"], row["call_result"]) == (RecordStatus.CANCELLED, CallResult.CANCEL_RECORD)
    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+2"]


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/lists/spring?req=DoNotCall", {"GSW_CUSTOMER_ID": "C1"}),
        ("/customer_ids/C1?req=DoNotCall", None),
        ("/phones/+1?req=DoNotCall", None),
    ],
)
def test_who_is_not_to_be_called_stays_so(stage: Stage, target: str, body: Any) -> None:
    stage.records({"contact_info": "+1", "c_client_id": "C1"}, {"contact_info": "+2"})
    stage.define(treatments=[])
    assert post(stage, target, body).json() == {"records": 1}
    row = stage.row("+1")
    assert (row["record_type"], row["call_result"]) == (RecordType.NO_CALL, CallResult.DO_NOT_CALL)
    stage.records({"contact_info": "+1", "c_client_id": "C1", "chain_id": 99})
    stage.dial_all()
    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+2"]


def test_a_campaign_that_dials_heeds_at_once_who_is_not_to_be_called(stage: Stage) -> None:
    stage.define(treatments=[])
    campaign = stage.start()
    assert post(stage, "/phones/+1?req=DoNotCall").json() == {"records": 0}
    post(stage, "/lists/spring?req=AddRecord", {"GSW_PHONE": "+1", "GSW_FROM": 0, "GSW_UNTIL": 86400})
    stage.wait(lambda: campaign.statistics.finished == 1)
    assert (len(stage.ocs.dialed), [attempt.phone for attempt in stage.ocs.blocked]) == (0, ["+1"])


@pytest.mark.parametrize(
    ("target", "body", "status", "text"),
    [
        ("/lists/sprung?req=AddRecord", {}, 404, "There is no calling list sprung"),
        ("/lists/spring?req=AddRecord", {}, 400, "AddRecord needs GSW_PHONE"),
        ("/lists/spring?req=AddRekord", {}, 400, 'Did you mean "AddRecord"'),
        ("/lists/spring?req=AddRecord", {"GSW_PHONE": "1", "GSW_PHON_TYPE": 1}, 400, 'Did you mean "GSW_PHONE_TYPE"'),
        ("/lists/spring?req=AddRecord", {"GSW_PHONE": "1", "GSW_TZ_NAME": "Mars"}, 400, "There is no time zone 'Mars'"),
        ("/lists/spring?req=AddRecord", {"GSW_PHONE": "1", "c_none": 1}, 500, 'column "c_none"'),
        ("/lists/spring?req=AddRecord", [], 400, "JSON object of GSW_ keys"),
        ("/lists/spring?req=CancelRecord", {}, 400, "needs GSW_PHONE or GSW_CUSTOMER_ID"),
        ("/phones/1?req=AddRecord", {}, 400, "req is 'AddRecord'"),
        ("/faxes/1?req=DoNotCall", {}, 404, "Desktop does not answer POST /faxes/1"),
    ],
)
def test_what_cannot_be_done_says_why(stage: Stage, target: str, body: Any, status: int, text: str) -> None:
    stage.define()
    response = post(stage, target, body)
    assert (response.status, text in response.text) == (status, True)
    assert stage.rows() == []


def test_a_body_that_is_no_json_is_named(stage: Stage) -> None:
    stage.define()
    response = post(stage, "/lists/spring?req=AddRecord", raw=b"GSW_PHONE=1")
    assert (response.status, "The body is not JSON" in response.text) == (400, True)
