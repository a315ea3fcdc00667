"""A record as OCS sends it for validation, and one attempt as history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.keys import device_entry
from cxmock.wire.genesys.enumerations import CallResult


@dataclass(frozen=True, slots=True)
class Record:
    """What rules look at."""

    device: str
    """As it stands in suppression lists: :func:`cxmock.reference.keys.device_entry`."""
    client: str
    guid: str
    """Of the attempt that is asked for."""
    channel: str
    """``voice``, ``sms`` or ``email``."""
    zone: tzinfo

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Record:
        """Read the body of a validation request: the record's properties.

        ``media`` may tell the channel (assumed); without it an address is e-mail and a number is voice.

        Raises:
            Refusal: there is no device in it.
        """
        phone = body.get("GSW_PHONE")
        device = device_entry(phone) if isinstance(phone, str) else ""
        offset = body.get("GSW_TZ_OFFSET")
        if not device:
            raise Refusal(Code.MISSING, '"GSW_PHONE" is missing.', "It is the number or address that is to be tried.")
        return cls(
            device,
            text(body.get("GSW_CUSTOMER_ID")),
            text(body.get("GSW_CALL_ATTEMPT_GUID")),
            text(body.get("media")) or ("email" if "@" in device else "voice"),
            zone_of(text(body.get("GSW_TZ_NAME")), offset if isinstance(offset, int) else 0),
        )

    def local_time(self, now: float) -> datetime:
        """Return what a clock on the contact's wall shows."""
        return datetime.fromtimestamp(now, self.zone)


NOT_MADE = -1
"""Stands for the result of an attempt that was forbidden: it does not count."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt on a device or a client."""

    at: int
    """In UTC seconds."""
    result: int

    @classmethod
    def parse(cls, kept: str) -> Attempt:
        """Read an attempt as Redis keeps it.

        >>> Attempt.parse("1767225600 7")
        Attempt(at=1767225600, result=7)
        """
        at, _, result = kept.partition(" ")
        return cls(int(at), int(result))

    def __str__(self) -> str:
        return f"{self.at} {self.result}"

    @classmethod
    def told(cls, history: Mapping[str, Any], now: float) -> Attempt:
        """Return the attempt that a history record tells; what it leaves out is the present and "unknown".

        An attempt was not made when a rule is named that blocked it, or when it ended and was never dialed (assumed).
        """
        at = next((value for name in _TIMES if isinstance(value := history.get(name), int)), int(now))
        if history.get("GSW_BLOCKING_RULE") or ("GSW_DIALING" in history and history["GSW_DIALING"] is None):
            return cls(at, NOT_MADE)
        result = history.get("GSW_CALL_RESULT")
        return cls(at, result if isinstance(result, int) else CallResult.UNKNOWN)


_TIMES = ("GSW_CALL_TIME", "GSW_START_PROCESSING")


def text(value: object) -> str:
    """Return a property as text: OCS sends null for an empty column, and numbers as numbers.

    >>> text(None), text(7), text("C1")
    ('', '7', 'C1')
    """
    return "" if value is None else str(value)


@lru_cache(maxsize=1024)
def zone_of(name: str, offset: int) -> tzinfo:
    """Return a time zone by its name, else by its offset in seconds east of UTC (assumed).

    >>> str(zone_of("Europe/London", 0)), str(zone_of("CET by another name", 3600)), str(zone_of("", 0))
    ('Europe/London', 'UTC+01:00', 'UTC')
    """
    try:
        if name:
            return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        pass
    return timezone(timedelta(seconds=offset)) if abs(offset) < 86400 else UTC
