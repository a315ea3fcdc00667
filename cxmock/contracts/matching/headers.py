"""Headers: names in any case, white space that does not count, lists between commas, parameters of content types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxmock.contracts.matching.difference import ABSENT, GOOD, Check, Difference, Found, show
from cxmock.contracts.matching.paths import ROOT, Way, fragment
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.text_lists import check_texts
from cxmock.contracts.matching.texts import check_text

_PARAMETERISED = frozenset({"accept", "content-type"})
_LISTS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-expose-headers",
        "access-control-request-headers",
        "allow",
        "cache-control",
        "if-match",
        "if-none-match",
        "vary",
    }
)
"""Headers whose value is a list between commas."""

Headers = Mapping[str, str]
"""By lower-case name; repeated ones are joined by commas."""


def check_headers(expected: Mapping[str, Sequence[str] | str], table: RuleTable) -> Check:
    """Return the check of all promised headers; others are of no interest."""
    checks = [_header(name.lower(), values, table) for name, values in expected.items()]

    def check(actual: Headers) -> Found:
        found: list[Difference] = []
        for name, missing, one in checks:
            if (text := actual.get(name)) is None:
                found.append(missing)
            elif differing := one(text):
                found += [difference.at(name) for difference in differing]
        return found

    return check


def split(name: str, text: str) -> list[str]:
    """Return a header's values.

    >>> split("vary", "a, b"), split("date", "Mon, 01 Dec 2008 01:15:39 GMT")
    (['a', 'b'], ['Mon, 01 Dec 2008 01:15:39 GMT'])
    """
    return [part.strip() for part in text.split(",")] if name in _LISTS else [text.strip()]


def check_header_value(name: str, expected: str, table: RuleTable) -> Check:
    """Return the check of one value of a header."""
    expected = expected.strip()
    way: Way = (ROOT, fragment(name))
    if (combined := table.select(way) or table.select((*way, "0"))) is not None:
        rules = check_text(expected, combined)
        return lambda actual: rules(actual.strip())
    if name in _PARAMETERISED:
        return _parameterised(expected)
    wanted = _without_blanks(expected)

    def check(actual: str) -> Found:
        return GOOD if actual == expected or _without_blanks(actual) == wanted else (_unequal(expected, actual),)

    return check


def _header(name: str, said: Sequence[str] | str, table: RuleTable) -> tuple[str, Difference, Check]:
    """Return a header's name, how it differs when it is missing, and the check of its values."""
    expected = split(name, said) if isinstance(said, str) else list(said)
    return name, Difference("is missing", ", ".join(expected), ABSENT, (name,)), _values(name, expected, table)


def _values(name: str, expected: list[str], table: RuleTable) -> Check:
    way: Way = (ROOT, fragment(name))
    parts = [check_header_value(name, text, table) for text in expected]
    if (combined := table.select(way)) is not None:
        several = check_texts(
            expected, way, table, combined, lambda text, _, inside: check_header_value(name, text, inside)
        )
    else:
        several = _in_order(expected, parts)
    ruled = combined is not None or table.select((*way, "0")) is not None
    same = expected[0] if len(expected) == 1 and not ruled else None

    def check(text: str) -> Found:
        if text == same:  # as most are
            return GOOD
        actual = split(name, text)
        if len(expected) > 1 and len(actual) == 1:
            actual = [part.strip() for part in text.split(",")]
        if not expected:
            return (Difference(f'is "{show(text)}", not empty', "", text),) if text else GOOD
        return parts[0](actual[0]) if len(expected) == len(actual) == 1 else several(actual)

    return check


def _in_order(expected: list[str], parts: list[Check]) -> Check:
    """Return the check of several values without rules: one by one, and no others but empty ones."""

    def check(actual: Sequence[str]) -> Found:
        if len(actual) < len(parts) or any(actual[len(parts) :]):
            return (_unequal(", ".join(expected), ", ".join(actual)),)
        return [one for part, text in zip(parts, actual, strict=False) for one in part(text)]

    return check


def _parameterised(expected: str) -> Check:
    """Return the check of a value with parameters: those that are promised have to be there, in any order."""
    base, wanted = _parameters(expected)

    def check(actual: str) -> Found:
        if actual == expected:
            return GOOD
        came, parameters = _parameters(actual)
        if came == base and wanted.items() <= parameters.items():
            return GOOD
        return (_unequal(expected, actual),)

    return check


def _parameters(text: str) -> tuple[str, dict[str, str]]:
    """Return a value's own part, and its parameters with their values in lower case."""
    parts = [part for part in map(str.strip, text.split(";")) if part]
    pairs = (part.partition("=") for part in parts[1:])
    return (parts[0] if parts else ""), {name.strip(): value.strip().lower() for name, equals, value in pairs if equals}


def _without_blanks(text: str) -> str:
    return ",".join(part.strip() for part in text.split(","))


def _unequal(expected: str, actual: str) -> Difference:
    return Difference(lambda wanted, came: f'is "{show(came)}", not "{show(wanted)}"', expected, actual)
