"""XML bodies: elements by name, attributes, text. Namespaces are resolved, comments and white space do not count."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from cxmock.contracts.matching.difference import ABSENT, GOOD, UNPROMISED, Check, Difference, Found
from cxmock.contracts.matching.paths import ROOT, Way
from cxmock.contracts.matching.rules import Combined, Kind, Rule
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.texts import check_text, regex

DEPTH_LIMIT = 100


def check_xml(expected: bytes, table: RuleTable, *, strict: bool) -> Check:
    """Return the check of an XML document.

    Args:
        expected: the example.
        table: its rules.
        strict: whether there may be no other elements and attributes than the example's.

    Raises:
        ValueError: the example is no XML.
    """
    example = parse(expected)
    name = _name(example)

    def check(actual: bytes) -> Found:
        try:
            arrived = parse(actual)
        except ValueError as error:
            return (Difference(f"is no XML: {error}", expected, actual),)
        return [one.at(name) for one in _Comparison(table, strict).element(example, arrived, (ROOT, name))]

    return check


def parse(data: bytes) -> Element:
    """Return the outermost element.

    Raises:
        ValueError: it is no XML, or declares entities (which could grow without bound), or is nested too deeply.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("declarations (DOCTYPE) are not read")
    try:
        found = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ValueError(str(error)) from error
    level, depth = [found], 0
    while level:
        level = [child for element in level for child in element]
        depth += 1
    if depth > DEPTH_LIMIT:
        raise ValueError(f"it is nested over {DEPTH_LIMIT} levels deep")
    return found


class _Comparison:
    def __init__(self, table: RuleTable, strict: bool) -> None:
        self._table = table
        self._strict = strict

    def element(self, expected: Element, actual: Element, way: Way) -> list[Difference]:
        combined = self._table.select(way)
        found = _check_name(expected, actual, combined)
        if found:
            return found
        return [
            *self._attributes(expected, actual, way),
            *self._children(expected, actual, way),
            *self._text(expected, actual, way),
        ]

    def _attributes(self, expected: Element, actual: Element, way: Way) -> Iterable[Difference]:
        wanted, came = _attributes(expected), _attributes(actual)
        for name, value in wanted.items():
            if name not in came:
                yield Difference("is missing", value, ABSENT, (f"@{name}",))
            else:
                check = check_text(value, self._table.select((*way, f"@{name}")))
                yield from (one.at(f"@{name}") for one in check(came[name]))
        if self._strict:
            for name in sorted(came.keys() - wanted.keys()):
                yield Difference(UNPROMISED, ABSENT, came[name], (f"@{name}",))

    def _children(self, expected: Element, actual: Element, way: Way) -> Iterable[Difference]:
        wanted, came = _by_name(expected), _by_name(actual)
        for name, group in came.items():
            inside: Way = (*way, name)
            by_type = any(rule.kind is Kind.TYPE for rule in self._table.reaching(inside))
            if name not in wanted:
                if self._strict or by_type:
                    yield Difference(UNPROMISED, ABSENT, f"<{name}>", (name,))
                continue
            examples = wanted[name]
            pairs = ((examples[0], one) for one in group) if by_type else zip_longest(examples, group)
            for example, one in pairs:
                if example is None:
                    if self._strict:
                        yield Difference("is there more often than promised", ABSENT, f"<{name}>", (name,))
                elif one is None:
                    yield Difference("is there less often than promised", f"<{name}>", ABSENT, (name,))
                else:
                    yield from (difference.at(name) for difference in self.element(example, one, inside))
        for name in sorted(wanted.keys() - came.keys()):
            yield Difference("is missing", f"<{name}>", ABSENT, (name,))

    def _text(self, expected: Element, actual: Element, way: Way) -> Iterable[Difference]:
        check = check_text(_text(expected), self._table.select((*way, "#text")))
        return (one.at("#text") for one in check(_text(actual)))


def _check_name(expected: Element, actual: Element, combined: Combined | None) -> list[Difference]:
    """Return what the rules say of an element itself: of its name, and of how many children it has."""
    if combined is None:
        return [] if expected.tag == actual.tag else [_unnamed(expected, actual)]
    found: list[Difference] = []
    for rule in combined.rules:
        differences = _check_rule(expected, actual, rule, combined.cascaded)
        if not differences and not combined.all_:
            return []
        found += differences
    return found


def _check_rule(expected: Element, actual: Element, rule: Rule, cascaded: bool) -> Found:
    if rule.kind is Kind.TYPE and (rule.least is not None or rule.most is not None):
        size = _nodes(actual)
        if cascaded or (rule.least or 0) <= size <= (size if rule.most is None else rule.most):
            return GOOD
        return (Difference(f"has {size} children", f"{rule.least or 0} to {rule.most or 'any number'}", size),)
    if rule.kind in (Kind.TYPE, Kind.EQUALITY):
        return GOOD if expected.tag == actual.tag else (_unnamed(expected, actual),)
    if rule.kind is Kind.REGEX:
        local = actual.tag.rpartition("}")[2]
        fits, _ = regex(rule.text)
        return GOOD if fits(local) else (Difference("has another name", rule.text, local),)
    if rule.kind is Kind.NOT_EMPTY:
        return GOOD if _nodes(actual) else (Difference("is empty", ABSENT, _name(actual)),)
    return (Difference(f"is an element, of which the matcher {rule.kind} can say nothing", ABSENT, _name(actual)),)


def _unnamed(expected: Element, actual: Element) -> Difference:
    return Difference(lambda wanted, came: f"is <{came}>, not <{wanted}>", _name(expected), _name(actual))


def _name(element: Element) -> str:
    return _plain(element.tag)


def _plain(tag: str) -> str:
    """Return a name as paths of rules have it: the namespace before a colon.

    >>> _plain("{urn:x}a")
    'urn:x:a'
    """
    return ":".join(tag[1:].split("}", 1)) if tag.startswith("{") else tag


def _attributes(element: Element) -> dict[str, str]:
    return {_plain(name): value for name, value in element.attrib.items()}


def _by_name(element: Element) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for child in element:
        found.setdefault(_name(child), []).append(child)
    return found


def _text(element: Element) -> str:
    parts: list[Any] = [element.text, *(child.tail for child in element)]
    return "".join(part.strip() for part in parts if part).strip()


def _nodes(element: Element) -> int:
    """Return how many children an element has, texts included."""
    return len(element) + sum(bool(text) for text in (element.text, *(child.tail for child in element)))
