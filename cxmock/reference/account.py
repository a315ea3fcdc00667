"""The account's settings: what holds where a request does not say it (documented that there are some, not which)."""

from __future__ import annotations

from typing import Any

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Choice, Field, Text, Whole
from cxmock.reference.objects import Stored
from cxmock.reference.resources import ObjectKind
from cxmock.reference.runtime import Runtime

ENCODINGS = ("", "UTF-8", "ISO-8859-1", "Windows-1252")
DEFAULT_ZONE = "UTC"


def _country(name: str, value: str) -> None:
    from phonenumbers import SUPPORTED_REGIONS

    if value not in SUPPORTED_REGIONS:
        raise Refusal(Code.INVALID, f'"{name}" is "{value:.20}".', "An ISO 3166 code of two letters, such as GB.")


def _zone(name: str, value: str) -> None:
    from zoneinfo import available_timezones

    if value not in available_timezones():
        raise Refusal(Code.INVALID, f'"{name}" is "{value:.40}".', "An IANA name, such as Europe/Paris.")


SETTINGS = ObjectKind(
    "settings",
    "account",
    (
        Field("country", Text(2, 2, check=_country, example="GB"), "Where numbers are from.", default="US"),
        Field("timeZone", Text(64, 1, check=_zone, example="Europe/Paris"), "Of contacts.", default=DEFAULT_ZONE),
        Field("encoding", Choice(ENCODINGS), "Of files; empty: to be found out.", default=""),
        Field("messageDays", Whole(1, 3650), "How long messages and their receipts are kept.", default=90),
    ),
)
ACCOUNT = "account"
"""The one object of that kind."""


async def account(runtime: Runtime) -> dict[str, Any]:
    """Return the account's settings; the defaults until somebody changed them."""
    found = await runtime.objects(SETTINGS.name).find(ACCOUNT)
    shown = SETTINGS.shown(found or Stored(ACCOUNT, 0, 0, 0, {}))
    return {one.name: shown[one.name] for one in SETTINGS.fields}
