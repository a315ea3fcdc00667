"""Promises are found by method and path, however many there are, and none is overlooked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts.finding import Finder
from cxmock.contracts.model import Generators, HttpInteraction, HttpRequest, HttpResponse, MatchingRule, Rules


def promise(description: str, method: str, path: str, *regexes: str, expression: str = "") -> HttpInteraction:
    rule = MatchingRule(tuple({"match": "regex", "regex": regex} for regex in regexes)) if regexes else None
    generator = {"type": "ProviderState", "expression": expression} if expression else None
    rules, generators = Rules(path=rule), Generators(path=generator)
    return HttpInteraction(
        description, HttpRequest(method, path, matching_rules=rules, generators=generators), HttpResponse()
    )


def found(promises: list[HttpInteraction], method: str, path: str) -> list[str]:
    return [one.description for one in Finder(promises).candidates(method, path)]


def test_a_path_is_found_word_for_word_or_by_its_rule_in_the_contracts_order() -> None:
    promises = [
        promise("any user", "GET", "/users/1", r"/users/\d+"),
        promise("user 7", "get", "/users/7"),
        promise("removed", "DELETE", "/users/7"),
        promise("anything", "GET", "/", ".*"),
    ]

    assert found(promises, "GET", "/users/7") == ["any user", "user 7", "anything"]
    assert found(promises, "get", "/users/x") == ["anything"]
    assert found(promises, "POST", "/users/7") == []


def test_a_path_may_be_written_percent_encoded_in_the_contract() -> None:
    assert found([promise("a", "GET", "/a%20b")], "GET", "/a b") == ["a"]
    assert found([promise("a", "GET", "/a b")], "GET", "/a b") == ["a"]


def test_a_path_that_a_provider_state_fills_is_found_whatever_fills_it() -> None:
    promises = [promise("a", "GET", "/users/1/x", expression="/users/${id}/x")]

    assert found(promises, "GET", "/users/Ada/x") == ["a"]
    assert found(promises, "GET", "/users/x") == []


def test_one_of_several_rules_is_enough_where_the_contract_says_or() -> None:
    rule = MatchingRule(({"match": "regex", "regex": "^/a$"}, {"match": "regex", "regex": "^/b$"}), "OR")
    either = HttpInteraction("a", HttpRequest("GET", "/a", matching_rules=Rules(path=rule)), HttpResponse())

    assert found([either], "GET", "/b") == ["a"]


def test_a_pattern_that_python_does_not_know_is_left_to_the_matcher() -> None:
    assert found([promise("a", "GET", "/x", r"^/\p{L}+$")], "GET", "/é") == ["a"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/user/7"), ("GET", "/users/7/"), ("PUT", "/users/7")])
def test_the_nearest_promise_is_found(method: str, path: str) -> None:
    finder = Finder([promise("a user", "GET", "/users/7"), promise("jobs", "GET", "/jobs")])

    assert finder.nearest(method, path)[0].description == "a user"


def test_a_request_meets_few_of_a_thousand_promises() -> None:
    promises = [promise(f"{n}", "GET", f"/tenants/1/items/{n}", rf"^/tenants/\d+/items/{n}$") for n in range(1000)]
    finder = Finder(promises)

    assert max(map(len, finder._by_segment.values())) == 1
    assert [one.description for one in finder.candidates("GET", "/tenants/9/items/500")] == ["500"]


PIECES = st.lists(
    st.sampled_from(
        [
            "/",
            "a",
            "b",
            "/a",
            "/b/",
            "\\/",
            "\\.",
            "[^/]+",
            "[a/]",
            "\\d",
            "\\d+",
            ".*",
            "?",
            "(a|/b)",
            "|",
            "$",
            "/ab/",
        ]
    ),
    max_size=8,
)


@given(PIECES, st.booleans(), st.data())
def test_no_path_that_fits_is_overlooked(pieces: list[str], anchored: bool, data: st.DataObject) -> None:
    """Whatever the shape of the pattern."""
    pattern = ("^" if anchored else "") + "".join(pieces)
    try:
        compiled = re.compile(pattern)
    except re.error:
        return
    path = data.draw(st.from_regex(compiled) | st.text("/ab1.", max_size=8))
    if compiled.search(path):
        assert found([promise("a", "GET", "/", pattern), promise("b", "GET", "/", "/ab/")], "GET", path)[0] == "a"
