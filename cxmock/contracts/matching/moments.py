"""Dates and times by Java's format letters, as Pact's engine reads them: each format becomes one regular expression.

The engine takes every number as long as it can be and never goes back, so each number here does the same.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

Judge = Callable[[str], bool]
"""Whether a text is such a moment."""


class BadFormat(ValueError):
    """A format has letters that mean nothing, or too many of one."""


def _number(low: int, high: int, digits: int) -> str:
    """Return a pattern for a number of at most ``digits`` digits, as many as there are, in a range."""
    alternatives = []
    for length in range(digits, 0, -1):
        fitting = [f"{value:0{length}}" for value in range(low, min(high, 10**length - 1) + 1)]
        if fitting:
            more = "" if length == digits else "(?![0-9])"
            alternatives.append(f"(?:{'|'.join(fitting)}){more}")
    return f"(?>{'|'.join(alternatives)})"


def _words(*words: str) -> str:
    return f"(?>(?i:{'|'.join(words)}))"


_DAYS = [calendar.day_name[day].lower() for day in range(7)]
_MONTHS = [calendar.month_name[month].lower() for month in range(1, 13)]
_HOUR_24 = _number(0, 23, 2)
_HOUR_12 = _number(0, 11, 2)
_SIXTY = _number(0, 59, 2)
_SECOND = _number(0, 60, 2)
_SIGN = "[+-]++"
_DIGITS = "[0-9]++"
_WEEK_OF_MONTH = {"W": _number(1, 5, 2), "F": _number(0, 4, 2)}
_HOURS = {"H": _HOUR_24, "k": _number(1, 24, 2), "h": _number(1, 12, 2), "K": _HOUR_12}
_MOST = {"G": 5, "a": 1, "w": 2, "W": 2, "F": 2, "d": 2, "E": 5, "e": 5, "c": 1, "M": 5, "L": 5, "Q": 5, "q": 2}
_MOST |= dict.fromkeys("hHkKmsV", 2) | dict.fromkeys("xXZ", 5) | dict.fromkeys("Oz", 4)
_RUN = re.compile(r"([a-zA-Z])\1*|'((?:[^']|'')+)'|''|[^a-zA-Z0-9'{}\[\]]+")
_SAME = {"Y": "y", "u": "y"}


@lru_cache(maxsize=256)
def judge(form: str) -> Judge:
    """Return what tells whether a text is a moment of a format.

    >>> judge("yyyy-MM-dd'T'HH:mm:ssXXX")("2026-02-28T09:00:00Z"), judge("yyyy-MM-dd")("2026-02-30")
    (True, False)

    Raises:
        BadFormat: the format cannot be read.
    """
    fits = re.compile("".join(_pieces(form))).fullmatch

    def is_moment(text: str) -> bool:
        found = fits(text)
        return found is not None and _day_exists(found.groupdict())

    return is_moment


def _pieces(form: str) -> Iterator[str]:
    """Yield the patterns of a format's runs; the first day, month and year are named groups."""
    position = 0
    named: set[str] = set()
    while position < len(form) or not form:
        run = _RUN.match(form, position)
        if run is None:
            raise BadFormat(f'the format "{form}" cannot be read from "{form[position:]}" on')
        position = run.end()
        letter, quoted = run.groups()
        if not letter:
            # However many quotes stand in a row, the engine takes them for one.
            yield re.escape(re.sub("'+", "'", quoted) if quoted else "'" if run[0] == "''" else run[0])
            continue
        pattern = _letters(letter, len(run[0]), form)
        name = {"d": "day", "M": "month", "y": "year"}.get(_SAME.get(letter, letter))
        if name and name not in named:
            named.add(name)
            pattern = f"(?P<{name}>{pattern})"
        yield pattern


def _letters(letter: str, count: int, form: str) -> str:
    """Return the pattern of a run of one letter."""
    if count > _MOST.get(letter, count):
        raise BadFormat(f'the format "{form}" has too many letters {letter}')
    match letter:
        case "G":
            return _words("ad", "bc")
        case "y" | "Y" | "u":
            return f"[0-9]{{1,{count}}}+"
        case "M" if count > 2:
            return _words(*(_MONTHS if count > 3 else [month[:3] for month in _MONTHS]))
        case "M" | "L":
            return _number(1, 12, 2)
        case "d":
            return _number(1, 31, 2)
        case "D":
            return _number(1, 356, 3)  # the engine's own slip for 366
        case "w":
            return _number(1, 56, 2)
        case "W" | "F":
            return _WEEK_OF_MONTH[letter]
        case "E" | "e" | "c" if letter == "E" or count > 2:
            return _words(*(_DAYS if count > 3 else [day[:3] for day in _DAYS]))
        case "e" | "c":
            return "[1-7]"
        case "Q" if count > 2:
            return _words("q1", "q2", "q3", "q4") if count == 3 else _words(*(f"{n} quarter" for n in _ORDINALS))
        case "Q" | "q":
            return _number(1, 4, 2)
        case "a":
            return _words("am", "pm")
        case "H" | "k" | "h" | "K":
            return _HOURS[letter]
        case "m":
            return _SIXTY
        case "s":
            return _SECOND
        case "S":
            return f"[0-9]{{1,{count}}}+"
        case "n" | "A" | "N":
            return _DIGITS
        case _:
            return _zone(letter, count, form)


_ORDINALS = ("1st", "2nd", "3rd", "4th")


def _zone(letter: str, count: int, form: str) -> str:
    """Return the pattern of a run of a time zone's letter. Offsets end at 11 hours, as in the engine."""
    match letter:
        case "X":
            return f"(?>Z|{_offset(count)})"
        case "x":
            return _offset(count)
        case "Z":
            if count < 4:
                return f"{_SIGN}{_HOUR_12}{_SIXTY}"
            colon = f"{_SIGN}{_HOUR_12}:{_SIXTY}"
            return f"(?>(?:GMT|UTC){colon}|GMT|UTC)" if count == 4 else colon
        case "O":
            minutes = f":{_SIXTY}"
            return f"(?:GMT|UTC){_SIGN}{_HOUR_12}" + (minutes if count == 4 else f"(?:{minutes})?+")
        case "z":
            return "(?>[A-Z]{3,4})" if count < 4 else "(?!)"
        case "V":
            return "[A-Za-z0-9]++/[A-Za-z0-9]++"
        case _:
            raise BadFormat(f'the format "{form}" has the letter {letter}, which means nothing')


def _offset(count: int) -> str:
    begin = _SIGN + _HOUR_12
    match count:
        case 1:
            return f"{begin}(?:{_SIXTY})?+"
        case 2:
            return begin + _SIXTY
        case 3:
            return f"{begin}:{_SIXTY}"
        case 4:
            return f"{begin}{_SIXTY}(?:{_SECOND})?+"
        case _:
            return f"{begin}:{_SIXTY}(?::{_SECOND})?+"


def _day_exists(found: dict[str, str | None]) -> bool:
    """Whether the day exists in its month; without a year, in one that is no leap year."""
    day, month, year = found.get("day"), found.get("month"), found.get("year")
    if not day or not month:
        return True
    number = int(month) if month.isdecimal() else [name[:3] for name in _MONTHS].index(month[:3].lower()) + 1
    leap = calendar.isleap(int(year)) if year else False
    return int(day) <= (29 if number == 2 and leap else calendar.monthrange(2001, number)[1])
