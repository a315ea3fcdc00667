"""Rules that cannot be read are told with their place; absurd ones end in an error, not in a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts.matching import Content, RuleFault, compile_message, compile_response, paths
from cxmock.contracts.matching.rules import DEPTH_LIMIT, entries
from cxmock.contracts.model import Body, HttpResponse, MatchingRule, Message, Rules


def read(matcher: Any, place: str = "$.a") -> None:
    entries({place: MatchingRule((matcher,))})


@pytest.mark.parametrize(
    ("matcher", "reason"),
    [
        ({"match": "integr"}, 'there is no matcher "integr"'),
        ({}, 'there is no matcher ""'),
        ({"match": "regex"}, 'the matcher "regex" has no "regex"'),
        ({"match": "include"}, 'the matcher "include" has no "value"'),
        ({"match": "type", "min": "many"}, "\"min\" is a number of elements, and 'many' is none"),
        ({"match": "type", "max": -1}, "\"max\" is a number of elements, and '-1' is none"),
        ({"match": "statusCode", "status": "fine"}, "'fine' is no class of HTTP status"),
        ({"match": "eachValue"}, 'the matcher "eachValue" has no rules'),
        ({"match": "eachValue", "rules": {"match": "type"}}, 'the matcher "eachValue" needs a list of rules'),
        ({"match": "arrayContains"}, 'the matcher "arrayContains" needs a list of variants'),
        ({"match": "arrayContains", "variants": [7]}, "a variant is an object"),
        ({"match": "arrayContains", "variants": [{"rules": {"$": []}}]}, "the rules of a place are an object"),
        ("type", "a matcher is an object, and 'type' is none"),
    ],
)
def test_a_rule_that_cannot_be_read_is_told(matcher: Any, reason: str) -> None:
    with pytest.raises(RuleFault) as caught:
        read(matcher)

    assert caught.value.reason == reason
    assert caught.value.place.startswith("$.a")
    assert caught.value.hint


def test_a_misspelled_matcher_is_told_with_the_right_one() -> None:
    with pytest.raises(RuleFault) as caught:
        read({"match": "integr"})

    assert caught.value.hint == 'Did you mean "integer"?'


@pytest.mark.parametrize("place", ["data", "$.data[*].id", "$['a b'].x", "$.*", "$[0]"])
def test_a_place_may_be_written_in_many_ways(place: str) -> None:
    read({"match": "type"}, place)


@pytest.mark.parametrize("place", ["$.", "$[", "$.a b", "$['']", "$[1", "?", "$..a"])
def test_a_place_that_is_no_path_is_told(place: str) -> None:
    with pytest.raises(RuleFault) as caught:
        read({"match": "type"}, place)

    assert caught.value.place == place


@given(st.text(max_size=20))
def test_any_text_is_a_path_or_an_error(text: str) -> None:
    try:
        paths.read(text)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("depth", [DEPTH_LIMIT + 1, 5000])
def test_rules_nested_without_end_are_refused(depth: int) -> None:
    """Also those that are nested deeper than Python can follow."""
    each: dict[str, Any] = {"match": "type"}
    contains: dict[str, Any] = {"match": "type"}
    for _ in range(depth):
        each = {"match": "eachValue", "rules": [each]}
        contains = {"match": "arrayContains", "variants": [{"index": 0, "rules": {"$": {"matchers": [contains]}}}]}

    for matcher in (each, contains):
        with pytest.raises(RuleFault, match=f"over {DEPTH_LIMIT} levels deep"):
            read(matcher)


def test_a_rule_within_itself_is_refused() -> None:
    matcher: dict[str, Any] = {"match": "eachKey", "rules": []}
    matcher["rules"].append(matcher)

    with pytest.raises(RuleFault, match="levels deep"):
        read(matcher)


def test_an_example_nested_as_deeply_as_contracts_may_be_is_compiled_once() -> None:
    """Each list gives its first element twice, as itself and as a pattern for others: that must not double."""
    example: Any = 1
    for _ in range(90):
        example = [example]
    promised = compile_message(
        Message(
            contents=Body({"a": example}, "application/json"),
            matching_rules=Rules(body={"$.a": MatchingRule(({"match": "type"},))}),
        )
    )

    assert promised.fits({"a": example})


def test_a_rule_that_a_place_cannot_have_breaks_the_promise_and_says_so() -> None:
    rules = Rules(status=MatchingRule(({"match": "semver"},)))
    promised = compile_response(HttpResponse(matching_rules=rules))

    from cxmock.contracts.matching import SeenResponse

    [mismatch] = promised.mismatches(SeenResponse.of({"status": 200, "headers": {}, "body": None}))
    assert str(mismatch) == "status: is a status, of which the matcher semver can say nothing"


def test_an_expression_that_is_none_fits_no_element() -> None:
    """What cannot be read as a regular expression is a difference, wherever it stands: never a failure of ours."""
    rules = Rules(body={"$.a": MatchingRule(({"match": "regex", "regex": "(unclosed"},))})
    promised = compile_message(Message(contents=Body("<a/>", "application/xml"), matching_rules=rules))

    [mismatch] = promised.mismatches(Content(b"<a/>", content_type="application/xml"))

    assert mismatch.expected == "(unclosed"
