"""``cxmock up --record`` and ``cxmock conform``: what a service did, recorded and then held against the contracts."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cxmock.cli import main
from cxmock.contracts.recording import Recorder, Recording
from cxmock.journal import Journal
from cxmock.wire.http import Request, Response
from tests.journal.silent import Silent

COMMAND = [sys.executable, "-m", "cxmock"]


@pytest.fixture
def journal() -> Journal:
    return Journal(lambda: 0.0, Silent(), capacity=10)


def redis(journal: Journal, *argv: str, value: Any = "OK") -> None:
    answer = {"type": "string", "value": value}
    journal.record(5, "redis", argv[0], {"argv": list(argv)}, answer, seconds=0.0)


def recorded(journal: Journal, tmp_path: Path) -> str:
    file = tmp_path / "run.jsonl"
    with Recorder(file) as recorder:
        recorder.take(journal)
    return str(file)


def test_a_recording_that_begins_midway_says_so(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A campaign that nobody was seen to load dials too early, unless it was loaded before."""
    pair = {"campaignId": 101, "groupId": 101}
    stands = {**pair, "campaignGroupId": 101, "campaignGroupName": "Spring@Outbound agents", "status": "Running"}
    names = "dialed answered busy noAnswer answeringMachine blocked rescheduled finished overdialed missed"
    counts = dict.fromkeys(names.split(), 0)
    mode = {"dialMode": 1, "optimizeBy": 1, "optimizeGoal": 80, "completed": False, "remaining": 0}
    due = {"nextDue": None, "problem": ""}
    told = {**stands, **mode, **due, "statistics": {**counts, "hitRatio": None, "overdialRate": None, "results": {}}}
    request = {"message": "StartDialing", "attributes": pair}
    answer = {"messages": [{"message": "DialingStarted", "attributes": told}]}
    journal.record(9, "ocs", "StartDialing", request, answer, seconds=0.0)
    file = recorded(journal, tmp_path)

    assert main(["conform", file, "9"]) == 1
    assert "StartDialing comes too early" in capsys.readouterr().out
    assert main(["conform", file, "9", "--midway"]) == 0


def test_what_is_promised_ends_with_0(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    redis(journal, "SET", "cxc:{Acme}:session:1", "{}", "EX", "28800")

    assert main(["conform", recorded(journal, tmp_path), "5", "--json"]) == 0

    [row] = json.loads(capsys.readouterr().out)
    assert row["connection"] == 5
    assert row["exchanges"] == {"promised": 1}
    assert row["exercised"] == {"a session is kept for as long as it may live": 1}
    assert "a session is ended" in row["unexercised"]


def test_what_is_not_promised_ends_with_1_and_is_explained(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    redis(journal, "FLUSHALL")
    journal.record(11, "http", "GET /auth/v4/x", Request("GET", "/auth/v4/x"), Response(404), seconds=0.0, ok=False)

    assert main(["conform", recorded(journal, tmp_path)]) == 1

    told = capsys.readouterr().out
    assert "FLUSHALL is not promised on connection 5, contact to redis." in told
    assert "GET /auth/v4/x is not promised on connection 11, contact to gws." in told


def test_many_alike_are_explained_once_and_the_rest_on_demand(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(8):
        redis(journal, f"COMMAND{number % 7}")
    file = recorded(journal, tmp_path)

    assert main(["conform", file, "5"]) == 1
    told = capsys.readouterr().out
    assert told.count("is not promised on connection") == 5
    assert "2 more kinds on connection 5: --all shows them." in told

    assert main(["conform", file, "5", "--all"]) == 1
    assert capsys.readouterr().out.count("is not promised on connection") == 7


def test_contracts_of_ones_own_are_used(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    redis(journal, "PING", value="PONG")
    contract = {
        "consumer": {"name": "contact"},
        "provider": {"name": "redis"},
        "metadata": {"pactSpecification": {"version": "4.0"}, "cxmock": {"connection": 5}},
        "interactions": [
            {
                "type": "Synchronous/Messages",
                "transport": "redis",
                "description": "a ping",
                "request": {"contents": {"content": {"argv": ["PING"]}, "contentType": "application/json"}},
                "response": [
                    {"contents": {"content": {"type": "string", "value": "PONG"}, "contentType": "application/json"}}
                ],
            }
        ],
    }
    (tmp_path / "mine.json").write_text(json.dumps(contract))

    assert main(["conform", recorded(journal, tmp_path), "--contracts", str(tmp_path / "mine.json")]) == 0
    assert "5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda file: file.unlink(), "There is no recording"),
        (lambda file: file.write_bytes(file.read_bytes()[:-20]), "is not whole: it ends in the middle of line 2"),
        (lambda file: file.write_text("{}\n"), "line 1: it does not begin as recordings do"),
    ],
)
def test_a_recording_that_is_not_whole_ends_with_2(
    journal: Journal,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], object],
    told: str,
) -> None:
    redis(journal, "PING")
    file = Path(recorded(journal, tmp_path))
    spoil(file)

    assert main(["conform", str(file)]) == 2

    assert told in capsys.readouterr().err


def test_nothing_to_check_ends_with_2(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    redis(journal, "PING")

    assert main(["conform", recorded(journal, tmp_path), "11"]) == 2

    assert "has no exchange of connection 11" in capsys.readouterr().err


def test_dropped_exchanges_end_with_2(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(12):
        redis(journal, "PING")

    assert main(["conform", recorded(journal, tmp_path)]) == 2

    assert "2 exchanges were seen but not kept." in capsys.readouterr().err


def test_a_testbed_records_all_that_happens_until_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    command = [*COMMAND, "up", "--json", "--record", str(file), "nexus"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            told = json.loads(process.stdout.readline())
            [nexus] = told["endpoints"]["nexus"]
            context = ssl.create_default_context(cafile=told["ca"])
            assert httpx.get(nexus["url"] + "/nothing", verify=context, timeout=5).status_code == 404
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert f"1 exchanges recorded in {file}." in process.stderr.read()
        finally:
            process.kill()

    [exchange] = Recording(file)
    assert (exchange.connection, exchange.operation) == (12, "GET /nothing")


def test_a_place_that_cannot_be_recorded_to_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--record", str(tmp_path / "no" / "where"), "nexus"]) == 2

    assert "cannot be used as a recording: No such file or directory." in capsys.readouterr().err
