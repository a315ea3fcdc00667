"""What each rule says of a text: of a path, a header, a field of a query or a form, a body that is text."""

from __future__ import annotations

import re
from collections.abc import Callable

from cxmock.contracts.matching import content_types, moments, regexes
from cxmock.contracts.matching.combining import all_of, any_of, good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found, Say, show, told
from cxmock.contracts.matching.rules import STATUSES, Combined, Kind, Rule

Holds = Callable[[str], bool]

_MOMENTS = {Kind.DATE: "a date", Kind.TIME: "a time", Kind.DATETIME: "a moment"}
_FLOAT = re.compile(r"[+-]?(?:inf(?:inity)?|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)", re.IGNORECASE)
_WHOLE = re.compile(r"\+?[0-9]+")
_SEMVER = re.compile(
    r"(?:(?:0|[1-9][0-9]*)\.){2}(?:0|[1-9][0-9]*)"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_U64 = 2**64


def check_text(expected: str, combined: Combined | None) -> Check:
    """Return the check of a text; without rules it has to be equal."""
    if combined is None:
        return _one(expected, Rule(Kind.EQUALITY), False)
    checks = [_one(expected, rule, combined.cascaded) for rule in combined.rules]
    return all_of(checks) if combined.all_ else any_of(checks)


def of(rule: Rule) -> tuple[Holds, Say | str]:
    """Return what a rule that looks at text says, and the sentence for when it does not hold."""
    match rule.kind:
        case Kind.REGEX:
            return regex(rule.text)
        case Kind.INCLUDE:
            return (
                lambda actual: rule.text in actual,
                lambda _, actual: f'is {told(actual)} without "{rule.text}" in it',
            )
        case _:
            return _moment(rule)


def is_semver(value: object) -> bool:
    """Whether a value is a version by Semantic Versioning 2.0.

    >>> is_semver("1.2.3-rc.1+build"), is_semver("v1.2.3"), is_semver("1.2")
    (True, False, False)
    """
    if not isinstance(value, str) or not _SEMVER.fullmatch(value):
        return False
    core = re.split("[-+]", value, maxsplit=1)[0]
    return all(int(number) < _U64 for number in core.split("."))


def in_class(status: int, statuses: str | frozenset[int]) -> bool:
    """Whether an HTTP status is of a class, or one of the codes."""
    if isinstance(statuses, str):
        low, high = STATUSES[statuses]
        return low <= status <= high
    return status in statuses


def class_name(statuses: str | frozenset[int]) -> str:
    """Return a class of HTTP status for people."""
    if isinstance(statuses, str):
        low, high = STATUSES[statuses]
        return f"{statuses} ({low} to {high})" if low > 0 and high < 600 else statuses
    return "one of " + ", ".join(map(str, sorted(statuses)))


def _one(expected: str, rule: Rule, cascaded: bool) -> Check:
    holds, say = _holds(expected, rule, cascaded)
    if holds is None:
        return good

    def check(actual: str) -> Found:
        return GOOD if holds(actual) else (Difference(say, expected, actual),)

    return check


def _holds(expected: str, rule: Rule, cascaded: bool) -> tuple[Holds | None, Say | str]:
    match rule.kind:
        case Kind.EQUALITY | Kind.VALUES:
            return (
                lambda actual: actual == expected,
                lambda wanted, actual: f'is "{show(actual)}", not "{show(wanted)}"',
            )
        case Kind.REGEX | Kind.INCLUDE | Kind.DATE | Kind.TIME | Kind.DATETIME:
            return of(rule)
        case Kind.NUMBER | Kind.DECIMAL:
            return _fits(_FLOAT), lambda _, actual: f'is "{show(actual)}", not a number'
        case Kind.INTEGER:
            return _is_whole, lambda _, actual: f'is "{show(actual)}", not a whole number'
        case Kind.BOOLEAN:
            return (
                lambda actual: actual in ("true", "false"),
                lambda _, actual: f'is "{show(actual)}", not true or false',
            )
        case Kind.NOT_EMPTY:
            return bool, "is empty"
        case Kind.SEMVER:
            return is_semver, lambda _, actual: f'is "{show(actual)}", not a semantic version'
        case Kind.STATUS_CODE:
            return (
                lambda actual: _is_whole(actual) and int(actual) < 65536 and in_class(int(actual), rule.statuses),
                lambda _, actual: f'is "{show(actual)}", not {class_name(rule.statuses)}',
            )
        case Kind.CONTENT_TYPE:
            return lambda actual: content_types.is_of(actual.encode(), rule.text), f"is not content of {rule.text}"
        case Kind.TYPE:
            return None, ""
        case Kind.EACH_KEY | Kind.EACH_VALUE if cascaded:
            return None, ""
        case _:
            return lambda actual: False, f"is a text, of which the matcher {rule.kind} can say nothing"


def regex(pattern: str) -> tuple[Holds, Say | str]:
    """Return what tells whether a text fits ``pattern``, and what to say of one that does not; a bad one fits none."""
    try:
        fits = regexes.fits(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return lambda actual: False, f"the regular expression {show(pattern)} cannot be used: {error}"

    def say(_: object, actual: str) -> str:
        if fits.gave_up:
            return (
                f"the regular expression {show(pattern)} cannot be used: it takes too long to tell whether a text fits"
            )
        return f"is {told(actual)}, which {pattern} does not fit"

    return fits, say


def _moment(rule: Rule) -> tuple[Holds, Say | str]:
    try:
        is_moment = moments.judge(rule.text)
    except moments.BadFormat as error:
        return lambda actual: False, str(error)
    return is_moment, lambda _, actual: f"is {told(actual)}, not {_MOMENTS[rule.kind]} like {rule.text}"


def _fits(pattern: re.Pattern[str]) -> Holds:
    return lambda text: pattern.fullmatch(text) is not None


def _is_whole(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None and int(text) < _U64
