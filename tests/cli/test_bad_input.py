"""Contracts and recordings that are spoiled in every way: each verb says what is wrong, and ends with 2."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxmock.cli import main
from cxmock.contracts.matching import patience
from cxmock.contracts.recording import Recorder
from cxmock.journal import Journal
from cxmock.net.background import Background
from cxmock.net.tls import Authority
from cxmock.wire.http import Request, Response
from tests.contracts.conftest import Place
from tests.journal.silent import Silent

GOOD: dict[str, Any] = {
    "consumer": {"name": "contact"},
    "provider": {"name": "nexus"},
    "interactions": [
        {
            "type": "Synchronous/HTTP",
            "description": "the books are listed",
            "request": {"method": "GET", "path": "/books"},
            "response": {
                "status": 200,
                "headers": {"Content-Type": ["application/json"]},
                "body": {"content": {"a": "x", "b": [1]}, "contentType": "application/json", "encoded": False},
            },
        }
    ],
    "metadata": {"pactSpecification": {"version": "4.0"}, "cxmock": {"connection": 12}},
}
TEXT = json.dumps(GOOD)


def changed(change: Callable[[dict[str, Any]], Any]) -> str:
    document = copy.deepcopy(GOOD)
    change(document)
    return json.dumps(document)


def first(document: dict[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = document["interactions"][0]
    return one


def ruled(rule: dict[str, Any], place: str = "$.a") -> str:
    return changed(lambda d: first(d)["response"].update(matchingRules={"body": {place: {"matchers": [rule]}}}))


def nested(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"match": "type"}
    for _ in range(depth):
        rule = {"match": "eachValue", "rules": [rule]}
    return rule


UNREADABLE = {
    "nothing": ("", "the file is empty"),
    "half of it": (TEXT[:200], "the file ends in the middle of a value"),
    "no JSON": (TEXT.replace('"consumer"', "consumer"), "JSON is malformed"),
    "no object": ("[]", "it is JSON, but not an object"),
    "nested without end": ('{"a":' * 100_000 + "1" + "}" * 100_000, "it is nested over 100 levels deep"),
    "a version to come": (
        changed(lambda d: d["metadata"]["pactSpecification"].update(version="5.0")),
        "follows version 5.0 of the Pact specification",
    ),
    "no version": (changed(lambda d: d["metadata"].pop("pactSpecification")), "does not say its Pact version"),
    "an unknown transport": (changed(lambda d: first(d).update(transport="htp")), 'goes over the transport "htp"'),
    "one description twice": (
        changed(lambda d: d["interactions"].append(first(d))),
        'has two interactions with the description "the books are listed"',
    ),
    "a method that is none": (
        changed(lambda d: first(d)["request"].update(method="G\r\nT")),
        r"'G\r\nT' is no method of HTTP",
    ),
    "a status that is none": (changed(lambda d: first(d)["response"].update(status=10**30)), "is no status of HTTP"),
}
UNUSABLE = {
    "rules nested absurdly": (ruled(nested(25)), "rules are nested over 20 levels deep"),
    "an unknown matcher": (ruled({"match": "tpye"}), 'there is no matcher "tpye"'),
    "a rule at no place": (ruled({"match": "type"}, "$..[?(@.x)]"), "has a rule at $..[?(@.x)] that cannot be read"),
    "a limit that is none": (ruled({"match": "type", "min": -1}, "$.b"), '"min" is a number of elements'),
}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """One exchange on connection 12, as it is promised."""
    journal = Journal(lambda: 0.0, Silent(), capacity=10)
    answer = Response(200, {"Content-Type": "application/json"}, b'{"a": "x", "b": [1]}')
    journal.record(12, "http", "GET /books", Request("GET", "/books"), answer, seconds=0.0)
    file = tmp_path / "run.jsonl"
    with Recorder(file) as recorder:
        recorder.take(journal)
    return file


@pytest.fixture
def pact(tmp_path: Path) -> Path:
    return tmp_path / "spoiled.json"


Told = Callable[[str], str]


@pytest.fixture
def told(pact: Path, recording: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Gives the spoiled contract to a verb, which has to end with 2; returns the error."""
    commands = {
        "verify": ["verify", "12", "--contracts", str(pact)],
        "conform": ["conform", str(recording), "12", "--contracts", str(pact)],
        "stub": ["stub", "12", "--contract", str(pact), "--ports", "ephemeral"],
        "lint": ["lint", str(pact)],
        "coverage": ["coverage", "--no-verify", str(pact)],
    }

    def run(verb: str) -> str:
        assert main(commands[verb]) == 2
        error = capsys.readouterr().err
        assert error.startswith("cxmock: ")
        assert "\n  expected:" in error
        assert "\n  fix:" in error
        return error

    return run


@pytest.mark.parametrize("verb", ["verify", "conform", "stub", "lint"])
@pytest.mark.parametrize("spoiled", UNREADABLE)
def test_a_contract_that_cannot_be_read_is_told(verb: str, spoiled: str, pact: Path, told: Told) -> None:
    text, what = UNREADABLE[spoiled]
    pact.write_text(text)

    assert what in told(verb)


@pytest.mark.parametrize("verb", ["verify", "conform", "stub"])
@pytest.mark.parametrize("spoiled", UNUSABLE)
def test_a_rule_that_cannot_be_used_is_told(verb: str, spoiled: str, pact: Path, told: Told) -> None:
    """Lint finds it among all else that is wrong, which is what it is for."""
    text, what = UNUSABLE[spoiled]
    pact.write_text(text)

    assert what in told(verb)
    assert main(["lint", str(pact)]) == 1


@pytest.mark.parametrize("verb", ["verify", "conform", "lint"])
def test_a_contract_without_promises_is_no_success(verb: str, pact: Path, told: Told) -> None:
    pact.write_text(changed(lambda d: d.update(interactions=[])))

    assert "spoiled.json has no interactions." in told(verb)


def test_a_stub_without_promises_plays_nothing(pact: Path, told: Told) -> None:
    pact.write_text(changed(lambda d: d.update(interactions=[])))

    assert "has nothing that Nexus could answer over http." in told("stub")


@pytest.mark.parametrize("verb", ["verify", "conform", "stub", "lint"])
def test_a_file_of_50_megabytes_is_not_read(verb: str, pact: Path, told: Told) -> None:
    with pact.open("wb") as file:
        file.truncate(50 * 2**20)

    assert "spoiled.json is 50.0 MiB long; at most 16.0 MiB are read." in told(verb)


@pytest.mark.parametrize("verb", ["verify", "conform", "stub", "lint", "coverage"])
def test_what_never_ends_is_not_read_to_its_end(verb: str, pact: Path, told: Told) -> None:
    pact.symlink_to("/dev/zero")

    assert ("at most 16.0 MiB are read." if verb != "coverage" else "spoiled.json cannot be read") in told(verb)


def test_counting_nothing_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--no-verify"]) == 2

    assert "no file is named, and the testbed is not to be asked (--no-verify)" in capsys.readouterr().err


@pytest.mark.parametrize("size", [0, 50 * 2**20])
def test_coverage_counts_nothing_that_is_no_fact(size: int, pact: Path, told: Told) -> None:
    with pact.open("wb") as file:
        file.truncate(size)

    assert "cannot be read as facts of coverage: it begins neither as facts nor as a recording does." in told(
        "coverage"
    )


@pytest.mark.parametrize("verb", ["conform", "coverage"])
def test_a_recording_that_ends_in_the_middle_of_an_exchange_is_told(
    verb: str, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording.write_bytes(recording.read_bytes()[:-10])
    words = [str(recording)] if verb == "conform" else ["--no-verify", str(recording)]

    assert main([verb, *words]) == 2

    assert "run.jsonl is not whole: it ends in the middle of line 2." in capsys.readouterr().err


def test_a_state_that_nobody_knows_is_told(pact: Path, told: Told) -> None:
    pact.write_text(changed(lambda d: first(d).update(providerStates=[{"name": "the moon is full"}])))

    error = told("verify")

    assert "The promise could not be tried." in error
    assert 'Nexus does not know the provider state "the moon is full".' in error


@pytest.mark.parametrize("pattern", ["^(a|aa)+$", "^(a+)+b$"])
def test_no_regular_expression_is_waited_for_without_end(
    pattern: str, pact: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LIMIT", 0.1)
    rule = {"a": {"combine": "AND", "matchers": [{"match": "regex", "regex": pattern}]}}
    text = "a" * 60 + "!"
    pact.write_text(changed(lambda d: first(d)["request"].update(query={"a": [text]}, matchingRules={"query": rule})))

    assert main(["lint", str(pact)]) == 1

    assert "breaks its own rule" in capsys.readouterr().out


@pytest.fixture
def place(background: Background) -> Place:
    return Place(background)


def test_who_plays_a_component_with_a_bad_certificate_is_told(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = place.serve(lambda request: Response(200), Authority(tmp_path))
    try:
        assert main(["up", "--play", f"nexus={url}", "--ports", "ephemeral", "nexus"]) == 2
    finally:
        place.close()

    error = capsys.readouterr().err
    assert f"Nexus cannot be played: {url}: TLS failed (CERTIFICATE_VERIFY_FAILED)" in error
    assert "SSL_CERT_FILE" in error


@pytest.mark.parametrize(
    "playing", ["nexus=http://127.0.0.1:port", "ocs=ocs://127.0.0.1:port", "ocs=http://127.0.0.1:1"]
)
def test_an_address_at_which_nobody_could_play_is_told(playing: str, capsys: pytest.CaptureFixture[str]) -> None:
    component, _, url = playing.partition("=")

    assert main(["up", "--play", playing, "--ports", "ephemeral", component]) == 2

    assert f"is to be played by {url}, but nobody listens there." in capsys.readouterr().err
