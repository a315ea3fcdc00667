"""When jobs are due: once, or by cron in a time zone, on the days on which the clocks change, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.services.job_scheduler.schedule import Schedule, schedule_of


def dues(cron: str, zone: str, begin: str, count: int) -> list[str]:
    """Return the next times on the wall, each with its distance from UTC."""
    place, told = ZoneInfo(zone), []
    moment = datetime.fromisoformat(begin).replace(tzinfo=place).timestamp()
    for _ in range(count):
        due = Schedule(cron=cron, zone=zone).after(moment, "UTC")
        assert due is not None and due > moment
        told.append(datetime.fromtimestamp(due, place).strftime("%a %H:%M%z"))
        moment = due
    return told


def test_a_job_at_a_fixed_hour_runs_once_a_day_when_an_hour_is_skipped() -> None:
    """In Paris there is no half past two on 29 March 2026: it runs when the gap ends."""
    told = dues("30 2 * * *", "Europe/Paris", "2026-03-28 00:00", 3)
    assert told == ["Sat 02:30+0100", "Sun 03:00+0200", "Mon 02:30+0200"]


def test_a_job_at_a_fixed_hour_runs_once_a_day_when_an_hour_comes_twice() -> None:
    """In Paris it is half past two twice on 25 October 2026: it runs the first time."""
    told = dues("30 2 * * *", "Europe/Paris", "2026-10-24 00:00", 3)
    assert told == ["Sat 02:30+0200", "Sun 02:30+0200", "Mon 02:30+0100"]


def test_a_job_of_every_hour_runs_in_every_hour_there_is() -> None:
    skipped = dues("15 * * * *", "America/New_York", "2026-03-08 00:30", 3)
    assert skipped == ["Sun 01:15-0500", "Sun 03:15-0400", "Sun 04:15-0400"]
    twice = dues("15 * * * *", "America/New_York", "2026-11-01 00:30", 4)
    assert twice == ["Sun 01:15-0400", "Sun 01:15-0500", "Sun 02:15-0500", "Sun 03:15-0500"]


def test_the_day_goes_on_as_ever_around_a_change_of_half_an_hour() -> None:
    told = dues("0,45 1 * * *", "Australia/Lord_Howe", "2026-04-05 00:00", 2)
    assert told == ["Sun 01:00+1100", "Sun 01:45+1100"]


def test_a_cron_expression_is_in_the_tenants_time_zone_unless_it_names_one() -> None:
    noon = {"cron": "0 12 * * *"}
    schedule, own = schedule_of(noon), schedule_of(noon | {"timeZone": "Asia/Tokyo"})
    assert schedule is not None and own is not None
    assert schedule.after(1_767_225_600, "America/New_York") == 1_767_225_600 + 17 * 3600
    assert own.after(1_767_225_600, "America/New_York") == 1_767_225_600 + 3 * 3600


def test_a_schedule_holds_from_its_start_to_its_end() -> None:
    schedule = schedule_of({"cron": "0 8 * * *", "start": "2026-01-10T08:00:00Z", "end": "2026-01-11T08:00:00Z"})
    assert schedule is not None
    first = schedule.after(0, "UTC")
    assert first == datetime.fromisoformat("2026-01-10T08:00:00Z").timestamp()
    second = schedule.after(first, "UTC")
    assert second == first + 86400
    assert schedule.after(second, "UTC") is None


def test_once_is_once() -> None:
    schedule = schedule_of({"at": "2026-01-10T08:00:00+01:00"})
    assert schedule is not None and schedule.at is not None
    assert schedule.after(0, "UTC") == schedule.at
    assert schedule.after(schedule.at, "UTC") is None
    assert schedule.shown() == {"at": "2026-01-10T07:00:00Z"}


@pytest.mark.parametrize(
    "said",
    [
        7,
        [],
        {},
        {"at": None},
        {"at": "soon"},
        {"at": "9999-12-31T23:59:59-23:59"},
        {"at": "2026-01-10T08:00:00Z", "cron": "0 8 * * *"},
        {"cron": ""},
        {"cron": None},
        {"cron": "hourly"},
        {"cron": "@daily"},
        {"cron": "0 8 * *"},
        {"cron": "0 0 8 * * *"},
        {"cron": "60 8 * * *"},
        {"cron": "0 24 * * *"},
        {"cron": "0 8 * * funday"},
        {"cron": "*/0 8 * * *"},
        {"cron": "H 8 * * *"},
        {"cron": "0 8 30 2 *"},
        {"cron": "0 8 * * *", "timeZone": "Lunar/Base"},
        {"cron": "0 8 * * *", "timeZone": "../../etc/passwd"},
        {"cron": "0 8 * * *", "timeZone": 7},
        {"cron": "0 8 * * *", "colour": "red"},
        {"cron": "0 8 * * *", "start": "2026-02-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        {"cron": "0 8 * * *", "start": "2026-02-01T09:00:00Z", "end": "2026-02-01T10:00:00Z"},
        {"cron": "* " * 500},
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(said: Any) -> None:
    with pytest.raises(Refusal) as refused:
        schedule_of(said)
    assert refused.value.code == Code.INVALID


ANYTHING = st.none() | st.integers() | st.text(max_size=20) | st.sampled_from(["0 8 * * *", "2026-01-01", "UTC"])


@given(st.dictionaries(st.sampled_from(["at", "cron", "timeZone", "start", "end", "x"]), ANYTHING) | ANYTHING)
def test_whatever_is_sent_as_a_schedule_is_read_or_refused(said: Any) -> None:
    try:
        schedule_of(said)
    except Refusal as refused:
        assert refused.code == Code.INVALID


ZONES = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"])
CRONS = st.sampled_from(["*/15 * * * *", "30 2 * * *", "0 */2 * * *", "45 1 * * sun", "0 0 1 * *", "5 1-3 * * *"])


MILLISECONDS = st.integers(1_767_225_600_000, 1_830_297_600_000).map(lambda told: told / 1000)


@given(CRONS, ZONES, MILLISECONDS)
def test_the_next_time_is_always_later_and_nothing_lies_between(cron: str, zone: str, moment: float) -> None:
    schedule = Schedule(cron=cron, zone=zone)
    due = schedule.after(moment, "UTC")
    assert due is not None and due > moment
    assert schedule.after((moment + due) / 2, "UTC") == due
