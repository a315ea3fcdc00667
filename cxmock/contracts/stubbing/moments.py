"""Writes a moment by Java's format letters, as Pact's generators are given them. All moments are in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

_RUN = re.compile(r"([a-zA-Z])\1*|'((?:[^']|'')*)'|[^a-zA-Z']+")

_LETTERS: dict[str, Callable[[datetime, int], str]] = {
    "y": lambda at, width: f"{at.year % 100:02}" if width == 2 else f"{at.year:0{width}}",
    "M": lambda at, width: at.strftime("%b" if width == 3 else "%B") if width > 2 else f"{at.month:0{width}}",
    "d": lambda at, width: f"{at.day:0{width}}",
    "D": lambda at, width: f"{at.timetuple().tm_yday:0{width}}",
    "E": lambda at, width: at.strftime("%a" if width < 4 else "%A"),
    "a": lambda at, width: at.strftime("%p"),
    "H": lambda at, width: f"{at.hour:0{width}}",
    "k": lambda at, width: f"{at.hour or 24:0{width}}",
    "h": lambda at, width: f"{at.hour % 12 or 12:0{width}}",
    "K": lambda at, width: f"{at.hour % 12:0{width}}",
    "m": lambda at, width: f"{at.minute:0{width}}",
    "s": lambda at, width: f"{at.second:0{width}}",
    "S": lambda at, width: f"{at.microsecond:06}000"[:width],
    "X": lambda at, width: "Z",
    "x": lambda at, width: ("+00", "+0000", "+00:00")[min(width, 3) - 1],
    "Z": lambda at, width: "+0000",
}
_SAME = {"u": "y", "L": "M"}


def write(moment: float, form: str) -> str | None:
    """Return a moment, in seconds since 1970, as text; None where the format has letters that are not written here.

    >>> write(0.25, "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"), write(0, "EEE, d MMM yy h a"), write(0, "G")
    ('1970-01-01T00:00:00.250Z', 'Thu, 1 Jan 70 12 AM', None)
    """
    at = datetime.fromtimestamp(moment, UTC)
    parts = []
    for run in _RUN.finditer(form):
        letter, quoted = run.groups()
        if letter:
            if (say := _LETTERS.get(_SAME.get(letter, letter))) is None:
                return None
            parts.append(say(at, len(run[0])))
        else:
            parts.append((quoted.replace("''", "'") or "'") if quoted is not None else run[0])
    return "".join(parts)
