"""Agents at their desks: they ask for records, dial them, put them back, and agree on other times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cxmock.fakes.ocs.campaign import Campaign
from cxmock.wire.genesys.enumerations import CallResult, DialMode, RecordStatus, RecordType
from cxmock.wire.http import Response

from .conftest import NOON, Stage
from .test_desktop import post

ANSWER, NO_ANSWER = int(CallResult.ANSWER), int(CallResult.NO_ANSWER)
HOUR = 3600


def previewing(stage: Stage, **group: Any) -> Campaign:
    """Have the campaign dial in preview mode."""
    stage.define(dialMode=DialMode.PREVIEW, **{"treatments": [], **group})
    return stage.start()


def ask(stage: Stage, agent: str = "A1") -> dict[str, Any]:
    """Have an agent ask for a record."""
    dbid = stage.campaign.setup.dbid
    response = post(stage, f"/campaigngroups/{dbid}?req=PreviewRecordRequest", {"GSW_AGENT_ID": agent})
    assert response.status == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def do(stage: Stage, req: str, handle: int, **said: Any) -> Response:
    """Have an agent say what is to become of a record."""
    return post(stage, f"/records/{handle}?req={req}", {"GSW_CALLING_LIST": "spring", **said})


def handle_of(stage: Stage, phone: str) -> int:
    return int(stage.row(phone)["record_id"])


def test_a_record_that_was_asked_for_is_dialed_when_the_agent_has_looked_at_it(stage: Stage) -> None:
    stage.records({"contact_info": "+1", "c_client_id": "C7"})
    stage.ocs.outcomes["+1"] = [NO_ANSWER]
    campaign = previewing(stage)
    shown = ask(stage)
    assert (shown["GSW_USER_EVENT"], shown["GSW_PHONE"], shown["GSW_CUSTOMER_ID"]) == ("PreviewRecord", "+1", "C7")
    assert (stage.row("+1")["record_status"], stage.contact.history) == (RecordStatus.RETRIEVED, [])

    done = do(stage, "RecordProcessed", shown["GSW_RECORD_HANDLE"])
    assert done.json()["GSW_USER_EVENT"] == "RecordProcessedAcknowledge"
    stage.wait(lambda: campaign.completed)
    assert stage.row("+1")["call_result"] == NO_ANSWER
    assert [body["GSW_AGENT_ID"] for body in stage.contact.history] == ["A1", "A1"]
    assert {body["GSW_CALL_ATTEMPT_GUID"] for body in stage.contact.history} == {shown["GSW_CALL_ATTEMPT_GUID"]}
    assert ask(stage) == {"GSW_USER_EVENT": "NoRecordsAvailable"}


def test_the_agent_may_tell_how_it_ended(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    campaign = previewing(stage)
    do(stage, "RecordProcessed", ask(stage)["GSW_RECORD_HANDLE"], GSW_CALL_RESULT=CallResult.WRONG_PARTY)
    stage.wait(lambda: campaign.completed)
    assert stage.row("+1")["call_result"] == CallResult.WRONG_PARTY


def test_two_agents_get_two_records_and_who_asks_again_the_same(stage: Stage) -> None:
    stage.phones(2)
    previewing(stage)
    first, second, again = ask(stage, "A1"), ask(stage, "A2"), ask(stage, "A1")
    assert first == again
    assert first["GSW_RECORD_HANDLE"] != second["GSW_RECORD_HANDLE"]
    assert ask(stage, "A3") == {"GSW_USER_EVENT": "NoRecordsAvailable"}


def test_a_rejected_record_is_for_the_next_agent(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    previewing(stage)
    handle = ask(stage, "A1")["GSW_RECORD_HANDLE"]
    assert do(stage, "RecordReject", handle).status == 200
    assert stage.row("+1")["record_status"] == RecordStatus.READY
    assert ask(stage, "A2")["GSW_RECORD_HANDLE"] == handle
    assert not stage.ocs.dialed


def test_agents_see_no_record_that_is_not_to_be_dialed(stage: Stage) -> None:
    stage.records({"contact_info": "+1"}, {"contact_info": "+2"})
    stage.contact.validation = lambda body: Response(409 if body["GSW_PHONE"] == "+1" else 200)
    previewing(stage)
    assert ask(stage)["GSW_PHONE"] == "+2"
    assert [attempt.phone for attempt in stage.ocs.blocked] == ["+1"]


def test_what_agents_have_in_hand_is_given_back_when_dialing_stops(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    previewing(stage)
    handle = ask(stage)["GSW_RECORD_HANDLE"]
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))
    stage.wait(lambda: stage.row("+1")["record_status"] == RecordStatus.READY)
    assert do(stage, "RecordProcessed", handle).status == 409
    assert stage.testbed.run(stage.control.unload(*stage.ids))["status"] == "NotLoaded"


@pytest.mark.parametrize(
    ("req", "status", "result"),
    [
        ("RequestRecordCancel", RecordStatus.CANCELLED, CallResult.CANCEL_RECORD),
        ("DoNotCall", RecordStatus.UPDATED, CallResult.DO_NOT_CALL),
    ],
)
@pytest.mark.parametrize("in_hand", [False, True])
def test_one_record_can_be_cancelled_or_never_called_again(
    stage: Stage, req: str, status: int, result: int, in_hand: bool
) -> None:
    stage.records({"contact_info": "+1"})
    campaign = previewing(stage)
    if in_hand:
        ask(stage)
    assert do(stage, req, handle_of(stage, "+1")).status == 200
    row = stage.row("+1")
    assert (row["record_status"], row["call_result"]) == (status, result)
    stage.wait(lambda: campaign.completed)
    forbidden = stage.database.execute("SELECT phone FROM gsw_donotcall_list").fetchall()
    assert forbidden == ([{"phone": "+1"}] if req == "DoNotCall" else [])


def test_a_campaign_callback_is_made_at_the_time_that_the_contact_s_clock_shows(stage: Stage) -> None:
    """16:30 in New York is 21:30 UTC; whoever is there makes the call."""
    zone = stage.confserv.named("TimeZone", "America/New_York")["DBID"]
    stage.records({"contact_info": "+1", "tz_dbid": zone})
    stage.ocs.outcomes["+1"] = [ANSWER, ANSWER]
    stage.define(treatments=[])
    campaign = stage.start()
    stage.wait(lambda: campaign.completed)
    said = {"GSW_CALLBACK_TYPE": "Campaign", "GSW_DATE_TIME": "03/02/2026 16:30"}
    assert do(stage, "RecordReschedule", handle_of(stage, "+1"), **said).status == 200
    second = stage.ocs.attempt("+1", 2)
    assert second.began == pytest.approx(datetime(2026, 3, 2, 21, 30, tzinfo=UTC).timestamp(), abs=5)
    assert second.record.columns["record_type"] == RecordType.CAMPAIGN_CALLBACK
    stage.wait(lambda: stage.row("+1")["record_status"] == RecordStatus.UPDATED)


def test_callbacks_come_before_all_other_records(stage: Stage) -> None:
    phones = stage.phones(200)
    later = {"record_type": RecordType.CAMPAIGN_CALLBACK, "dial_sched_time": int(NOON) - 60}
    stage.records({"contact_info": "+1", "chain_id": 999, **later})
    stage.define(treatments=[])
    stage.dial_all()
    assert "+1" in {attempt.phone for attempt in list(stage.ocs.dialed)[:3]}
    assert len(stage.ocs.dialed) == len(phones) + 1


def test_a_personal_callback_waits_for_its_agent_and_is_the_agent_s_error_without(stage: Stage) -> None:
    mine = {"record_type": RecordType.PERSONAL_CALLBACK, "dial_sched_time": int(NOON)}
    stage.records(
        {"contact_info": "+1", "agent_id": "A1", **mine},
        {"contact_info": "+2", "agent_id": "A2", **mine},
        {"contact_info": "+3", "agent_id": "gone", **mine},
    )
    campaign = previewing(stage)
    assert [ask(stage, agent)["GSW_PHONE"] for agent in ("A2", "A1")] == ["+2", "+1"]
    assert ask(stage, "A3") == {"GSW_USER_EVENT": "NoRecordsAvailable"}
    stage.wait(lambda: stage.row("+3")["call_result"] == CallResult.AGENT_CALLBACK_ERROR)
    assert not campaign.completed


@pytest.mark.parametrize(
    ("action", "results", "status"),
    [
        ("MarkAsAgentError", [CallResult.AGENT_CALLBACK_ERROR], RecordStatus.AGENT_ERROR),
        ("AssignToGroup", [CallResult.AGENT_CALLBACK_ERROR, ANSWER], RecordStatus.UPDATED),
    ],
)
def test_what_becomes_of_the_callback_of_an_agent_who_is_away_is_up_to_the_treatment(
    stage: Stage, action: str, results: list[int], status: int
) -> None:
    stage.confserv.create(
        "Treatment",
        {"name": "away", "callResult": int(CallResult.AGENT_CALLBACK_ERROR), "recActionCode": action},
    )
    stage.records(
        {
            "contact_info": "+1",
            "agent_id": "A1",
            "record_type": RecordType.PERSONAL_CALLBACK,
            "dial_sched_time": int(NOON),
        }
    )
    stage.ocs.outcomes["+1"] = [ANSWER]
    stage.ocs.absent.add("A1")
    stage.define(treatments=["away"])
    stage.dial_all()
    assert [one.result for one in (*stage.ocs.blocked, *stage.ocs.dialed)] == results
    assert stage.row("+1")["record_status"] == status


def test_a_personal_callback_that_is_not_answered_stays_personal(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [ANSWER, NO_ANSWER, ANSWER]
    stage.define(treatments=["Retry no answer"])
    stage.confserv.update("Treatment", stage.confserv.named("Treatment", "Retry no answer")["DBID"], {"attempts": 3})
    campaign = stage.start()
    stage.wait(lambda: campaign.completed)
    said = {"GSW_CALLBACK_TYPE": "Personal", "GSW_DATE_TIME": "03/02/2026 15:00", "GSW_AGENT_ID": "A2"}
    assert do(stage, "RecordReschedule", handle_of(stage, "+1"), **said).status == 200
    third = stage.ocs.attempt("+1", 3)
    assert (third.record.columns["record_type"], third.record.columns["agent_id"]) == (4, "A2")
    assert third.began == pytest.approx(NOON + 3.5 * HOUR, abs=5)


def test_a_callback_that_nobody_made_in_time_is_missed(stage: Stage) -> None:
    callback = {"record_type": RecordType.CAMPAIGN_CALLBACK}
    stage.records(
        {"contact_info": "+1", "dial_sched_time": int(NOON) - 2 * HOUR, **callback},
        {"contact_info": "+2", "dial_sched_time": int(NOON) - HOUR // 2, **callback},
    )
    stage.define(treatments=[])
    campaign = stage.dial_all()
    assert stage.row("+1")["record_status"] == RecordStatus.MISSED_CALLBACK
    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+2"]
    assert (campaign.statistics.missed, campaign.statistics.finished) == (1, 2)


def test_a_record_in_the_middle_of_a_call_is_left_alone(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.contact.hanging = True
    stage.define(treatments=[])
    stage.start()
    stage.wait(lambda: bool(stage.contact.asked))
    handle = handle_of(stage, "+1")
    said = {"GSW_CALLBACK_TYPE": "Campaign", "GSW_DATE_TIME": "03/02/2026 16:30"}
    for req in ("RecordReschedule", "RequestRecordCancel", "DoNotCall"):
        response = do(stage, req, handle, **said)
        assert (response.status, "is being dialed" in response.text) == (409, True)
    assert stage.row("+1")["record_status"] == RecordStatus.RETRIEVED


@pytest.mark.parametrize(
    ("target", "said", "status", "text"),
    [
        ("/campaigngroups/{dbid}?req=PreviewRecordRequest", {}, 400, "PreviewRecordRequest needs GSW_AGENT_ID"),
        ("/campaigngroups/{dbid}?req=PreviewRecordRequest", {"GSW_AGENT_ID": "A9"}, 404, "who does: A1, A2, A3"),
        ("/campaigngroups/{dbid}?req=PreviewRecord", {"GSW_AGENT_ID": "A1"}, 400, 'mean "PreviewRecordRequest"'),
        ("/campaigngroups/4711?req=PreviewRecordRequest", {"GSW_AGENT_ID": "A1"}, 404, "No campaign group 4711 is"),
        ("/records/{handle}?req=RecordReject", {}, 400, "RecordReject needs GSW_CALLING_LIST"),
        ("/records/{handle}?req=RecordReject", {"GSW_CALLING_LIST": "fall"}, 404, "There is no calling list fall"),
        ("/records/4711?req=RecordReject", {"GSW_CALLING_LIST": "spring"}, 404, "spring has no record 4711"),
        ("/records/x?req=RecordReject", {"GSW_CALLING_LIST": "spring"}, 400, "A record's handle is a number"),
        ("/records/{handle}?req=RecordReject", {"GSW_CALLING_LIST": "spring"}, 409, "No agent has record"),
        ("/records/{handle}?req=RecordProcessed", {"GSW_CALLING_LIST": "spring"}, 409, "No agent has record"),
        (
            "/records/{handle}?req=RecordProcessed",
            {"GSW_CALLING_LIST": "spring", "GSW_CALL_RESULT": 54},
            400,
            "between 0 and 53",
        ),
        (
            "/records/{handle}?req=RecordReschedule",
            {"GSW_CALLING_LIST": "spring", "GSW_CALLBACK_TYPE": "Persona"},
            400,
            'Did you mean "Personal"',
        ),
        (
            "/records/{handle}?req=RecordReschedule",
            {"GSW_CALLING_LIST": "spring", "GSW_CALLBACK_TYPE": "Personal"},
            400,
            "A personal callback needs GSW_AGENT_ID",
        ),
        (
            "/records/{handle}?req=RecordReschedule",
            {"GSW_CALLING_LIST": "spring", "GSW_CALLBACK_TYPE": "Campaign", "GSW_DATE_TIME": "2026-03-02 16:30"},
            400,
            "it is written like 12/31/2026 17:30",
        ),
    ],
)
def test_what_a_desk_cannot_do_says_why(
    stage: Stage, target: str, said: dict[str, Any], status: int, text: str
) -> None:
    stage.records({"contact_info": "+1"})
    campaign = previewing(stage)
    handle = handle_of(stage, "+1")
    response = post(stage, target.format(dbid=campaign.setup.dbid, handle=handle), said)
    assert (response.status, text in response.text) == (status, True), response.text
    assert stage.row("+1")["record_status"] == RecordStatus.READY


def test_records_are_asked_for_only_while_a_campaign_previews(stage: Stage) -> None:
    stage.define(dialMode=DialMode.PROGRESS)
    campaign = stage.start()
    target, said = f"/campaigngroups/{campaign.setup.dbid}?req=PreviewRecordRequest", {"GSW_AGENT_ID": "A1"}
    assert "records are asked for in mode PREVIEW" in post(stage, target, said).text
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))
    response = post(stage, target, said)
    assert (response.status, "only what is Running can be previewed" in response.text) == (409, True)
