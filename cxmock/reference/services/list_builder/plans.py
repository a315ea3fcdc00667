"""Numbering plans: the patterns that phonenumbers has for each country, compiled once; most numbers need no more.

phonenumbers is the authority. What is read here is read as it would be (a test compares the two over numbers of every
country); whatever is unusual is left to it: letters, extensions, prefixes with a carrier's code, numbers that are none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumber, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc

_PLAIN = re.compile(r"[0-9(][0-9 ().-]{2,30}|\+[0-9 ().-]{3,30}")
"""How numbers are mostly written: digits and what people put between them."""
_BETWEEN = str.maketrans("", "", "+ ().-")
_SHORTEST, _LONGEST = 2, 17
"""Digits of a national number, by phonenumbers."""
_KINDS = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
    ("fixed_line", PhoneNumberType.FIXED_LINE),
    ("mobile", PhoneNumberType.MOBILE),
)
"""In the order in which the authority tries them."""


class Reading(NamedTuple):
    """A number that somebody can have."""

    code: str
    """The calling code."""
    national: str
    """The national number, all of its digits."""
    region: str
    """ISO 3166, or ``001``."""
    kind: int
    """One of phonenumbers' ``PhoneNumberType``."""
    area: int
    """How many digits of the national number are its area code."""


def read(text: str, country: str) -> Reading | None:
    """Return the number that ``text`` means when dialed in ``country``; None when it is for the authority to say.

    >>> read("(202) 555-0143", "US")
    Reading(code='1', national='2025550143', region='US', kind=2, area=3)
    >>> read("1-800-FLOWERS", "US")
    """
    if not _PLAIN.fullmatch(text):
        return None
    digits = text.translate(_BETWEEN)
    if text[0] == "+":
        found = next(((digits[:n], digits[n:]) for n in (1, 2, 3) if digits[:n] in _CODES), None)
        if found is None:
            return None
        plan, national = plan_of(found[0]), found[1]
        stripped = plan.regions[0].without_prefix(national)
    else:
        region = region_of(country)
        if region is None:
            return None
        plan = plan_of(region.code)
        stripped = region.national(digits, plan.regions[0])
    if stripped is None or not _SHORTEST <= len(stripped) <= _LONGEST:
        return None
    return plan.read(stripped)


class Region:
    """What the authority knows of one region's numbers, or of those that no country has."""

    def __init__(self, name: str, metadata: PhoneMetadata) -> None:
        self.name = name
        self.code = str(metadata.country_code)
        general = metadata.general_desc
        self._general = re.compile((general and general.national_number_pattern) or "(?!)")
        self._lengths = frozenset(general.possible_length if general else ())
        self._abroad = re.compile(metadata.international_prefix) if metadata.international_prefix else None
        prefix = metadata.national_prefix_for_parsing
        self._prefix = re.compile(prefix) if prefix else None
        self._transforms = bool(metadata.national_prefix_transform_rule)
        self.leading = re.compile(metadata.leading_digits) if metadata.leading_digits else None
        self._same = bool(metadata.same_mobile_and_fixed_line_pattern)
        self._descriptions = [(getattr(metadata, name), kind) for name, kind in _KINDS]
        self._mobile = _Description(metadata.mobile)
        self._by_length: dict[int, tuple[re.Pattern[str], list[int]]] = {}

    def national(self, digits: str, main: Region) -> str | None:
        """Return the national number of digits dialed here; None where it is not plain which they are."""
        if self._abroad is not None and self._abroad.match(digits):
            return None
        if digits.startswith(self.code):
            rest = digits[len(self.code) :]
            if self._prefix is not None and self._prefix.match(rest):
                return None
            if not self._general.fullmatch(digits):
                return main.without_prefix(rest) if self._general.fullmatch(rest) else None
            if len(digits) not in self._lengths:
                return None
        return self.without_prefix(digits)

    def without_prefix(self, digits: str) -> str | None:
        """Return digits without the national prefix, such as the 0 before a British number."""
        found = self._prefix.match(digits) if self._prefix is not None else None
        if found is None:
            return digits
        stripped = digits[found.end() :]
        if self._transforms and found.groups() and found.groups()[-1] is not None:
            return None
        return stripped if len(stripped) in self._lengths and self._general.fullmatch(stripped) else None

    def kind(self, national: str) -> int | None:
        """Return of which kind a number of this region is; None if it is none."""
        length = len(national)
        if length not in self._lengths or not self._general.fullmatch(national):
            return None
        pattern, kinds = self._by_length.get(length) or self._compiled(length)
        found = pattern.fullmatch(national)
        if found is None:
            return None
        kind = kinds[(found.lastindex or 1) - 1]
        if kind == PhoneNumberType.FIXED_LINE and (self._same or self._mobile.fits(national)):
            return PhoneNumberType.FIXED_LINE_OR_MOBILE
        return None if kind == PhoneNumberType.MOBILE and self._same else kind

    def _compiled(self, length: int) -> tuple[re.Pattern[str], list[int]]:
        """Return one pattern for all kinds that have numbers of this length, a group each."""
        fitting = [(one, kind) for one, kind in self._descriptions if _Description(one).has(length)]
        # An inner group would shift the numbers of the outer ones.
        patterns = [re.sub(r"(?<!\\)\((?!\?)", "(?:", one.national_number_pattern) for one, _ in fitting]
        compiled = re.compile("|".join(f"({one})" for one in patterns) or "(?!)"), [kind for _, kind in fitting]
        self._by_length[length] = compiled
        return compiled


class _Description:
    """One kind's numbers."""

    def __init__(self, description: PhoneNumberDesc | None) -> None:
        pattern = description.national_number_pattern if description is not None else None
        self._pattern = re.compile(pattern) if pattern else None
        self._lengths = tuple(description.possible_length) if description is not None else ()

    def has(self, length: int) -> bool:
        """Return whether there may be numbers of a length."""
        return self._pattern is not None and (not self._lengths or length in self._lengths)

    def fits(self, national: str) -> bool:
        """Return whether a number is one of these."""
        return self.has(len(national)) and self._pattern is not None and bool(self._pattern.fullmatch(national))


class Plan:
    """All regions of one calling code, the main one first."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.regions = [
            Region(name, metadata)
            for name in COUNTRY_CODE_TO_REGION_CODE[int(code)]
            if (metadata := PhoneMetadata.metadata_for_region_or_calling_code(int(code), name)) is not None
        ]
        main = PhoneMetadata.metadata_for_region_or_calling_code(int(code), COUNTRY_CODE_TO_REGION_CODE[int(code)][0])
        formats = main.intl_number_format or main.number_format if main is not None else ()
        self._formats = [
            (
                re.compile(one.leading_digits_pattern[-1]) if one.leading_digits_pattern else None,
                re.compile(one.pattern or "(?!)"),
            )
            for one in formats
        ]
        self._areas: dict[tuple[object, ...], int] = {}

    def read(self, national: str) -> Reading | None:
        """Return the region and kind of a national number; None if it is nobody's."""
        for region in self.regions:
            if region.leading is not None:
                if not region.leading.match(national):
                    continue
                kind = region.kind(national)
            elif (kind := region.kind(national)) is None and len(self.regions) > 1:
                continue
            if kind is None:
                return None
            return Reading(self.code, national, region.name, kind, self._area(national, kind))
        return None

    def _area(self, national: str, kind: int) -> int:
        """Return how long the area code is: the authority is asked once for each way of grouping digits."""
        if self.code == "1":
            return 3
        for leading, pattern in self._formats:
            if (leading is None or leading.match(national)) and (found := pattern.fullmatch(national)):
                key: tuple[object, ...] = (pattern, found.regs, kind)
                break
        else:
            key = (len(national), kind)
        area = self._areas.get(key)
        if area is None:
            area = self._areas[key] = phonenumbers.length_of_national_destination_code(_number(self.code, national))
        return area


_CODES = frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))


@cache
def plan_of(code: str) -> Plan:
    """Return the plan of a calling code."""
    return Plan(code)


@cache
def region_of(name: str) -> Region | None:
    """Return a region by its ISO 3166 code."""
    metadata = PhoneMetadata.metadata_for_region(name, None)
    return None if metadata is None else Region(name, metadata)


def _number(code: str, national: str) -> PhoneNumber:
    zeros = len(national) - len(national.lstrip("0")) if national.strip("0") else len(national) - 1
    return PhoneNumber(
        country_code=int(code),
        national_number=int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )
