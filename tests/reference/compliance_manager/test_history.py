"""OCS tells of every attempt twice; Compliance Manager remembers it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxmock.reference.services.compliance_manager.memory import HISTORY_LIMIT
from cxmock.wire.http import from_json

if TYPE_CHECKING:
    from tests.reference.compliance_manager.conftest import Desk


def test_the_end_of_an_attempt_overwrites_its_beginning(desk: Desk) -> None:
    now = int(desk.testbed.clock.now())
    device, client = desk.keys.device_history("+12025550143"), desk.keys.client_history("C1")

    assert desk.history("a1", 0).status == 200
    assert desk.redis("HGET", device, "a1") == f"{now} 28"
    assert desk.history("a1", 1, GSW_CALL_RESULT=33, GSW_CALL_TIME=now + 9, GSW_DIALING=now).status == 200

    assert desk.redis("HGET", device, "a1") == desk.redis("HGET", client, "a1") == f"{now + 9} 33"
    assert from_json(desk.redis("GET", desk.keys.attempt("a1")))["GSW_CALL_RESULT"] == 33
    assert desk.redis("HLEN", device) == 1


def test_a_beginning_that_is_told_again_does_not_undo_the_end(desk: Desk) -> None:
    desk.attempted("a1", result=33)
    before = desk.redis("HGETALL", desk.keys.device_history("+12025550143"))

    assert desk.history("a1", 0).status == 200

    assert desk.redis("HGETALL", desk.keys.device_history("+12025550143")) == before
    assert from_json(desk.redis("GET", desk.keys.attempt("a1")))["GSW_HIST_SEQUENCE_NUM"] == 1


def test_attempts_that_are_remembered_of_a_device_are_bounded_and_expire(desk: Desk) -> None:
    for n in range(HISTORY_LIMIT + 3):
        desk.testbed.clock.advance(1)
        desk.history(f"a{n}", 1, GSW_CALL_RESULT=7)

    kept = desk.redis("HKEYS", desk.keys.device_history("+12025550143"))
    assert len(kept) == HISTORY_LIMIT
    assert not {"a0", "a1", "a2"} & set(kept)
    assert desk.redis("TTL", desk.keys.device_history("+12025550143")) > 86400
    assert desk.redis("TTL", desk.keys.attempt("a5")) > 3600


@pytest.mark.parametrize(
    "field", ["GSW_CALL_ATTEMPT_GUID", "GSW_HIST_SEQUENCE_NUM", "GSW_TENANT_NAME", "GSW_TENANT_CCID"]
)
def test_history_without_a_mandatory_field_is_refused_and_the_field_named(desk: Desk, field: str) -> None:
    response = desk.history("a1", 0, **{field: None})

    assert response.status == 400
    assert response.json()["status"]["message"] == f'"{field}" is missing.'
    assert desk.redis("EXISTS", desk.keys.attempt("a1")) == 0


def test_a_third_history_of_an_attempt_makes_no_sense(desk: Desk) -> None:
    response = desk.history("a1", 2)

    assert (response.status, response.json()["status"]["message"]) == (400, '"GSW_HIST_SEQUENCE_NUM" is 2.')


@pytest.mark.parametrize(
    "wrong",
    [
        {"GSW_CALL_RESULT": "busy"},
        {"GSW_CALL_RESULT": -1},
        {"GSW_CALL_TIME": 2**31},
        {"GSW_CALL_TIME": True},
        {"GSW_START_PROCESSING": "now", "GSW_CALL_TIME": None},
        {"GSW_PHONE": "1" * 256},
        {"GSW_CUSTOMER_ID": "c" * 256},
        {"GSW_CALL_ATTEMPT_GUID": "a" * 256},
    ],
)
def test_history_that_cannot_be_is_refused_and_nothing_of_it_kept(desk: Desk, wrong: dict[str, object]) -> None:
    response = desk.history("a1", 1, **wrong)

    assert (response.status, response.json()["status"]["code"]) == (400, 652)
    assert desk.redis("KEYS", "*") == []


def test_the_history_of_another_tenant_is_not_taken(desk: Desk) -> None:
    response = desk.history("a1", 0, GSW_TENANT_CCID="00000000-0000-0000-0000-000000000000")

    assert response.status == 403
    assert response.json()["status"]["message"] == '"GSW_TENANT_CCID" is not this tenant\'s.'


def test_history_without_device_or_client_is_kept_by_its_guid_alone(desk: Desk) -> None:
    assert desk.history("a1", 0, GSW_PHONE=None, GSW_CUSTOMER_ID=None).status == 200

    assert desk.redis("KEYS", "*") == [desk.keys.attempt("a1")]


def test_the_latest_state_of_a_campaign_group_is_kept(desk: Desk) -> None:
    for state in ("loaded", "started"):
        response = desk.tell(
            "/ocs/campaign-group-states",
            GSW_CAMPAIGN_GROUP_NAME="spring@sales",
            GSW_TENANT_NAME="Acme",
            GSW_TENANT_CCID=desk.ccid,
            GSW_CAMPAIGN_GROUP_STATE=state,
        )
        assert response.status == 200

    kept = from_json(desk.redis("HGET", desk.keys.campaign_groups, "spring@sales"))
    assert (kept["GSW_CAMPAIGN_GROUP_STATE"], kept["at"]) == ("started", int(desk.testbed.clock.now()))


def test_a_state_without_its_campaign_group_is_refused(desk: Desk) -> None:
    response = desk.tell("/ocs/campaign-group-states", GSW_TENANT_NAME="Acme", GSW_TENANT_CCID=desk.ccid)

    assert (response.status, response.json()["status"]["message"]) == (400, '"GSW_CAMPAIGN_GROUP_NAME" is missing.')
