"""When a record may be dialed: its daily window, in its own time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_DAYS_AHEAD = 3
"""A daily window opens at least once in so many days, even where a change of the clocks swallows one opening."""


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds since local midnight: from the first, till before the second; over midnight where it is later.

    Equal ends leave the whole day open (assumed).

    >>> from zoneinfo import ZoneInfo
    >>> office = Window(9 * 3600, 17 * 3600)
    >>> noon_in_berlin = datetime(2026, 1, 15, 11, tzinfo=UTC).timestamp()
    >>> office.open(noon_in_berlin, ZoneInfo("Europe/Berlin")), office.open(noon_in_berlin, ZoneInfo("Asia/Tokyo"))
    (True, False)
    """

    start: int
    end: int

    def open(self, at: float, zone: tzinfo) -> bool:
        """Whether a record may be dialed ``at`` (UTC seconds)."""
        if self.start == self.end:
            return True
        local = local_seconds(at, zone)
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def opening(self, at: float, zone: tzinfo) -> float:
        """Return the first moment at or after ``at`` when a record may be dialed, in UTC seconds.

        >>> from zoneinfo import ZoneInfo
        >>> evening = datetime(2026, 1, 15, 20, tzinfo=UTC).timestamp()
        >>> opens = Window(9 * 3600, 17 * 3600).opening(evening, ZoneInfo("America/New_York"))
        >>> datetime.fromtimestamp(opens, UTC).isoformat()
        '2026-01-15T20:00:00+00:00'
        >>> opens = Window(9 * 3600, 17 * 3600).opening(evening, ZoneInfo("Europe/Berlin"))
        >>> datetime.fromtimestamp(opens, UTC).isoformat()
        '2026-01-16T08:00:00+00:00'
        """
        if self.open(at, zone):
            return at
        today = datetime.fromtimestamp(at, zone).date()
        hours, rest = divmod(self.start % 86400, 3600)
        opens = time(hours, *divmod(rest, 60))
        for days in range(_DAYS_AHEAD):
            moment = datetime.combine(today + timedelta(days=days), opens, zone).timestamp()
            if moment >= at and self.open(moment, zone):
                return moment
        return at + 86400


def local_seconds(at: float, zone: tzinfo) -> int:
    """Return the seconds since midnight that a clock on the wall shows in ``zone``."""
    local = datetime.fromtimestamp(at, zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def offset(at: float, zone: tzinfo) -> int:
    """Return by how many seconds ``zone`` is ahead of UTC."""
    ahead = datetime.fromtimestamp(at, zone).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0


def zone_named(name: str) -> tzinfo:
    """Return the time zone of that name, UTC where there is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return UTC
