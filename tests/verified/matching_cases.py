"""Generated promises, and what might arrive: near enough to be interesting, wrong often enough.

Strategies are made once, and what depends on something drawn is drawn by plain functions: to make a strategy takes
Hypothesis longer than to draw from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, tostring

from hypothesis import assume
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


# HTTP

NAMES = st.sampled_from(["a", "tag", "X-Id", "0"])
HEADER_NAMES = st.sampled_from(["X-A", "x-b", "Accept", "Vary", "Date"])
LIST_HEADERS = ("Accept", "Vary")
PLAIN = [text for text in TEXTS if text.isascii() and text.isprintable() and text == text.strip()]
HEADER_VALUES = [
    *PLAIN,
    "a,b",
    "a, b",
    "a ,b, c",
    "text/html; q=0.9",
    "text/html;q=0.9;level=1",
    "text/plain; charset=UTF-8",
    "Mon, 01 Dec 2008 01:15:39 GMT",
]
ANY_TEXT, SOME_TEXT = st.sampled_from(TEXTS), st.sampled_from([text for text in TEXTS if text])
HEADER_TEXT = st.sampled_from(HEADER_VALUES)
PATHS = ["/", "/a", "/a/17", "/a/b/17", "/A", "/a/"]
FORM, TEXT, XML = "application/x-www-form-urlencoded", "text/plain", "application/xml"

TEXT_MATCHERS: SearchStrategy[dict[str, Any]] = st.one_of(
    SIMPLE,
    SIMPLE,
    st.lists(SIMPLE, min_size=1, max_size=2).map(lambda rules: {"match": "eachValue", "rules": rules}),
    st.dictionaries(st.sampled_from(["$", "$.a"]), rule_list(SIMPLE), max_size=1).map(
        lambda rules: {"match": "arrayContains", "variants": [{"index": 0, "rules": rules}]}
    ),
)


@cache
def fields(
    names: SearchStrategy[str], texts: SearchStrategy[str], least: int = 0
) -> SearchStrategy[dict[str, list[str]]]:
    """Return names with one or several texts each."""
    return st.dictionaries(names, st.lists(texts, min_size=1, max_size=3), min_size=least, max_size=2)


def _changed_fields(
    draw: DrawFn, value: dict[str, list[str]], names: SearchStrategy[str], texts: SearchStrategy[str]
) -> dict[str, list[str]]:
    """Draw something like ``value``."""
    what = draw(st.integers(0, 9))
    some = {
        name: [draw(texts) if draw(st.integers(0, 4)) == 0 else text for text in several]
        for name, several in value.items()
    }
    if some and what == 0:
        del some[draw(st.sampled_from(sorted(some)))]
    if what == 1:
        some |= draw(fields(names, texts))
    if some and what in (2, 3):
        name = draw(st.sampled_from(sorted(some)))
        some[name] = [*some[name], draw(texts)] if what == 2 else some[name][:1]
    return some


def named_rules(draw: DrawFn, names: Iterable[str]) -> dict[str, Any]:
    """Draw rules for some of the names."""
    return {name: draw(rule_list(TEXT_MATCHERS)) for name in names if draw(st.booleans())}


@st.composite
def body_case(draw: DrawFn) -> tuple[Any, str, dict[str, Any], str]:
    """Draw a body, its content type, its rules, and the text that arrives."""
    kind = draw(st.sampled_from(["application/json", "application/hal+json", XML, FORM, TEXT]))
    if kind.endswith("json"):
        expected, rules, actual = draw(json_case())
        return expected, kind, rules, json.dumps(actual)
    if kind == XML:
        element = _element(draw)
        ways = sorted({way for one in element.iter() for way in _xml_paths(element, one)})
        some = draw(st.lists(st.sampled_from(ways), max_size=2, unique=True))
        rules = {way: draw(rule_list(SIMPLE)) for way in some}
        return tostring(element, "unicode"), kind, rules, tostring(_changed_element(draw, element), "unicode")
    if kind == FORM:
        form = draw(fields(NAMES, ANY_TEXT, least=1))
        rules = {places.write((name,)): draw(rule_list(TEXT_MATCHERS)) for name in form if draw(st.booleans())}
        return encoded(form), kind, rules, encoded(_changed_fields(draw, form, NAMES, ANY_TEXT))
    text = draw(SOME_TEXT)
    rules = {"$": draw(rule_list(SIMPLE))} if draw(st.booleans()) else {}
    return text, kind, rules, text if draw(st.integers(0, 9)) == 0 else draw(ANY_TEXT)


XML_NAMES = st.sampled_from(["a", "b", "c-d"])
XML_TEXTS = st.sampled_from([text for text in TEXTS if "\n" not in text])


XML_ATTRIBUTES = st.dictionaries(st.sampled_from(["x", "y"]), XML_TEXTS, max_size=2)


def _element(draw: DrawFn, depth: int = 0) -> Element:
    """Draw an XML element."""
    element = Element(draw(XML_NAMES), draw(XML_ATTRIBUTES))
    element.text = draw(XML_TEXTS)
    if depth < 2:
        element.extend(_element(draw, depth + 1) for _ in range(draw(st.integers(0, 2))))
    return element


def _changed_element(draw: DrawFn, element: Element) -> Element:
    """Draw something like ``element``."""
    what = draw(st.integers(0, 11))
    if what == 0:
        return _element(draw, 2)
    attributes = {name: draw(XML_TEXTS) if draw(st.integers(0, 7)) == 0 else text for name, text in element.items()}
    if what == 1:
        attributes = attributes | {"y": draw(XML_TEXTS)}
    other = Element(element.tag, attributes)
    other.text = draw(XML_TEXTS) if what == 2 else element.text
    other.extend(_changed_element(draw, child) for child in element)
    if len(other) and what == 3:
        other.remove(other[0])
    if len(other) and what == 4:
        other.append(other[0])
    return other


def _xml_paths(root: Element, wanted: Element) -> Iterable[str]:
    """Yield paths of rules about an element, its attributes and its text."""
    if root is wanted:
        way = f"$.{root.tag}"
        yield from (way, f"{way}.*", f"{way}.#text", *(f"{way}.@{name}" for name in root.attrib))
    for child in root:
        yield from (f"$.{root.tag}{way[1:]}" for way in _xml_paths(child, wanted))


def encoded(some: dict[str, list[str]]) -> str:
    """Return a query or a form as it is sent."""
    return urlencode([(name, text) for name, several in some.items() for text in several])


@st.composite
def request_case(draw: DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a promised request and one that arrives."""
    query = draw(fields(NAMES, ANY_TEXT))
    headers = _promised_headers(draw)
    path = draw(st.sampled_from(PATHS))
    rules: dict[str, Any] = {
        "query": named_rules(draw, query),
        "header": named_rules(draw, headers),
    }
    if draw(st.booleans()):
        rules["path"] = draw(rule_list(SIMPLE))
    promised: dict[str, Any] = {"method": draw(st.sampled_from(["GET", "POST"])), "path": path}
    promised |= {"query": query} if query else {}
    sent, kind = "", ""
    if draw(st.booleans()):
        expected, kind, body_rules, sent = draw(body_case())
        promised["body"] = {"content": expected, "contentType": kind, "encoded": False}
        rules["body"] = body_rules
    promised |= {"headers": headers, "matchingRules": {name: rule for name, rule in rules.items() if rule}}
    target = draw(st.sampled_from([path, path, path, *PATHS]))
    if arrived_query := _changed_fields(draw, query, NAMES, ANY_TEXT):
        target += "?" + encoded(arrived_query)
    lines = _lines(draw, headers, kind)
    if kind:
        headers["Content-Type"] = [kind]  # Pact's handles add it whatever we do
    method = promised["method"] if draw(st.integers(0, 9)) else draw(st.sampled_from(["GET", "POST", "PUT"]))
    return promised, {"method": method, "target": target, "headers": lines, "body": sent}


@st.composite
def response_case(draw: DrawFn) -> dict[str, Any]:
    """Draw a promised response and one that arrives."""
    headers = _promised_headers(draw)
    rules: dict[str, Any] = {"header": named_rules(draw, headers)}
    if draw(st.booleans()):
        rules["status"] = draw(rule_list(STATUS_MATCHERS))
    promised: dict[str, Any] = {"status": draw(st.sampled_from([200, 201, 404])), "headers": headers}
    sent, kind = "", ""
    if draw(st.booleans()):
        expected, kind, body_rules, sent = draw(body_case())
        promised["body"] = {"content": expected, "contentType": kind, "encoded": False}
        rules["body"] = body_rules
    promised["matchingRules"] = {name: rule for name, rule in rules.items() if rule}
    status = draw(st.sampled_from([promised["status"], promised["status"], 200, 204, 302, 400, 500]))
    body = sent if status != 204 else ""
    return {"response": promised, "actual": {"status": status, "headers": _lines(draw, headers, kind), "body": body}}


STATUS_MATCHERS: SearchStrategy[dict[str, Any]] = st.one_of(
    SIMPLE,
    st.sampled_from(
        ["info", "success", "redirect", "clientError", "serverError", "nonError", "error", [200, 404], [500]]
    ).map(lambda status: {"match": "statusCode", "status": status}),
    st.just({"match": "statusCode"}),
)


def _promised_headers(draw: DrawFn) -> dict[str, list[str]]:
    """Draw headers. Several values have no commas in them: see :func:`_lines`."""
    some = draw(fields(HEADER_NAMES, HEADER_TEXT))
    return {
        name: several if len(several) == 1 and name not in LIST_HEADERS else [one.replace(",", "") for one in several]
        for name, several in some.items()
    }


def _lines(draw: DrawFn, promised: dict[str, list[str]], kind: str) -> list[tuple[str, str]]:
    """Draw header lines near to the promised headers, and a content type.

    Where several values are promised they come on lines of their own, else on one line: to us both are the same.
    """
    lines: list[tuple[str, str]] = []
    for name, several in _changed_fields(draw, promised, HEADER_NAMES, HEADER_TEXT).items():
        spelled = draw(st.sampled_from([name, name.lower(), name.upper()]))
        if len(promised.get(name, ())) > 1:
            lines += [(spelled, text.replace(",", "")) for text in several]
        else:
            lines.append((spelled, ", ".join(several)))
    if kind and draw(st.integers(0, 9)):
        other = draw(st.integers(0, 9)) == 0
        lines.append(("Content-Type", draw(st.sampled_from([f"{kind}; charset=utf-8", TEXT])) if other else kind))
    return lines


# Texts

PIECES: dict[str, list[str]] = {
    "G": ["AD", "bc", "x"],
    "yyyy": ["2026", "26", "20261"],
    "yy": ["26", "2026"],
    "uuuu": ["2026"],
    "M": ["1", "12", "13", "0"],
    "MM": ["01", "1", "13"],
    "MMM": ["Jan", "may", "Foo", "January"],
    "MMMM": ["January", "May", "Jan"],
    "LL": ["02", "00"],
    "d": ["1", "31", "32"],
    "dd": ["30", "29", "09", "0"],
    "D": ["7", "356", "357", "001"],
    "Q": ["1", "5"],
    "QQQ": ["Q1", "q4", "Q5"],
    "QQQQ": ["1st quarter", "4th Quarter"],
    "w": ["56", "57", "1"],
    "W": ["5", "0"],
    "F": ["0", "5"],
    "E": ["Mon", "Monday"],
    "EEEE": ["monday", "Mon"],
    "e": ["7", "8", "0"],
    "eee": ["Sun", "7"],
    "c": ["1"],
    "a": ["AM", "pm", "xm"],
    "H": ["0", "23", "24"],
    "HH": ["00", "9", "24"],
    "k": ["24", "0"],
    "K": ["11", "12"],
    "h": ["12", "0"],
    "mm": ["59", "60", "5"],
    "ss": ["60", "61", "0"],
    "S": ["9", "12"],
    "SSS": ["123", "1", "1234"],
    "n": ["123456789"],
    "A": ["0"],
    "N": ["77"],
    "X": ["Z", "+02", "+0230", "-12", "+02:30", "++02"],
    "XX": ["Z", "+0230", "+02"],
    "XXX": ["Z", "-02:30", "+0230"],
    "XXXX": ["+023015", "+0230", "+023061"],
    "XXXXX": ["+02:30:15", "+02:30"],
    "x": ["+02", "Z"],
    "xxx": ["+02:30", "Z"],
    "Z": ["+0230", "Z", "+02:30"],
    "ZZZZ": ["GMT+02:30", "UTC", "GMT", "+02:30"],
    "ZZZZZ": ["+02:30", "Z"],
    "O": ["GMT+2", "UTC-02:30", "GMT"],
    "OOOO": ["GMT+02:30", "GMT+2"],
    "'T'": ["T", "t"],
    "'o''clock'": ["o'clock", "o''clock"],
    "''": ["'"],
    "-": ["-", ""],
    " ": [" ", "  "],
    ":": [":"],
    ".": [".", ","],
    "é": ["é"],
    "b": ["b"],
    "EEEEEE": ["x"],
    "7": ["7"],
}
"""Runs of letters in formats of dates, and what might stand for them."""


LONG_YEAR = re.compile("[yu]{5}")
"""With digits after it, it is too much for Pact's engine, which comes to no verdict."""
RUNS = st.lists(st.sampled_from(list(PIECES)), min_size=1, max_size=6)


@st.composite
def moment_case(draw: DrawFn) -> tuple[str, list[str]]:
    """Draw a format, and texts that might be moments of it."""
    runs = draw(RUNS)
    assume(not LONG_YEAR.search("".join(runs)))
    texts = ["".join(draw(_pieces(run)) for run in runs) for _ in range(draw(st.integers(8, 12)))]
    return "".join(runs), texts


@cache
def _pieces(run: str) -> SearchStrategy[str]:
    return st.sampled_from(PIECES[run])


PATTERN_PIECES = [
    "a",
    "b?",
    "[a-c]+",
    "[^a]",
    "[]a]",
    "[\\]x]",
    "[[:digit:]_]",
    r"\d+",
    r"\w*",
    r"\s",
    r"\h",
    r"[\h.]+",
    "^",
    "$",
    r"\A",
    r"\z",
    r"\Z",
    "(a|ab)",
    "(?:b|bc)",
    "(?<name>a|1)",
    r"\k<name>",
    "(?i:B)",
    "(?m:.)",
    ".",
    ".*",
    "x{1,2}",
    "|",
    r"\.",
    r"\/",
    "(?=a)",
    "(?!b)",
    "a++",
    "(?>a|ab)",
    "é",
]
SUBJECTS = [
    "",
    "a",
    "ab",
    "abc",
    "aB",
    "aa",
    "b",
    "1",
    "12",
    "x",
    "xx",
    ".",
    "/",
    "]",
    "\n",
    "a\n",
    "\nb",
    "a\nb",
    "é",
    "_",
    "1a",
]


PATTERNS = st.lists(st.sampled_from(PATTERN_PIECES), min_size=1, max_size=5).map("".join)
