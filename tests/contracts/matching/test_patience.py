"""Regular expressions of contracts end in time, and up to then fit what Python's fit."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.contracts.matching import patience
from cxmock.contracts.matching.patience import Pattern, affordable
from cxmock.contracts.matching.texts import regex

ENDLESS = "(a|aa)+b"
TEXT = "a" * 100


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LIMIT", 0.05)


def test_a_pattern_that_takes_long_is_given_up_once_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    import regex as package

    pattern = Pattern(ENDLESS)
    assert not pattern.gave_up

    assert not pattern(TEXT)
    assert pattern.gave_up

    monkeypatch.setattr(package, "fullmatch", lambda *arguments, **named: pytest.fail("it is tried again"))
    assert not pattern(TEXT)
    assert pattern("aaab")


def test_that_it_was_given_up_is_said() -> None:
    fits, say = regex(f"{ENDLESS}c?")

    assert not fits("x")
    assert callable(say)
    assert say(None, "x") == 'is "x" (text), which (a|aa)+bc? does not fit'
    assert not fits(TEXT)
    assert say(None, TEXT).endswith("cannot be used: it takes too long to tell whether a text fits")


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        (r"^.+$", sys.maxsize),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}", sys.maxsize),
        (r"[*+?]{2}\*\+\?", sys.maxsize),
        (r"(?:sftp|ftp)://.+", sys.maxsize),
        (r"\{[^}]+\}:.+", 1000),
        (r"\d+\.\d+\.\d+", 99),
        (r"(?:a|b)+", 12),
        (r"(a{1,9}){3}", 12),
        (r"(a?){20}a{20}", 12),
    ],
)
def test_what_may_take_long_is_recognised(pattern: str, length: int) -> None:
    assert affordable(pattern) == length


PIECES = [*"ab.()|*+?^$1", "[ab]", "[^a]", r"\d", "{2}", "{1,2}", "{e}", "(?:"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text("ab1{e}\n", max_size=8))
def test_the_patient_way_finds_what_the_quick_one_finds(source: str, text: str) -> None:
    try:
        re.compile(source)
    except re.error:
        return
    for how in ("fullmatch", "search"):
        pattern = Pattern(source, how)
        quick = pattern(text)
        pattern._affordable = -1

        assert pattern(text) is quick
        assert not pattern.gave_up
