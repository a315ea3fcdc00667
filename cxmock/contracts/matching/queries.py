"""Queries and forms: fields by name, each with one or several values. What is not promised is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxmock.contracts.matching.difference import ABSENT, GOOD, UNPROMISED, Check, Difference, Found, show
from cxmock.contracts.matching.paths import ROOT, Way, fragment
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.text_lists import check_texts
from cxmock.contracts.matching.texts import check_text

Fields = Mapping[str, Sequence[str]]


def check_fields(expected: Fields, table: RuleTable) -> Check:
    """Return the check of all fields of a query or a form."""
    checks = {name: _check_field(list(values), (ROOT, fragment(name)), table) for name, values in expected.items()}
    missing = {name: Difference("is missing", _plain(values), ABSENT, (name,)) for name, values in expected.items()}

    def check(actual: Fields) -> Found:
        if not actual and not checks:
            return GOOD
        found: list[Difference] = []
        for name, one in checks.items():
            if (values := actual.get(name)) is None:
                found.append(missing[name])
            elif differing := one(values):
                found += [difference.at(name) for difference in differing]
        if len(actual) > len(checks) or actual.keys() - checks.keys():
            extra = [name for name in actual if name not in checks]
            found += [Difference(UNPROMISED, ABSENT, _plain(actual[name]), (name,)) for name in extra]
        return found

    return check


def _check_field(expected: list[str], way: Way, table: RuleTable) -> Check:
    if (combined := table.select(way)) is not None:
        return check_texts(expected, way, table, combined, _element)
    parts = [_element(text, (*way, str(index)), table) for index, text in enumerate(expected)]

    def check(actual: Sequence[str]) -> Found:
        if len(actual) != len(expected):
            sentence = f"has {len(actual)} value{'' if len(actual) == 1 else 's'}, not {len(expected)}"
            return (Difference(sentence, _plain(expected), _plain(actual)),)
        return [one for part, text in zip(parts, actual, strict=True) for one in part(text)]

    return check


def _element(expected: str, way: Way, table: RuleTable) -> Check:
    return check_text(expected, table.select((*way, "0")))


def _plain(values: Sequence[str]) -> str:
    return show(values[0]) if len(values) == 1 else show(list(values))
