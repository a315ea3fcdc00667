"""``cxmock up`` with replicas: keeps them running, tells about them, and leaves none behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from cxmock.cli.main import main
from cxmock.net.waiting import patiently
from tests.cli.conftest import gone

WITHIN = 20


def test_replicas_are_told_about_started_again_and_gone_at_the_end(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "cxmock", "up", "--json", "--replicas", "compliance-manager=2"]
    command = [*argv, "--autoscale", "ui=1..2", "--logs", str(tmp_path), "compliance-manager", "ui"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            told = json.loads(process.stdout.readline())

            def replicas(service: str) -> dict[str, Any]:
                with urlopen(told["replicas"], timeout=WITHIN) as answer:
                    found: dict[str, Any] = json.load(answer)[service]
                    return found

            before = replicas("compliance-manager")
            assert before["bounds"] == {"least": 2, "most": 2}
            assert replicas("ui")["load"].keys() == {"requests", "processor", "in_flight"}
            first = before["replicas"][0]["pid"]
            os.kill(first, signal.SIGKILL)

            def started_again() -> dict[str, Any]:
                now = replicas("compliance-manager")
                assert [(one["restarts"], one["status"]) for one in now["replicas"]] == [(1, "ready"), (0, "ready")]
                return now

            after = patiently(started_again, within=WITHIN)
            assert [event["event"] for event in after["events"]] == ["started", "started", "ended", "started"]
            pids = [one["pid"] for one in after["replicas"]]
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=WITHIN)[1]
        finally:
            process.kill()

    assert process.returncode == 0
    assert f"cxmock: compliance-manager-1 ended: pid {first}, status -9" in said
    assert all(gone(pid) for pid in pids)
    assert not list(tmp_path.glob("compliance-manager-*.jsonl"))  # nobody asked them for anything but how they are


@pytest.mark.parametrize("arguments", [["--replicas", "gws=2"], ["--autoscale", "ui=3..1"]])
def test_replicas_that_cannot_be_are_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", *arguments]) == 2
    assert "says no replicas" in capsys.readouterr().err
