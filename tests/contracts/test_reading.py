"""Reading Pact files: what is right is read, and every fault is named with its place and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.contracts import reading
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.model import HttpInteraction, MatchingRule, State
from cxmock.contracts.reading import contract_of, read_contract
from cxmock.errors import CxmockError
from cxmock.errors.contracts import (
    ContractMalformed,
    ContractMissing,
    ContractTooLarge,
    DuplicateInteraction,
    UnknownPactVersion,
    UnknownTransport,
)

from .conftest import library_row

DOCUMENT = library_row().document()
TEXT = canonical(DOCUMENT)


def message(**changes: Any) -> dict[str, Any]:
    """Return a synchronous message on row 5, changed."""
    one = {
        "type": "Synchronous/Messages",
        "description": "a key is read",
        "transport": "redis",
        "request": {"contents": {"content": {"argv": ["GET", "k"]}}},
        "response": [{"contents": {"content": {"type": "nil"}}}],
    }
    return {
        "consumer": {"name": "contact"},
        "provider": {"name": "redis"},
        "interactions": [one | changes],
        "metadata": {"pactSpecification": {"version": "4.0"}, "cxmock": {"connection": 5}},
    }


def read(document: dict[str, Any]) -> Any:
    return contract_of(json.dumps(document).encode(), "x.json")


def test_a_contract_is_read_as_it_was_authored(tmp_path: Path) -> None:
    (tmp_path / "11.json").write_text(TEXT)

    contract = read_contract(tmp_path / "11.json")

    assert (contract.consumer.name, contract.provider.name, contract.connection) == ("contact", "gws", 11)
    assert list(contract.raw) == DOCUMENT["interactions"]
    listed = contract.interaction("the books are listed")
    assert isinstance(listed, HttpInteraction)
    assert listed.provider_states == (State("there are {count} books", {"count": 3}),)
    assert (listed.comments.cxmock.evidence, listed.comments.cxmock.source) == ("D", "the library's guide")
    assert listed.response.matching_rules.body["$.total"] == MatchingRule(({"match": "integer"},))
    assert listed.request.generators.header["Authorization"]["expression"] == "Bearer ${token}"
    with pytest.raises(LookupError):
        contract.interaction("a dream")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractMissing) as raised:
        read_contract(tmp_path / "11.json")

    assert str(tmp_path / "11.json") in str(raised.value)


def test_a_folder_is_no_contract(tmp_path: Path) -> None:
    with pytest.raises(ContractMalformed) as raised:
        read_contract(tmp_path)

    assert "Is a directory" in str(raised.value)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 10)
    (tmp_path / "11.json").write_text(TEXT)

    with pytest.raises(ContractTooLarge):
        read_contract(tmp_path / "11.json")


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"", "", "the file is empty"),
        (TEXT.encode()[:500], "the end", "the file ends in the middle of a value"),
        (b'{"a": 1,\n "b" 2}', "line 2, column 6", "expected ':'"),
        (b'{"a": "\xff"}', "line 1, column 8", "not UTF-8"),
        (b"[1]", "line 1", "not an object"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "", "nested over 100 levels deep"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "", "nested over 100 levels deep"),
    ],
)
def test_what_is_no_json_is_named_with_its_place(data: bytes, place: str, reason: str) -> None:
    with pytest.raises(ContractMalformed) as raised:
        contract_of(data, "x.json")

    assert (raised.value.place, reason in str(raised.value)) == (place, True), str(raised.value)


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(TEXT)
    change(document)
    return document


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        (changed(lambda d: d.pop("consumer")), "", "missing required field `consumer`"),
        (changed(lambda d: d.update(interactions={})), "$.interactions", "Expected `array`"),
        (changed(lambda d: d["interactions"][1].pop("response")), "$.interactions[1]", "required field `response`"),
        (changed(lambda d: d["interactions"][0].update(type="Sync")), "$.interactions[0].type", "Invalid value 'Sync'"),
        (
            changed(lambda d: d["interactions"][0]["response"].update(status="200")),
            "$.interactions[0].response.status",
            "Expected `int`, got `str`",
        ),
        (changed(lambda d: d["interactions"][2].update(description="")), "$.interactions[2]", "has no description"),
        (
            changed(lambda d: d["interactions"][2]["comments"]["cxmock"].update(provider="gsw")),
            "$.interactions[2].comments.cxmock.provider",
            'Did you mean "gws"?',
        ),
        (
            changed(lambda d: d["metadata"]["cxmock"].update(connection=14)),
            "$.metadata.cxmock.connection",
            "no connection 14",
        ),
        (message(response=[]), "$.interactions[0].response", "promises no response"),
        (
            message(response=[{"contents": {"content": "%%", "encoded": "base64"}}]),
            "$.interactions[0].response[0].contents.content",
            "says base64 and is not",
        ),
        (
            message(type="Asynchronous/Messages", response=None, request=None),
            "$.interactions[0].contents",
            "has no contents, so Pact would call anything good",
        ),
    ],
)
def test_what_is_no_pact_is_named_with_its_place(document: dict[str, Any], place: str, reason: str) -> None:
    with pytest.raises(ContractMalformed) as raised:
        read(document)

    assert (raised.value.place, reason in str(raised.value)) == (place, True), str(raised.value)


@pytest.mark.parametrize(
    ("version", "named"), [("5.0", "version 5.0"), ("", "does not say"), (None, "does not say"), (4, "does not say")]
)
def test_another_specification_is_named(version: Any, named: str) -> None:
    with pytest.raises(UnknownPactVersion) as raised:
        read(changed(lambda d: d["metadata"].update(pactSpecification={"version": version})))

    assert named in raised.value.what


@pytest.mark.parametrize("what", ["description", "key"])
def test_interactions_with_one_identity_are_named(what: str) -> None:
    document = changed(lambda d: d["interactions"][0].update({what: d["interactions"][1][what]}))

    with pytest.raises(DuplicateInteraction) as raised:
        read(document)

    assert document["interactions"][1][what] in str(raised.value)


def test_an_unknown_transport_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownTransport) as raised:
        read(message(transport="reddis"))

    assert 'Did you mean "redis"?' in str(raised.value)


def test_contents_may_be_bytes() -> None:
    contract = read(message(response=[{"contents": {"content": "AAE=", "encoded": "base64"}}]))

    assert contract.interactions[0].response[0].contents.value() == b"\x00\x01"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["interactions", "consumer", "provider", "metadata"])


@given(st.binary(max_size=200) | st.builds(lambda key, value: json.dumps(DOCUMENT | {key: value}).encode(), KEYS, JSON))
def test_whatever_the_bytes_are_they_are_read_or_refused_with_an_explanation(data: bytes) -> None:
    try:
        contract_of(data, "x.json")
    except CxmockError as error:
        assert "x.json" in str(error)


@given(st.integers(0, len(TEXT.encode()) - 2))
def test_a_file_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(CxmockError):
        contract_of(TEXT.encode()[:length], "x.json")
