"""The commands as people and scripts use them."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from cxmock.cli import main
from cxmock.cli import up as verb
from tests.cli.conftest import children, gone

COMMAND = [sys.executable, "-m", "cxmock"]


def test_connections_prints_thirteen_rows_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connections", "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["number"] for row in rows] == list(range(1, 14))
    assert rows[1]["ports"] == [20, 21, 22]
    assert rows[10]["contract"] == "11-contact-gws.json"


def test_connections_prints_a_table_with_the_remarks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["connections"]) == 0

    printed = capsys.readouterr().out
    assert "The thirteen connections of CX Contact" in printed
    assert "slip" in printed


def test_an_unknown_connection_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["verify", "14"])

    assert '"14" is no connection: they are numbered 1 to 13' in capsys.readouterr().err


def test_an_error_is_told_in_four_parts_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "gsw"]) == 2

    told = capsys.readouterr().err
    assert '"gsw" names no component.' in told
    assert "expected:" in told
    assert "fix:" in told


def test_no_component_listens_where_others_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--host", "share=0.0.0.0", "share"]) == 2
    assert main(["up", "--host", "shaer=127.0.0.1", "share"]) == 2

    told = capsys.readouterr().err
    assert 'Network file share cannot listen at "0.0.0.0".' in told
    assert 'COMPONENT=ADDRESS. Did you mean "share"?' in told


def test_playing_where_nobody_listens_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--play", "nexus=http://127.0.0.1:9", "nexus"]) == 2

    assert "Nexus is to be played by http://127.0.0.1:9, but nobody listens there." in capsys.readouterr().err


@contextmanager
def up(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run ``cxmock up --json``; give the process and what it announced."""
    with subprocess.Popen([*COMMAND, "up", "--json", *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_up_announces_everything_on_one_line_and_stops_clean_on_sigterm() -> None:
    with up("nexus", "redis") as (process, told):
        assert told["ready"] is True
        (nexus,) = told["endpoints"]["nexus"]
        context = ssl.create_default_context(cafile=told["ca"])
        assert httpx.get(nexus["url"] + "/nothing", verify=context, timeout=5).status_code == 404
        assert told["env"]["CX_NEXUS_URL"] == nexus["url"]
        assert (told["states"].startswith("http://"), len(told["transports"])) == (True, 13)
        folder = Path(told["ca"]).parent
        assert folder.is_dir()

        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0
        assert not folder.exists()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((nexus["host"], nexus["port"]), 1)


def test_env_prints_the_running_testbeds_variables_for_a_shell() -> None:
    with up("sftp") as (_, told):
        script = 'eval "$($0 -m cxmock env)"; printf %s "$CX_SFTP_URL"'
        ran = subprocess.run(
            ["sh", "-c", script, sys.executable], capture_output=True, text=True, timeout=30, check=True
        )

        assert ran.stdout == told["env"]["CX_SFTP_URL"]
        assert oct((Path(told["ca"]).parent / "announcement.json").stat().st_mode & 0o777) == "0o600"


def test_a_killed_testbed_leaves_nothing_behind() -> None:
    """Even after kill -9: the reaper ends the children and removes the folder."""
    from cxmock.net.background import Background
    from cxmock.net.waiting import until

    with up("redis", "postgres") as (process, told), Background() as background:
        folder = Path(told["ca"]).parent
        started = children(process.pid)
        assert started

        process.kill()
        process.wait()

        assert background.run(until(lambda: not folder.exists() and all(map(gone, started)), within=10))


def test_up_may_be_strict_and_says_so() -> None:
    with up("nexus", "--strict", "12", "5") as (_, told):
        assert told["strict"] == [5, 12]
        context = ssl.create_default_context(cafile=told["ca"])
        assert httpx.get(told["env"]["CX_NEXUS_URL"] + "/x", verify=context, timeout=5).status_code == 501


@pytest.mark.parametrize(
    ("said", "rows"),
    [([], None), (["--strict"], range(1, 14)), (["--strict", "all"], range(1, 14)), (["--strict", "11", "5"], (5, 11))],
)
def test_strict_names_connections_or_means_all(said: list[str], rows: Iterable[int] | None) -> None:
    parser = argparse.ArgumentParser()
    verb.arguments(parser)

    options = parser.parse_args(["nexus", *said])

    assert options.components == ["nexus"]
    assert (options.strict is None) if rows is None else verb.strict_rows(options.strict) == frozenset(rows)


@pytest.mark.parametrize("said", ["nexus", "14", "0", "5,11", "²"])
def test_what_strict_cannot_mean_is_told(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["up", "--strict", said])

    assert ended.value.code == 2
    assert f'"{said}" is no connection: they are numbered 1 to 13, or say all.' in capsys.readouterr().err
