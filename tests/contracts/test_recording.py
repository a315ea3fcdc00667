"""Recordings: what was seen comes back as it was, and one that is not whole says so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.contracts.recording import LINE_LIMIT, Recorder, Recording
from cxmock.errors import CxmockError
from cxmock.errors.conformance import (
    RecordingCutOff,
    RecordingMalformed,
    RecordingMissing,
    RecordingUnusable,
    RecordingVersionUnknown,
)
from cxmock.journal import Journal
from cxmock.wire.http import Request, Response
from tests.journal.silent import Silent


@pytest.fixture
def journal() -> Journal:
    journal = Journal(lambda: 100.0, Silent(), capacity=5)
    fill(journal, 2)
    return journal


def fill(journal: Journal, count: int) -> None:
    for number in range(count):
        request, response = Request("GET", f"/{number}?a=b"), Response.of({"number": number})
        journal.record(11, "http", f"GET /{number}", request, response, seconds=0.5, source="cxc", secure=True)


def recorded(journal: Journal, file: Path) -> Path:
    with Recorder(file) as recorder:
        recorder.take(journal)
    return file


def test_what_was_recorded_comes_back(journal: Journal, tmp_path: Path) -> None:
    recording = Recording(recorded(journal, tmp_path / "run.jsonl"))

    assert recording.dropped == 0
    back = list(recording)
    assert [(one.index, one.connection, one.at, one.seconds, one.operation) for one in back] == [
        (0, 11, 99.5, 0.5, "GET /0"),
        (1, 11, 99.5, 0.5, "GET /1"),
    ]
    assert back[0].request == {"method": "GET", "path": "/0", "query": {"a": ["b"]}, "headers": {}, "body": None}
    assert back[0].response["body"] == {"number": 0}
    assert (back[0].source, back[0].secure, back[0].ok) == ("cxc", True, True)
    assert list(recording) == back


def test_it_grows_with_the_journal(journal: Journal, tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.jsonl") as recorder:
        recorder.take(journal)
        recorder.take(journal)
        fill(journal, 1)
        recorder.take(journal)

    assert [one.operation for one in Recording(tmp_path / "run.jsonl")] == ["GET /0", "GET /1", "GET /0"]


def test_what_came_too_fast_is_counted(journal: Journal, tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.jsonl") as recorder:
        recorder.take(journal)
        fill(journal, 8)
        recorder.take(journal)

    recording = Recording(tmp_path / "run.jsonl")
    assert recording.dropped == 3
    assert len(list(recording)) == 7


def test_what_was_dropped_before_is_counted_and_what_was_cleared_is_not(journal: Journal, tmp_path: Path) -> None:
    fill(journal, 4)
    assert Recording(recorded(journal, tmp_path / "a.jsonl")).dropped == 1

    journal.clear()
    fill(journal, 1)
    assert Recording(recorded(journal, tmp_path / "b.jsonl")).dropped == 0


def test_only_its_owner_may_read_it(journal: Journal, tmp_path: Path) -> None:
    """It holds whatever passwords went over the connections."""
    assert oct(recorded(journal, tmp_path / "run.jsonl").stat().st_mode & 0o777) == "0o600"


def test_one_that_is_still_being_written_is_not_whole(journal: Journal, tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.jsonl") as recorder:
        recorder.take(journal)
        with pytest.raises(RecordingCutOff, match="still runs, or was killed"):
            Recording(tmp_path / "run.jsonl")


def test_one_that_was_cut_off_anywhere_is_not_whole(journal: Journal, tmp_path: Path) -> None:
    whole = recorded(journal, tmp_path / "run.jsonl").read_bytes()
    cut = tmp_path / "cut.jsonl"
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises((RecordingCutOff, RecordingMalformed)):
            list(Recording(cut))


@pytest.mark.parametrize(
    ("edit", "error", "told"),
    [
        (lambda lines: lines[1:], RecordingMalformed, "line 1: it does not begin as recordings do"),
        (lambda lines: [b'{"cxmock recording":2,"finished":true}'], RecordingVersionUnknown, "version 2"),
        (lambda lines: [b'{"cxmock recording":"x"}'], RecordingMalformed, "line 1: Expected `int`"),
        (lambda lines: [lines[0], b"{oops", lines[2]], RecordingMalformed, "line 2: it is no exchange"),
        (lambda lines: [lines[0], b'{"connection":5}', lines[2]], RecordingMalformed, "missing required field"),
        (lambda lines: [lines[0], lines[1].replace(b'"method"', b'"m"'), lines[2]], RecordingMalformed, "method"),
        (lambda lines: lines[:2], RecordingCutOff, "it has 1 exchanges, and its first line says 2"),
        (lambda lines: [*lines, lines[1]], RecordingCutOff, "it has 3 exchanges, and its first line says 2"),
    ],
)
def test_one_that_was_edited_is_told_by_its_line(
    journal: Journal, tmp_path: Path, edit: Callable[[list[bytes]], list[bytes]], error: type[CxmockError], told: str
) -> None:
    file = recorded(journal, tmp_path / "run.jsonl")
    file.write_bytes(b"\n".join(edit(file.read_bytes().splitlines())) + b"\n")

    with pytest.raises(error, match=told):
        list(Recording(file))


def test_a_line_without_an_end_is_not_read_into_memory(journal: Journal, tmp_path: Path) -> None:
    """Fifty megabytes in one line are no exchange."""
    file = recorded(journal, tmp_path / "run.jsonl")
    with file.open("r+b") as opened:
        opened.truncate(50 * 2**20)

    with pytest.raises(RecordingMalformed, match=f"line 4: it is over {LINE_LIMIT // 2**20} MiB long"):
        list(Recording(file))


def test_one_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingMissing, match="There is no recording"):
        Recording(tmp_path / "nothing")
    with pytest.raises(RecordingUnusable, match="Is a directory"):
        Recording(tmp_path)
    with pytest.raises(RecordingUnusable, match="No such file"):
        Recorder(tmp_path / "no" / "where")


def test_a_pipe_cannot_be_recorded_to(tmp_path: Path) -> None:
    """Its first line could not be written again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(RecordingUnusable, match="no file that can be written to twice"):
            Recorder(pipe)
    finally:
        os.close(reader)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.one_of(st.binary(max_size=80), st.dictionaries(st.text(), JSON).map(lambda one: json.dumps(one).encode()))
)
def test_any_line_is_an_exchange_or_an_error(journal: Journal, tmp_path: Path, line: bytes) -> None:
    file = recorded(journal, tmp_path / "run.jsonl")
    head: Any = file.read_bytes().splitlines(keepends=True)[0]
    file.write_bytes(head + line + b"\n")

    with pytest.raises(CxmockError):
        list(Recording(file))
