"""A record as OCS sends it for validation, and one attempt as history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from cxmock.reference.envelope import Code, Refusal, one_of
from cxmock.reference.keys import device_entry
from cxmock.wire.genesys.enumerations import CallResult

CHANNELS = ("voice", "sms", "email")
LAST_MOMENT = 2**31 - 1
"""The last moment that a column of a calling list can hold, in UTC seconds."""
TEXT_LIMIT = 255
"""Characters of what becomes part of a key: a device, a client, an attempt (assumed)."""


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
    group: str
    """The campaign group; empty where OCS does not say."""
    zone: tzinfo
    told: Mapping[str, Any]
    """All its properties."""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Record:
        """Read the body of a validation request: the record's properties.

        ``media`` may tell the channel (assumed); without it an address is e-mail and a number is voice.

        Raises:
            Refusal: there is no device in it, or what is in it cannot be.
        """
        phone = body.get("GSW_PHONE")
        device = device_entry(phone) if isinstance(phone, str) else ""
        if not device:
            raise Refusal(Code.MISSING, '"GSW_PHONE" is missing.', "It is the number or address that is to be tried.")
        offset = body.get("GSW_TZ_OFFSET")
        media = text(body.get("media"))
        return cls(
            short("GSW_PHONE", device),
            short("GSW_CUSTOMER_ID", text(body.get("GSW_CUSTOMER_ID"))),
            short("GSW_CALL_ATTEMPT_GUID", text(body.get("GSW_CALL_ATTEMPT_GUID"))),
            one_of("media", media, CHANNELS) if media else "email" if "@" in device else "voice",
            text(body.get("GSW_CAMPAIGN_GROUP_NAME")),
            zone_of(text(body.get("GSW_TZ_NAME")), offset if type(offset) is int else 0),
            body,
        )

    def local_time(self, now: float) -> datetime:
        """Return what a clock on the contact's wall shows."""
        return datetime.fromtimestamp(now, self.zone)

    @property
    def country(self) -> str:
        """ISO 3166, of the device, else of the contact; empty where the calling list does not say."""
        return text(self.told.get("cd_country_code_iso") or self.told.get("c_country_code_iso"))

    @property
    def state(self) -> str:
        """The state or region, of the device, else of the contact."""
        return text(self.told.get("cd_state_code") or self.told.get("c_state_code"))

    @property
    def postal_code(self) -> str:
        """The contact's."""
        return text(self.told.get("c_postal_code"))


NOT_MADE = -1
"""Stands for the result of an attempt that was forbidden: it does not count."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt on a device or a client."""

    at: int
    """In UTC seconds."""
    result: int

    @classmethod
    def parse(cls, kept: str | bytes) -> Attempt:
        """Read an attempt as Redis keeps it.

        >>> Attempt.parse("1767225600 7")
        Attempt(at=1767225600, result=7)
        """
        at, result = kept.split()
        return cls(int(at), int(result))

    def __str__(self) -> str:
        return f"{self.at} {self.result}"

    @classmethod
    def told(cls, history: Mapping[str, Any], now: float) -> Attempt:
        """Return the attempt that a history record tells; what it leaves out is the present and "unknown".

        An attempt was not made when a rule is named that blocked it, or when it ended and was never dialed (assumed).

        Raises:
            Refusal: a moment or the call result is no number that can be one (652).
        """
        at = next((value for name in _TIMES if (value := _number(history, name, LAST_MOMENT)) is not None), int(now))
        result = _number(history, "GSW_CALL_RESULT", LAST_MOMENT)
        if history.get("GSW_BLOCKING_RULE") or ("GSW_DIALING" in history and history["GSW_DIALING"] is None):
            return cls(at, NOT_MADE)
        return cls(at, CallResult.UNKNOWN if result is None else result)


_TIMES = ("GSW_CALL_TIME", "GSW_START_PROCESSING")


def _number(told: Mapping[str, Any], name: str, most: int) -> int | None:
    value = told.get(name)
    if value is not None and (type(value) is not int or not 0 <= value <= most):
        raise Refusal(Code.INVALID, f'"{name}" is {value!r:.60}.', f"It is to be a whole number, 0 to {most}, or null.")
    return value


def text(value: object) -> str:
    """Return a property as text: OCS sends null for an empty column, and numbers as numbers.

    >>> text(None), text(7), text("C1")
    ('', '7', 'C1')
    """
    return value if isinstance(value, str) else "" if value is None else str(value)


def short(name: str, value: str) -> str:
    """Return ``value`` if it can be part of a key.

    Raises:
        Refusal: it is too long (652).
    """
    if len(value) > TEXT_LIMIT:
        raise Refusal(Code.INVALID, f'"{name}" has {len(value)} characters.', f"It has at most {TEXT_LIMIT}.")
    return value


@lru_cache(maxsize=1024)
def zone_of(name: str, offset: int) -> tzinfo:
    """Return a time zone by its name, else by its offset in seconds east of UTC (assumed).

    >>> str(zone_of("Europe/London", 0)), str(zone_of("CET by another name", 3600)), str(zone_of("", 0))
    ('Europe/London', 'UTC+01:00', 'UTC')
    """
    return named_zone(name) or (timezone(timedelta(seconds=offset)) if abs(offset) < 86400 else UTC)


def named_zone(name: str) -> tzinfo | None:
    """Return a time zone by its IANA name; None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, LookupError):
        return None
