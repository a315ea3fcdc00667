"""A campaign from its first record to its last: validated, dialed, told, treated, written back."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType
from cxmock.wire.http import Response

from .conftest import NOON, Stage

BUSY, NO_ANSWER, ANSWER = int(CallResult.BUSY), int(CallResult.NO_ANSWER), int(CallResult.ANSWER)
HOUR = 3600


def test_every_record_is_dialed_once_and_written_back(stage: Stage) -> None:
    phones = stage.phones(100)
    stage.define(treatments=[])
    campaign = stage.dial_all()

    assert sorted(attempt.phone for attempt in stage.ocs.dialed) == phones
    for row in stage.rows():
        assert row["call_result"] == stage.ocs.outcomes.of(row["contact_info"], 1)
        assert (row["record_status"], row["attempt"], row["record_type"]) == (RecordStatus.UPDATED, 1, 2)
        assert row["call_time"] == pytest.approx(NOON, abs=60)
        assert (row["campaign_id"], row["group_id"]) == stage.ids
    assert campaign.statistics.dialed == campaign.statistics.finished == 100
    assert sum(campaign.statistics.results.values()) == 100


def test_the_traffic_is_that_of_rows_9_and_13(stage: Stage) -> None:
    stage.phones(5)
    stage.define()
    stage.dial_all()

    journal = stage.testbed.journal
    assert [one.operation for one in journal.exchanges(9)][:2] == ["RequestLoadCampaign", "StartDialing"]
    assert {one.source for one in journal.exchanges(9)} == {"gws"}
    taken = journal.exchanges(13, where=lambda one: "record_status = 2" in str(one.request))
    assert taken
    assert {one.source for one in journal.exchanges(13)} == {"ocs"}


def test_a_record_is_validated_with_all_its_properties_before_it_is_dialed(stage: Stage) -> None:
    stage.records({"contact_info": "+15550100", "c_client_id": "C7", "c_state_code": "CA"})
    stage.define()
    stage.dial_all()

    [asked] = stage.contact.asked
    assert (asked["GSW_PHONE"], asked["GSW_CUSTOMER_ID"], asked["c_state_code"]) == ("+15550100", "C7", "CA")
    assert (asked["GSW_CALLING_LIST"], asked["GSW_CAMPAIGN_NAME"], asked["GSW_TZ_NAME"]) == ("spring", "spring", "UTC")
    assert asked["GSW_TENANT_CCID"] == stage.testbed.directory.credentials.ccid


def test_history_is_told_twice_for_every_attempt(stage: Stage) -> None:
    """Sequence number 0 when it begins, 1 when it is final; only then there is a result."""
    stage.phones(20)
    stage.define(treatments=[])
    stage.dial_all()

    by_attempt: dict[str, list[dict[str, Any]]] = {}
    for body in stage.contact.history:
        by_attempt.setdefault(body["GSW_CALL_ATTEMPT_GUID"], []).append(body)
    assert len(by_attempt) == 20
    for first, last in by_attempt.values():
        assert (first["GSW_HIST_SEQUENCE_NUM"], last["GSW_HIST_SEQUENCE_NUM"]) == (0, 1)
        assert "GSW_CALL_RESULT" not in first
        assert last["GSW_CALL_RESULT"] == stage.ocs.outcomes.of(last["GSW_PHONE"], 1)
        for body in (first, last):
            assert body["GSW_TENANT_NAME"] == "Acme"
            assert body["GSW_TENANT_CCID"] == stage.testbed.directory.credentials.ccid
            assert body["GSW_CAMPAIGN_GROUP_NAME"] == stage.name


def test_409_is_not_dialed_and_its_result_and_rule_are_told(stage: Stage) -> None:
    stage.records({"contact_info": "+1"}, {"contact_info": "+2"})
    said = {"GSW_CALL_RESULT": 51, "GSW_BLOCKING_RULE": "three a day", "GSW_BLOCKING_RULE_TYPE": "attempt"}
    stage.contact.validation = lambda body: Response.of(said, status=409) if body["GSW_PHONE"] == "+1" else Response()
    stage.define()
    campaign = stage.dial_all()

    assert [attempt.phone for attempt in stage.ocs.blocked] == ["+1"]
    assert "+1" not in {attempt.phone for attempt in stage.ocs.dialed}
    row = stage.row("+1")
    assert (row["call_result"], row["record_type"]) == (CallResult.DO_NOT_CALL, RecordType.NO_CALL)
    told = [body for body in stage.contact.history if body["GSW_PHONE"] == "+1"][-1]
    assert (told["GSW_BLOCKING_RULE"], told["GSW_DIALING"]) == ("three a day", None)
    assert campaign.statistics.blocked == 1


def test_a_validation_that_hangs_ends_with_the_result_for_time_outs(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.contact.hanging = True
    options = {**stage.contact.options, "validation-timeout": 0.05, "validation-timeout-call-result": 46}
    stage.define(options=options)
    stage.dial_all()

    assert not stage.ocs.dialed
    assert stage.row("+1")["call_result"] == CallResult.STALE


def test_a_busy_number_is_tried_again_after_ten_minutes(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [BUSY, BUSY, ANSWER]
    stage.define()
    stage.dial_all()

    times = [attempt.began for attempt in stage.ocs.dialed]
    assert [later - earlier for earlier, later in pairwise(times)] == [600, 600]
    row = stage.row("+1")
    assert (row["call_result"], row["attempt"]) == (ANSWER, 3)
    assert (row["record_status"], row["record_type"]) == (RecordStatus.UPDATED, RecordType.CAMPAIGN_RESCHEDULED)


def test_while_it_waits_for_its_next_attempt_a_record_is_ready_and_scheduled(stage: Stage) -> None:
    stage.testbed.clock.jumping = False
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [BUSY, ANSWER]
    stage.define()
    campaign = stage.start()
    stage.wait(lambda: stage.row("+1")["attempt"] == 1)

    row = stage.row("+1")
    assert (row["record_status"], row["record_type"]) == (RecordStatus.READY, RecordType.CAMPAIGN_RESCHEDULED)
    assert row["dial_sched_time"] == row["call_time"] + 600
    assert not campaign.completed
    stage.testbed.background.call(lambda: stage.testbed.clock.advance(600))
    stage.wait(lambda: campaign.completed)
    assert [attempt.result for attempt in stage.ocs.dialed] == [BUSY, ANSWER]


def test_a_number_that_stays_busy_is_given_up(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [BUSY]
    stage.define()
    stage.dial_all()

    assert len(stage.ocs.dialed) == 3
    assert stage.row("+1")["record_status"] == RecordStatus.UPDATED


def treatment(stage: Stage, action: str, **more: int) -> None:
    """Have a treatment of this action for busy numbers, and no other."""
    one = {"name": "mine", "callResult": BUSY, "recActionCode": action, "attempts": 4, **more}
    stage.confserv.create("Treatment", one)
    stage.define(treatments=["mine"])


def test_each_further_wait_is_longer_by_the_increment(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [BUSY, BUSY, BUSY, ANSWER]
    treatment(stage, "RetryIn", interval=30, increment=5)
    stage.dial_all()

    times = [attempt.began for attempt in stage.ocs.dialed]
    assert [later - earlier for earlier, later in pairwise(times)] == [30 * 60, 35 * 60, 40 * 60]


@pytest.mark.parametrize(("action", "phone"), [("RetryAt", "+1"), ("NextInChainAt", "+2")])
def test_a_treatment_can_name_the_moment_of_the_next_attempt(stage: Stage, action: str, phone: str) -> None:
    stage.records(*devices("+1", "+2"))
    stage.ocs.outcomes["+1"] = [BUSY, ANSWER]
    stage.ocs.outcomes["+2"] = [ANSWER]
    treatment(stage, action, dateTime=int(NOON) + 5 * HOUR)
    stage.dial_all()

    first, second = stage.ocs.dialed
    assert (first.phone, second.phone) == ("+1", phone)
    assert second.began == pytest.approx(NOON + 5 * HOUR, abs=5)


def test_a_busy_number_is_redialed_at_once_as_often_as_the_cycle_allows(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    stage.ocs.outcomes["+1"] = [BUSY]
    treatment(stage, "Cycle")
    stage.dial_all()

    assert len(stage.ocs.dialed) == 4
    assert stage.ocs.dialed[-1].began == pytest.approx(NOON, abs=10)


def devices(*phones: str) -> list[dict[str, Any]]:
    return [{"contact_info": phone, "chain_id": 1, "chain_n": number} for number, phone in enumerate(phones)]


def test_the_next_device_has_its_turn_when_the_treatment_says_so(stage: Stage) -> None:
    stage.records(*devices("+1", "+2", "+3"))
    stage.ocs.outcomes["+1"] = [CallResult.SIT_INVALID_NUMBER]
    stage.ocs.outcomes["+2"] = [ANSWER]
    stage.define()
    stage.dial_all()

    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+1", "+2"]
    statuses = {row["contact_info"]: row["record_status"] for row in stage.rows()}
    assert statuses == {"+1": RecordStatus.UPDATED, "+2": RecordStatus.UPDATED, "+3": RecordStatus.CHAIN_UPDATED}


def test_a_contact_s_devices_are_never_tried_at_once(stage: Stage) -> None:
    """While the first waits for another attempt, the second has to wait too."""
    stage.records(*devices("+1", "+2"))
    stage.ocs.outcomes["+1"] = [NO_ANSWER]
    stage.ocs.outcomes["+2"] = [ANSWER]
    stage.define()
    stage.dial_all()

    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+1", "+1", "+2"]


def test_a_record_waits_for_its_own_morning(stage: Stage) -> None:
    """At noon UTC it is 7 in New York: the clock jumps to 9 there."""
    zone = stage.confserv.named("TimeZone", "America/New_York")["DBID"]
    office = {"daily_from": 9 * HOUR, "daily_till": 17 * HOUR}
    stage.records({"contact_info": "+1", "tz_dbid": zone, **office}, {"contact_info": "+44", **office})
    stage.ocs.outcomes["+1"] = stage.ocs.outcomes["+44"] = [ANSWER]
    stage.define()
    stage.dial_all()

    first, second = stage.ocs.dialed
    assert (first.phone, second.phone) == ("+44", "+1")
    assert first.began == pytest.approx(NOON, abs=60)
    assert second.began == pytest.approx(NOON + 2 * HOUR, abs=60)
    assert second.record.facts()["GSW_TZ_NAME"] == "America/New_York"


def test_a_record_that_is_scheduled_waits_for_its_time(stage: Stage) -> None:
    stage.records({"contact_info": "+1", "dial_sched_time": int(NOON) + 86400})
    stage.define(treatments=[])
    stage.dial_all()

    [attempt] = stage.ocs.dialed
    assert attempt.began >= NOON + 86400


@pytest.mark.parametrize("column", ["record_type", "record_status"])
def test_what_is_not_to_be_called_or_not_ready_is_left_alone(stage: Stage, column: str) -> None:
    stage.records({"contact_info": "+1", column: 7}, {"contact_info": "+2"})
    stage.define(treatments=[])
    stage.dial_all()

    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+2"]


def test_a_number_on_the_do_not_call_list_is_not_dialed(stage: Stage) -> None:
    stage.records({"contact_info": "+1"}, {"contact_info": "+2", "c_client_id": "C2"}, {"contact_info": "+3"})
    stage.database.execute("INSERT INTO gsw_donotcall_list (phone) VALUES ('+1')")
    stage.database.execute("INSERT INTO gsw_donotcall_list (customer_id) VALUES ('C2')")
    stage.define(treatments=[])
    stage.dial_all()

    assert [attempt.phone for attempt in stage.ocs.dialed] == ["+3"]
    assert stage.row("+2")["call_result"] == CallResult.DO_NOT_CALL


def test_history_that_is_not_taken_is_sent_again_and_dialing_goes_on(stage: Stage) -> None:
    stage.phones(10)
    stage.contact.history_status = 503
    stage.define(treatments=[])
    campaign = stage.dial_all()

    assert campaign.history.waiting == 10
    stage.contact.history.clear()
    stage.contact.history_status = 200
    stage.wait(lambda: not campaign.history.waiting)
    sequences = Counter(body["GSW_HIST_SEQUENCE_NUM"] for body in stage.contact.history)
    assert sequences == {0: 10, 1: 10}


@pytest.mark.parametrize("channels", [1, 25])
def test_how_many_dial_at_once_does_not_change_what_becomes_of_a_number(stage: Stage, channels: int) -> None:
    phones = stage.phones(60)
    stage.define(numOfChannels=channels)
    stage.dial_all()

    seen = Counter((attempt.phone, attempt.number, attempt.result) for attempt in stage.ocs.dialed)
    for (phone, number, result), count in seen.items():
        assert (count, result) == (1, stage.ocs.outcomes.of(phone, number, "spring"))
    assert {phone for phone, _, _ in seen} == set(phones)


def test_never_more_records_are_taken_than_the_channels_can_use(stage: Stage) -> None:
    stage.phones(100)
    stage.contact.hanging = True
    stage.define(numOfChannels=2, minRecBuffSize=2, optRecBuffSize=5)
    stage.start()
    stage.wait(lambda: len(stage.contact.asked) == 2)

    statuses = Counter(row["record_status"] for row in stage.rows())
    assert statuses == {RecordStatus.RETRIEVED: 10, RecordStatus.READY: 90}


def test_what_was_retrieved_when_ocs_went_away_is_dialed_by_the_next_run(stage: Stage) -> None:
    stage.phones(3)
    stage.define(treatments=[])
    stage.database.execute("UPDATE cl_spring SET record_status = 2, campaign_id = %s, group_id = %s", stage.ids)
    stage.dial_all()

    assert len(stage.ocs.dialed) == 3


def test_sms_records_are_handed_over_in_batches_and_their_results_written_back(stage: Stage) -> None:
    phones = stage.phones(25)

    def deliver(body: dict[str, Any]) -> Response:
        results = [
            {"GSW_CALL_ATTEMPT_GUID": one["GSW_CALL_ATTEMPT_GUID"], "GSW_CALL_RESULT": 0} for one in body["records"]
        ]
        return Response.of({"results": results[:-1]})

    stage.contact.digital = deliver
    stage.contact.validation = lambda body: Response(409 if body["GSW_PHONE"] == phones[0] else 200)
    stage.define(treatments=[], options={**stage.contact.options, "media": "sms", "digital-dialer-batch": 10})
    campaign = stage.dial_all()

    sizes = [len(batch["records"]) for batch in stage.contact.batches]
    assert (len(sizes), sum(sizes), max(sizes)) == (3, 24, 10)
    batch = stage.contact.batches[0]
    assert (batch["media"], batch["GSW_CAMPAIGN_GROUP_NAME"]) == ("sms", stage.name)
    assert stage.row(phones[0])["call_result"] == CallResult.DO_NOT_CALL
    # The last of each batch was left without a result.
    assert Counter(row["call_result"] for row in stage.rows()) == {0: 21, 3: 3, 51: 1}
    assert len(stage.contact.history) == 50
    assert campaign.statistics.dialed == 24


def test_a_digital_dialer_that_is_away_leaves_no_record_behind(stage: Stage) -> None:
    stage.phones(5)
    stage.contact.digital = lambda body: Response(500)
    stage.define(treatments=[], options={**stage.contact.options, "media": "email"})
    stage.dial_all()

    assert {row["call_result"] for row in stage.rows()} == {CallResult.GENERAL_ERROR}


def test_records_are_handed_over_again_as_they_were_until_the_digital_dialer_takes_them(stage: Stage) -> None:
    """It says "later" to begin with: OCS keeps the records, and no attempt is told twice."""
    stage.phones(5)

    def deliver(body: dict[str, Any]) -> Response:
        if len(stage.contact.batches) < 3:
            return Response.of({}, 503, {"Retry-After": "0"})
        return Response.of(
            {
                "results": [
                    {"GSW_CALL_ATTEMPT_GUID": one["GSW_CALL_ATTEMPT_GUID"], "GSW_CALL_RESULT": 0}
                    for one in body["records"]
                ]
            }
        )

    stage.contact.digital = deliver
    stage.define(treatments=[], options={**stage.contact.options, "media": "sms"})
    stage.dial_all()

    first, *more = stage.contact.batches
    assert len(more) == 2
    assert all(again == first for again in more)
    assert Counter(row["call_result"] for row in stage.rows()) == {0: 5}
    assert len(stage.contact.history) == 10


def test_a_digital_dialer_that_takes_nothing_is_told_in_the_status_and_stopping_ends_it(stage: Stage) -> None:
    stage.phones(2)
    stage.contact.digital = lambda body: Response.of(
        {"status": {"code": 515, "message": "Nexus is busy."}}, 503, {"Retry-After": "0"}
    )
    stage.define(treatments=[], options={**stage.contact.options, "media": "sms"})
    campaign = stage.start()

    told = "The digital dialer takes nothing now: HTTP 503. Nexus is busy."
    stage.wait(lambda: campaign.attributes()["problem"] == told)
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))

    stage.wait(lambda: {row["call_result"] for row in stage.rows()} == {CallResult.GENERAL_ERROR})


def test_two_lists_of_one_campaign_are_both_dialed(stage: Stage) -> None:
    from cxmock.reference.calling_list import create_statements

    stage.phones(10)
    for statement in create_statements("cl_other"):
        stage.database.execute(statement.encode())
    stage.database.execute("INSERT INTO cl_other SELECT * FROM cl_spring")
    stage.define(treatments=[])
    table = stage.confserv.create("TableAccess", {"name": "other", "dbTableName": "cxc.cl_other"})
    other = stage.confserv.create("CallingList", {"name": "other", "tableAccessDBID": table})
    entries = [*stage.confserv.named("Campaign", "spring")["callingLists"], {"callingListDBID": other, "share": 3}]
    stage.confserv.update("Campaign", stage.ids[0], {"callingLists": entries})
    stage.dial_all()

    names = Counter(attempt.record.calling_list.name for attempt in stage.ocs.dialed)
    assert names == {"spring": 10, "other": 10}
