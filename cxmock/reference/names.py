"""Names that people give: to lists, jobs, campaigns and files."""

from __future__ import annotations

from cxmock.reference.envelope import Code, Refusal

NAME_LIMIT = 100
"""Characters (assumed; Configuration allows 255)."""

_FORBIDDEN = '/\\*?"<>|:'
"""What means something else in a path, a Configuration filter or a Redis key."""

_ODD = r'/\\*?"<>|:\x00-\x1f\x7f'
PATTERN = rf"[^\s.{_ODD}](?:[^{_ODD}]*[^\s{_ODD}])?"
"""What all of a name matches, for Python and JSON Schema alike; that it is printable has to be looked at besides."""


def valid_name(field: str, name: str) -> str:
    """Return ``name`` if it can be one.

    >>> valid_name("name", "Leads, spring")
    'Leads, spring'

    Raises:
        Refusal: it is too long, has blanks at its ends, begins with a dot, or has a character that cannot be (652).
    """
    wrong = _odd(name)
    if not is_name(name):
        reason = f"has {', '.join(map(repr, wrong))}" if wrong else f'is "{name:.40}"'
        raise Refusal(
            Code.INVALID,
            f'"{field}" {reason}.',
            f"1 to {NAME_LIMIT} printable ones; none of {' '.join(_FORBIDDEN)}; no blank at an end, no dot first.",
        )
    return name


def is_name(name: str) -> bool:
    """Return whether ``name`` can be one; of what cannot, there is nothing."""
    return not _odd(name) and name == name.strip() and not name.startswith(".") and 0 < len(name) <= NAME_LIMIT


def _odd(name: str) -> list[str]:
    return sorted({character for character in name if character in _FORBIDDEN or not character.isprintable()})
