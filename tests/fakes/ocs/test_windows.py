"""Daily windows: seconds of the record's own day, wherever it is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.fakes.ocs.windows import Window, offset, zone_named

HOUR = 3600
OFFICE = Window(9 * HOUR, 17 * HOUR)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("window", "at", "zone", "opens"),
    [
        (OFFICE, "2026-01-15T11:00", "Europe/Berlin", True),
        (OFFICE, "2026-01-15T07:59", "Europe/Berlin", False),
        (OFFICE, "2026-01-15T08:00", "Europe/Berlin", True),
        (OFFICE, "2026-01-15T16:00", "Europe/Berlin", False),
        (OFFICE, "2026-07-15T07:00", "Europe/Berlin", True),
        (OFFICE, "2026-01-15T13:59", "America/New_York", False),
        (OFFICE, "2026-01-15T03:30", "Asia/Kolkata", True),
        (Window(20 * HOUR, 6 * HOUR), "2026-01-15T23:00", "Europe/London", True),
        (Window(20 * HOUR, 6 * HOUR), "2026-01-15T05:59", "Europe/London", True),
        (Window(20 * HOUR, 6 * HOUR), "2026-01-15T06:00", "Europe/London", False),
        (Window(0, 0), "2026-01-15T03:00", "Europe/London", True),
    ],
)
def test_a_window_is_open_by_the_clock_on_the_contact_s_wall(window: Window, at: str, zone: str, opens: bool) -> None:
    assert window.open(utc(at), ZoneInfo(zone)) is opens


def test_the_next_opening_skips_the_hour_that_a_change_of_clocks_swallows() -> None:
    """On 29 March 2026 there is no 2 o'clock in Berlin."""
    night = Window(2 * HOUR, 3 * HOUR)
    opens = night.opening(utc("2026-03-28T12:00"), ZoneInfo("Europe/Berlin"))
    assert datetime.fromtimestamp(opens, UTC) == datetime(2026, 3, 30, 0, tzinfo=UTC)


@given(
    st.integers(0, 86399),
    st.integers(0, 86399),
    st.floats(utc("2026-01-01"), utc("2027-12-31")),
    st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_at_its_opening_a_window_is_open_and_not_long_before(start: int, end: int, at: float, name: str) -> None:
    window, zone = Window(start, end), ZoneInfo(name)
    opens = window.opening(at, zone)
    assert at <= opens <= at + 2 * 86400 + 2 * HOUR
    if opens > at:
        assert not window.open(at, zone)
        assert window.open(opens, zone) or window.end - window.start in range(2 * HOUR)


def test_an_unknown_zone_is_utc() -> None:
    assert offset(0, zone_named("Europe/Atlantis")) == offset(0, zone_named("../etc/passwd")) == 0
    assert offset(utc("2026-07-01"), zone_named("Europe/Berlin")) == 2 * HOUR
