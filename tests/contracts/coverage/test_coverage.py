"""Coverage: facts are counted against every promise there is, and nothing that was not tried is left out."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from cxmock.contracts.coverage import Column, Fact, Facts, Share, cover, digest_of
from cxmock.contracts.coverage.column import columns_of
from cxmock.contracts.coverage.data import facts as as_data
from cxmock.contracts.coverage.exercised import exercised
from cxmock.contracts.coverage.fact import read_facts, sites
from cxmock.contracts.coverage.gathering import gathered
from cxmock.contracts.coverage.terminal import text
from cxmock.contracts.library import load
from cxmock.contracts.model import HttpInteraction
from cxmock.contracts.recording import Recorder
from cxmock.contracts.targets import provider_of
from cxmock.errors.conformance import RecordingCutOff
from cxmock.errors.verifying import FactsUnreadable, NothingChosen
from cxmock.journal import Journal
from cxmock.net.bell import ThreadBell
from cxmock.topology import CONNECTIONS, Component
from cxmock.wire.http import Request, Response, to_json

PROMISED = sum(len(load(row.number).interactions) for row in CONNECTIONS)


def fact(number: int, place: int, by: Column, *, kept: bool = True) -> Fact:
    """Return a fact about a promise, by its place in the contract's file."""
    contract = load(number)
    return Fact(number, contract.interactions[place].description, digest_of(contract.raw[place]), by, kept)


def lab(*promises: Fact, where: str = "lab", when: str = "2026-01-01T00:00:00Z") -> Facts:
    return Facts(who="ada", where=where, when=when, release="GWS 9.0.1", promises=promises)


def test_without_facts_nothing_is_covered_and_everything_counts() -> None:
    coverage = cover([])

    assert coverage.share(Column.EXERCISED) == Share(0, PROMISED)
    assert coverage.share(Column.REAL) == Share(0, PROMISED)
    assert coverage.total().covered == 0
    assert coverage.total().of > 2 * PROMISED


def test_the_denominator_is_who_may_keep_each_promise() -> None:
    coverage = cover([])
    expected = dict.fromkeys(Column, 0)
    for row in CONNECTIONS:
        for one in load(row.number).interactions:
            for column in columns_of(provider_of(row.number, one)):
                expected[column] += 1

    assert {column: coverage.share(column).of for column in Column} == expected
    assert coverage.total().of == sum(expected.values())


@pytest.mark.parametrize(
    ("component", "kept_by"),
    [
        (Component.GWS, {Column.FAKE}),
        (Component.LIST_BUILDER, {Column.REFERENCE}),
        (Component.POSTGRES, {Column.EMBEDDED, Column.CONTAINER}),
        (Component.REDIS, {Column.FAKE, Column.EMBEDDED, Column.CONTAINER}),
    ],
)
def test_every_promise_may_be_used_and_be_kept_by_a_real_system(component: Component, kept_by: set[Column]) -> None:
    assert columns_of(component) == kept_by | {Column.EXERCISED, Column.REAL}


def test_a_fact_covers_one_promise_in_one_column() -> None:
    coverage = cover([lab(fact(11, 3, Column.REAL))])

    assert coverage.share(Column.REAL) == Share(1, PROMISED)
    assert coverage.share(Column.REAL, number=11).covered == 1
    assert coverage.share(Column.REAL, number=12).covered == 0
    assert coverage.share(Column.FAKE).covered == 0
    grade = load(11).interactions[3].comments.cxmock.evidence
    assert coverage.share(Column.REAL, grade=grade).covered == 1


def test_what_was_tried_and_not_kept_is_broken_and_not_covered() -> None:
    coverage = cover([lab(fact(11, 3, Column.REAL, kept=False))])

    assert coverage.share(Column.REAL, number=11) == Share(0, len(load(11).interactions), 1)
    assert "1✘ 0/" in text(coverage)


def test_the_latest_word_of_a_place_counts() -> None:
    old = lab(fact(11, 3, Column.REAL), when="2026-01-01T00:00:00Z")
    new = lab(fact(11, 3, Column.REAL, kept=False), when="2026-02-01T00:00:00Z")

    assert cover([old, new]).share(Column.REAL).broken == 1
    assert cover([new, old]).share(Column.REAL).broken == 1


def test_one_place_that_keeps_a_promise_covers_it() -> None:
    here, there = lab(fact(11, 3, Column.REAL, kept=False)), lab(fact(11, 3, Column.REAL), where="elsewhere")

    assert cover([here, there]).share(Column.REAL) == Share(1, PROMISED)


def test_a_promise_that_was_changed_since_is_another_one() -> None:
    stale = msgspec.structs.replace(fact(11, 3, Column.REAL), digest="0123456789abcdef")

    coverage = cover([lab(stale)])

    assert coverage.share(Column.REAL).covered == 0
    assert coverage.outdated == 1
    assert "1 fact is about promises that were changed or taken away since, and not counted." in text(coverage)


def test_a_digest_is_that_of_the_promise_alone() -> None:
    raw = dict(load(11).raw[3])

    assert digest_of(raw | {"comments": {}, "key": "x", "pending": True}) == digest_of(raw)
    assert digest_of(raw | {"response": {"status": 299}}) != digest_of(raw)


def test_per_cent_is_rounded_down_and_a_limit_is_exact() -> None:
    almost = Share(1999, 2000)

    assert almost.percent == 99.9
    assert almost.reaches(99.95)
    assert not almost.reaches(100)
    assert not Share(0, 0).reaches(0)


def test_facts_are_the_same_after_they_were_saved(tmp_path: Path) -> None:
    facts = lab(fact(11, 3, Column.REAL), fact(5, 0, Column.EMBEDDED, kept=False))
    file = tmp_path / "lab.json"
    file.write_text(facts.text())

    assert read_facts(file) == facts
    assert gathered([tmp_path]) == [facts]
    assert sites([facts]) == ["GWS 9.0.1 at lab on 2026-01-01: 1 of 1 kept"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it begins neither as facts nor as a recording does"),
        ('{"promises": []}', "it begins neither as facts nor as a recording does"),
        ('{"cxmock facts": 1, "promises": [{"connection": 11', "Input data was truncated"),
        ('{"cxmock facts": 1, "promises": [{"connection": "eleven"}]}', "Expected `int`, got `str`"),
        ('{"cxmock facts": 7, "promises": []}', "it has version 7, and 1 is read here"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "facts.json"
    file.write_text(content)

    with pytest.raises(FactsUnreadable) as raised:
        gathered([file])

    assert said in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FactsUnreadable, match=r"nowhere\.json cannot be read as facts of coverage: No such file"):
        gathered([tmp_path / "nowhere.json"])


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(NothingChosen):
        gathered([tmp_path])


def recorded(file: Path) -> HttpInteraction:
    """Write a recording in which the first promise of connection 12 that needs no state is used; return it."""
    promise = next(one for one in load(12).interactions if isinstance(one, HttpInteraction))
    journal = Journal(lambda: 1_767_225_600.0, ThreadBell())
    with Recorder(file) as recorder:
        asked, promised = promise.request, promise.response
        headers = {name: texts[0] for name, texts in asked.headers.items()}
        request = Request(asked.method, asked.path, headers, to_json(asked.body.content) if asked.body else b"")
        answered = {name: texts[0] for name, texts in promised.headers.items()}
        answered |= {"Content-Type": promised.body.content_type} if promised.body else {}
        response = Response(promised.status, answered, to_json(promised.body.content) if promised.body else b"")
        journal.record(12, "http", f"{asked.method} {asked.path}", request, response, seconds=0.01, ok=True)
        journal.record(
            12, "http", "GET /nothing", Request("GET", "/nothing", {}, b""), Response(404), seconds=0, ok=False
        )
        recorder.take(journal)
    return promise


def test_a_recording_tells_which_promises_a_consumer_uses(tmp_path: Path) -> None:
    file = tmp_path / "mine.recording"
    promise = recorded(file)

    facts = exercised(file)

    assert [(one.connection, one.description, one.by) for one in facts.promises] == [
        (12, promise.description, Column.EXERCISED)
    ]
    assert (facts.where, facts.when) == ("mine.recording", "2026-01-01T00:00:00Z")
    assert cover(gathered([file])).share(Column.EXERCISED, number=12).covered == 1


def test_a_recording_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.recording"
    recorded(file)
    file.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(RecordingCutOff):
        gathered([file])


def test_the_table_has_a_line_for_each_connection_and_grade() -> None:
    said = text(cover([lab(fact(11, 3, Column.REAL), fact(5, 0, Column.EMBEDDED))]))

    for row in CONNECTIONS:
        assert f"{row.number:>2} {row.provider_name}" in said
    assert "A assumed" in said
    assert "Real: GWS 9.0.1 at lab on 2026-01-01: 1 of 1 kept." in said
    assert max(map(len, said.splitlines())) <= 120


def test_data_tells_each_promise_in_each_column() -> None:
    facts = as_data(cover([lab(fact(11, 3, Column.REAL), fact(11, 4, Column.FAKE, kept=False))]))

    json.dumps(facts)
    assert facts["columns"]["real"] == {
        "covered": 1,
        "of": PROMISED,
        "broken": 0,
        "percent": Share(1, PROMISED).percent,
    }
    row = facts["connections"][10]
    assert row["promises"][3]["columns"] == {"exercised": None, "fake": None, "real": True}
    assert row["promises"][4]["columns"] == {"exercised": None, "fake": False, "real": None}
    assert facts["found"] == [
        {"who": "ada", "where": "lab", "when": "2026-01-01T00:00:00Z", "release": "GWS 9.0.1", "promises": 2}
    ]
