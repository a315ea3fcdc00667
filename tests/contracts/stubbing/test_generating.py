"""Generated values are what their generators say, and the same for the same seed."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts.matching.moments import BadFormat, judge
from cxmock.contracts.stubbing import moments
from cxmock.contracts.stubbing.generating import Sources, fill, made

NOW = 1767225600.5


def sources(seed: int = 1) -> Sources:
    return Sources(Random(seed), NOW, {"id": 7, "name": "Ada"}, "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("generator", "pattern"),
    [
        ({"type": "RandomInt", "min": 3, "max": 4}, "[34]"),
        ({"type": "RandomInt"}, r"\d+"),
        ({"type": "RandomDecimal", "digits": 6}, r"\d+\.\d+"),
        ({"type": "RandomHexadecimal", "digits": 8}, "[0-9A-F]{8}"),
        ({"type": "RandomString", "size": 12}, r"\w{12}"),
        ({"type": "RandomString", "size": 10_000_000}, r"\w{1000}"),
        ({"type": "RandomBoolean"}, "True|False"),
        ({"type": "Uuid"}, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ({"type": "Uuid", "format": "simple"}, "[0-9a-f]{32}"),
        ({"type": "Uuid", "format": "upper-case-hyphenated"}, "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        ({"type": "Uuid", "format": "URN"}, "urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ({"type": "Date"}, "2026-01-01"),
        ({"type": "Time"}, "00:00:00"),
        ({"type": "DateTime"}, "2026-01-01T00:00:00Z"),
        ({"type": "DateTime", "format": "dd/MM/yy HH:mm:ss.SSS"}, "01/01/26 00:00:00.500"),
        ({"type": "ProviderState", "expression": "${id}"}, "7"),
        ({"type": "ProviderState", "expression": "/users/${id}/${name}"}, "/users/7/Ada"),
        ({"type": "MockServerURL", "regex": ".*(/a)$", "example": "http://x/a"}, "http://127.0.0.1:9/a"),
    ],
)
@given(seed=st.integers(0, 1000))
def test_a_value_is_as_its_generator_says(generator: dict[str, Any], pattern: str, seed: int) -> None:
    value = made(generator, "example", sources(seed))

    assert re.fullmatch(pattern, str(value))
    assert value == made(generator, "example", sources(seed))


@pytest.mark.parametrize(
    "generator",
    [
        {"type": "Regex", "regex": "e.+"},
        {"type": "Date", "expression": "tomorrow"},
        {"type": "DateTime", "format": "G"},
        {"type": "ProviderState", "expression": "${other}"},
        {"type": "MockServerURL", "regex": "(", "example": "x"},
        {"type": "MockServerURL", "regex": "x"},
        {"type": "Unheard of"},
        {},
    ],
)
def test_otherwise_the_example_stays(generator: dict[str, Any]) -> None:
    assert made(generator, "example", sources()) == "example"


def test_a_number_from_the_state_stays_a_number() -> None:
    assert made({"type": "ProviderState", "expression": "${id}"}, 1, sources()) == 7


def test_each_element_has_a_value_of_its_own() -> None:
    filled = fill({"ids": ["", "", ""], "b": 1}, {"$.ids[*]": {"type": "Uuid"}}, sources())

    assert (len(set(filled["ids"])), filled["b"]) == (3, 1)


@given(
    st.lists(
        st.sampled_from(
            [
                "yyyy",
                "yy",
                "M",
                "MM",
                "MMM",
                "MMMM",
                "d",
                "dd",
                "D",
                "DDD",
                "E",
                "EEEE",
                "a",
                "H",
                "HH",
                "k",
                "h",
                "hh",
                "K",
                "m",
                "mm",
                "s",
                "ss",
                "S",
                "SSS",
                "SSSSSS",
                "X",
                "XX",
                "XXX",
                "x",
                "xx",
                "xxx",
                "Z",
            ]
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["-", "T", ":", " ", "''"]),
    st.floats(0, 4e9, allow_nan=False),
)
def test_a_moment_is_one_of_its_format(letters: list[str], between: str, moment: float) -> None:
    """By the judgement of the matcher."""
    form = (f"'{between}'" if between != "''" else between).join(letters)
    try:
        is_moment = judge(form)
    except BadFormat:
        return
    written = moments.write(moment, form)

    assert written is not None
    if "DDD" not in letters and "D" not in letters:
        assert is_moment(written), (form, written)
