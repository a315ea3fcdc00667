"""Regular expressions as Pact's engine means them: Oniguruma's, in Ruby's syntax, put into Python's.

A pattern has to fit the whole text, ``^`` and ``$`` written or not. What else differs:
``^`` and ``$`` are the ends of lines, ``(?m)`` lets the dot fit line ends, names of groups are written
``(?<name>...)``, ``\\h`` is a hexadecimal digit, ``\\Z`` and ``\\z`` are the end, POSIX classes stand in brackets.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cxmock.contracts.matching.patience import Pattern

_POSIX = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "xdigit": "0-9a-fA-F",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "word": r"\w",
    "cntrl": r"\x00-\x1f\x7f",
    "print": r"\x20-\x7e",
    "graph": r"\x21-\x7e",
}
_LINE_BEGIN = r"(?:\A|(?<=\n)(?!\Z))"
_LINE_END = r"(?=\n|\Z)"
_ESCAPES = {"h": "[0-9a-fA-F]", "H": "[^0-9a-fA-F]", "z": r"\Z", "Z": r"(?=\n?\Z)", "R": r"(?:\r\n|[\n-\r])"}
_ESCAPES_INSIDE = {"h": "0-9a-fA-F"}
_TOKEN = re.compile(
    r"\\k<(?P<back>\w+)>|\\(?P<escape>.)|\(\?<(?P<name>[A-Za-z_]\w*)>|\(\?(?P<flags>[mix]*(?:-[mix]+)?)(?P<end>[:)])"
    r"|\[\[?:(?P<posix>\^?\w+):\]|(?P<one>.)",
    re.DOTALL,
)


@lru_cache(maxsize=1024)
def fits(pattern: str) -> Pattern:
    """Return what tells whether a text fits; where that would take too long, it does not.

    >>> fits(r"\\h+")("0aF"), fits("a")("ab")
    (True, False)

    Raises:
        re.error: it is no regular expression, or uses what Python's cannot do.
    """
    return Pattern(_translated(pattern))


def _translated(pattern: str) -> str:
    """Return ``pattern`` in Python's syntax."""
    out: list[str] = []
    position, inside = 0, 0  # inside: where the innermost bracket expression began
    while position < len(pattern):
        if inside:
            piece, position, inside = _in_brackets(pattern, position, inside)
        elif pattern[position] == "[":
            negated = pattern.startswith("[^", position)
            begin = position + (2 if negated else 1)
            piece, position, inside = ("[^" if negated else "["), begin, begin
        else:
            piece, position = _outside(pattern, position)
        out.append(piece)
    return "".join(out)


def _outside(pattern: str, position: int) -> tuple[str, int]:
    found = _TOKEN.match(pattern, position)
    assert found is not None
    end = found.end()
    if back := found["back"]:
        return f"(?P={back})", end
    if escape := found["escape"]:
        return _ESCAPES.get(escape, "\\" + escape), end
    if name := found["name"]:
        return f"(?P<{name}>", end
    if found["end"] is not None:
        return _flags(found["flags"], found["end"], pattern, end)
    one = found["one"]
    if one == "^":
        return _LINE_BEGIN, end
    return (_LINE_END if one == "$" else one or found[0]), end


def _flags(flags: str, closing: str, pattern: str, end: int) -> tuple[str, int]:
    """Return a group's flags: Ruby's ``m`` is Python's ``s``; flags that stand alone hold up to the group's end."""
    if not flags:
        return "(?:", end
    on, _, off = flags.partition("-")
    spelled = on.replace("m", "s") + (f"-{off.replace('m', 's')}" if off else "")
    if closing == ":":
        return f"(?{spelled}:", end
    if end - len(flags) - 3 != 0:
        raise re.error("flags in the middle are not read here")
    return f"(?{spelled}:{_translated(pattern[end:])})", len(pattern)


def _in_brackets(pattern: str, position: int, began: int) -> tuple[str, int, int]:
    """Return a piece of a bracket expression, where it ends, and 0 when the expression ends with it."""
    if posix := re.compile(r"\[:(\^?)(\w+):\]").match(pattern, position):
        negated, name = posix.groups()
        if negated or name not in _POSIX:
            raise re.error(f"the class [:{negated}{name}:] is not read here")
        return _POSIX[name], posix.end(), began
    one = pattern[position]
    if one == "\\" and position + 1 < len(pattern):
        escaped = pattern[position + 1]
        return _ESCAPES_INSIDE.get(escaped, "\\" + escaped), position + 2, began
    if one == "[" or pattern.startswith("&&", position):
        raise re.error("brackets inside brackets are not read here")
    if one == "]" and position > began:
        return "]", position + 1, 0
    return ("\\]" if one == "]" else one), position + 1, began
