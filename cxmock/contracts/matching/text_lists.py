"""Lists of texts under one name: the values of a query's parameter, of a form's field, of a header."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found, told
from cxmock.contracts.matching.paths import ROOT, Way
from cxmock.contracts.matching.rules import EQUALITY, Combined, Kind, Rule, Variant
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.whole import check_whole

Element = Callable[[str, Way, RuleTable], Check]
"""Makes the check of one text, which stands at a place, under a table of rules."""


def check_texts(expected: list[str], way: Way, table: RuleTable, combined: Combined, element: Element) -> Check:
    """Return the check of several texts under one name for which there are rules."""
    if not expected:
        return good
    checks = [_rule(expected, way, table, rule, combined.cascaded, element) for rule in combined.rules]
    return all_of(checks) if combined.all_ else any_of(checks)


def _rule(expected: list[str], way: Way, table: RuleTable, rule: Rule, cascaded: bool, element: Element) -> Check:
    if rule.kind is Kind.ARRAY_CONTAINS:
        variants = rule.variants or [Variant(index, (((), EQUALITY),)) for index in range(len(expected))]
        return all_of([_variant(expected, one, element) for one in variants])
    if rule.kind is Kind.EACH_VALUE:
        return good if cascaded else _elements(expected, way, RuleTable.of_each(way, rule.inner), element)
    return all_of([check_whole(list(expected), rule, cascaded), _elements(expected, way, table, element)])


def _elements(expected: Sequence[str], way: Way, table: RuleTable, element: Element) -> Check:
    """Return the check of each text; those beyond the example are like its first."""
    parts = [element(text, (*way, str(index)), table) for index, text in enumerate(expected)]

    def check(actual: Sequence[str]) -> Found:
        return [
            one for index, text in enumerate(actual) for one in (parts[index] if index < len(parts) else parts[0])(text)
        ]

    return check


def _variant(expected: list[str], variant: Variant, element: Element) -> Check:
    if variant.index >= len(expected):
        sentence = f"has to have variant {variant.index}, of which the example has none"
        return lambda actual: (Difference(sentence, expected, actual),)
    example = expected[variant.index]
    fits = element(example, (ROOT,), RuleTable(variant.entries))

    def check(actual: Sequence[str]) -> Found:
        if any(not fits(text) for text in actual):
            return GOOD
        return (Difference(lambda wanted, _: f"has no value like {told(wanted)}", example, list(actual)),)

    return check
