"""The shipped compliance data: real countries, prefixes and time zones, made by the generator beside it."""

from __future__ import annotations

import gzip
import re
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import geocoder, timezone

from cxmock.fakes.compliance_provider.data_set import SHIPPED, shipped
from cxmock.fakes.compliance_provider.generate import SAMPLE_RULES, compiled
from cxmock.wire.http import from_json, to_json


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return shipped().content()


@pytest.fixture(scope="module")
def areas(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {area["prefix"]: area for area in content["areaCodes"]}


def area_of(number: str, areas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return next(areas[number[:n]] for n in range(len(number), 0, -1) if number[:n] in areas)


def test_the_shipped_file_is_what_the_generator_makes(content: dict[str, Any]) -> None:
    """The same phonenumbers makes the same bytes; another version may differ a little, until it is made again."""
    made = compiled()

    if content["version"].startswith(f"{phonenumbers.__version__}-"):
        assert gzip.decompress(SHIPPED.read_bytes()) == made
    for part in ("countries", "areaCodes"):
        old, new = ({to_json(one) for one in document[part]} for document in (content, from_json(made)))
        assert len(old ^ new) < 0.1 * len(old)


def test_the_shipped_file_is_small() -> None:
    assert SHIPPED.stat().st_size < 300_000


def test_the_version_names_the_source_and_the_content(content: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+-[0-9a-f]{8}", content["version"])
    assert shipped().version == content["version"]


def test_every_country_that_phonenumbers_knows_is_there(content: dict[str, Any]) -> None:
    countries = {one["country"]: one for one in content["countries"]}

    assert len(countries.keys() ^ set(phonenumbers.SUPPORTED_REGIONS)) < 3
    assert countries["GB"] == {
        "country": "GB",
        "name": "United Kingdom",
        "callingCode": "44",
        "timeZones": ["Europe/London"],
    }
    assert all(one["timeZones"] for one in countries.values())


def test_every_time_zone_is_one_that_python_knows(content: dict[str, Any]) -> None:
    names = {zone for part in ("countries", "areaCodes") for one in content[part] for zone in one["timeZones"]}

    assert {ZoneInfo(name).key for name in names} == names


@pytest.mark.parametrize(
    ("number", "country", "region", "zone"),
    [
        ("12025550143", "US", "Washington D.C.", "America/New_York"),
        ("12085550143", "US", "Idaho", "America/Boise"),
        ("14165550143", "CA", "Ontario", "America/Toronto"),
        ("442079460018", "GB", "London", "Europe/London"),
        ("441481960194", "GG", "Guernsey", "Europe/Guernsey"),
        ("390612345678", "IT", "Rome", "Europe/Rome"),
        ("61891234567", "AU", "", "Australia/Perth"),
    ],
)
def test_a_number_tells_country_region_and_time_zone(
    areas: dict[str, dict[str, Any]], number: str, country: str, region: str, zone: str
) -> None:
    area = area_of(number, areas)

    assert (area["country"], area["region"]) == (country, region)
    assert zone in area["timeZones"]


def test_the_table_agrees_with_the_geocoder_it_replaces(areas: dict[str, dict[str, Any]]) -> None:
    """Every country's example number has the country and time zones which phonenumbers itself would tell."""
    differing = []
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number(country)
        assert number is not None
        digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")
        if any(digits.startswith(prefix) for prefix in areas):
            area = area_of(digits, areas)
            zones = set(timezone.time_zones_for_geographical_number(number))
            if area["country"] != country or not zones & set(area["timeZones"]):
                differing.append((country, digits, area))
            assert area["region"] == "" or geocoder.description_for_number(number, "en")

    assert differing == []


def test_rules_name_the_numbers_they_are_for(content: dict[str, Any]) -> None:
    rules = {rule["name"]: rule for rule in content["rules"]}

    assert list(rules) == [sample["name"] for sample in SAMPLE_RULES]
    assert rules["default"]["prefixes"] == []
    assert rules["United States"]["prefixes"] == ["1"]
    assert "1305" in rules["Florida"]["prefixes"]
    assert "1416" in rules["Canada"]["prefixes"]
    assert rules["France"] == {
        "name": "France",
        "country": "FR",
        "region": "",
        "prefixes": ["33"],
        "weekdays": [["10:00", "13:00"], ["14:00", "20:00"]],
        "saturday": [],
        "sunday": [],
    }
