"""What rules say of bytes."""

from __future__ import annotations

from cxmock.contracts.matching import content_types, texts
from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found, show
from cxmock.contracts.matching.rules import Combined, Kind, Rule


def check_bytes(expected: bytes, combined: Combined | None) -> Check:
    """Return the check of bytes; without rules they have to be equal."""
    if combined is None:
        return _one(expected, Rule(Kind.EQUALITY), False)
    checks = [_one(expected, rule, combined.cascaded) for rule in combined.rules]
    return all_of(checks) if combined.all_ else any_of(checks)


def _one(expected: bytes, rule: Rule, cascaded: bool) -> Check:
    match rule.kind:
        case Kind.EQUALITY:
            return lambda actual: GOOD if actual == expected else (Difference(_unequal, expected, actual),)
        case Kind.NOT_EMPTY:
            return lambda actual: GOOD if actual else (Difference("is empty", expected, actual),)
        case Kind.CONTENT_TYPE:
            return lambda actual: (
                GOOD
                if content_types.is_of(actual, rule.text)
                else (Difference(f"is not content of {rule.text}", expected, actual),)
            )
        case Kind.REGEX | Kind.INCLUDE:
            holds, say = texts.of(rule)

            def check(actual: bytes) -> Found:
                try:
                    text = actual.decode()
                except UnicodeDecodeError:
                    return (Difference("is no text (UTF-8)", expected, actual),)
                return GOOD if holds(text) else (Difference(say, show(expected), text),)

            return check
        case Kind.TYPE:
            return good
        case Kind.VALUES | Kind.EACH_KEY | Kind.EACH_VALUE if cascaded:
            return good
        case kind:
            sentence = f"is bytes, of which the matcher {kind} can say nothing"
            return lambda actual: (Difference(sentence, expected, actual),)


def _unequal(expected: bytes, actual: bytes) -> str:
    return (
        f"is {len(actual)} bytes beginning {actual[:16].hex(' ') or 'with nothing'}, "
        f"not the {len(expected)} bytes beginning {expected[:16].hex(' ')}"
    )
