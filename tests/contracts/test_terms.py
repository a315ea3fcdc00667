"""What each matcher means to Pact's engine: which answers keep the promise, and which break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Row,
    Term,
    assumed,
    at_least,
    boolean,
    containing,
    decimal,
    each_like,
    equal,
    includes,
    integer,
    keyed,
    like,
    not_empty,
    null_or,
    number,
    one_of,
    regex,
    stated,
    timestamp,
    uuid,
)
from cxmock.contracts.targets import Target
from cxmock.contracts.verification import Verifier
from cxmock.net.background import Background
from cxmock.wire.http import Request, Response

from .conftest import Place, contract

NEW_YEAR = "2026-01-01T00:00:00Z"
PERSON = {"id": integer(1), "name": like("Ada")}

CASES: Mapping[str, tuple[Any, list[Any], list[Any]]] = {
    "a plain example": ("a", ["a"], ["b", None, 1]),
    "like": (like({"a": 1, "b": ["x"]}), [{"a": 2, "b": ["y", "z"]}, {"a": 1, "b": ["x"], "c": 0}], [{"a": "1"}, []]),
    "equal inside like": (like({"a": equal("x"), "b": 1}), [{"a": "x", "b": 2}], [{"a": "y", "b": 2}]),
    "integer": (integer(1), [0, -5], [1.5, "1", None, True]),
    "decimal": (decimal(1.5), [0.1, 2.5], [1, "1.5"]),
    "number": (number(1), [1, 1.5], ["1", None]),
    "boolean": (boolean(True), [True, False], [1, "true!"]),
    "regex": (regex("[a-c]+", "abc"), ["a", "cab"], ["abcd", "xabc", "", 1]),
    "one_of": (one_of("str", "int"), ["str", "int"], ["string", "INT"]),
    "includes": (includes("busy", "is busy"), ["busy", "so busy now"], ["bus", ""]),
    "uuid": (uuid(), ["2F1C7BF6-1d0e-4d2a-9a53-0a6a1f6b7c11"], ["2f1c7bf6", ""]),
    "timestamp": (
        timestamp(NEW_YEAR),
        [NEW_YEAR, "2026-06-01T12:30:00+02:00"],
        ["2026-01-01", "yesterday", 1767225600],
    ),
    "not_empty": (not_empty("why"), ["because"], ["", None]),
    "null_or an example": (null_or("x"), [None, "y"], [1, []]),
    "null_or a matcher": (null_or(integer(1)), [None, 2], ["2", 1.5]),
    "each_like": (each_like(PERSON), [[{"id": 2, "name": "B"}] * 3], [[], [{"id": 2}], [{"id": "2", "name": "B"}]]),
    "each_like of none or more": (each_like(PERSON, min=0, max=1), [[], [{"id": 2, "name": "B"}]], [{}, [1]]),
    "at_least": (at_least(equal("a"), 1), [["a", 2], ["a", 2, "x"]], [["b", 2], ["a"], ["a", 2, 3], "a"]),
    "keyed": (
        keyed({"a": {"n": integer(1)}}),
        [{"b": {"n": 2}, "c": {"n": 3}}, {}],
        [{"b": {"n": "2"}}, {"b": {}}, []],
    ),
    "stated": (stated("a"), ["a"], ["b", None, 1]),
    "containing": (
        containing({"id": 7, "name": like("G")}),
        [[{"id": 1, "name": "A"}, {"id": 7, "name": "X"}]],
        [[], [{"id": 1, "name": "A"}], [{"id": 7, "name": 8}]],
    ),
}


class Teller:
    """Answers with a value."""

    value: Any = None

    def answer(self, request: Request) -> Response:
        return Response.of({"value": self.value})


@pytest.fixture(scope="module")
def teller() -> Teller:
    return Teller()


@pytest.fixture(scope="module")
def verifier(background: Background, ca_file: Path, teller: Teller) -> Iterator[Verifier]:
    place = Place(background)

    async def arrange(number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {}

    row = Row(11)
    for name, (term, _, _) in CASES.items():
        row.http(name, assumed("a test"), Ask("GET", "/"), Answer(200, json={"value": term}))
    promised = contract(row)
    verifier = Verifier(
        ca_file=ca_file,
        targets={11: Target({"gws": place.serve(teller.answer)})},
        arrange=arrange,
        contracts=lambda number: promised,
    )
    yield verifier
    background.run(verifier.close())
    place.close()


@pytest.mark.parametrize("name", CASES)
def test_a_matcher_takes_what_it_promises_and_nothing_else(
    background: Background, verifier: Verifier, teller: Teller, name: str
) -> None:
    _, good, bad = CASES[name]

    def kept(value: Any) -> bool:
        teller.value = value
        return background.run(verifier.check(11, sorted(CASES).index(name)), within=20).kept

    assert [value for value in good if not kept(value)] == []
    assert [value for value in bad if kept(value)] == []


def test_a_term_shows_an_example_of_itself() -> None:
    assert (like(1).example, uuid().example[:8], each_like(1, shown=2).example) == (1, "2f1c7bf6", [1, 1])
    assert isinstance(null_or(1), Term)
