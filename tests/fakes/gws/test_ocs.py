"""The campaign API passes on what OCS does."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused
from cxmock.wire.genesys import Message

Call = Any
Server = Any
"""Both of conftest.py."""

CAMPAIGN = {"campaignId": 101, "groupId": 732}


def test_the_documented_call_loads_a_campaign(supervisor: Call, ocs: Server) -> None:
    """As in Genesys' example, with a property that says no type."""
    ocs.answers["RequestLoadCampaign"] = [Message("CampaignLoaded", {"status": "Active"})]
    properties = [{"key": "GSW_AUTO_COMPLETION", "value": 1}]
    response = supervisor(
        "POST",
        "/ocs/v3/servers/105/load-campaign",
        json={"data": {**CAMPAIGN, "requestProperties": properties}},
    )
    assert response.json() == {"status": {"code": 0}, "data": {"status": "Active"}}
    assert ocs.asked == [("RequestLoadCampaign", {**CAMPAIGN, "requestProperties": {"GSW_AUTO_COMPLETION": 1}})]


def test_the_callers_trace_goes_along_to_ocs(supervisor: Call, ocs: Server) -> None:
    """Among the request's extensions; a caller without one has none invented."""
    ocs.answers["StopDialing"] = [Message("DialingStopped", {"status": "Active"})]
    for headers in ({"X-B3-TraceId": "80f198ee56343ba8"}, {}):
        supervisor("POST", "/ocs/v3/servers/105/stop-dialing", json={"data": CAMPAIGN}, headers=headers)
    traced = {**CAMPAIGN, "extensions": {"x-b3-traceid": "80f198ee56343ba8"}}
    assert ocs.asked == [("StopDialing", traced), ("StopDialing", CAMPAIGN)]


@pytest.mark.parametrize(
    ("verb", "message", "more"),
    [
        ("unload-campaign", "UnloadCampaign", {}),
        ("force-unload-campaign", "ForceUnloadCampaign", {}),
        ("start-dialing", "StartDialing", {}),
        ("start-dialing", "StartDialing", {"dialMode": 1, "optimizeBy": 1, "optimizeGoal": 80}),
        ("stop-dialing", "StopDialing", {}),
        ("set-dialing-mode", "SetDialingMode", {"dialMode": 2}),
        ("campaign-status", "GetCampaignStatus", {}),
    ],
)
def test_every_other_verb_is_a_message_to_ocs(
    supervisor: Call, ocs: Server, verb: str, message: str, more: dict[str, int]
) -> None:
    """What the caller says goes along, nothing else; what OCS answers comes back."""
    ocs.answers[message] = [Message("CampaignStatus", {"status": "Running"})]
    response = supervisor("POST", f"/ocs/v3/servers/105/{verb}", json={"data": {**CAMPAIGN, **more}})
    assert response.json() == {"status": {"code": 0}, "data": {"status": "Running"}}
    assert ocs.asked == [(message, {**CAMPAIGN, **more})]


@pytest.mark.parametrize(
    ("path", "data", "code", "message"),
    [
        ("x/load-campaign", CAMPAIGN, 652, "The OCS is to be named by its DBID."),
        ("105/load-campaign", {"groupId": 1}, 651, "campaignId is missing."),
        ("105/load-campaign", {**CAMPAIGN, "groupId": "732"}, 652, "groupId is to be an integer."),
        ("105/load-campaign", {**CAMPAIGN, "requestProperties": {}}, 652, "requestProperties is to be a list."),
        ("105/load-campaign", {**CAMPAIGN, "requestProperties": [1]}, 652, "requestProperties is no key-value list."),
        ("105/start-dialing", {**CAMPAIGN, "dialMode": "Predict"}, 652, "dialMode is to be an integer."),
        ("105/set-dialing-mode", CAMPAIGN, 651, "dialMode is missing."),
    ],
)
def test_a_wrong_call_is_not_passed_on(
    supervisor: Call, ocs: Server, path: str, data: dict[str, Any], code: int, message: str
) -> None:
    """GWS says what is wrong with it."""
    response = supervisor("POST", f"/ocs/v3/servers/{path}", json={"data": data})
    assert (response.json()["status"]["code"], response.json()["status"]["message"]) == (code, message)
    assert ocs.asked == []


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (GenesysRefused("s", "StartDialing", 9, "Campaign 101 is not loaded."), 409, "Campaign 101 is not loaded."),
        (GenesysRefused("s", "StartDialing", 6, "There is no campaign 101."), 604, "There is no campaign 101."),
        (NotReachable("s", "connection refused"), 515, "OCS does not answer."),
    ],
)
def test_an_error_of_ocs_becomes_a_code_of_gws(
    supervisor: Call, ocs: Server, error: Exception, code: int, message: str
) -> None:
    """With what OCS said."""
    ocs.answers["StartDialing"] = error
    response = supervisor("POST", "/ocs/v3/servers/105/start-dialing", json={"data": CAMPAIGN})
    assert (response.json()["status"]["code"], response.json()["status"]["message"]) == (code, message)
