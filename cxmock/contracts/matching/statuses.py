"""What rules say of an HTTP status."""

from __future__ import annotations

from cxmock.contracts.matching import texts
from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found
from cxmock.contracts.matching.rules import Combined, Kind, Rule


def check_status(expected: int, combined: Combined | None) -> Check:
    """Return the check of a status; without rules it has to be equal."""
    if combined is None or not combined.rules:
        return _one(expected, Rule(Kind.EQUALITY))
    checks = [_one(expected, rule) for rule in combined.rules]
    return all_of(checks) if combined.all_ else any_of(checks)


def _one(expected: int, rule: Rule) -> Check:
    match rule.kind:
        case Kind.EQUALITY:
            return lambda actual: (
                GOOD if actual == expected else (Difference(f"is {actual}, not {expected}", expected, actual),)
            )
        case Kind.STATUS_CODE:
            wanted = texts.class_name(rule.statuses)
            return lambda actual: (
                GOOD
                if texts.in_class(actual, rule.statuses)
                else (Difference(f"is {actual}, not {wanted}", wanted, actual),)
            )
        case Kind.TYPE | Kind.NUMBER | Kind.INTEGER:
            return good
        case Kind.REGEX | Kind.INCLUDE:
            holds, say = texts.of(rule)

            def check(actual: int) -> Found:
                return GOOD if holds(str(actual)) else (Difference(say, str(expected), str(actual)),)

            return check
        case kind:
            sentence = f"is a status, of which the matcher {kind} can say nothing"
            return lambda actual: (Difference(sentence, expected, actual),)
