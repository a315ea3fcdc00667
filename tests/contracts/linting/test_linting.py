"""Lint: each check finds what it is for, and finds nothing in our own contracts."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from cxmock.cli import main
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.library import folder
from cxmock.contracts.linting import Finding, Linted, identity, lint
from cxmock.contracts.reading import read_contract
from cxmock.errors.verifying import NothingChosen
from cxmock.testbed.known_states import known_states
from tests.contracts.conftest import library_row

KNOWN = {"there are {count} books"}
REAL_TOKEN = "kJ8xQ2vN7pLw0RzT5mYb3cHd"


def test_our_own_contracts_have_nothing_wrong() -> None:
    linted = lint(folder(), known_states)

    assert [str(one) for one in linted.findings] == []
    assert linted.good
    assert linted.files == 13
    assert linted.promises >= 200


Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def spoiled(tmp_path: Path) -> Callable[[Change], Linted]:
    """Lints the library's contract after a change of it."""

    def linting(change: Change) -> Linted:
        document = deepcopy(library_row().document())
        change({one["description"]: one for one in document["interactions"]} | {"document": document})
        (tmp_path / "11-contact-gws.json").write_text(canonical(document))
        return lint(tmp_path, lambda number: KNOWN)

    return linting


def nothing(of: dict[str, Any]) -> None:
    """Change nothing."""


def test_a_good_contract_has_nothing_wrong(spoiled: Callable[[Change], Linted]) -> None:
    linted = spoiled(nothing)

    assert (linted.good, linted.files, linted.promises) == (True, 1, 3)


def assign(path: str, value: Any) -> Change:
    """Return a change of one place, ``description/step/step``."""
    description, *steps, last = path.split("/")

    def change(of: dict[str, Any]) -> None:
        place = of[description]
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value

    return change


def remove(path: str) -> Change:
    """Return a change that removes one place."""
    description, *steps, last = path.split("/")

    def change(of: dict[str, Any]) -> None:
        place = of[description]
        for step in steps:
            place = place[step]
        del place[last]

    return change


LENT, LISTED, STRANGER = "a book is lent", "the books are listed", "a stranger is refused"

SPOILED: dict[str, tuple[Change, str, str, str]] = {
    "an example of an answer": (
        assign(f"{LENT}/response/body/content/id", "7"),
        LENT,
        "example",
        "has an example in its response that breaks its own rule (body at $.id",
    ),
    "an example of a header": (
        assign(f"{LENT}/response/headers/Location", ["/books/1"]),
        LENT,
        "example",
        "breaks its own rule (header at location",
    ),
    "a rule of a request that its example breaks": (
        assign(
            f"{LENT}/request/matchingRules",
            {"body": {"$.book": {"combine": "AND", "matchers": [{"match": "regex", "regex": "[a-z]+"}]}}},
        ),
        LENT,
        "example",
        "has an example in its request that breaks its own rule (request body at $.book",
    ),
    "an example of what journals have": (
        assign(
            f"{LENT}/comments/cxmock/seen",
            {
                "response": {
                    "status": 201,
                    "body": {"content": {"id": "7"}, "contentType": "application/json"},
                    "matchingRules": {"body": {"$.id": {"combine": "AND", "matchers": [{"match": "integer"}]}}},
                }
            },
        ),
        LENT,
        "example",
        "has an example in its response as it is seen that breaks its own rule (body at $.id",
    ),
    "a rule that cannot be read": (
        assign(
            f"{LENT}/response/matchingRules/body/$.id",
            {"combine": "AND", "matchers": [{"match": "regx", "regex": "x"}]},
        ),
        LENT,
        "example",
        "has a rule that cannot be read",
    ),
    "no grade": (remove(f"{LENT}/comments/cxmock/evidence"), LENT, "evidence", "has no grade of evidence"),
    "an unknown grade": (assign(f"{LENT}/comments/cxmock/evidence", "X"), LENT, "evidence", 'grade of evidence "X"'),
    "no source": (assign(f"{LENT}/comments/cxmock/source", " "), LENT, "evidence", "has no source of evidence"),
    "no key": (remove(f"{LENT}/key"), LENT, "identity", "has no key"),
    "an unknown state": (
        assign(f"{LISTED}/providerStates/0/name", "there are {count} boks"),
        LISTED,
        "state",
        'needs the state "there are {count} boks", which nobody on connection 11 knows',
    ),
    "a private key": (
        assign(f"{LENT}/response/body/content/note", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"),
        LENT,
        "secret",
        "holds a private key at $.response.body.content.note",
    ),
    "a signed token": (
        assign(f"{LENT}/comments/text", ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc"]),
        LENT,
        "secret",
        "holds a signed token at $.comments.text[0]",
    ),
    "a password in a URL": (
        assign(f"{LENT}/comments/cxmock/source", "redis://default:hunter2@10.0.0.1/0"),
        LENT,
        "secret",
        "holds a password in a URL",
    ),
    "a word that only chance makes": (
        assign(f"{LENT}/response/body/content/note", f"use {REAL_TOKEN}"),
        LENT,
        "secret",
        "holds a word that looks random",
    ),
    "a token in a header": (
        assign(f"{STRANGER}/request/headers", {"Authorization": ["Bearer 5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11"]}),
        STRANGER,
        "secret",
        "holds what may be a real secret at $.request.headers.Authorization, and no state gives it",
    ),
    "a basic login": (
        assign(f"{STRANGER}/request/headers", {"Authorization": ["Basic Y3g6czNjcmV0OTk="]}),
        STRANGER,
        "secret",
        "holds what may be a real secret at $.request.headers.Authorization",
    ),
    "a password in a body": (
        assign(f"{LENT}/request/body/content", {"book": 7, "client": {"client_secret": "Summer2024"}}),
        LENT,
        "secret",
        "holds what may be a real secret at $.request.body.content.client.client_secret",
    ),
    "a password in a form": (
        assign(
            f"{LENT}/request/body",
            {"content": "user=me&password=Summer2024", "contentType": "application/x-www-form-urlencoded"},
        ),
        LENT,
        "secret",
        "holds what may be a real secret at $.request.body.content.password",
    ),
    "a key in a query": (
        assign(f"{LENT}/request/query", {"api_key": ["a1b2c3d4e5"]}),
        LENT,
        "secret",
        "holds what may be a real secret at $.request.query.api_key",
    ),
    "a password in a state": (
        assign(f"{LISTED}/providerStates/0/params/password", "Summer2024"),
        LISTED,
        "secret",
        "holds what may be a real secret at $.providerStates[0].params.password",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_wrong_is_found_and_nothing_else(spoiled: Callable[[Change], Linted], name: str) -> None:
    change, promise, check, said = SPOILED[name]

    findings = spoiled(change).findings

    assert {(one.promise, one.check) for one in findings} == {(promise, check)}
    assert any(said in one.text for one in findings)
    assert all(one.fix for one in findings)


@pytest.mark.parametrize(
    "text", ["not the password", "00000000-0000-0000-0000-000000000000", "guessed", "Basic Y3g6d3Jvbmc="]
)
def test_what_is_visibly_no_secret_may_stand_where_one_belongs(spoiled: Callable[[Change], Linted], text: str) -> None:
    assert spoiled(assign(f"{STRANGER}/request/headers", {"Authorization": [text]})).good


def test_two_promises_cannot_have_one_description_or_key() -> None:
    """Reading refuses such a file; a contract that was made otherwise is looked at as well."""
    contract = read_contract(folder() / "05-contact-redis.json")
    twice = contract.__class__(contract.consumer, contract.provider, contract.interactions[:1] * 2, contract.metadata)

    assert [one.text.partition(' "')[0] for one in identity.check(twice)] == [
        "has two promises with the description",
        "has two promises with the key",
    ]


def test_a_key_may_stand_in_one_file_only(tmp_path: Path) -> None:
    text = canonical(library_row().document())
    (tmp_path / "11-contact-gws.json").write_text(text)
    (tmp_path / "11-others-gws.json").write_text(text)

    findings = lint(tmp_path).findings

    assert len(findings) == 3
    assert all(one.file == "11-contact-gws.json" and "with 11-others-gws.json" in one.text for one in findings)


def test_a_message_without_contents_cannot_be_read(tmp_path: Path) -> None:
    document = library_row().document()
    document["interactions"] = [{"type": "Asynchronous/Messages", "description": "a receipt"}]
    (tmp_path / "11.json").write_text(canonical(document))

    linted = lint(tmp_path)

    assert not linted.good
    assert '"a receipt" has no contents, so Pact would call anything good' in str(linted.unreadable[0])


def test_files_that_are_not_as_authored_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change by hand would be lost with the next writing."""
    from cxmock.contracts import library

    for file in folder().glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    changed = tmp_path / "05-contact-redis.json"
    changed.write_text(changed.read_text() + "\n")
    (tmp_path / "13-ocs-postgres.json").unlink()
    monkeypatch.setattr(library, "folder", lambda: tmp_path)

    assert [(one.file, one.check, one.text) for one in lint(tmp_path).findings] == [
        ("05-contact-redis.json", "authored", "is outdated"),
        ("13-ocs-postgres.json", "authored", "is missing"),
    ]


def test_contracts_of_others_are_not_asked_for_evidence_keys_or_states(tmp_path: Path) -> None:
    document = library_row().document()
    document["metadata"].pop("cxmock")
    for one in document["interactions"]:
        del one["comments"], one["key"]
    (tmp_path / "11-mine-library.json").write_text(canonical(document))

    assert lint(tmp_path, known_states).good
    assert {one.check for one in lint(tmp_path, known_states, foreign=True).findings} == {"state"}


def test_a_folder_without_contracts_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(NothingChosen):
        lint(tmp_path)


def test_the_verb_tells_findings_and_ends_with_1(
    spoiled: Callable[[Change], Linted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled(remove(f"{LENT}/comments/cxmock/evidence"))

    assert main(["lint", str(tmp_path)]) == 1

    told = capsys.readouterr().out
    assert '11-contact-gws.json: "a book is lent" has no grade of evidence. [evidence]' in told
    assert '11-contact-gws.json: "the books are listed" needs the state' in told
    assert "1 contract, 3 promises: 2 findings." in told


def test_the_verb_knows_the_states_of_a_module(
    spoiled: Callable[[Change], Linted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled(nothing)
    (tmp_path / "lint_states.py").write_text("mine = {'there are {count} books': print}")
    monkeypatch.chdir(tmp_path)

    assert main(["lint", "11-contact-gws.json", "--states", "lint_states:mine"]) == 0


def test_the_verb_tells_findings_as_data(
    spoiled: Callable[[Change], Linted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled(nothing)

    assert main(["lint", str(tmp_path), "--format", "json"]) == 1

    facts = json.loads(capsys.readouterr().out)
    assert (facts["good"], facts["contracts"], facts["promises"]) == (False, 1, 3)
    assert [one["check"] for one in facts["findings"]] == ["state"]


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_still_looked_at(
    spoiled: Callable[[Change], Linted], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled(remove(f"{LENT}/key"))
    (tmp_path / "12.json").write_text("{")

    assert main(["lint", str(tmp_path)]) == 2

    told = capsys.readouterr()
    assert '"a book is lent" has no key' in told.out
    assert "12.json cannot be read: the file ends in the middle of a value." in told.err


def test_a_finding_says_how_to_mend_it() -> None:
    assert str(Finding("a.json", "b", "c", "is d.", "e")) == 'a.json: "b" is d. [c]\n  fix:      e'
