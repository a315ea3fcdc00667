"""The statistics API tells what OCS has counted."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.errors.calls import NotReachable
from cxmock.fakes.gws.statistics import FIGURES, SUBSCRIPTIONS_LIMIT
from cxmock.wire.genesys import Message

Call = Any
Server = Any
"""Both of conftest.py."""

SUBSCRIPTIONS = "/statistics/v3/subscriptions"
NOW = 1_767_225_600_000
"""The clock's beginning, in milliseconds."""


def wanted(name: str, group: str = "Spring@Agents", **more: Any) -> dict[str, Any]:
    """Return how a caller names a statistic."""
    return {"statisticId": name, "objectId": group, "objectType": "CampaignGroup", "name": name, **more}


def told(name: str, value: object, group: str = "Spring@Agents") -> dict[str, Any]:
    """Return how a statistic is told."""
    return {"name": name, "objectId": group, "objectType": "CampaignGroup", "value": value}


def timeless(statistic: dict[str, Any]) -> dict[str, Any]:
    """Return a statistic without its timestamp, which is to be the clock's."""
    assert NOW <= statistic["timestamp"] < NOW + 60_000
    return {name: value for name, value in statistic.items() if name not in ("timestamp", "statisticId")}


@pytest.fixture(autouse=True)
def spring(confserv: Server, ocs: Server) -> None:
    """A campaign group that has dialed a little."""
    group = {"DBID": 7, "campaignDBID": 101, "groupDBID": 732}
    confserv.answers["ReadObjects"] = [Message("ObjectsRead", {"objects": [group]}), Message("ObjectsSent", {})]
    counted = {"dialed": 8, "answered": 2, "hitRatio": 25.0}
    ocs.answers["GetCampaignStatus"] = [Message("CampaignStatus", {"status": "Running", "statistics": counted})]


def subscribe(supervisor: Call, *statistics: dict[str, Any], query: str = "", name: str = "s-1") -> Any:
    body = {"operationId": name, "data": {"statistics": list(statistics)}}
    return supervisor("POST", SUBSCRIPTIONS + query, json=body).json()


def test_one_value_is_asked_for(supervisor: Call, confserv: Server, ocs: Server) -> None:
    """Configuration Server says which campaign and group it is, OCS what it counted."""
    path = "/statistics/v3/statistic-values/CampaignHitRatio?objectId=Spring%40Agents&objectType=CampaignGroup"
    data = supervisor("GET", path).json()["data"]
    assert timeless(data["statistic"]) == told("CampaignHitRatio", 25.0)
    assert confserv.asked == [("ReadObjects", {"objectType": "CampaignGroup", "filter": {"name": "Spring@Agents"}})]
    assert ocs.asked == [("GetCampaignStatus", {"campaignId": 101, "groupId": 732})]


def test_several_values_are_asked_for_at_once(supervisor: Call, ocs: Server) -> None:
    """OCS is asked once for each campaign group."""
    statistics = [wanted("CampaignAttempts"), wanted("CampaignAnswers"), wanted("CampaignBusy", "Summer@Agents")]
    body = {"data": {"statistics": statistics}}
    data = supervisor("POST", "/statistics/v3/operations/get-statistic-ex", json=body).json()["data"]
    assert [timeless(one) for one in data["statistics"]] == [
        told("CampaignAttempts", 8),
        told("CampaignAnswers", 2),
        told("CampaignBusy", 0, "Summer@Agents"),
    ]
    assert len(ocs.asked) == 2


def test_a_campaign_group_that_was_never_loaded_has_counted_nothing(supervisor: Call, ocs: Server) -> None:
    """Its counts are 0, its hit ratio is null."""
    ocs.answers["GetCampaignStatus"] = [Message("CampaignStatus", {"status": "NotLoaded"})]
    body = {"data": {"statistics": [wanted(name) for name in FIGURES]}}
    data = supervisor("POST", "/statistics/v3/operations/get-statistic-ex", json=body).json()["data"]
    values = {one["name"]: one["value"] for one in data["statistics"]}
    assert values == {name: None if name == "CampaignHitRatio" else 0 for name in FIGURES}


def test_a_subscription_is_opened_looked_at_and_closed(supervisor: Call, ocs: Server) -> None:
    """Its id is the caller's operationId."""
    opened = subscribe(supervisor, wanted("CampaignAttempts"), wanted("CampaignAnswers"), query="?verbose=INFO")["data"]
    assert (opened["operationId"], opened["subscriptionId"]) == ("s-1", "s-1")
    assert [one["value"] for one in opened["statistics"]] == [8, 2]
    counted = {"dialed": 9, "answered": 3}
    ocs.answers["GetCampaignStatus"] = [Message("CampaignStatus", {"statistics": counted})]
    seen = supervisor("GET", f"{SUBSCRIPTIONS}/s-1/statistic-values").json()["data"]
    assert {one["statisticId"]: one["value"] for one in seen["statistics"]} == {
        "CampaignAttempts": 9,
        "CampaignAnswers": 3,
    }
    some = supervisor("GET", f"{SUBSCRIPTIONS}/s-1/statistic-values?statisticIds=CampaignAnswers,x").json()["data"]
    assert [one["statisticId"] for one in some["statistics"]] == ["CampaignAnswers"]
    for _ in range(2):
        assert supervisor("DELETE", f"{SUBSCRIPTIONS}/s-1").json() == {"status": {"code": 0}}
    assert supervisor("GET", f"{SUBSCRIPTIONS}/s-1/statistic-values").json()["status"]["code"] == 604


def test_a_subscription_may_be_opened_without_its_values(supervisor: Call) -> None:
    """With verbose=OFF."""
    opened = subscribe(supervisor, wanted("CampaignAttempts"), query="?verbose=OFF")
    assert opened["data"] == {"operationId": "s-1", "subscriptionId": "s-1"}


@pytest.mark.parametrize(
    ("statistics", "code", "message"),
    [
        ([wanted("CampaignHitRation")], 604, 'There is no statistic "CampaignHitRation".'),
        ([wanted("CampaignBusy", objectType="Agent")], 652, 'Objects of type "Agent" have no statistics here.'),
        ([wanted("CampaignBusy", definition={"category": "x"})], 652, "A definition is not evaluated here."),
        ([wanted("CampaignBusy", objectId=None)], 651, "objectId is missing."),
        ([wanted("CampaignBusy", statisticId=None)], 651, "statisticId is missing."),
        ([wanted("CampaignBusy")] * 2, 652, "A statisticId is there twice."),
        ([1], 652, "statistics is to be a list of objects."),
        ([wanted("CampaignBusy")] * 1001, 652, "These are over 1000 statistics."),
    ],
)
def test_a_wrong_statistic_opens_no_subscription(
    supervisor: Call, statistics: list[Any], code: int, message: str
) -> None:
    """The reply says what is wrong with it."""
    status = subscribe(supervisor, *statistics)["status"]
    assert (status["code"], status["message"]) == (code, message)
    assert supervisor.gws.statistics.subscriptions == {}


def test_an_unknown_campaign_group_has_no_statistics(supervisor: Call, confserv: Server) -> None:
    """It is named."""
    confserv.answers["ReadObjects"] = [Message("ObjectsSent", {})]
    status = subscribe(supervisor, wanted("CampaignBusy", "x@y"))["status"]
    assert status == {
        "code": 604,
        "message": "There is no campaign group x@y.",
        "detail": "Its name is campaign@group.",
    }


def test_when_ocs_is_away_there_are_no_figures(supervisor: Call, ocs: Server) -> None:
    """An error of the back end."""
    ocs.answers["GetCampaignStatus"] = NotReachable("127.0.0.1:5050", "connection refused")
    assert subscribe(supervisor, wanted("CampaignBusy"))["status"]["code"] == 515


def test_subscriptions_are_bounded(supervisor: Call) -> None:
    """One more than the limit ends the oldest; opening one again makes it the newest."""
    for number in range(SUBSCRIPTIONS_LIMIT):
        supervisor.gws.statistics.subscriptions[str(number)] = []
    subscribe(supervisor, name="0")
    subscribe(supervisor, name="new")
    names = list(supervisor.gws.statistics.subscriptions)
    assert len(names) == SUBSCRIPTIONS_LIMIT
    assert (names[0], names[-2:]) == ("2", ["0", "new"])
