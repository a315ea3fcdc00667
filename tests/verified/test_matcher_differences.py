"""Each difference that the documentation lists is there, on both sides: one that goes away is found out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cxmock.contracts.matching import Content, RuleFault, SeenRequest, compile_message, compile_request, patience
from cxmock.contracts.model import Body, HttpRequest, Message, Rules
from cxmock.wire.http import Request

from .pact_oracle import Oracle

JSON = "application/json"


@pytest.fixture(scope="module")
def pact() -> Iterator[Oracle]:
    """Pact's engine."""
    with Oracle() as oracle:
        yield oracle


def ours(example: str, matcher: dict[str, Any] | None, actual: str) -> bool:
    """Whether our matcher finds ``actual`` good; the matcher stands at ``$.a``."""
    rules = {"$.a": {"matchers": [matcher]}} if matcher else {}
    promised = Message(contents=Body(json.loads(example), JSON), matching_rules=msgspec.convert({"body": rules}, Rules))
    return compile_message(promised).fits(Content(actual.encode(), content_type=JSON))


def theirs(pact: Oracle, example: str, matcher: dict[str, Any] | None, actual: str) -> bool:
    """Whether Pact's engine finds ``actual`` good."""
    rules = {"$.a": {"matchers": [matcher]}} if matcher else {}
    return not pact.texts(example, rules, actual, JSON)


def regex(pattern: str) -> dict[str, Any]:
    return {"match": "regex", "regex": pattern}


def moment(form: str) -> dict[str, Any]:
    return {"match": "datetime", "format": form}


@pytest.mark.parametrize(
    ("example", "matcher", "actual", "good_to_us"),
    [
        ('{"a": 0}', None, '{"a": -0}', True),
        ('{"a": 100000000000000000000}', None, '{"a": 1e20}', False),
        ('{"a": 1.5}', regex("1e21"), '{"a": 1e21}', True),
        ('{"a": "x"}', regex(r"\s"), '{"a": "\\u001c"}', True),
        ('{"a": "x"}', regex("(?<n>a)(?<n>b)"), '{"a": "ab"}', False),
        ('{"a": "x"}', regex("[a[bc]]"), '{"a": "b"}', False),
        ('{"a": "x"}', regex("[a-c&&b]"), '{"a": "b"}', False),
        ('{"a": "x"}', regex(r"\p{Alpha}"), '{"a": "b"}', False),
        ('{"a": "x"}', regex("[[:^digit:]]"), '{"a": "b"}', False),
        ('{"a": "x"}', regex("a(?i)b"), '{"a": "aB"}', False),
        ('{"a": "x"}', moment("z"), '{"a": "QQQ"}', True),
        ('{"a": "x"}', moment("VV"), '{"a": "Nowhere/Paris"}', True),
    ],
)
def test_values_on_which_we_differ(
    pact: Oracle, example: str, matcher: dict[str, Any] | None, actual: str, good_to_us: bool
) -> None:
    assert ours(example, matcher, actual) is good_to_us
    assert theirs(pact, example, matcher, actual) is not good_to_us


def test_a_regular_expression_without_end_is_given_up_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LIMIT", 0.1)
    example, endless, actual = '{"a": "x"}', regex("(a|aa)+b"), f'{{"a": "{"a" * 60}"}}'

    assert not ours(example, endless, actual)
    with Oracle() as its_own, pytest.raises(RuntimeError):
        theirs(its_own, example, endless, actual)


@pytest.mark.parametrize("matcher", [{"match": "eachValue", "rules": []}, {"match": "nosuch"}])
def test_contracts_that_we_refuse_match_nothing_there(pact: Oracle, matcher: dict[str, Any]) -> None:
    example = '{"a": {"b": 1}}' if matcher["match"] == "eachValue" else '{"a": 1}'

    with pytest.raises(RuleFault):
        ours(example, matcher, example)
    assert not theirs(pact, example, matcher, example)


@pytest.mark.parametrize(
    ("promised", "target", "headers", "good_to_us"),
    [
        ({"path": "/a b"}, "/a%20b", [], True),
        ({"path": "/a/b"}, "/a%2Fb", [], True),
        ({"path": "/", "headers": {"X-A": ["a", "b"]}}, "/", [["X-A", "a, b"]], True),
        ({"path": "/", "headers": {"X-A": ["a, b"]}}, "/", [["X-A", "a"], ["X-A", "b"]], True),
    ],
)
def test_requests_on_which_we_differ(
    pact: Oracle, promised: dict[str, Any], target: str, headers: list[list[str]], good_to_us: bool
) -> None:
    actual = {"method": "GET", "target": target, "headers": headers, "body": ""}
    raw = [(name.encode(), value.encode()) for name, value in headers]
    matcher = compile_request(msgspec.convert({"method": "GET", **promised}, HttpRequest))

    assert matcher.fits(SeenRequest.of(Request("GET", target, raw))) is good_to_us
    assert (not pact.request({"method": "GET", **promised}, actual)) is not good_to_us


def test_what_is_encoded_in_the_promise_is_decoded_too() -> None:
    matcher = compile_request(HttpRequest("GET", "/a%20b"))

    assert matcher.path == "/a b"
    assert matcher.fits(SeenRequest.of(Request("GET", "/a%20b")))


@pytest.mark.parametrize(
    ("example", "matcher", "actual", "good"),
    [
        ('{"a": "x"}', regex("a"), '{"a": "ab"}', False),
        ('{"a": "x"}', regex("^a$(?m:.)b"), '{"a": "a\\nb"}', True),
        ('{"a": []}', {"match": "type", "min": 2}, '{"a": [1]}', True),
        ('{"a": [1, 2]}', {"match": "type"}, '{"a": [1]}', True),
        ('{"a": "x"}', moment("XXX"), '{"a": "+11:59"}', True),
        ('{"a": "x"}', moment("XXX"), '{"a": "+12:00"}', False),
        ('{"a": "x"}', moment("D"), '{"a": "357"}', False),
        ('{"a": "x"}', moment("'T'''''"), '{"a": "T\'"}', True),
    ],
)
def test_peculiarities_that_we_share(
    pact: Oracle, example: str, matcher: dict[str, Any], actual: str, good: bool
) -> None:
    assert ours(example, matcher, actual) is good
    assert theirs(pact, example, matcher, actual) is good


def test_null_or_an_object_cannot_be_promised(pact: Oracle) -> None:
    rules = {"$.a": {"combine": "OR", "matchers": [{"match": "null"}, {"match": "type"}]}}
    promised = Message(contents=Body({"a": {}}, JSON), matching_rules=msgspec.convert({"body": rules}, Rules))

    assert not compile_message(promised).fits({"a": None})
    assert pact.contents({"a": {}}, rules, {"a": None})


def test_a_whole_number_in_a_query_takes_no_minus_sign(pact: Oracle) -> None:
    rules = {"query": {"n": {"matchers": [{"match": "integer"}]}}}
    promised = {"method": "GET", "path": "/", "query": {"n": ["1"]}, "matchingRules": rules}
    actual = {"method": "GET", "target": "/?n=-1", "headers": [], "body": ""}

    assert not compile_request(msgspec.convert(promised, HttpRequest)).fits(SeenRequest.of(Request("GET", "/?n=-1")))
    assert pact.request(promised, actual)
