"""Generated formats of dates and regular expressions, and texts that might be of them."""

from __future__ import annotations

import re
from functools import cache

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

PIECES: dict[str, list[str]] = {
    "G": ["AD", "bc", "x"],
    "yyyy": ["2026", "26", "20261"],
    "yy": ["26", "2026"],
    "uuuu": ["2026"],
    "M": ["1", "12", "13", "0"],
    "MM": ["01", "1", "13"],
    "MMM": ["Jan", "may", "Foo", "January"],
    "MMMM": ["January", "May", "Jan"],
    "LL": ["02", "00"],
    "d": ["1", "31", "32"],
    "dd": ["30", "29", "09", "0"],
    "D": ["7", "356", "357", "001"],
    "Q": ["1", "5"],
    "QQQ": ["Q1", "q4", "Q5"],
    "QQQQ": ["1st quarter", "4th Quarter"],
    "w": ["56", "57", "1"],
    "W": ["5", "0"],
    "F": ["0", "5"],
    "E": ["Mon", "Monday"],
    "EEEE": ["monday", "Mon"],
    "e": ["7", "8", "0"],
    "eee": ["Sun", "7"],
    "c": ["1"],
    "a": ["AM", "pm", "xm"],
    "H": ["0", "23", "24"],
    "HH": ["00", "9", "24"],
    "k": ["24", "0"],
    "K": ["11", "12"],
    "h": ["12", "0"],
    "mm": ["59", "60", "5"],
    "ss": ["60", "61", "0"],
    "S": ["9", "12"],
    "SSS": ["123", "1", "1234"],
    "n": ["123456789"],
    "A": ["0"],
    "N": ["77"],
    "X": ["Z", "+02", "+0230", "-12", "+02:30", "++02"],
    "XX": ["Z", "+0230", "+02"],
    "XXX": ["Z", "-02:30", "+0230"],
    "XXXX": ["+023015", "+0230", "+023061"],
    "XXXXX": ["+02:30:15", "+02:30"],
    "x": ["+02", "Z"],
    "xxx": ["+02:30", "Z"],
    "Z": ["+0230", "Z", "+02:30"],
    "ZZZZ": ["GMT+02:30", "UTC", "GMT", "+02:30"],
    "ZZZZZ": ["+02:30", "Z"],
    "O": ["GMT+2", "UTC-02:30", "GMT"],
    "OOOO": ["GMT+02:30", "GMT+2"],
    "'T'": ["T", "t"],
    "'o''clock'": ["o'clock", "o''clock"],
    "''": ["'"],
    "-": ["-", ""],
    " ": [" ", "  "],
    ":": [":"],
    ".": [".", ","],
    "é": ["é"],
    "b": ["b"],
    "EEEEEE": ["x"],
    "7": ["7"],
}
"""Runs of letters in formats of dates, and what might stand for them."""
LONG_YEAR = re.compile("[yu]{5}")
"""With digits after it, it is too much for Pact's engine, which comes to no verdict."""
RUNS = st.lists(st.sampled_from(list(PIECES)), min_size=1, max_size=6)


@st.composite
def moment_case(draw: DrawFn) -> tuple[str, list[str]]:
    """Draw a format, and texts that might be moments of it."""
    runs = draw(RUNS)
    assume(not LONG_YEAR.search("".join(runs)))
    texts = ["".join(draw(_pieces(run)) for run in runs) for _ in range(draw(st.integers(8, 12)))]
    return "".join(runs), texts


@cache
def _pieces(run: str) -> SearchStrategy[str]:
    return st.sampled_from(PIECES[run])


PATTERN_PIECES = [
    "a",
    "b?",
    "[a-c]+",
    "[^a]",
    "[]a]",
    "[\\]x]",
    "[[:digit:]_]",
    r"\d+",
    r"\w*",
    r"\s",
    r"\h",
    r"[\h.]+",
    "^",
    "$",
    r"\A",
    r"\z",
    r"\Z",
    "(a|ab)",
    "(?:b|bc)",
    "(?<name>a|1)",
    r"\k<name>",
    "(?i:B)",
    "(?m:.)",
    ".",
    ".*",
    "x{1,2}",
    "|",
    r"\.",
    r"\/",
    "(?=a)",
    "(?!b)",
    "a++",
    "(?>a|ab)",
    "é",
]
SUBJECTS = [
    "",
    "a",
    "ab",
    "abc",
    "aB",
    "aa",
    "b",
    "1",
    "12",
    "x",
    "xx",
    ".",
    "/",
    "]",
    "\n",
    "a\n",
    "\nb",
    "a\nb",
    "é",
    "_",
    "1a",
]
PATTERNS = st.lists(st.sampled_from(PATTERN_PIECES), min_size=1, max_size=5).map("".join)
