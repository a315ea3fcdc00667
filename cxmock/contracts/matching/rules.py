"""Matching rules as data: what a Pact file says of one place, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxmock.contracts.matching import paths
from cxmock.contracts.model import MatchingRule
from cxmock.errors.base import nearest

DEPTH_LIMIT = 20
"""Levels of rules inside rules (``eachValue``, ``arrayContains``)."""


class Kind(StrEnum):
    """The matchers of the Pact specification."""

    EQUALITY = "equality"
    REGEX = "regex"
    TYPE = "type"
    INCLUDE = "include"
    NUMBER = "number"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    NULL = "null"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CONTENT_TYPE = "contentType"
    VALUES = "values"
    ARRAY_CONTAINS = "arrayContains"
    STATUS_CODE = "statusCode"
    NOT_EMPTY = "notEmpty"
    SEMVER = "semver"
    EACH_KEY = "eachKey"
    EACH_VALUE = "eachValue"


_ALIASES: Mapping[str, Kind] = {
    "real": Kind.DECIMAL,
    "timestamp": Kind.DATETIME,
    "min": Kind.TYPE,
    "max": Kind.TYPE,
    "min-type": Kind.TYPE,
    "max-type": Kind.TYPE,
    "content-type": Kind.CONTENT_TYPE,
    "array-contains": Kind.ARRAY_CONTAINS,
    "status-code": Kind.STATUS_CODE,
    "not-empty": Kind.NOT_EMPTY,
    "each-key": Kind.EACH_KEY,
    "each-value": Kind.EACH_VALUE,
}

_SETTING: Mapping[Kind, str] = {Kind.REGEX: "regex", Kind.INCLUDE: "value", Kind.CONTENT_TYPE: "value"}
"""What a matcher cannot do without."""

_FORMATS: Mapping[Kind, str] = {
    Kind.DATE: "yyyy-MM-dd",
    Kind.TIME: "HH:mm:ss",
    Kind.DATETIME: "yyyy-MM-dd'T'HH:mm:ssXXX",
}
"""The Java format where a rule names none."""

STATUSES: Mapping[str, tuple[int, int]] = {
    "info": (100, 199),
    "success": (200, 299),
    "redirect": (300, 399),
    "clientError": (400, 499),
    "serverError": (500, 599),
    "nonError": (0, 399),
    "error": (400, 65535),
}
"""Classes of HTTP status: from, to."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the elements that a list has to have somewhere (``arrayContains``)."""

    index: int
    """Which element of the expected list it is."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One matcher with its settings."""

    kind: Kind
    text: str = ""
    """A regular expression, what has to be included, a content type, or a format of dates."""
    least: int | None = None
    most: int | None = None
    statuses: str | frozenset[int] = ""
    """A class of :data:`STATUSES`, or the codes themselves."""
    variants: tuple[Variant, ...] = ()
    inner: tuple[Rule, ...] = ()
    """What holds for each key or value."""

    @property
    def is_about_values(self) -> bool:
        """Whether it takes an object for a collection of values whose keys do not matter."""
        return self.kind in (Kind.VALUES, Kind.EACH_VALUE, Kind.ARRAY_CONTAINS)


@dataclass(frozen=True, slots=True)
class Combined:
    """The rules of one place."""

    rules: tuple[Rule, ...]
    all_: bool = True
    """Whether all have to hold, or one of them."""
    cascaded: bool = False
    """Whether they stand further out and reach down to here."""


Entry = tuple[paths.Path, Combined]
"""Rules, and where they hold."""

EQUALITY = Combined((Rule(Kind.EQUALITY),))
TYPE = Combined((Rule(Kind.TYPE),))


class RuleFault(Exception):
    """A rule cannot be read. ``place`` is where, ``reason`` why, ``hint`` how to mend it."""

    def __init__(self, reason: str, hint: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.place = place


def entries(rules: Mapping[str, MatchingRule]) -> tuple[Entry, ...]:
    """Return the rules of a body, or of anything whose places are paths.

    Raises:
        RuleFault: one of them cannot be read.
    """
    return tuple((_path(place), combined(rule, place)) for place, rule in rules.items())


def named(rules: Mapping[str, MatchingRule], *, lower: bool = False) -> tuple[Entry, ...]:
    """Return the rules of headers or a query, by name; ``lower`` where case does not matter.

    Raises:
        RuleFault: one of them cannot be read.
    """
    return tuple(((paths.ROOT, name.lower() if lower else name), combined(rule, name)) for name, rule in rules.items())


def combined(rule: MatchingRule, place: str) -> Combined:
    """Return the rules of one place; ``place`` names it in faults.

    Raises:
        RuleFault: one of them cannot be read.
    """
    try:
        return Combined(tuple(_read(one, 0) for one in rule.matchers), rule.combine != "OR")
    except RuleFault as fault:
        raise RuleFault(fault.reason, fault.hint, place + fault.place) from fault


def _path(text: str) -> paths.Path:
    try:
        return paths.read(text)
    except ValueError as error:
        raise RuleFault(str(error), "Write it like $.items[*].id or $['a name'].", text) from error


def _read(said: Any, depth: int) -> Rule:
    if depth > DEPTH_LIMIT:
        raise RuleFault(f"rules are nested over {DEPTH_LIMIT} levels deep", "Take the innermost out.")
    if not isinstance(said, Mapping):
        raise RuleFault(f"a matcher is an object, and {str(said)[:60]!r} is none", 'Write it like {"match": "type"}.')
    name = str(said.get("match") or said.get("pact:matcher:type") or _guess(said))
    kind = _kind(name)
    if kind is Kind.TYPE:
        return Rule(kind, least=_number(said, "min"), most=_number(said, "max"))
    if kind is Kind.STATUS_CODE:
        return Rule(kind, statuses=_statuses(said.get("status", "success")))
    if kind is Kind.ARRAY_CONTAINS:
        return Rule(kind, variants=tuple(_variants(said.get("variants"), depth)))
    if kind in (Kind.EACH_KEY, Kind.EACH_VALUE):
        inner = tuple(_read(one, depth + 1) for one in _list(said.get("rules", ()), kind, "rules"))
        if not inner and kind is Kind.EACH_VALUE:
            raise RuleFault(
                'the matcher "eachValue" has no rules', 'Say what each value is, such as {"match": "type"}.'
            )
        return Rule(kind, inner=inner)
    if kind in _FORMATS:
        return Rule(kind, text=str(said.get("format") or said.get(name) or _FORMATS[kind]))
    if kind in _SETTING:
        if (setting := said.get(_SETTING[kind])) is None:
            raise RuleFault(f'the matcher "{kind}" has no "{_SETTING[kind]}"', f'Give it one as "{_SETTING[kind]}".')
        return Rule(kind, text=str(setting))
    return Rule(kind)


def _guess(said: Mapping[str, Any]) -> str:
    """Return the matcher that is meant where only its setting is written, as older files do."""
    return next((name for name in ("regex", "min", "max", "timestamp", "time", "date") if name in said), "")


def _kind(name: str) -> Kind:
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        return Kind(name)
    except ValueError:
        known = [str(kind) for kind in Kind]
        raise RuleFault(f'there is no matcher "{name[:60]}"', nearest(name, known)) from None


def _number(said: Mapping[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdecimal():
        raise RuleFault(f'"{name}" is a number of elements, and {str(value)[:60]!r} is none', "Write a whole number.")
    return int(value)


def _statuses(said: Any) -> str | frozenset[int]:
    if isinstance(said, str) and said in STATUSES:
        return said
    if isinstance(said, Sequence) and not isinstance(said, str) and all(type(one) is int for one in said):
        return frozenset(said)
    raise RuleFault(f"{str(said)[:60]!r} is no class of HTTP status", nearest(str(said), list(STATUSES)))


def _variants(said: Any, depth: int) -> Iterator[Variant]:
    for one in _list(said, Kind.ARRAY_CONTAINS, "variants"):
        if not isinstance(one, Mapping):
            raise RuleFault("a variant is an object", 'Write it like {"index": 0, "rules": {}}.')
        index = _number(one, "index") or 0
        said_rules = one.get("rules")
        if said_rules is None:
            yield Variant(index, (((), EQUALITY),))
            continue
        if not isinstance(said_rules, Mapping):
            raise RuleFault("a variant's rules are an object", "Write them by path, as those of a body.")
        yield Variant(index, tuple(_variant_entry(place, rule, depth) for place, rule in said_rules.items()))


def _variant_entry(place: str, said: Any, depth: int) -> Entry:
    if not isinstance(said, Mapping):
        raise RuleFault("the rules of a place are an object", 'Write them like {"matchers": [...]}.', place)
    matchers = _list(said.get("matchers", ()), Kind.ARRAY_CONTAINS, "matchers")
    return _path(place), Combined(
        tuple(_read(one, depth + 1) for one in matchers), str(said.get("combine", "AND")).upper() != "OR"
    )


def _list(said: Any, kind: Kind, name: str) -> Sequence[Any]:
    if isinstance(said, (list, tuple)):
        return said
    raise RuleFault(f'the matcher "{kind}" needs a list of {name}', f'Give it as "{name}".')
