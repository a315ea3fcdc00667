"""``cxmock coverage``: files of facts are counted, limits hold, and the testbed is verified unless told otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxmock.cli import main
from cxmock.contracts.library import load

REDIS = len(load(5).interactions)


@pytest.fixture
def redis_facts(tmp_path: Path) -> Path:
    """What a verification of row 5 saved."""
    file = tmp_path / "redis.json"
    words = ["--stores", "fakeredis", "--save", str(file), "--who", "ci", "--where", "here", "--release", "fakeredis 2"]
    assert main(["verify", "5", *words]) == 0
    return file


def test_what_a_verification_saved_is_counted(redis_facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    assert main(["coverage", "--no-verify", "--format", "json", str(redis_facts)]) == 0

    facts = json.loads(capsys.readouterr().out)
    assert facts["columns"]["fake"]["covered"] == REDIS
    assert facts["found"][0] | {"when": ""} == {
        "who": "ci",
        "where": "here",
        "when": "",
        "release": "fakeredis 2",
        "promises": REDIS,
    }
    assert facts["outdated"] == 0


def test_a_limit_that_is_not_reached_ends_with_1(redis_facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["coverage", "--no-verify", str(redis_facts)]

    assert main([*words, "--fail-under", "fake=5", "--fail-under", "0.1"]) == 0
    assert main([*words, "--fail-under", "fake=5", "--fail-under", "real=1", "--fail-under", "90"]) == 1

    told = capsys.readouterr().err
    assert "cxmock: real: 0.0 %, and 1 % was asked for." in told
    assert "cxmock: in all: " in told
    assert "fake" not in told


@pytest.mark.parametrize("limit", ["x", "-1", "101", "wishes=3", "nan"])
def test_a_limit_is_a_number_of_per_cent_of_a_column(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["coverage", "--fail-under", limit])

    assert "is no " in capsys.readouterr().err


def test_a_file_that_is_none_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--no-verify", str(tmp_path / "nowhere.json")]) == 2

    assert "nowhere.json cannot be read as facts of coverage" in capsys.readouterr().err


def test_coverage_is_written_where_it_is_asked_for(redis_facts: Path, tmp_path: Path) -> None:
    file = tmp_path / "coverage.txt"

    assert main(["coverage", "--no-verify", str(redis_facts), "--output", str(file)]) == 0

    assert "5 redis" in file.read_text()


def test_the_testbed_is_verified_where_nothing_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Every promise is kept by everything that runs here without a container."""
    assert main(["coverage", "--format", "json", "--fail-under", "reference=100", "--fail-under", "embedded=100"]) == 0

    columns = json.loads(capsys.readouterr().out)["columns"]
    assert columns["fake"]["covered"] == columns["fake"]["of"] - REDIS
    assert columns["real"]["covered"] == columns["container"]["covered"] == columns["exercised"]["covered"] == 0
