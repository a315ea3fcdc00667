"""Devices: telephone numbers to E.164 with their parts, and e-mail addresses. Heavy: imported on first use."""

from __future__ import annotations

import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from cxmock.reference.services.list_builder import plans
from cxmock.wire.genesys.enumerations import ContactInfoType

ADDRESS_LIMIT = 128
"""Characters of an address (documented, as the length of ``contact_info``)."""
EXTENSION_LIMIT = 16

_NO_COUNTRY = "001"
"""What phonenumbers calls the region of numbers that no country has, such as +800."""
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


class Device(NamedTuple):
    """One way to reach somebody."""

    address: str
    """E.164, or an e-mail address in lower case."""
    kind: str
    """``mobile``, ``landline``, ``either`` of the two, ``other`` or ``email`` (words assumed)."""
    info_type: ContactInfoType
    country_code: str = ""
    """The calling code, such as ``44``."""
    country: str = ""
    """ISO 3166, such as ``GB``."""
    area_code: str = ""
    exchange: str = ""
    extension: str = ""
    number: str = ""
    """The national number."""


def is_country(code: str) -> bool:
    """Return whether ``code`` is an ISO 3166 code that numbers exist for.

    >>> is_country("GB"), is_country("XX")
    (True, False)
    """
    return code in phonenumbers.SUPPORTED_REGIONS


def device_of(text: str, country: str) -> Device | str:
    """Return the device that ``text`` means when dialed in ``country``, or why it is none.

    >>> device_of("(202) 555-0143", "US").address
    '+12025550143'
    >>> device_of("12", "US")
    '"12" is no number of US (too short)'
    >>> device_of("Ada@Example.org", "US").kind
    'email'
    """
    if "@" in text:
        return _email(text)
    if (found := plans.read(text, country)) is not None:
        return _device(found.code, found.national, found.region, found.kind, found.area)
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException as error:
        return _problem(text, country, _PARSE_PROBLEMS.get(error.error_type, str(error)))
    region = phonenumbers.region_code_for_number(number)
    kind = phonenumbers.number_type(number)
    if region is None or kind == PhoneNumberType.UNKNOWN:
        return _problem(text, country, _why_not(number))
    national = phonenumbers.national_significant_number(number)
    # NANP area codes are known without the look-up, which is the dearest of these calls.
    area = 3 if number.country_code == 1 else phonenumbers.length_of_national_destination_code(number)
    extension = (number.extension or "")[:EXTENSION_LIMIT]
    return _device(str(number.country_code), national, region, kind, area, extension)


def _device(code: str, national: str, region: str, kind: int, area: int, extension: str = "") -> Device:
    return Device(
        f"+{code}{national}",
        _KINDS.get(kind, "other"),
        ContactInfoType.MOBILE if kind == PhoneNumberType.MOBILE else ContactInfoType.HOME_PHONE,
        code,
        "" if region == _NO_COUNTRY else region,
        national[:area],
        national[area : area + 3],
        extension,
        national,
    )


_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
}
_PARSE_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: "no country is known for it",
    NumberParseException.NOT_A_NUMBER: "not a number at all",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too short",
    NumberParseException.TOO_SHORT_NSN: "too short",
    NumberParseException.TOO_LONG: "too long",
}
_POSSIBLE_PROBLEMS = {
    phonenumbers.ValidationResult.TOO_SHORT: "too short",
    phonenumbers.ValidationResult.TOO_LONG: "too long",
    phonenumbers.ValidationResult.INVALID_LENGTH: "of a wrong length",
}


def _why_not(number: phonenumbers.PhoneNumber) -> str:
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _POSSIBLE_PROBLEMS.get(reason, "nobody can have it")


def _email(text: str) -> Device | str:
    if len(text) > ADDRESS_LIMIT or not _EMAIL.fullmatch(text):
        return f'"{_shown(text)}" is no e-mail address'
    return Device(address=text.lower(), kind="email", info_type=ContactInfoType.EMAIL)


def _problem(text: str, country: str, why: str) -> str:
    international = text.lstrip().startswith("+")
    return f'"{_shown(text)}" is no number{"" if international else f" of {country}"} ({why})'


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
