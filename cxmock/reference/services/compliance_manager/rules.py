"""The rules of compliance: each looks at a record and says whether it forbids the attempt. No input or output.

Documented are the kinds of rules (attempts, location, contact times, contact dates, custom time zones, external
pre-dial validation), that attempts count in the last T or today, by device or client and by call result, that required
rules hold for every campaign, and that priority 1 is the highest. Which call result a blocked record gets is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from cxmock.reference.services.compliance_manager.record import NOT_MADE, Attempt, Record
from cxmock.wire.genesys.enumerations import CallResult

Attempts = Mapping[str, Sequence[Attempt]]
"""``device`` and ``client`` -> what was tried there, without the attempt that is asked for."""
Hours = Mapping[str, tuple[str, tuple[tuple[tuple[int, int], ...], ...]]]
"""Prefix -> name of the rule, and for weekdays, Saturday and Sunday the spans in seconds since midnight."""


class Rule(Protocol):
    """Forbids attempts."""

    @property
    def name(self) -> str:
        """The name that the tenant gave it."""

    @property
    def kind(self) -> str:
        """Told as ``GSW_BLOCKING_RULE_TYPE``."""

    @property
    def result(self) -> CallResult:
        """What becomes of a record that is blocked."""

    @property
    def priority(self) -> int:
        """1 is asked first."""

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether the attempt is forbidden at ``now`` (UTC seconds)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact is: all that is said has to fit, and of what is said one has to.

    >>> from cxmock.reference.services.compliance_manager.record import Record
    >>> miami = Record.read({"GSW_PHONE": "+13055550143", "cd_country_code_iso": "US", "cd_state_code": "FL"})
    >>> Place(countries=("US", "CA"), states=("FL",)).holds(miami), Place(("44",)).holds(miami), Place().holds(miami)
    (True, False, True)
    """

    prefixes: tuple[str, ...] = ()
    """How the number begins: digits with the calling code."""
    countries: tuple[str, ...] = ()
    """ISO 3166."""
    states: tuple[str, ...] = ()
    """As the calling list has them."""
    postal_codes: tuple[str, ...] = ()
    """How the postal code begins."""

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.countries or self.states or self.postal_codes)

    def holds(self, record: Record) -> bool:
        """Return whether a record's contact is there."""
        return (
            (not self.prefixes or record.device.startswith(self.prefixes))
            and (not self.countries or record.country in self.countries)
            and (not self.states or record.state in self.states)
            and (not self.postal_codes or record.postal_code.startswith(self.postal_codes))
        )


@dataclass(frozen=True, slots=True)
class AttemptRule:
    """At most so many attempts in the last seconds, or today."""

    name: str
    priority: int
    limit: int
    seconds: int
    """0: today, in the contact's own time zone."""
    by: str
    """``device`` or ``client``."""
    results: frozenset[int]
    """The call results that count; none: all."""
    kind = "attempts"
    result = CallResult.STALE

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether there were enough attempts already."""
        tried = attempts[self.by]
        if len(tried) < self.limit:
            return False
        if self.seconds:
            since = now - self.seconds
        else:
            since = record.local_time(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        counted = [one for one in tried if one.at >= since and one.result != NOT_MADE]
        return sum(not self.results or one.result in self.results for one in counted) >= self.limit


@dataclass(frozen=True, slots=True)
class LocationRule:
    """No attempts on whoever is there."""

    name: str
    priority: int
    place: Place
    kind = "location"
    result = CallResult.DO_NOT_CALL

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether the contact is there."""
        return self.place.holds(record)


@dataclass(frozen=True, slots=True)
class DateRule:
    """No attempts on these days, in the contact's own time, on whoever is there (nowhere said: on anybody)."""

    name: str
    priority: int
    dates: frozenset[str]
    place: Place
    kind = "dates"
    result = CallResult.STALE

    def blocks(self, record: Record, attempts: Attempts, now: float) -> bool:
        """Return whether it is such a day."""
        return record.local_time(now).date().isoformat() in self.dates and self.place.holds(record)


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A time zone of the tenant's own: the clock of whoever is there, whatever the calling list says."""

    name: str
    priority: int
    zone: tzinfo
    place: Place


@dataclass(frozen=True, slots=True)
class ExternalRule:
    """The customer's own validation, asked when no rule here forbids an attempt (assumed).

    It gets the record as OCS sent it and answers as Compliance Manager does: 200 to dial, 409 not to, with a
    ``GSW_CALL_RESULT`` where it wants another than do-not-call (assumed).
    """

    name: str
    priority: int
    url: str
    within: float
    """Seconds."""
    otherwise: str
    """``block`` or ``dial``: what becomes of a record when it gives no such answer in time."""
    kind = "external"


@dataclass(frozen=True, slots=True)
class Times:
    """Contact times by prefix: of those that begin a number, the longest is the one for it."""

    hours: Hours = field(default_factory=dict)
    lengths: tuple[int, ...] = field(init=False)
    """Of the prefixes, the longest first."""
    kind = "times"
    result = CallResult.STALE

    def __post_init__(self) -> None:
        object.__setattr__(self, "lengths", tuple(sorted({len(prefix) for prefix in self.hours}, reverse=True)))

    def blocking(self, record: Record, now: float) -> str:
        """Return the name of the rule by which this is not the time to call, or nothing."""
        if record.channel == "email":
            return ""
        device, hours = record.device, self.hours
        for length in self.lengths:
            if (found := hours.get(device[:length])) is not None:
                name, days = found
                local = record.local_time(now)
                seconds = local.hour * 3600 + local.minute * 60 + local.second
                day = max(0, local.weekday() - 4)
                return "" if any(begin <= seconds < end for begin, end in days[day]) else name
        return ""
