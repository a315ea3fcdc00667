"""OCS asks before each attempt; who is suppressed, was tried enough or sleeps is not called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.reference.services.compliance_manager import compliance_manager
from cxmock.reference.services.compliance_manager.memory import TRIES
from cxmock.wire.http import Request, to_json

if TYPE_CHECKING:
    from tests.reference.compliance_manager.conftest import Desk

PHONE = "+12025550143"
ALLOWED: tuple[int, dict[str, object]] = (200, {})


def blocked(rule: str, kind: str, result: int) -> tuple[int, dict[str, object]]:
    return 409, {"GSW_CALL_RESULT": result, "GSW_BLOCKING_RULE": rule, "GSW_BLOCKING_RULE_TYPE": kind}


def test_without_any_rule_everybody_may_be_called(desk: Desk) -> None:
    assert desk.validate() == ALLOWED


def test_a_number_on_a_suppression_list_is_not_called_however_it_is_written(desk: Desk) -> None:
    desk.suppress("bankrupt", "12025550143")

    assert desk.validate("+12025550143") == blocked("bankrupt", "suppression", 51)
    assert desk.validate("+1 (202) 555-0143") == blocked("bankrupt", "suppression", 51)
    assert desk.validate("+12025550144") == ALLOWED


def test_a_client_on_a_suppression_list_is_not_called_on_any_device(desk: Desk) -> None:
    desk.suppress("in dispute", "C1", kind="ClientID")

    assert desk.validate("+12025550143") == blocked("in dispute", "suppression", 51)
    assert desk.validate("+12025550144") == blocked("in dispute", "suppression", 51)
    assert desk.validate("+12025550143", GSW_CUSTOMER_ID="C2") == ALLOWED
    assert desk.validate("+12025550143", GSW_CUSTOMER_ID=None) == ALLOWED


def test_an_entry_holds_until_it_expires(desk: Desk) -> None:
    desk.suppress("for an hour", "12025550143", until=int(desk.testbed.clock.now()) + 3600)
    assert desk.validate()[0] == 409

    desk.testbed.clock.advance(3601)

    assert desk.validate() == ALLOWED


def test_a_list_for_one_channel_leaves_the_others_alone(desk: Desk) -> None:
    desk.suppress("no mail", "ada@example.org", channel="email")
    desk.suppress("no texts", "12025550143", channel="sms")

    assert desk.validate("Ada@Example.org") == blocked("no mail", "suppression", 51)
    assert desk.validate(PHONE) == ALLOWED
    assert desk.validate(PHONE, media="sms") == blocked("no texts", "suppression", 51)


def test_a_rule_holds_at_once_and_is_gone_at_once(desk: Desk) -> None:
    assert desk.validate() == ALLOWED

    desk.set_rule("no dc", type="location", prefixes=["1202"])
    assert desk.validate() == blocked("no dc", "location", 51)

    assert desk.ask("DELETE", "/cx-contact/v3/compliance-rules/no dc").status == 200
    assert desk.validate() == ALLOWED


def test_who_was_tried_enough_today_is_left_alone(desk: Desk) -> None:
    """The attempt that is asked for has told its beginning already, and does not count itself."""
    desk.set_rule("twice a day", type="attempts", limit=2, by="device")
    desk.attempted("first")
    desk.history("second", 0)
    assert desk.validate(GSW_CALL_ATTEMPT_GUID="second") == ALLOWED

    desk.attempted("second")
    desk.history("third", 0)

    assert desk.validate(GSW_CALL_ATTEMPT_GUID="third") == blocked("twice a day", "attempts", 46)
    desk.testbed.clock.advance(86400)
    assert desk.validate(GSW_CALL_ATTEMPT_GUID="third") == ALLOWED


def test_attempts_on_all_devices_of_a_client_count_together(desk: Desk) -> None:
    desk.set_rule("once", type="attempts", limit=1, seconds=3600, by="client")
    desk.attempted("first")

    assert desk.validate("+442079460018") == blocked("once", "attempts", 46)
    assert desk.validate("+442079460018", GSW_CUSTOMER_ID="C2") == ALLOWED


def test_an_attempt_that_was_forbidden_does_not_count(desk: Desk) -> None:
    desk.set_rule("once", type="attempts", limit=1, seconds=3600)
    desk.history("first", 0)
    desk.history("first", 1, GSW_CALL_RESULT=51, GSW_BLOCKING_RULE="bankrupt", GSW_BLOCKING_RULE_TYPE="suppression")
    desk.history("second", 1, GSW_CALL_RESULT=51, GSW_DIALING=None)

    assert desk.validate() == ALLOWED


def test_nobody_is_called_outside_the_hours_of_the_compliance_data(desk: Desk) -> None:
    """List Builder has put the data set's rules into Redis; noon UTC is four in the morning in Los Angeles."""
    rules = [{"name": "United States", "prefixes": ["1"], "weekdays": [["08:00", "21:00"]]}]
    desk.redis("HSET", desk.keys.compliance, "rules", to_json(rules).decode())
    desk.redis("INCR", desk.keys.rules_version)

    assert desk.validate("+12135550143", GSW_TZ_NAME="America/Los_Angeles") == blocked("United States", "times", 46)
    assert desk.validate("+13055550143", GSW_TZ_NAME="UTC") == ALLOWED
    assert desk.validate("+442079460018", GSW_TZ_NAME="America/Los_Angeles") == ALLOWED


def test_the_tenants_own_hours_win_over_those_of_the_compliance_data(desk: Desk) -> None:
    rules = [{"name": "United States", "prefixes": ["1"], "weekdays": [["08:00", "21:00"]]}]
    desk.redis("HSET", desk.keys.compliance, "rules", to_json(rules).decode())
    desk.set_rule("mornings", type="times", prefixes=["1"], weekdays=[["08:00", "11:00"]])

    assert desk.validate() == blocked("mornings", "times", 46)


def test_suppression_comes_before_rules_and_rules_by_their_priority(desk: Desk) -> None:
    desk.set_rule("b", type="location", prefixes=["1202"], priority=2)
    desk.set_rule("a", type="dates", dates=["2026-01-15"], priority=3)
    desk.set_rule("c", type="dates", dates=["2026-01-15"], priority=1)
    assert desk.validate() == blocked("c", "dates", 46)

    desk.suppress("bankrupt", "12025550143")

    assert desk.validate() == blocked("bankrupt", "suppression", 51)


@pytest.mark.parametrize("phone", [None, "", "   ", 7, "ext."])
def test_a_record_without_a_device_is_refused_with_the_field_that_is_missing(desk: Desk, phone: object) -> None:
    response = desk.tell("/ocs/validation", GSW_PHONE=phone, GSW_CUSTOMER_ID="C1")

    assert response.status == 400
    assert response.json()["status"]["message"] == '"GSW_PHONE" is missing.'


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"GSW_TENANT_CCID": "00000000-0000-0000-0000-000000000000"}, 403, '"GSW_TENANT_CCID" is not this tenant\'s.'),
        ({"media": "fax"}, 400, '"media" is "fax".'),
        ({"GSW_PHONE": "1" * 256}, 400, '"GSW_PHONE" has 256 characters.'),
        ({"GSW_CUSTOMER_ID": "c" * 256}, 400, '"GSW_CUSTOMER_ID" has 256 characters.'),
        ({"GSW_CALL_ATTEMPT_GUID": "a" * 256}, 400, '"GSW_CALL_ATTEMPT_GUID" has 256 characters.'),
    ],
)
def test_a_record_that_cannot_be_is_refused(desk: Desk, wrong: dict[str, object], status: int, words: str) -> None:
    response = desk.tell("/ocs/validation", **{"GSW_PHONE": PHONE, **wrong})

    assert (response.status, response.json()["status"]["message"]) == (status, words)


def test_a_time_zone_of_the_tenants_own_is_the_clock_of_whoever_is_there(desk: Desk) -> None:
    """Noon UTC is seven in the morning in New York, and eleven at night in Auckland."""
    desk.set_rule("mornings", type="times", prefixes=["1"], weekdays=[["06:00", "08:00"]])
    assert desk.validate(GSW_TZ_NAME="America/New_York") == ALLOWED

    desk.set_rule("they moved", type="timezone", timeZone="Pacific/Auckland", prefixes=["1202"], priority=2)
    assert desk.validate(GSW_TZ_NAME="America/New_York") == blocked("mornings", "times", 46)
    assert desk.validate("+12125550143", GSW_TZ_NAME="America/New_York") == ALLOWED

    desk.set_rule("and back", type="timezone", timeZone="America/New_York", prefixes=["1"], priority=1)
    assert desk.validate(GSW_TZ_NAME="Pacific/Auckland") == ALLOWED


def test_of_two_contact_times_for_a_prefix_the_one_of_higher_priority_holds(desk: Desk) -> None:
    desk.set_rule("a", type="times", prefixes=["1"], weekdays=[["08:00", "11:00"]], priority=2)
    desk.set_rule("b", type="times", prefixes=["1"], weekdays=[["08:00", "21:00"]], priority=1)

    assert desk.validate() == ALLOWED


def test_there_are_not_more_rules_than_can_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compliance_manager, "RULES_LIMIT", 1)
    desk.set_rule("a", type="location", prefixes=["1"])
    desk.set_rule("a", type="location", prefixes=["2"])

    response = desk.ask("PUT", "/cx-contact/v3/compliance-rules/b", {"type": "location", "prefixes": ["3"]})

    assert (response.status, response.json()["status"]["message"]) == (409, "There are 1 rules already.")


PROPERTIES = st.sampled_from(
    (
        *("GSW_PHONE", "GSW_CUSTOMER_ID", "GSW_CALL_ATTEMPT_GUID", "GSW_TZ_NAME", "GSW_TZ_OFFSET", "GSW_CALL_TIME"),
        *("GSW_CALL_RESULT", "GSW_CAMPAIGN_GROUP_NAME", "media", "GSW_HIST_SEQUENCE_NUM", "cd_state_code"),
    )
)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.lists(st.integers(0, 9), max_size=2),
    st.sampled_from(["\x00", "../..", "é" * 300, "1e999"]),
)


@given(st.dictionaries(PROPERTIES, ANYTHING), st.sampled_from(["validation", "history", "campaign-group-states"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_ocs_tells_is_answered_and_never_by_a_fault(desk: Desk, told: dict[str, object], what: str) -> None:
    known = {"GSW_TENANT_NAME": "Acme", "GSW_TENANT_CCID": desk.ccid, "GSW_PHONE": PHONE, "GSW_HIST_SEQUENCE_NUM": 1}
    desk.set_rule("three", type="attempts", limit=3, by="client")

    response = desk.tell(f"/ocs/{what}", **{**known, "GSW_CALL_ATTEMPT_GUID": "a1", **told})

    assert response.status in (200, 400, 409), response.text


def test_a_body_that_is_not_json_is_refused(desk: Desk) -> None:
    request = Request("POST", "/ocs/validation", {}, b"GSW_PHONE=+12025550143")

    response = desk.testbed.run(desk.service.answer(request))

    assert response.status == 400
    assert response.json()["status"]["message"].startswith("The body is not JSON")


def test_a_validation_is_one_round_trip_to_redis(desk: Desk) -> None:
    """The rules are read once, and again only when somebody has changed them."""
    desk.suppress("bankrupt", "12025550144")
    desk.set_rule("twice", type="attempts", limit=2, seconds=3600)
    desk.validate()
    mark = desk.testbed.journal.mark

    desk.validate()

    seen = [exchange.operation for exchange in desk.testbed.journal.exchanges(5, since=mark)]
    assert seen == ["GET", "HGET", "HGETALL"]


def test_rules_that_cannot_be_read_are_told_as_a_fault_and_nobody_is_called(desk: Desk) -> None:
    desk.redis("HSET", desk.keys.rules, "broken", "{")
    desk.redis("INCR", desk.keys.rules_version)

    status, told = desk.validate()

    assert status == 500
    assert told["status"]["message"].startswith("The rules in Redis cannot be read: ")


def test_rules_that_never_stand_still_are_told_as_such(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read_and_change() -> object:
        book = await read()
        await desk.service.runtime.redis.incr(desk.keys.rules_version)
        return book

    read = desk.service.memory.read_rules
    monkeypatch.setattr(desk.service.memory, "read_rules", read_and_change)

    status, told = desk.validate()

    assert (status, told["status"]["message"]) == (503, "The rules change all the time.")
    assert f"{TRIES} times" in told["status"]["detail"]


def test_without_redis_nobody_is_called_and_the_reason_is_told(desk: Desk) -> None:
    desk.testbed.unplug(5)

    status, told = desk.validate()

    assert status == 503
    assert told["status"]["message"].startswith("Redis ")
