"""Generated promises of JSON, and what might arrive: near enough to be interesting, wrong often enough.

Strategies are made once, and what depends on something drawn is drawn by plain functions: to make a strategy takes
Hypothesis longer than to draw from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cxmock.contracts import places
from cxmock.contracts.matching import paths

KEYS = st.sampled_from(["a", "b", "id", "first name", "x-y", "0", "17"])
TEXTS = [
    "",
    "a",
    "abc",
    "ABC",
    "a b",
    "x\ny",
    "é",
    "true",
    "false",
    "null",
    "0",
    "17",
    "+3",
    "-4",
    "1.5",
    ".5",
    "1e3",
    "nan",
    "1.2.3",
    "1.2",
    "1.2.3-rc.1+b.7",
    "01.2.3",
    "2026-01-14",
    "2026-02-30",
    "2024-02-29",
    "14/1/26",
    "23:59:60",
    "9:05",
    "2026-01-14T15:00:00Z",
    "2026-01-14T15:00:00+02:00",
    "2026-01-14T15:00:00+12:00",
    "2026-01-14T15:00:00.123+0200",
    "Wed, 14 Jan 2026 15:00:00 UTC",
    "2f1c7bf6-1d0e-4d2a-9a53-0a6a1f6b7c11",
]
SCALARS: SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from([0, 1, -1, 17, 2**31, 2**53, -(2**63), 2**64 - 1]),
    st.sampled_from([0.5, 1.5, -2.25, 100.0, 1.0]),
    st.booleans(),
    st.none(),
)
REGEXES = [
    "^a",
    "c$",
    "^[a-z]+$",
    r"^\d+$",
    r"\d",
    "^(?:abc|17)$",
    r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    r"^\h+$",
    "^$",
    "x.y",
    "(?m)x.y",
    "(?i)^abc$",
    r"\Ay\z",
    "^y",
    r"(?<one>[a-z])\k<one>?b",
    "[[:upper:]]{3}",
    r"^[^\d]*$",
    "(unclosed",
    "",
]
FORMATS = [
    "",
    "yyyy-MM-dd",
    "d/M/yy",
    "HH:mm:ss",
    "H:mm",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd'T'HH:mm:ssX",
    "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    "EEE, dd MMM yyyy HH:mm:ss z",
    "yyyy-DDD",
    "yyyy'W'w",
    "h:mm a",
    "bad format",
]
DOCUMENTS: SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
    ),
    max_leaves=8,
)
"""JSON of a few levels."""
EXAMPLES = DOCUMENTS.filter(lambda value: value is not None and value != "")
SIMPLE: SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from(
        [
            {"match": name}
            for name in (
                "equality",
                "type",
                "integer",
                "decimal",
                "number",
                "boolean",
                "null",
                "values",
                "notEmpty",
                "semver",
                "date",
                "time",
                "datetime",
            )
        ]
    ),
    st.sampled_from(REGEXES).map(lambda regex: {"match": "regex", "regex": regex}),
    st.sampled_from(["a", "17", "1", ""]).map(lambda text: {"match": "include", "value": text}),
    st.builds(
        lambda kind, form: {"match": kind, "format": form},
        st.sampled_from(["date", "time", "datetime", "timestamp"]),
        st.sampled_from(FORMATS),
    ),
    st.builds(
        lambda least, most: {"match": "type"} | ({"min": least} if least else {}) | ({"max": most} if most else {}),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
)


@cache
def rule_list(matchers: SearchStrategy[dict[str, Any]], most: int = 2) -> SearchStrategy[dict[str, Any]]:
    """Return the rules of one place."""
    return st.builds(
        lambda several, combine: {"matchers": several, "combine": combine},
        st.lists(matchers, min_size=1, max_size=most),
        st.sampled_from(["AND", "AND", "OR"]),
    )


def _variants() -> SearchStrategy[dict[str, Any]]:
    rules = st.dictionaries(st.sampled_from(["$", "$.a", "$.id", "$[0]", "$.*", "$[*]"]), rule_list(SIMPLE), max_size=1)
    return st.lists(
        st.builds(lambda index, rules: {"index": index, "rules": rules}, st.integers(0, 2), rules), max_size=2
    ).map(lambda variants: {"match": "arrayContains", "variants": variants})


MATCHERS: SearchStrategy[dict[str, Any]] = st.one_of(
    SIMPLE,
    SIMPLE,
    st.sampled_from([{"match": "values"}, {"match": "type"}, {"match": "notEmpty"}, {"match": "equality"}]),
    _variants(),
    st.lists(SIMPLE, max_size=2).map(lambda rules: {"match": "eachKey", "rules": rules}),
    st.lists(SIMPLE, min_size=1, max_size=2).map(lambda rules: {"match": "eachValue", "rules": rules}),
    SIMPLE.map(lambda rule: {"match": "eachValue", "rules": [{"match": "eachValue", "rules": [rule]}]}),
)


@st.composite
def json_case(draw: DrawFn) -> tuple[Any, dict[str, Any], Any]:
    """Draw an example in JSON, its rules, and what arrives."""
    expected = draw(EXAMPLES)
    ways = list(_ways(expected, ()))
    rules: dict[str, Any] = {}
    for _ in range(draw(st.integers(0, 3))):
        rules[_rule_path(draw, draw(st.sampled_from(ways)))] = draw(rule_list(MATCHERS))
    return expected, rules, _changed(draw, expected)


def _ways(value: Any, way: tuple[str | int, ...]) -> Iterable[tuple[str | int, ...]]:
    yield way
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _ways(part, (*way, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _ways(part, (*way, index))


def _rule_path(draw: DrawFn, way: tuple[str | int, ...]) -> str:
    """Return a place as a rule's path, some steps replaced by stars."""
    text = "$"
    for step in way:
        star = draw(st.sampled_from([False, False, True]))
        if isinstance(step, int):
            text += "[*]" if star else f"[{step}]"
        else:
            text += ".*" if star else places.write((step,))[1:]
    return text


def _changed(draw: DrawFn, value: Any) -> Any:
    """Draw something like ``value``: the same, or with parts changed, added, taken away."""
    what = draw(st.integers(0, 9))
    if what == 0:
        return draw(DOCUMENTS)
    if isinstance(value, dict):
        parts = {key: _changed(draw, part) for key, part in value.items()}
        if parts and what == 1:
            del parts[draw(st.sampled_from(sorted(parts)))]
        if what == 2:
            parts[draw(KEYS)] = draw(DOCUMENTS)
        if parts and what in (3, 4):
            parts[draw(KEYS)] = parts.pop(draw(st.sampled_from(sorted(parts))))
        return parts
    if isinstance(value, list):
        elements = [_changed(draw, part) for part in value]
        if what == 1:
            elements = elements[:-1]
        if elements and what in (2, 3):
            elements.append(_changed(draw, elements[0]))
        return elements
    return value if what > 4 else draw(SCALARS)


def ambiguous(rules: dict[str, Any]) -> bool:
    """Whether Pact's engine may choose either of two rules: its hash map's order decides, and changes."""
    known = [(paths.read(path), rule) for path, rule in rules.items()]
    return any(
        _overlap(one, other) and (_weight(one) == _weight(other) or _about_keys(one, other, first, second))
        for index, (one, first) in enumerate(known)
        for other, second in known[:index]
    )


def _weight(path: paths.Path) -> int:
    return len(path) << sum(isinstance(step, str) for step in path)


def _overlap(one: paths.Path, other: paths.Path) -> bool:
    """Whether both paths can lead to one place, or to something inside it."""
    return all(
        first == second or isinstance(first, paths.Star) or isinstance(second, paths.Star)
        for first, second in zip(one, other, strict=False)
    )


def _about_keys(one: paths.Path, other: paths.Path, first: Any, second: Any) -> bool:
    names = {matcher["match"] for rule in (first, second) for matcher in rule["matchers"]}
    return len(one) == len(other) and bool(names & {"values", "eachKey", "eachValue"})
