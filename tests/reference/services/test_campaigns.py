"""A campaign group is written into Configuration in the documented order, and OCS is told through GWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult
from tests.reference.services.conftest import GROUP, rows

RunJob = Callable[..., dict[str, Any]]
SPRING = {"name": "Spring", "group": GROUP, "contactList": "Leads"}
NAME = f"Spring@{GROUP}"
PATH = f"/campaign-groups/Spring@{GROUP.replace(' ', '%20')}"


@pytest.fixture
def leads(run_job: RunJob) -> dict[str, Any]:
    """A contact list."""
    result: dict[str, Any] = run_job(b"ClientID,Device1\nC-1,+12125550143\n")["result"]
    return result


def refusal(api: Contact, method: str, path: str, json: object = None) -> tuple[int, int, str]:
    """Return HTTP status, code and message of a call that is refused."""
    answer = api.send(method, BASE + path, json=json)
    status = answer.json()["status"]
    return answer.status, status["code"], status["message"]


def test_campaign_and_campaign_group_are_written_in_order(
    testbed: Testbed, api: Contact, leads: dict[str, Any]
) -> None:
    since = testbed.journal.mark
    made = api.post("/campaign-groups", SPRING)

    assert made["name"] == NAME
    created = [seen.operation for seen in testbed.journal.exchanges(11, operation="POST /configuration", since=since)]
    assert [path.rpartition("/")[2] for path in created] == ["campaigns", "campaign-groups"]
    store = testbed.part(Component.CONFSERV)
    campaign, group = store.objects["Campaign"][made["campaignDBID"]], store.objects["CampaignGroup"][made["dbid"]]
    assert campaign["callingLists"][0]["callingListDBID"] == leads["dbid"]
    assert (group["campaignDBID"], group["dialMode"], group["optMethod"]) == (made["campaignDBID"], 1, 1)


def test_ocs_is_told_where_to_ask_and_where_to_report(testbed: Testbed, api: Contact, leads: dict[str, Any]) -> None:
    api.post("/campaign-groups", SPRING)
    api.post("/campaign-groups", {**SPRING, "name": "Texts", "media": "sms", "message": "Hello"})
    store = testbed.part(Component.CONFSERV)
    voice = store.named("CampaignGroup", NAME)["userProperties"]["OServer"]
    texts = store.named("CampaignGroup", f"Texts@{GROUP}")["userProperties"]["OServer"]
    compliance, dial = testbed.env["CX_COMPLIANCE_MANAGER_URL"], testbed.env["CX_DIAL_MANAGER_URL"]
    assert voice == {
        "media": "voice",
        "validation-uri": f"{compliance}/ocs/validation",
        "history-uri": f"{compliance}/ocs/history",
        "campaigngroup-states-uri": f"{compliance}/ocs/campaign-group-states",
    }
    assert texts == voice | {"media": "sms", "digital-dialer-uri": f"{dial}/ocs/digital"}


def test_a_campaign_group_is_loaded_started_stopped_and_unloaded(
    testbed: Testbed, api: Contact, leads: dict[str, Any]
) -> None:
    testbed.part(Component.OCS).outcomes["+12125550143"] = [CallResult.BUSY]  # else it is done before it can be stopped
    api.post("/campaign-groups", SPRING)
    assert api.get(PATH)["status"] == "NotLoaded"
    assert api.post(f"{PATH}/load")["status"] == "Active"
    assert api.post(f"{PATH}/start")["status"] == "Running"
    assert [group["status"] for group in api.get("/campaign-groups")] == ["Running"]
    assert api.post(f"{PATH}/stop")["status"] == "Active"
    assert api.post(f"{PATH}/force-unload")["status"] == "NotLoaded"
    asked = {seen.operation for seen in testbed.journal.exchanges(9)}
    assert {"RequestLoadCampaign", "StartDialing", "StopDialing", "ForceUnloadCampaign"} <= asked


def test_what_does_not_fit_the_state_is_refused(api: Contact, leads: dict[str, Any]) -> None:
    api.post("/campaign-groups", SPRING)
    assert refusal(api, "POST", f"{PATH}/start", {}) == (409, 409, f'"{NAME}" is NotLoaded; it cannot start.')
    assert refusal(api, "POST", f"{PATH}/dance", {})[:2] == (404, 604)


def test_an_unknown_campaign_group_is_named_with_those_there_are(api: Contact, leads: dict[str, Any]) -> None:
    api.post("/campaign-groups", SPRING)
    answer = api.send("POST", f"{BASE}/campaign-groups/Autumn/load", json={})
    assert answer.status == 404
    assert answer.json()["status"]["detail"] == f"Create it, or name one of: {NAME}."


def test_a_name_that_is_taken_is_refused(api: Contact, leads: dict[str, Any]) -> None:
    api.post("/campaign-groups", SPRING)
    assert refusal(api, "POST", "/campaign-groups", SPRING)[:2] == (409, 609)


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"contactList": "Nobody"}, 404, 'Configuration has no calling list "Nobody".'),
        ({"group": "Nobody"}, 404, 'Configuration has no agent group "Nobody".'),
        ({"media": "fax"}, 400, '"media" is "fax".'),
        ({"media": "sms"}, 400, '"message" is missing.'),
        ({"dialMode": "Guess"}, 400, "\"dialMode\" is 'Guess'."),
        ({"dialMode": 7}, 400, '"dialMode" is 7.'),
        ({"optimizeGoal": 101}, 400, '"optimizeGoal" is 101.'),
        ({"name": "a@b"}, 400, '"name" has an "@".'),
        ({"name": "*"}, 400, "\"name\" has '*'."),
    ],
)
def test_a_campaign_group_that_makes_no_sense_is_refused_and_writes_nothing(
    testbed: Testbed, api: Contact, leads: dict[str, Any], change: dict[str, Any], status: int, message: str
) -> None:
    assert refusal(api, "POST", "/campaign-groups", SPRING | change)[::2] == (status, message)
    assert api.get("/campaigns") == []


def test_a_definition_that_failed_half_way_is_completed_by_asking_again(
    testbed: Testbed, api: Contact, leads: dict[str, Any]
) -> None:
    store = testbed.part(Component.CONFSERV)
    made = store.create("Campaign", {"name": "Spring", "callingLists": [{"callingListDBID": leads["dbid"]}]})
    assert api.post("/campaign-groups", SPRING)["campaignDBID"] == made


MIXED = (
    b"ClientID,Device1,Device2,Device3\n"
    b"C-1,+12125550143,+33612345678,\n"  # a number that may be mobile, and one that is
    b"C-2,+442079460018,ada@example.org,\n"  # a landline and an e-mail address
)


def ready(testbed: Testbed) -> list[str]:
    """Return the devices that a campaign would contact now."""
    query = "SELECT contact_info FROM cxc.cl_leads WHERE record_status = 1 AND record_type <> 7 ORDER BY record_id"
    return [row[0] for row in rows(testbed, query)]


@pytest.mark.parametrize(
    ("media", "devices"),
    [
        ("voice", ["+12125550143", "+33612345678", "+442079460018"]),
        ("sms", ["+12125550143", "+33612345678"]),
        ("email", ["ada@example.org"]),
    ],
)
def test_a_campaign_contacts_only_devices_that_its_media_reaches(
    testbed: Testbed, api: Contact, run_job: RunJob, media: str, devices: list[str]
) -> None:
    run_job(MIXED)
    api.post("/campaign-groups", {**SPRING, "media": media, "message": "Hello"})
    assert api.post(f"{PATH}/load")["records"] == len(devices)
    assert ready(testbed) == devices


def test_a_campaign_goes_on_where_it_stopped_and_another_one_begins_anew(
    testbed: Testbed, api: Contact, run_job: RunJob
) -> None:
    run_job(MIXED)
    made = api.post("/campaign-groups", SPRING)
    api.post("/campaign-groups", {**SPRING, "name": "Autumn"})
    autumn = PATH.replace("Spring", "Autumn")
    api.post(f"{PATH}/load")
    done = (
        "UPDATE cxc.cl_leads SET record_status = 3, call_result = 33, attempt = 1, campaign_id = {} WHERE chain_id = 1"
    )
    change(testbed, done.format(made["campaignDBID"]))
    api.post(f"{PATH}/unload")

    assert api.post(f"{PATH}/load")["records"] == 1
    api.post(f"{PATH}/unload")
    assert api.post(f"{autumn}/load")["records"] == 3
    assert rows(testbed, "SELECT DISTINCT record_status, call_result, attempt FROM cxc.cl_leads") == [(1, 28, 0)]


def test_a_list_that_another_campaign_works_on_is_not_touched(
    testbed: Testbed, api: Contact, leads: dict[str, Any]
) -> None:
    api.post("/campaign-groups", SPRING)
    api.post("/campaign-groups", {**SPRING, "name": "Autumn"})
    api.post(f"{PATH}/load")
    said = refusal(api, "POST", f"{PATH.replace('Spring', 'Autumn')}/load", {})
    assert said == (409, 409, f'"Leads" is in use by {NAME} (Active).')


def change(testbed: Testbed, statement: str) -> None:
    """Change something in PostgreSQL, as CX Contact."""
    import psycopg

    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        connection.execute(statement)


def test_statistics_come_from_stat_server_through_gws(testbed: Testbed, api: Contact, leads: dict[str, Any]) -> None:
    api.post("/campaign-groups", SPRING)
    told = api.get(f"{PATH}/statistics?name=CampaignAttempts")
    assert (told["name"], told["objectId"], told["value"]) == ("CampaignAttempts", NAME, 0)
    assert api.get(f"{PATH}/statistics")["statistics"]["CampaignAttempts"] == 0
    assert refusal(api, "GET", f"{PATH}/statistics?name=Nonsense")[0] == 404
