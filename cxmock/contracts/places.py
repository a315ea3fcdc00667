"""Places inside JSON: the subset of JSONPath that Pact uses, ``$.data[*].id`` or ``$['a b'][0]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

ANY: Final = "*"
"""Every element of a list, or every value of an object."""
VALUES: Final = ".*"
"""Every value of an object, as a step that is written: Pact's engine tells objects from lists by it."""

Step = str | int
Place = tuple[Step, ...]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP = re.compile(r"\.(\*|[\w-]+)|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]")


def write(place: Place) -> str:
    """Return a place as Pact writes it.

    >>> write(("data", "*", "first name", 0))
    "$.data[*]['first name'][0]"
    >>> write(("sections", VALUES))
    '$.sections.*'
    """
    return "$" + "".join(map(_write_step, place))


def _write_step(step: Step) -> str:
    if step == VALUES:
        return VALUES
    if isinstance(step, int) or step == ANY:
        return f"[{step}]"
    if _NAME.match(step):
        return f".{step}"
    escaped = step.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def read(text: str) -> Place:
    r"""Return the steps of a place.

    >>> read("$.data[*]['first name'][0]")
    ('data', '*', 'first name', 0)

    Raises:
        ValueError: ``text`` is not such a path.
    """
    if not text.startswith("$"):
        raise ValueError(f"a path begins with $, and {text!r} does not")
    steps: list[Step] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"{text!r} cannot be read from {text[position:]!r} on")
        name, index, single, double = match.groups()
        if index is not None:
            steps.append(index if index == ANY else int(index))
        else:
            steps.append(
                name if name is not None else re.sub(r"\\(.)", r"\1", single if single is not None else double)
            )
        position = match.end()
    return tuple(steps)


def put(document: Any, place: Place, value: Any) -> Any:
    """Return ``document`` with ``value`` wherever ``place`` leads to; the rest is shared, nothing is modified.

    >>> put({"a": [1, 2], "b": 3}, ("a", "*"), 7)
    {'a': [7, 7], 'b': 3}
    """
    return change(document, place, lambda _: value)


def change(document: Any, place: Place, make: Callable[[Any], Any]) -> Any:
    """Return ``document`` with what ``make`` gives for the value, wherever ``place`` leads to; see :func:`put`.

    >>> change({"a": [1, 2], "b": 3}, ("a", "*"), str)
    {'a': ['1', '2'], 'b': 3}
    """
    if not place:
        return make(document)
    step, rest = place[0], place[1:]
    if isinstance(document, dict):
        return {key: change(part, rest, make) if step in (key, ANY) else part for key, part in document.items()}
    if isinstance(document, list):
        return [change(part, rest, make) if step in (index, ANY) else part for index, part in enumerate(document)]
    return document
