"""Ctrl-C and SIGTERM at any moment: the command ends in good order, says so in a line, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cxmock.cli.interrupts import Interrupts
from cxmock.errors.processes import PartDied
from cxmock.net.folders import parents
from cxmock.net.waiting import until
from tests.cli.conftest import children, gone

STOPPED = 130


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command in a process group of its own, as a terminal does."""
    command = [sys.executable, "-m", "cxmock", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.kill()


def folders(pid: int) -> list[Path]:
    """Return the folders of the testbeds that process ``pid`` has made."""
    return [folder for parent in parents() for folder in parent.glob(f"cxmock-{pid}-*")]


def begun(process: subprocess.Popen[str]) -> list[Path]:
    """Wait until a command has begun to make a testbed; return its folder."""
    assert asyncio.run(until(lambda: bool(folders(process.pid)), within=20))
    return folders(process.pid)


def interrupted(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """Send a signal to a command's whole process group; return its exit code and what it complains of."""
    started = children(process.pid)
    os.killpg(process.pid, number)
    _, complaints = process.communicate(timeout=30)
    left = [pid for pid in started if not gone(pid)]
    # Pact's engine sees that its socket has ended, and takes a moment to end itself.
    assert asyncio.run(until(lambda: all(map(gone, left)), within=10)), left
    assert not folders(process.pid), complaints
    return process.returncode, complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("verb", ["up", "demo", "verify"])
def test_a_start_that_is_interrupted_is_undone(verb: str, number: signal.Signals) -> None:
    """Some parts run already, some do not yet: all of it ends, in good order."""
    with running(verb) as process:
        begun(process)

        code, complaints = interrupted(process, number)

    assert (code, complaints) == (STOPPED, "cxmock: stopped.\n"), complaints


def test_a_testbed_that_is_up_ends_well_on_ctrl_c() -> None:
    """That is how it is meant to end, so the exit code is good; a second Ctrl-C of an impatient person does no harm."""
    with running("up", "--json", "redis", "nexus") as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)

        code, complaints = interrupted(process, signal.SIGINT)

    assert (code, complaints) == (0, "")


@pytest.mark.parametrize(
    ("after", "number"),
    [("parts started", signal.SIGTERM), ("contacts imported", signal.SIGINT), ("lines back", signal.SIGTERM)],
)
def test_a_campaign_that_is_interrupted_ends_at_once(after: str, number: signal.Signals) -> None:
    """In the middle of the demo: while files are fetched, while people are called, while promises are checked."""
    with running("demo") as process:
        assert process.stdout is not None
        next(line for line in process.stdout if after in line)

        code, complaints = interrupted(process, number)

    assert (code, complaints) == (STOPPED, "cxmock: stopped.\n"), complaints


def test_a_child_that_ctrl_c_hit_is_not_to_blame() -> None:
    """A terminal sends it to everybody, and who was just started is no stranger yet: that is no fault to tell."""
    with pytest.raises(KeyboardInterrupt), Interrupts():
        signal.raise_signal(signal.SIGINT)
        raise PartDied("redis", -signal.SIGINT, [], "redis.log")
    with pytest.raises(PartDied), Interrupts():
        raise PartDied("redis", -signal.SIGKILL, [], "redis.log")
