"""Numbers are read by tables of our own, and exactly as phonenumbers reads them, or left to it."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from cxmock.reference.samples.ranges import RANGES
from cxmock.reference.services.list_builder.plans import Reading, read

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)


def by_the_authority(text: str, country: str) -> Reading | None:
    """Return the number that phonenumbers reads; None when it is nobody's."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    region, kind = phonenumbers.region_code_for_number(number), phonenumbers.number_type(number)
    if region is None or kind == PhoneNumberType.UNKNOWN:
        return None
    area = 3 if number.country_code == 1 else phonenumbers.length_of_national_destination_code(number)
    national = phonenumbers.national_significant_number(number)
    return Reading(str(number.country_code), national, region, kind, area)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Numbers that begin as real ones of some country do, written as people write them, and where they are dialed."""
    region = draw(st.sampled_from(REGIONS))
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from(KINDS)))
    example = example or phonenumbers.example_number(region)
    assert example is not None
    national = phonenumbers.national_significant_number(example)
    kept = draw(st.integers(0, len(national)))
    more = draw(st.integers(-1, 1)) if draw(st.integers(0, 9)) == 0 else 0
    length = max(2, len(national) - kept + more)
    national = national[:kept] + draw(st.text("0123456789", min_size=length, max_size=length))
    code = str(example.country_code)
    forms = ("+{c}{n}", "{n}", "0{n}", "1{n}", "8{n}", "00{c}{n}", "011{c}{n}", "{c}{n}", "+{c}0{n}", "({a}) {b}-{n}")
    form = draw(st.sampled_from([*forms, "+{c} ({a}) {b}", "{a}.{b}", " {n}", "{n} x12", "+{c}-{a}-{b}"]))
    text = form.format(c=code, n=national, a=national[:3], b=national[3:])
    return text, region if draw(st.booleans()) else draw(st.sampled_from(REGIONS))


@settings(max_examples=600, deadline=None)
@given(numbers())
@example(("+44 020 7946 0018", "GB"))
@example(("+390612345678", "US"))
@example(("12025550143", "US"))
@example(("5555555", "AG"))
@example(("+80012345678", "US"))
@example(("+7 701 234 5678", "RU"))
def test_what_is_read_is_what_the_authority_reads(asked: tuple[str, str]) -> None:
    """Where our tables are not sure they say nothing; where they say something it is the same."""
    found = read(*asked)
    assert found is None or found == by_the_authority(*asked)


@pytest.mark.parametrize("place", RANGES, ids=lambda place: place.pattern)
def test_the_common_ways_to_write_a_number_need_no_authority(place: object) -> None:
    """Were these left to it, imports would take ten times as long."""
    assert hasattr(place, "national")
    for text in (place.national(7), place.number(7)):  # type: ignore[attr-defined]
        assert read(text, place.country) == by_the_authority(text, place.country) is not None  # type: ignore[attr-defined]


@given(st.text(max_size=30), st.sampled_from(REGIONS))
def test_no_text_breaks_it(text: str, country: str) -> None:
    found = read(text, country)
    assert found is None or found == by_the_authority(text, country)
