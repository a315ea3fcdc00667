"""Each kind of rule, by itself: whom it forbids to call, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.reference.envelope import Refusal
from cxmock.reference.services.compliance_manager.reading import hours_of, rule_of
from cxmock.reference.services.compliance_manager.record import NOT_MADE, Attempt, Record
from cxmock.reference.services.compliance_manager.rules import ExternalRule, Rule, Times, ZoneRule

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC).timestamp()
"""A Thursday."""


def record(device: str = "12025550143", zone: str = "UTC", **more: Any) -> Record:
    return Record.read({"GSW_PHONE": device, "GSW_TZ_NAME": zone, "GSW_CUSTOMER_ID": "C1", **more})


def rule(**data: Any) -> Rule:
    read = rule_of("rule", data)
    assert not isinstance(read, ExternalRule | ZoneRule | Times)
    return read


def blocks(one: Rule, *ages: float, by: str = "device", result: int = 7, of: Record | None = None) -> bool:
    """Return whether ``one`` forbids an attempt at noon, after attempts so many seconds ago."""
    attempts = {"device": list[Attempt](), "client": list[Attempt]()}
    attempts[by] = [Attempt(int(NOON - age), result) for age in ages]
    return one.blocks(of or record(), attempts, NOON)


def test_the_third_attempt_in_an_hour_is_one_too_many() -> None:
    two_an_hour = rule(type="attempts", limit=2, seconds=3600)

    assert not blocks(two_an_hour, 10)
    assert blocks(two_an_hour, 10, 3599)
    assert not blocks(two_an_hour, 10, 3601)


def test_attempts_today_count_from_midnight_where_the_contact_lives() -> None:
    """At noon UTC it is seven in the morning in New York: an attempt six hours ago was today, eight hours was not."""
    once_today = rule(type="attempts", limit=1)
    in_new_york = record(zone="America/New_York")

    assert blocks(once_today, 6 * 3600, of=in_new_york)
    assert not blocks(once_today, 8 * 3600, of=in_new_york)
    assert blocks(once_today, 8 * 3600)


def test_attempts_count_by_client_over_all_devices() -> None:
    by_client = rule(type="attempts", limit=1, seconds=60, by="client")

    assert blocks(by_client, 5, by="client")
    assert not blocks(by_client, 5, by="device")


def test_only_the_call_results_that_a_rule_names_count() -> None:
    busy = rule(type="attempts", limit=1, seconds=60, results=[6])

    assert blocks(busy, 5, result=6)
    assert not blocks(busy, 5, result=7)


def test_attempts_that_were_forbidden_do_not_count() -> None:
    assert not blocks(rule(type="attempts", limit=1, seconds=60), 5, result=NOT_MADE)


def test_a_location_is_where_a_number_begins() -> None:
    no_florida = rule(type="location", prefixes=["1305", "1786"])

    assert blocks(no_florida, of=record("+1 305 555 0143"))
    assert not blocks(no_florida, of=record("+1 202 555 0143"))


def test_a_date_is_one_of_the_contacts_own_calendar() -> None:
    """Noon UTC on the 15th is already the 16th in Auckland, at one in the morning."""
    no_friday = rule(type="dates", dates=["2026-01-16"])

    assert blocks(no_friday, of=record(zone="Pacific/Auckland"))
    assert not blocks(no_friday, of=record(zone="UTC"))


def test_a_date_may_be_meant_for_some_numbers_only() -> None:
    bank_holiday = rule(type="dates", dates=["2026-01-15"], prefixes=["44"])

    assert blocks(bank_holiday, of=record("+442079460018"))
    assert not blocks(bank_holiday, of=record("+12025550143"))


TIMES = Times(
    hours_of(
        [
            {"name": "default", "prefixes": [], "weekdays": [["08:00", "21:00"]]},
            {"name": "France", "prefixes": ["33"], "weekdays": [["10:00", "13:00"], ["14:00", "20:00"]]},
            {
                "name": "United States",
                "prefixes": ["1"],
                "weekdays": [["08:00", "21:00"]],
                "sunday": [["12:00", "18:00"]],
            },
            {"name": "Florida", "prefixes": ["1305"], "weekdays": [["08:00", "20:00"]]},
        ]
    )
)


@pytest.mark.parametrize(
    ("device", "zone", "local", "rule"),
    [
        ("33199000007", "Europe/Paris", "2026-01-15 12:59:59", ""),
        ("33199000007", "Europe/Paris", "2026-01-15 13:00:00", "France"),
        ("33199000007", "Europe/Paris", "2026-01-15 14:00:00", ""),
        ("33199000007", "Europe/Paris", "2026-01-17 12:00:00", "France"),
        ("12025550143", "America/New_York", "2026-01-15 20:30:00", ""),
        ("13055550143", "America/New_York", "2026-01-15 20:30:00", "Florida"),
        ("12025550143", "America/New_York", "2026-01-17 12:00:00", "United States"),
        ("12025550143", "America/New_York", "2026-01-18 12:00:00", ""),
        ("493023125007", "Europe/Berlin", "2026-01-15 21:00:00", "default"),
        ("493023125007", "Europe/Berlin", "2026-01-15 08:00:00", ""),
        ("ada@example.org", "Europe/Berlin", "2026-01-15 03:00:00", ""),
    ],
)
def test_the_longest_prefix_tells_the_contact_times(device: str, zone: str, local: str, rule: str) -> None:
    """E-mail may be sent at any time."""
    one = record(device, zone)
    now = datetime.fromisoformat(local).replace(tzinfo=one.zone).timestamp()

    assert TIMES.blocking(one, now) == rule


def test_without_any_contact_times_it_is_always_time() -> None:
    assert Times().blocking(record(), NOON) == ""


@given(at=st.integers(0, 2**31), zone=st.sampled_from(["America/St_Johns", "Asia/Kolkata", "Pacific/Chatham", "UTC"]))
def test_contact_times_hold_on_the_contacts_own_clock(at: int, zone: str) -> None:
    """Whatever the time zone, the rule says what a person there would read off the wall."""
    one = record("919876543210", zone)
    local = datetime.fromtimestamp(at, one.zone)

    assert (TIMES.blocking(one, at) == "") == (local.weekday() < 5 and 8 <= local.hour < 21)


@given(ages=st.lists(st.integers(0, 200), max_size=20), limit=st.integers(1, 5), seconds=st.integers(1, 200))
def test_a_rule_never_lets_more_attempts_through_than_its_limit(ages: list[int], limit: int, seconds: int) -> None:
    assert blocks(rule(type="attempts", limit=limit, seconds=seconds), *ages) == (
        sum(age <= seconds for age in ages) >= limit
    )


def test_a_named_time_zone_wins_over_its_offset_and_an_unknown_one_falls_back_to_it() -> None:
    named = record(zone="Europe/Paris", GSW_TZ_OFFSET=-18000)
    unknown = record(zone="Lunar/Base", GSW_TZ_OFFSET=-18000)

    assert named.local_time(NOON).utcoffset() == timedelta(hours=1)
    assert unknown.local_time(NOON).utcoffset() == timedelta(hours=-5)


def test_a_location_is_a_country_a_state_or_a_postal_code_too_and_all_that_is_said_has_to_fit() -> None:
    florida = rule(type="location", countries=["US"], states=["FL", "GA"])
    miami = {"cd_country_code_iso": "US", "c_state_code": "FL", "c_postal_code": "33101"}

    assert blocks(florida, of=record(**miami))
    assert not blocks(florida, of=record(**{**miami, "c_state_code": "NY"}))
    assert not blocks(florida, of=record(**{**miami, "cd_country_code_iso": "BR"}))
    assert not blocks(florida)
    assert blocks(rule(type="location", postalCodes=["331"]), of=record(**miami))


def test_the_devices_own_country_goes_before_the_contacts() -> None:
    both = record(cd_country_code_iso="GB", c_country_code_iso="US", cd_state_code=None, c_state_code="FL")

    assert (both.country, both.state) == ("GB", "FL")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, '"type" is missing.'),
        ({"type": "attempt"}, '"type" is "attempt".'),
        ({"type": "attempts"}, '"limit" is missing.'),
        ({"type": "attempts", "limit": "3"}, "\"limit\" is to be a whole number, not '3'."),
        ({"type": "attempts", "limit": 0}, '"limit" is 0.'),
        ({"type": "attempts", "limit": 3, "seconds": -1}, '"seconds" is -1.'),
        ({"type": "attempts", "limit": 3, "by": "agent"}, '"by" is "agent".'),
        ({"type": "attempts", "limit": 3, "results": ["busy"]}, "\"results\" is ['busy']."),
        ({"type": "location"}, '"prefixes" is missing.'),
        ({"type": "location", "prefixes": ["+1305"]}, "\"prefixes\" has '+1305'."),
        ({"type": "dates", "dates": ["tomorrow"]}, "\"dates\" has 'tomorrow'."),
        ({"type": "dates"}, '"dates" is missing.'),
        ({"type": "times", "weekdays": [["8", "late"]]}, "Contact times have ['8', 'late']."),
        ({"type": "times", "weekdays": [["08:00"]]}, "Contact times have ['08:00']."),
        ({"type": "times", "weekdays": [["21:00", "08:00"]]}, "Contact times have ['21:00', '08:00']."),
        ({"type": "times", "weekdays": [["08:00", "25:00"]]}, "Contact times have ['08:00', '25:00']."),
        ({"type": "times", "weekdays": "always"}, "\"weekdays\" is 'always'."),
        ({"type": "times", "weekdays": [["08:60", "21:00"]]}, "Contact times have ['08:60', '21:00']."),
        ({"type": "attempts", "limit": 101}, '"limit" is 101.'),
        ({"type": "attempts", "limit": True}, '"limit" is to be a whole number, not True.'),
        ({"type": "attempts", "limit": 1, "seconds": 30 * 86400 + 1}, '"seconds" is 2592001.'),
        ({"type": "attempts", "limit": 1, "results": [True]}, '"results" is [True].'),
        ({"type": "attempts", "limit": 1, "priority": 0}, '"priority" is 0.'),
        ({"type": "attempts", "limit": 1, "priority": 1001}, '"priority" is 1001.'),
        ({"type": "attempts", "limit": 1, "required": "no"}, "\"required\" is to be true or false, not 'no'."),
        ({"type": "location", "prefixes": ["\u0661"]}, "\"prefixes\" has '\u0661'."),
        ({"type": "location", "prefixes": ["1"] * 10_001}, '"prefixes" has 10001.'),
        ({"type": "location", "states": [""]}, "\"states\" is ['']."),
        ({"type": "timezone", "prefixes": ["1"]}, '"timeZone" is missing.'),
        ({"type": "timezone", "timeZone": "Lunar/Base", "prefixes": ["1"]}, '"timeZone" is "Lunar/Base".'),
        ({"type": "timezone", "timeZone": "Europe/Paris"}, '"prefixes" is missing.'),
        ({"type": "external"}, '"url" is missing.'),
        ({"type": "external", "url": "http://"}, "\"url\" is 'http://'."),
        ({"type": "external", "url": "http://a b/"}, "\"url\" is 'http://a b/'."),
        ({"type": "external", "url": "http://me:you@a/"}, "\"url\" is 'http://me:you@a/'."),
        ({"type": "external", "url": "http://[::1"}, "\"url\" is 'http://[::1'."),
        ({"type": "external", "url": "http://a:99999/"}, "\"url\" is 'http://a:99999/'."),
        ({"type": "external", "url": "http://a/", "milliseconds": 49}, '"milliseconds" is 49.'),
        ({"type": "external", "url": "http://a/", "otherwise": "wait"}, '"otherwise" is "wait".'),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_the_reason(data: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        rule_of("rule", data)

    assert refused.value.message == words
    assert refused.value.status == 400


TEXTS = st.text(max_size=5)
ANYTHING = st.one_of(
    st.none(),
    st.integers(),
    TEXTS,
    st.sampled_from(["attempts", "location", "dates", "times", "timezone", "external"]),
    st.lists(st.one_of(TEXTS, st.integers(), st.lists(TEXTS, max_size=3)), max_size=3),
)
FIELDS = st.sampled_from(
    ["type", "limit", "prefixes", "dates", "weekdays", "by", "seconds", "url", "timeZone", "states", "priority"]
)


@given(st.dictionaries(FIELDS, ANYTHING))
def test_whatever_is_sent_as_a_rule_is_read_or_refused(data: dict[str, Any]) -> None:
    try:
        rule_of("rule", data)
    except Refusal as refused:
        assert refused.status == 400
