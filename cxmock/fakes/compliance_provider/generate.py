"""Compiles the shipped compliance data set from ``phonenumbers``.

Run it by ``python -m cxmock.fakes.compliance_provider.generate`` when ``phonenumbers`` has become newer. Countries,
calling codes, prefixes, regions and time zones are real, as far as ``phonenumbers`` knows them. The contact times in
``rules`` are samples: they follow well-known national rules in outline, and are no legal advice.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cxmock.fakes.compliance_provider.data_set import SHIPPED
from cxmock.wire.http import to_json

AREA_CODE_LENGTH = 3
"""Digits after the calling code to which regions are told apart; time zones are told apart as far as is known."""

_FILLINGS = ("2345678", "5550100", "1234567", "0123456", "8765432", "9999999")
"""Digits that are tried to complete a prefix to a number, to learn which country has it."""

SAMPLE_RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "default",
        "country": "",
        "region": "",
        "weekdays": [["08:00", "21:00"]],
        "saturday": [["08:00", "21:00"]],
    },
    {
        "name": "United States",
        "country": "US",
        "region": "",
        "weekdays": [["08:00", "21:00"]],
        "saturday": [["08:00", "21:00"]],
        "sunday": [["08:00", "21:00"]],
    },
    {
        "name": "Florida",
        "country": "US",
        "region": "Florida",
        "weekdays": [["08:00", "20:00"]],
        "saturday": [["08:00", "20:00"]],
        "sunday": [["08:00", "20:00"]],
    },
    {
        "name": "Canada",
        "country": "CA",
        "region": "",
        "weekdays": [["09:00", "21:30"]],
        "saturday": [["10:00", "18:00"]],
        "sunday": [["10:00", "18:00"]],
    },
    {
        "name": "United Kingdom",
        "country": "GB",
        "region": "",
        "weekdays": [["08:00", "21:00"]],
        "saturday": [["09:00", "20:00"]],
        "sunday": [["09:00", "20:00"]],
    },
    {"name": "France", "country": "FR", "region": "", "weekdays": [["10:00", "13:00"], ["14:00", "20:00"]]},
    {
        "name": "Germany",
        "country": "DE",
        "region": "",
        "weekdays": [["08:00", "20:00"]],
        "saturday": [["08:00", "20:00"]],
    },
    {
        "name": "Australia",
        "country": "AU",
        "region": "",
        "weekdays": [["09:00", "20:00"]],
        "saturday": [["09:00", "17:00"]],
    },
)


def compiled() -> bytes:
    """Return the data set as JSON; the same ``phonenumbers`` always gives the same bytes."""
    import phonenumbers

    area_codes = list(_area_codes())
    content = {
        "countries": list(_countries(area_codes)),
        "areaCodes": area_codes,
        "rules": [_rule(sample, area_codes) for sample in SAMPLE_RULES],
    }
    digest = hashlib.sha256(to_json(content)).hexdigest()[:8]
    return to_json({"version": f"{phonenumbers.__version__}-{digest}"} | content)


def _countries(area_codes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every country: ISO code, English name, calling code, all its time zones."""
    from phonenumbers import SUPPORTED_REGIONS, country_code_for_region
    from phonenumbers.geodata.locale import LOCALE_DATA

    zones: dict[str, set[str]] = {}
    for area in area_codes:
        if area["region"]:  # a prefix without a place (mobile, toll-free) tells nothing about the country's own zones
            zones.setdefault(area["country"], set()).update(area["timeZones"])
    for country in sorted(SUPPORTED_REGIONS):
        code = str(country_code_for_region(country))
        names = LOCALE_DATA.get(country, {"en": country})  # "*aa" stands for the name in language aa
        yield {
            "country": country,
            "name": names[names["en"][1:]] if names["en"].startswith("*") else names["en"],
            "callingCode": code,
            "timeZones": sorted(zones.get(country) or _time_zones(code)),
        }


def _area_codes() -> Iterator[dict[str, Any]]:
    """Yield each prefix that says more than the shorter one before it: country, region, time zones."""
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.tzdata import TIMEZONE_DATA

    prefixes = {prefix for prefix in GEOCODE_DATA if len(prefix) - len(_calling_code(prefix)) <= AREA_CODE_LENGTH}
    known: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for prefix in sorted(prefixes | set(TIMEZONE_DATA)):
        code = _calling_code(prefix)
        shorter = next((known[prefix[:n]] for n in range(len(prefix) - 1, 0, -1) if prefix[:n] in known), ("", "", ()))
        country = _country(code, prefix) or shorter[0]
        facts = (country, GEOCODE_DATA.get(prefix, {}).get("en", shorter[1]), _time_zones(prefix))
        if prefix != code and country and facts != shorter:
            known[prefix] = facts
            yield {"prefix": prefix, "country": facts[0], "region": facts[1], "timeZones": list(facts[2])}


def _calling_code(prefix: str) -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return next(prefix[:n] for n in (1, 2, 3) if int(prefix[:n]) in COUNTRY_CODE_TO_REGION_CODE)


def _time_zones(prefix: str) -> tuple[str, ...]:
    """Return the zones of the longest known start of ``prefix``, or all those of what starts with it.

    The second is for area codes whose parts alone are known: of 1208 (Idaho), the calling code 1 would tell 42 zones.
    """
    from phonenumbers.tzdata import TIMEZONE_DATA

    start = next((prefix[:n] for n in range(len(prefix), 0, -1) if prefix[:n] in TIMEZONE_DATA), "")
    if start == _calling_code(prefix) != prefix:
        parts = {zone for part, zones in TIMEZONE_DATA.items() if part.startswith(prefix) for zone in zones}
        if parts:
            return tuple(sorted(parts))
    zones: tuple[str, ...] = TIMEZONE_DATA.get(start, ())
    return zones


def _country(code: str, prefix: str) -> str:
    """Return the country that has ``prefix``: plain where a calling code is one country's, else by trying numbers."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException, parse, region_code_for_number

    regions = COUNTRY_CODE_TO_REGION_CODE[int(code)]
    if len(regions) == 1:
        return str(regions[0])
    for filling in _FILLINGS:
        for length in range(max(len(prefix), len(code) + 6), len(code) + 12):
            with suppress(NumberParseException):
                if region := region_code_for_number(parse(f"+{(prefix + filling * 2)[:length]}")):
                    return region
    return ""


def _rule(sample: dict[str, Any], area_codes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a rule with the prefixes of the numbers that it is for (the default has none: it is for all)."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, country_code_for_region

    country, region = sample["country"], sample["region"]
    own = [area["prefix"] for area in area_codes if area["country"] == country and region in ("", area["region"])]
    if country and not region:
        code = country_code_for_region(country)
        if COUNTRY_CODE_TO_REGION_CODE[code][0] == country:
            own = [str(code)]
    prefixes: list[str] = []
    for prefix in sorted(own):  # what a shorter prefix covers is left out
        if not prefixes or not prefix.startswith(prefixes[-1]):
            prefixes.append(prefix)
    days = {day: sample.get(day, []) for day in ("weekdays", "saturday", "sunday")}
    return {"name": sample["name"], "country": country, "region": region, "prefixes": prefixes} | days


def main() -> None:
    """Write the shipped file."""
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_bytes(gzip.compress(compiled(), mtime=0))


if __name__ == "__main__":
    main()
