"""When a job is due: once, or by a cron expression in a time zone, right over changes of the clocks.

What cron does at a change of the clocks is not standardized; here it is as the cron of Debian documents it: a job at a
fixed hour runs once on every day, also where that hour is skipped (then right after the gap) or comes twice (then the
first time); a job of every hour runs in every hour there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from cxmock.reference.envelope import Code, Refusal

FIELDS: Final = 5
CRON_LIMIT: Final = 200
"""Characters of a cron expression."""
_WINDOW: Final = timedelta(hours=3)
"""Changes of the clocks are smaller (but for islands that change sides of the date line)."""
_FIELD = re.compile(r"[0-9A-Za-z*/,-]+")
FIRST, LAST = 0.0, 4_102_444_800.0
"""1970 and 2100, in UTC seconds."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due."""

    at: float | None = None
    """Once, in UTC seconds."""
    cron: str = ""
    """Again and again: minute, hour, day of the month, month, day of the week."""
    zone: str = ""
    """The time zone that ``cron`` is in; empty: the tenant's."""
    start: float | None = None
    """Not before, in UTC seconds."""
    end: float | None = None
    """Not after."""

    def after(self, moment: float, tenant_zone: str) -> float | None:
        """Return the first time after ``moment`` at which the job is due, in UTC seconds; None when there is none.

        >>> Schedule(cron="30 8 * * mon-fri", zone="Europe/London").after(1_767_225_600, "UTC")
        1767256200.0
        """
        if not self.cron:
            return self.at if self.at is not None and self.at > moment else None
        # A moment before: whoever starts at eight means eight o'clock, too.
        earliest = moment if self.start is None else max(moment, self.start - 1)
        due = _next(self.cron, ZoneInfo(self.zone or tenant_zone), earliest)
        return due if due is not None and (self.end is None or due <= self.end) else None

    def shown(self) -> dict[str, Any]:
        """Return the schedule as the API tells it."""
        if not self.cron:
            return {"at": iso(self.at or 0)}
        told = {"cron": self.cron, "timeZone": self.zone}
        told |= {name: iso(value) for name, value in (("start", self.start), ("end", self.end)) if value is not None}
        return {name: value for name, value in told.items() if value}


def schedule_of(said: object) -> Schedule | None:
    """Return the schedule that a request wants; None for a job that runs on demand only.

    ``{"at": "2026-03-01T08:00:00Z"}`` is once; ``{"cron": "0 8 * * mon-fri"}`` again and again, with ``timeZone``,
    ``start`` and ``end`` where wanted.

    Raises:
        Refusal: it cannot be read, or never comes (652).
    """
    if said is None:
        return None
    if not isinstance(said, Mapping) or ("at" in said) == ("cron" in said):
        raise Refusal(
            Code.INVALID,
            '"schedule" cannot be read.',
            '{"at": "2026-03-01T08:00:00Z"}, {"cron": "0 8 * * mon-fri", "timeZone": "Europe/Paris"}, '
            "or null to run on demand.",
        )
    known = ("at",) if "at" in said else ("cron", "timeZone", "start", "end")
    if odd := [str(name) for name in said if name not in known]:
        raise Refusal(Code.INVALID, f'"schedule.{odd[0]:.40}" is not known here.', f"There is: {', '.join(known)}.")
    if "at" in said:
        return Schedule(at=moment("schedule.at", said["at"]))
    start, end = (
        None if said.get(name) is None else moment(f"schedule.{name}", said[name]) for name in ("start", "end")
    )
    if start is not None and end is not None and end < start:
        raise Refusal(Code.INVALID, f'"schedule" ends ({iso(end)}) before it starts ({iso(start)}).')
    schedule = Schedule(cron=_cron(said["cron"]), zone=time_zone(said.get("timeZone") or ""), start=start, end=end)
    if schedule.after(FIRST if start is None else start - 1, "UTC") is None:
        raise Refusal(Code.INVALID, f'"schedule" never comes: {schedule.cron}.', "Say another day, or a later end.")
    return schedule


def moment(name: str, said: object) -> float:
    """Return a moment in UTC seconds; without an offset it is meant in UTC.

    Raises:
        Refusal: it is none (652).
    """
    try:
        when = datetime.fromisoformat(said) if isinstance(said, str) else None
        seconds = None if when is None else (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        seconds = None
    if seconds is None or not FIRST <= seconds <= LAST:
        raise Refusal(
            Code.INVALID, f'"{name}" is {said!r:.60}.', "A moment between 1970 and 2100: 2026-03-01T08:00:00Z."
        )
    return seconds


def time_zone(said: object) -> str:
    """Return the name of a time zone; an empty one is the tenant's.

    Raises:
        Refusal: there is none of that name (652).
    """
    if said == "":
        return ""
    try:
        if isinstance(said, str) and ZoneInfo(said):
            return said
    except (OSError, ValueError, LookupError):
        pass
    raise Refusal(Code.INVALID, f'"timeZone" is {said!r:.60}.', "An IANA name, such as Europe/Paris.")


def iso(when: float) -> str:
    """Return UTC seconds as people read them.

    >>> iso(1_767_225_600)
    '2026-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cron(said: object) -> str:
    """Return a cron expression of five fields."""
    from croniter import croniter

    text = " ".join(said.split()) if isinstance(said, str) and len(said) <= CRON_LIMIT else ""
    fields = text.split(" ")
    if len(fields) == FIELDS and all(_FIELD.fullmatch(one) for one in fields):
        try:
            croniter(text)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError):
            pass
        else:
            return text
    raise Refusal(
        Code.INVALID,
        f'"schedule.cron" is {said!r:.80}.',
        "Five fields: minute 0-59, hour 0-23, day of the month 1-31, month 1-12, day of the week 0-6 or sun-sat.",
    )


def _next(cron: str, zone: ZoneInfo, after: float) -> float | None:
    """Return the first moment after ``after`` that ``cron`` names in ``zone``."""
    every_hour = cron.split(" ")[1].startswith("*")
    local = datetime.fromtimestamp(after, zone).replace(tzinfo=None)
    best: float | None = None
    # Wall clocks do not only go forward: what comes first on them may come second.
    for wall in _walls(cron, local - _WINDOW):
        if best is not None and wall > datetime.fromtimestamp(best, zone).replace(tzinfo=None) + _WINDOW:
            break
        for seconds in _moments(wall, zone, every_hour=every_hour):
            if seconds > after and (best is None or seconds < best):
                best = seconds
        if best is not None and _steady(zone, after, best):
            break
    return best


def _walls(cron: str, after: datetime) -> Iterator[datetime]:
    """Yield what the clock on the wall shows whenever ``cron`` is due."""
    from croniter import CroniterError, croniter

    times = croniter(cron, after)
    try:
        while True:
            wall: datetime = times.get_next(datetime)  # type: ignore[no-untyped-call]
            if wall.year >= 2100:
                return
            yield wall
    except CroniterError:  # no such day for many years
        return


def _moments(wall: datetime, zone: ZoneInfo, *, every_hour: bool) -> list[float]:
    """Return the moments that are meant when a clock on a wall in ``zone`` shows ``wall``, in UTC seconds."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before == after:
        return [first.timestamp()]
    if before > after:  # comes twice
        return [first.timestamp(), second.timestamp()] if every_hour else [first.timestamp()]
    return [] if every_hour else [_end_of_gap(wall, zone)]


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> float:
    """Return the moment of the change of the clocks that skips ``wall``."""
    low, high = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (1, 0))
    target = wall.replace(tzinfo=zone, fold=1).utcoffset()  # of the time after the change
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == target:
            high = middle
        else:
            low = middle + 1
    return float(low)


def _steady(zone: ZoneInfo, first: float, last: float) -> bool:
    """Return whether the clocks are not changed anywhere near."""
    near = _WINDOW.total_seconds()
    moments = (first - near, first, last, last + near)
    return len({datetime.fromtimestamp(one, zone).utcoffset() for one in moments}) == 1
