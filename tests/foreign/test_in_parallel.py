"""Many testbeds at the same time, all on documented ports: workers of pytest-xdist, sessions, commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.plugin.meeting import Meeting

pytestmark = pytest.mark.foreign

WITHIN = 150.0


def meet(tmp_path: Path, *sessions: int) -> None:
    """Run sessions of pytest at the same time, each with so many workers."""
    (tmp_path / "meeting").mkdir()
    meeting = Meeting(tmp_path / "meeting", sum(sessions))
    running = []
    for number, workers in enumerate(sessions):
        folder = meeting.project(tmp_path / f"session-{number}", workers)
        words = ["-n", str(workers), "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "pytest", *words, f"--basetemp={tmp_path}/base-{number}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | meeting.environment,
            )
        )
    said = [process.communicate(timeout=WITHIN)[0] for process in running]

    assert [process.returncode for process in running] == [0] * len(sessions), "\n".join(said)
    meeting.held_without_a_clash()


def test_eight_workers(tmp_path: Path) -> None:
    meet(tmp_path, 8)


def test_two_sessions_of_four_workers(tmp_path: Path) -> None:
    meet(tmp_path, 4, 4)


def test_three_testbeds_of_the_command_line() -> None:
    """Each with everything, and each with its own variables."""
    command = [sys.executable, "-m", "cxmock", "up", "--json"]
    with ExitStack() as stack:
        running = [stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(3)]
        for process in running:
            stack.callback(process.terminate)
        told = [json.loads(process.stdout.readline()) for process in running if process.stdout is not None]

    addresses = [
        (one["host"], one["port"]) for testbed in told for places in testbed["endpoints"].values() for one in places
    ]
    assert len(addresses) == len(set(addresses))
    assert len({testbed["env"]["CX_REDIS_URL"] for testbed in told}) == 3
    ports = [sorted(one["port"] for places in testbed["endpoints"].values() for one in places) for testbed in told]
    assert ports[0] == ports[1] == ports[2]
    assert {443, 5432, 6379, 2049, 5050, 8888, 22} <= set(ports[0])
