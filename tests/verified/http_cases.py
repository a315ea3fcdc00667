"""Generated promises of HTTP requests and answers, and what might arrive."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, tostring

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cxmock.contracts import places

from .json_cases import SIMPLE, TEXTS, json_case, rule_list

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
