"""Regular expressions of contracts, whoever wrote them: none is waited for without end.

Python's tries every way in which a text may fit, which can be more ways than there are seconds: ``(a|aa)+b``. What
might take long is left to the ``regex`` package, which can be given a time limit.
"""

from __future__ import annotations

import re
import sys
from typing import Literal, Protocol

LIMIT = 1.0
"""Seconds for one text; a pattern that takes longer once is not tried again."""
_STEPS = 10**6
"""What Python's takes a few milliseconds for."""
_SHORT = 12
"""Characters of a text with which no pattern takes long."""

_NOT_REPEATED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?", re.DOTALL)
_REPEATED = re.compile(r"[*+?]|\{\d*,\d*\}")
_GROUP_REPEATED = re.compile(r"\)[*+?{]")
_LITERAL_BRACE = re.compile(r"(?<!\\)\{(?!\d*,?\d*\})")
"""What the package would take for a fuzzy match."""


class Found(Protocol):
    """What was found in a text."""

    def __getitem__(self, group: int, /) -> str:
        """Return what fits a group."""

    def groups(self) -> tuple[str, ...]:
        """Return what fits each group."""


class Pattern:
    r"""A pattern that gives up in time: from then on it fits nothing, and says so.

    >>> Pattern(r"a+")("aaa"), Pattern(r"(a|aa)+b")("a" * 100)
    (True, False)

    Args:
        source: in Python's syntax.
        how: whether all of a text is to fit, or a part of it.

    Raises:
        re.error: it is no regular expression; or OverflowError or RecursionError, where it is absurd.
    """

    def __init__(self, source: str, how: Literal["fullmatch", "search"] = "fullmatch") -> None:
        compiled = re.compile(source)
        self.groups = compiled.groups
        self.gave_up = False
        self._source, self._how = source, how
        self._affordable = affordable(source)
        self._quick = compiled.fullmatch if how == "fullmatch" else compiled.search

    def __call__(self, text: str) -> bool:
        """Return whether a text fits."""
        return (self._quick(text) if len(text) <= self._affordable else self._in_time(text)) is not None

    def found(self, text: str) -> Found | None:
        """Return what fits."""
        return self._quick(text) if len(text) <= self._affordable else self._in_time(text)

    def _in_time(self, text: str) -> Found | None:
        if self.gave_up:
            return None
        import regex

        source = _LITERAL_BRACE.sub(r"\\{", self._source)
        try:
            found: Found | None = getattr(regex, self._how)(source, text, timeout=LIMIT)
        except (TimeoutError, MemoryError, regex.error):
            self.gave_up = True
            return None
        return found


def affordable(pattern: str) -> int:
    r"""Return how long a text may be so that a pattern takes no time to speak of, whatever the text.

    >>> affordable(r"^[A-Z]{2}\d+$") == sys.maxsize, affordable(r"\d+\.\d+"), affordable(r"(a+)+")
    (True, 1000, 12)
    """
    plain = _NOT_REPEATED.sub(lambda found: "(" if found[0] == "(?" else "x", pattern)
    repeated = len(_REPEATED.findall(plain))
    if (repeated or "|" in plain) and _GROUP_REPEATED.search(plain):
        return _SHORT
    return int(_STEPS ** (1 / repeated)) if repeated > 1 else sys.maxsize
