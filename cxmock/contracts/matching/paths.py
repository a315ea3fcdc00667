"""Paths of matching rules: what they lead to, and how closely; as Pact's engine reads them.

Not the same as :mod:`cxmock.contracts.places`, which tells one place from another: here ``[*]`` fits numbers only and
``.*`` anything, and what fits is weighed.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

ROOT: Final = "$"


class Star(Enum):
    """A step of a rule's path that fits several."""

    ANY = ".*"
    INDEX = "[*]"


class Unnamed(Enum):
    """A step on the way to a value that no rule calls by its own name: one compiled check serves them all."""

    KEY = "a key"
    INDEX = "an index"


Fragment = str | Unnamed
"""A step on the way to a value: ``$`` first, then keys and indices, these as decimal digits."""
Token = Fragment | Star
"""A step of a rule's path."""
Way = tuple[Fragment, ...]
Path = tuple[Token, ...]

_FIRST = re.compile(r"\$|[^\W_][\w:#@-]*")
_STEP = re.compile(r"\.(?:(\*)|([\w:#@-]+))|\[(?:(\*)|'([^']+)'|([0-9]+))\]")
_INDEX = re.compile(r"\+?([0-9]+)")
_LARGEST = 2**64


def read(text: str) -> Path:
    """Return the steps of a rule's path.

    >>> read("$.items[*].id") == ("$", "items", Star.INDEX, "id")
    True
    >>> read("name")
    ('$', 'name')

    Raises:
        ValueError: ``text`` is no such path.
    """
    if not text:
        return ()
    first = _FIRST.match(text)
    if first is None:
        raise ValueError(f"a path begins with $, and {text!r} does not")
    steps: list[Token] = [ROOT] if first[0] == ROOT else [ROOT, first[0]]
    position = first.end()
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"{text!r} cannot be read from {text[position:]!r} on")
        any_, name, any_index, quoted, index = step.groups()
        if any_:
            steps.append(Star.ANY)
        elif any_index:
            steps.append(Star.INDEX)
        else:
            steps.append(name or quoted or str(int(index)))
        position = step.end()
    return tuple(steps)


def fragment(key: str) -> str:
    """Return a key as a step: Pact's engine takes one that looks like an index for an index.

    >>> fragment("id"), fragment("+0012")
    ('id', '12')
    """
    found = _INDEX.fullmatch(key)
    return str(int(found[1])) if found and int(found[1]) < _LARGEST else key


def is_index(step: Fragment) -> bool:
    """Whether ``[*]`` fits a step."""
    if isinstance(step, Unnamed):
        return step is Unnamed.INDEX
    return step == "[*]" or (step.isdecimal() and step.isascii())


def weight(path: Path, way: Way) -> int:
    """Return how closely ``path`` fits the beginning of ``way``: 0 where it does not.

    >>> weight(read("$.a"), ("$", "a", "b")), weight(read("$.*"), ("$", "a")), weight(read("$.b"), ("$", "a"))
    (4, 2, 0)
    """
    if len(path) > len(way):
        return 0
    product = 1
    for token, step in zip(path, way, strict=False):
        if token is Star.ANY:
            continue
        if token is Star.INDEX:
            if not is_index(step):
                return 0
        elif token == step:
            product *= 2
        else:
            return 0
    return product
