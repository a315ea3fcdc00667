"""What Configuration Server keeps, and what it refuses to keep."""

from __future__ import annotations

from typing import Any

import pytest

from cxmock.fakes.confserv.objects import TYPES
from cxmock.fakes.confserv.seed import AGENT_GROUP, seeded
from cxmock.fakes.confserv.store import Store
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import OBJECT_TYPES, ErrorCode


@pytest.fixture
def store() -> Store:
    return seeded("Acme", "0d6a8f2c-0000-4000-8000-000000000001", "supervisor")


@pytest.fixture
def campaign(store: Store) -> int:
    table = store.create("TableAccess", {"name": "spring", "dbTableName": "list_spring"})["DBID"]
    calling_list = store.create("CallingList", {"name": "spring", "tableAccessDBID": table})["DBID"]
    entry = {"callingListDBID": calling_list, "share": 100, "isActive": True}
    return int(store.create("Campaign", {"name": "spring", "callingLists": [entry]})["DBID"])


@pytest.fixture
def group(store: Store) -> int:
    one = store.named("AgentGroup", AGENT_GROUP)
    assert one is not None
    return int(one["DBID"])


def refused(code: ErrorCode, text: str) -> Any:
    return pytest.raises(Refused, match=text, check=lambda error: error.code == code)


def test_every_type_has_its_observed_number() -> None:
    assert {kind.name: kind.number for kind in TYPES.values()} == OBJECT_TYPES


def test_every_reference_names_a_type_and_an_attribute_that_exist() -> None:
    for kind in TYPES.values():
        for path, wanted in kind.references.items():
            assert wanted in TYPES
            assert kind.known(path.partition(".")[0])


def test_a_new_object_has_what_every_object_has(store: Store) -> None:
    one = store.create("Script", {"name": "Greeting"})
    assert one == {
        "DBID": 102,
        "tenantDBID": 101,
        "name": "Greeting",
        "state": 1,
        "folder": 101,
        "userProperties": {},
    }


def test_a_campaign_group_gets_the_documented_defaults_and_the_name_campaign_at_group(
    store: Store, campaign: int, group: int
) -> None:
    one = store.create("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group})
    assert one["name"] == "spring@Outbound agents"
    assert (one["dialMode"], one["numOfChannels"], one["minRecBuffSize"], one["optRecBuffSize"]) == (1, 10, 4, 6)
    assert (one["optMethod"], one["optMethodValue"]) == (1, 80)


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"campaignDBID": None}, ErrorCode.MISSING, "needs the attribute campaignDBID"),
        ({"groupDBID": None}, ErrorCode.MISSING, "needs the attribute groupDBID"),
        ({"campaignDBID": 999}, ErrorCode.INVALID, "campaignDBID names Campaign 999, which does not exist"),
        ({"campaignDBID": "101"}, ErrorCode.INVALID, "campaignDBID is '101'; it has to be a DBID"),
        ({"optRecBuffSize": 4}, ErrorCode.INVALID, "optRecBuffSize is 4; it has to exceed minRecBuffSize, 4"),
        ({"dialMode": 7}, ErrorCode.INVALID, "dialMode is 7; it has to be one of 1, 2, 3"),
        ({"optMethodValue": 101}, ErrorCode.INVALID, "between 0 and 100"),
        ({"numOfChannels": 0}, ErrorCode.INVALID, "numOfChannels is 0"),
        ({"numOfChanels": 5}, ErrorCode.INVALID, 'has no attribute numOfChanels. Did you mean "numOfChannels"'),
        ({"state": 3}, ErrorCode.INVALID, "state is 3; it has to be one of 1, 2"),
        ({"userProperties": {"OServer": 1}}, ErrorCode.INVALID, "section -> key -> value"),
        ({"DBID": 5}, ErrorCode.INVALID, "cannot be chosen"),
        ({"name": 5}, ErrorCode.INVALID, "a text of at most 255"),
    ],
)
def test_a_wrong_campaign_group_is_refused_and_nothing_is_kept(
    store: Store, campaign: int, group: int, changes: dict[str, Any], code: ErrorCode, text: str
) -> None:
    with refused(code, text):
        store.create("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group, **changes})
    assert store.objects["CampaignGroup"] == {}


def test_a_name_is_unique_in_its_type_and_that_of_a_campaign_group_in_its_campaign(
    store: Store, campaign: int, group: int
) -> None:
    with refused(ErrorCode.EXISTS, "There is a Campaign with name 'spring' already: 101"):
        store.create("Campaign", {"name": "spring"})
    other_group = store.create("AgentGroup", {"name": "Others"})["DBID"]
    other_campaign = store.create("Campaign", {"name": "autumn"})["DBID"]
    first = {"campaignDBID": campaign, "groupDBID": group, "name": "evening"}
    store.create("CampaignGroup", first)
    with refused(ErrorCode.EXISTS, "with name 'evening' in campaignDBID 101"):
        store.create("CampaignGroup", {**first, "groupDBID": other_group})
    store.create("CampaignGroup", {**first, "campaignDBID": other_campaign})
    with refused(ErrorCode.EXISTS, "with groupDBID"):
        store.create("CampaignGroup", {**first, "name": "morning"})


@pytest.mark.parametrize(
    ("kind", "attributes", "text"),
    [
        ("Campaign", {"name": "x", "callingLists": [{"callingListDBID": 1}]}, "names CallingList 1, which"),
        ("Campaign", {"name": "x", "callingLists": [{"listDBID": 1}]}, "callingLists is a list of"),
        ("Campaign", {"name": "x", "callingLists": 5}, "callingLists is a list of"),
        ("Treatment", {"name": "x", "callResult": 6, "recActionCode": "RetryInn"}, 'Did you mean "RetryIn"'),
        ("Treatment", {"name": "x", "callResult": 6, "recActionCode": "RetryAt"}, "RetryAt needs dateTime"),
        (
            "Treatment",
            {"name": "x", "callResult": 6, "recActionCode": "RetryIn", "increment": -1},
            "increment is -1; it has to be between 0 and 525600",
        ),
        ("Treatment", {"name": "x", "callResult": 99, "recActionCode": "RetryIn"}, "callResult is 99"),
        ("AgentGroup", {"name": "x", "agentDBIDs": [1]}, "names Person 1, which"),
        ("AgentGroup", {"name": "x", "agentDBIDs": 1}, "a list of DBIDs"),
        ("Nothing", {"name": "x"}, "There is no object type 'Nothing'"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, kind: str, attributes: dict[str, Any], text: str) -> None:
    with refused(ErrorCode.INVALID, text):
        store.create(kind, attributes)


def test_a_dbid_is_never_used_again(store: Store) -> None:
    first = store.create("Script", {"name": "a"})["DBID"]
    store.delete("Script", first)
    assert store.create("Script", {"name": "b"})["DBID"] == first + 1


def test_an_object_in_use_cannot_be_deleted(store: Store, campaign: int) -> None:
    calling_list = store.objects["Campaign"][campaign]["callingLists"][0]["callingListDBID"]
    with refused(ErrorCode.IN_USE, r"CallingList 101 is used by Campaign 101 \(spring\)"):
        store.delete("CallingList", calling_list)
    store.delete("Campaign", campaign)
    store.delete("CallingList", calling_list)
    with refused(ErrorCode.NOT_FOUND, "There is no CallingList 101"):
        store.delete("CallingList", calling_list)


def test_an_update_tells_only_what_is_now_different(store: Store, campaign: int) -> None:
    store.update("Campaign", campaign, {"userProperties": {"OServer": {"a": 1, "b": 2}}})
    delta = store.update(
        "Campaign", campaign, {"name": "spring", "description": "new", "userProperties": {"OServer": {"b": None}}}
    )
    assert delta == {"description": "new", "userProperties": {"OServer": {"a": 1}}}
    assert store.update("Campaign", campaign, {"description": None}) == {"description": None}


def test_a_refused_update_changes_nothing(store: Store, campaign: int, group: int) -> None:
    one = store.create("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group})
    before = dict(one)
    with refused(ErrorCode.INVALID, "has to exceed"):
        store.update("CampaignGroup", one["DBID"], {"description": "x", "minRecBuffSize": 6})
    with refused(ErrorCode.INVALID, "campaignDBID of a CampaignGroup cannot be changed"):
        store.update("CampaignGroup", one["DBID"], {"campaignDBID": 5})
    assert store.get("CampaignGroup", one["DBID"]) == before


def test_who_holds_an_object_keeps_what_they_were_given(store: Store, campaign: int) -> None:
    held = store.get("Campaign", campaign)
    store.update("Campaign", campaign, {"name": "summer"})
    assert held["name"] == "spring"


def test_an_attribute_that_is_taken_away_gets_its_default_back(store: Store, campaign: int, group: int) -> None:
    one = store.create("CampaignGroup", {"campaignDBID": campaign, "groupDBID": group, "numOfChannels": 50})
    assert store.update("CampaignGroup", one["DBID"], {"numOfChannels": None}) == {"numOfChannels": 10}


@pytest.mark.parametrize(
    ("kind", "filters", "names"),
    [
        ("Person", {"user_name": "agent1"}, ["agent1"]),
        ("Person", {"userName": "agent*", "person_dbid": 103}, ["agent2"]),
        ("Person", {"dbid": [102, 104]}, ["agent1", "agent3"]),
        ("Person", {"isAgent": True, "employee_id": "A3"}, ["agent3"]),
        ("AgentGroup", {"person_dbid": 103}, ["Outbound agents"]),
        ("AgentGroup", {"person_dbid": 101}, []),
        ("Campaign", {"calling_list_dbid": 101}, ["spring"]),
        ("TimeZone", {"name": "Europe/B*lin"}, ["Europe/Berlin"]),
        ("Treatment", {"callResult": [6, 9]}, ["Retry busy", "Retry answering machine"]),
        (27, {}, ["spring"]),
    ],
)
def test_filters_go_by_attribute_or_by_the_sdk_s_key(
    store: Store, campaign: int, kind: object, filters: dict[str, Any], names: list[str]
) -> None:
    assert [one["name"] for one in store.read(kind, filters)] == names


def test_an_unknown_filter_is_refused_rather_than_ignored(store: Store) -> None:
    with refused(ErrorCode.INVALID, "Campaign has no filter campain_dbid"):
        store.read("Campaign", {"campain_dbid": 1})


def test_the_seed_has_what_every_campaign_needs(store: Store) -> None:
    tenant = store.objects["Tenant"][101]
    assert (tenant["name"], tenant["userProperties"]["gws"]["ccid"][:8]) == ("Acme", "0d6a8f2c")
    assert store.named("Application", "ocs") and store.named("Application", "gws")
    assert store.named("Person", "supervisor")
    assert len(store.objects["TimeZone"]) > 400
    layout = store.objects["Format"][101]
    columns = [store.objects["Field"][dbid]["name"] for dbid in layout["fieldDBIDs"]]
    assert columns[:2] == ["record_id", "contact_info"]
    assert len(columns) == 23
