"""Our matcher and Pact's engine come to the same verdict, save for the differences that the documentation lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from cxmock.contracts.matching import (
    Content,
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import Body, HttpRequest, HttpResponse, Message, Rules
from cxmock.wire.http import Request, Response, to_json

from .http_cases import body_case, request_case, response_case
from .json_cases import ambiguous, json_case
from .pact_oracle import Oracle
from .text_cases import PATTERNS, SUBJECTS, moment_case

JSON = "application/json"
THOROUGH = settings(
    max_examples=800,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def pact() -> Iterator[Oracle]:
    """Pact's engine."""
    with Oracle() as oracle:
        yield oracle


def rules_of(said: dict[str, Any]) -> Rules:
    return msgspec.convert(said, Rules)


@THOROUGH
@given(case=json_case())
def test_contents_in_json(pact: Oracle, case: tuple[Any, dict[str, Any], Any]) -> None:
    expected, rules, actual = case
    assume(not ambiguous(rules))
    promised = Message(contents=Body(expected, JSON), matching_rules=rules_of({"body": rules}))

    ours = compile_message(promised).mismatches(Content(to_json(actual), content_type=JSON))

    theirs = pact.contents(expected, rules, actual)
    note(f"ours: {[str(one) for one in ours]}\ntheirs: {[one['mismatch'] for one in theirs]}")
    assert bool(ours) == bool(theirs)


@THOROUGH
@given(case=body_case())
def test_contents_of_any_kind(pact: Oracle, case: tuple[Any, str, dict[str, Any], str]) -> None:
    expected, kind, rules, actual = case
    assume(actual and not ambiguous(rules))  # this face of the engine knows no missing contents
    promised = Message(contents=Body(expected, kind), matching_rules=rules_of({"body": rules}))

    ours = compile_message(promised).mismatches(Content(actual.encode(), content_type=kind))

    theirs = pact.contents(expected, rules, json.loads(actual) if kind.endswith("json") else actual, kind)
    note(f"ours: {[str(one) for one in ours]}\ntheirs: {[one['mismatch'] for one in theirs]}")
    assert bool(ours) == bool(theirs)


@THOROUGH
@given(case=request_case())
def test_requests(pact: Oracle, case: tuple[dict[str, Any], dict[str, Any]]) -> None:
    promised, actual = case
    assume(not ambiguous(promised["matchingRules"].get("body", {})))
    raw = [(name.encode(), value.encode()) for name, value in actual["headers"]]
    request = Request(actual["method"], actual["target"], raw, actual["body"].encode())

    ours = compile_request(msgspec.convert(promised, HttpRequest)).mismatches(SeenRequest.of(request))

    theirs = pact.request(promised, actual)
    note(f"ours: {[str(one) for one in ours]}\ntheirs: {theirs}")
    assert bool(ours) == bool(theirs)


@settings(THOROUGH, max_examples=100)
@given(cases=st.lists(response_case(), min_size=1, max_size=10))
def test_responses(pact: Oracle, cases: list[dict[str, Any]]) -> None:
    assume(not any(ambiguous(case["response"]["matchingRules"].get("body", {})) for case in cases))

    theirs = pact.responses(cases)

    for case, told in zip(cases, theirs, strict=True):
        actual = case["actual"]
        raw = [(name.encode(), value.encode()) for name, value in actual["headers"]]
        response = Response(actual["status"], raw, actual["body"].encode())
        ours = compile_response(msgspec.convert(case["response"], HttpResponse)).mismatches(SeenResponse.of(response))
        note(f"{case}\nours: {[str(one) for one in ours]}\ntheirs: {told}")
        assert bool(ours) == bool(told)


def fitting(pact: Oracle, matcher: dict[str, Any], texts: list[str]) -> tuple[set[str], set[str]]:
    """Return which texts a matcher finds good: to us, and to Pact's engine."""
    keys = {f"k{index}": text for index, text in enumerate(texts)}
    rules = {"$.*": {"matchers": [matcher]}}
    promised = Message(contents=Body(dict.fromkeys(keys, "an example"), JSON), matching_rules=rules_of({"body": rules}))
    ours = {one.place[2:] for one in compile_message(promised).mismatches(keys)}
    theirs = {one["path"][2:] for one in pact.contents(dict.fromkeys(keys, "an example"), rules, keys)}
    return {keys[key] for key in keys.keys() - ours}, {keys[key] for key in keys.keys() - theirs}


@settings(THOROUGH, max_examples=700)
@given(case=moment_case())
def test_dates_and_times_by_their_formats(pact: Oracle, case: tuple[str, list[str]]) -> None:
    form, texts = case

    ours, theirs = fitting(pact, {"match": "datetime", "format": form}, texts)

    assert ours == theirs


@settings(THOROUGH, max_examples=700)
@given(pattern=PATTERNS)
def test_regular_expressions(pact: Oracle, pattern: str) -> None:
    assume(pattern.count("(?<name>") < 2)  # Python's has each name once
    ours, theirs = fitting(pact, {"match": "regex", "regex": pattern}, SUBJECTS)

    assert ours == theirs


VECTORS = Path(__file__).parents[1] / "contracts" / "matching" / "vectors"


@pytest.mark.parametrize("file", sorted(VECTORS.glob("*.json")), ids=lambda file: file.stem)
def test_our_own_vectors(pact: Oracle, file: Path) -> None:
    """What they call good and bad, Pact's engine does too."""
    for case in json.loads(file.read_text())["cases"]:
        arrivals = [(actual, True) for actual in case["good"]] + [(bad["actual"], False) for bad in case["bad"]]
        for actual, good in arrivals:
            if "request" in case:
                theirs = pact.request({"query": {}, "headers": {}, "matchingRules": {}, **case["request"]}, actual)
            elif "response" in case:
                [theirs] = pact.responses([{"response": case["response"], "actual": actual}])
            else:
                theirs = pact.contents(case["example"], case.get("rules", {}), actual, case.get("type", JSON))
            assert (not theirs) is good, f"{case['case']}: {actual}: {theirs}"
