"""Killed at fifty moments: ten seconds later no process, port, folder or shared memory is left.

The moments are random, but always the same: while a testbed starts (with and without a prepared cluster), serves, is
reset and stops. Killed are the testbed, one worker of pytest-xdist, pytest, the reaper, the stores.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxmock.net.folders import MEMORY
from cxmock.net.waiting import until

pytestmark = pytest.mark.foreign

WITHIN = 10.0
"""Seconds after which nothing may be left."""
UP = (sys.executable, "-m", "cxmock", "up", "--json", "postgres", "redis", "sftp", "nexus")
RESETTING = """
from cxmock.testbed import Testbed
from cxmock.topology import Component

with Testbed() as testbed:
    testbed.start(Component.POSTGRES, Component.REDIS, Component.SFTP)
    print("ready", flush=True)
    while True:
        testbed.part(Component.SFTP).put("/in/leads.csv", b"x")
        testbed.reset()
"""
TWO = """
import subprocess, sys
from cxmock.testbed import Testbed

subprocess.run(sys.argv[1:])
with Testbed() as testbed:
    pass
"""
TESTS = """
import pytest

@pytest.mark.parametrize("number", range(100))
def test_one(number, cx_postgres, cx_redis, cx_sftp, cx_testbed):
    for _ in range(50):
        cx_sftp.put("/in/leads.csv", b"x")
        cx_testbed.reset()
"""


@dataclass
class Alone:
    """A command that runs apart from everybody."""

    process: subprocess.Popen[str]
    temporary: Path
    """Its folder for temporary files."""
    report: Path

    def testbeds(self) -> dict[int, Path]:
        """Return the folders of its testbeds, by their processes."""
        memory = Path(f"/proc/{self.process.pid}/root{MEMORY}")
        return {int(path.name.split("-")[1]): path for path in memory.glob("cxmock-*")}

    @property
    def processes(self) -> dict[int, str]:
        """All that belongs to it, and what each is."""
        found: dict[int, str] = {}
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text("latin-1").rpartition(")")[2].split()[1])
            except OSError:
                continue
        for pid in parents:
            one = pid
            while one in parents and one != self.process.pid:
                one = parents[one]
            if one == self.process.pid != pid:
                try:
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_text("latin-1").replace("\0", " ")
                except OSError:
                    continue
        return found

    def find(self, mark: str) -> list[int]:
        """Return its processes with ``mark`` in what they are, the oldest first."""
        return sorted(pid for pid, words in self.processes.items() if mark in words)

    @property
    def first(self) -> int:
        """The command itself."""
        assert self.soon(lambda: bool(self.processes))
        return min(self.processes)

    def ready(self) -> None:
        """Wait until it says something."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def wait(self, seconds: float) -> None:
        """Let it go on for a moment that happens to be so long, unless it ends."""
        self.soon(lambda: self.process.poll() is not None, within=seconds)

    def soon(self, happened: Callable[[], bool], within: float = WITHIN) -> bool:
        return asyncio.run(until(happened, within=within))

    def kill(self, *pids: int) -> None:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def leaves_nothing(self, within: float = WITHIN) -> dict[str, Any]:
        """Wait for the end of all of it; return what was reported."""
        assert self.soon(lambda: self.process.poll() is not None, within), self.processes
        told: dict[str, Any] = json.loads(self.report.read_text())
        # Python asks the C compiler where a library is, and that takes an empty file (asyncssh, when it is imported).
        temporary = [path for path in self.temporary.iterdir() if path.is_dir() or path.stat().st_size]
        left = told["listening"], told["segments"], told["memory"], temporary
        assert left == ([], [], [], [])
        return told


@contextmanager
def alone(folder: Path, *command: str, cold: bool = False) -> Iterator[Alone]:
    """Run a command; give it once it runs. With ``cold``, it has no prepared cluster."""
    temporary, report, pipe = folder / "temporary", folder / "report", subprocess.PIPE
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    if cold:
        environment["XDG_CACHE_HOME"] = str(folder)
    argv = [sys.executable, "-m", "tests.foreign.alone", str(report), *command]
    with subprocess.Popen(argv, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        running = Alone(process, temporary, report)
        try:
            yield running
        finally:
            running.kill(*running.processes, process.pid)


SEED = 4
_RANDOM = random.Random(SEED)


def moments(count: int, longest: float) -> list[float]:
    """Return random times, in seconds."""
    return [round(_RANDOM.uniform(0, longest), 3) for _ in range(count)]


@pytest.mark.parametrize("after", moments(12, 1.2))
def test_killed_while_it_starts(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, *UP) as running:
        first = running.first
        running.wait(after)
        running.kill(first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(5, 2.0))
def test_killed_while_it_makes_its_first_cluster(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, *UP, cold=True) as running:
        first = running.first
        running.wait(after)
        running.kill(first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(4, 0.3))
def test_killed_while_it_serves(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, *UP) as running:
        running.ready()
        running.wait(after)
        running.kill(running.first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(3, 1.0))
def test_killed_while_replicas_are_started_again(after: float, tmp_path: Path) -> None:
    """Replicas are children like others: those that came later, too."""
    up = (*UP[:5], "compliance-manager", "--replicas", "compliance-manager=3")
    with alone(tmp_path, *up) as running:
        running.ready()
        running.kill(*running.find("cxmock.reference")[:2])
        running.wait(after)
        running.kill(running.first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(6, 0.5))
def test_killed_while_it_is_reset(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, sys.executable, "-c", RESETTING) as running:
        running.ready()
        running.wait(after)
        running.kill(running.first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(7, 0.06))
def test_killed_while_it_stops(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, *UP) as running:
        running.ready()
        first = running.first
        os.kill(first, signal.SIGTERM)
        running.wait(after)
        running.kill(first)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(3, 0.06))
def test_interrupted_twice(after: float, tmp_path: Path) -> None:
    """As an impatient person does at a terminal: the whole process group."""
    with alone(tmp_path, sys.executable, "-c", RESETTING) as running:
        running.ready()
        first = running.first
        os.killpg(first, signal.SIGINT)
        running.wait(after)
        if running.process.poll() is None and first in running.processes:
            os.killpg(first, signal.SIGINT)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(4, 0.2))
def test_its_reaper_is_killed_and_then_it(after: float, tmp_path: Path) -> None:
    with alone(tmp_path, *UP) as running:
        running.ready()
        first, [reaper, *_] = running.first, running.find("reaper.py")
        running.kill(reaper)
        assert running.soon(lambda: running.find("reaper.py")[:1] not in ([], [reaper]))
        running.wait(after)
        running.kill(first)

        running.leaves_nothing()


@pytest.mark.parametrize("store", ["valkey-server", "postgres -D", "postgres: checkpointer"])
@pytest.mark.parametrize("after", moments(1, 0.3))
def test_a_store_is_killed(store: str, after: float, tmp_path: Path) -> None:
    """The testbed says so and ends, with an exit code that is none of a success."""
    with alone(tmp_path, *UP) as running:
        running.ready()
        running.wait(after)
        [victim] = running.find(store)
        running.kill(victim)

        told = running.leaves_nothing()

        assert running.process.stderr is not None
        said = running.process.stderr.read()
        assert told["status"] == 2
        assert ("redis died: killed by signal 9" if "valkey" in store else "postgres died: ") in said


@pytest.mark.parametrize("after", moments(1, 0.3))
def test_testbed_and_reaper_are_killed_together(after: float, tmp_path: Path) -> None:
    """Nobody is left who could clear away; the next testbed does."""
    with alone(tmp_path, sys.executable, "-c", TWO, *UP) as running:
        running.ready()
        running.wait(after)
        [reaper, *_], [*_, testbed] = running.find("reaper.py"), running.find("cxmock up")
        os.kill(reaper, signal.SIGSTOP)
        running.kill(testbed, reaper)

        running.leaves_nothing()


@pytest.mark.parametrize("after", moments(3, 0.5))
def test_a_worker_of_xdist_is_killed(after: float, tmp_path: Path) -> None:
    """Its testbed is gone while the others go on, and another worker takes over; then pytest is killed, too."""
    (tmp_path / "test_many.py").write_text(TESTS)
    with alone(tmp_path, *pytest_with(tmp_path, 2)) as running:
        workers = both(running)
        running.wait(after)
        running.kill(workers[0])

        assert running.soon(lambda: workers[0] not in running.testbeds())
        assert workers[1] in running.testbeds()
        running.kill(running.first)
        running.leaves_nothing()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("after", moments(1, 0.5))
def test_pytest_with_workers_is_ended(number: signal.Signals, after: float, tmp_path: Path) -> None:
    (tmp_path / "test_many.py").write_text(TESTS)
    with alone(tmp_path, *pytest_with(tmp_path, 2)) as running:
        both(running)
        running.wait(after)
        os.killpg(running.first, number)

        # After Ctrl-C pytest-xdist waits for its workers, for ten seconds, and they for the end of a test.
        running.leaves_nothing(within=WITHIN + 10)


def pytest_with(folder: Path, workers: int) -> list[str]:
    words = [
        "-n",
        str(workers),
        "-q",
        "-p",
        "no:cacheprovider",
        "--basetemp",
        str(folder / "base"),
        "--rootdir",
        str(folder),
        str(folder),
    ]
    return [sys.executable, "-m", "pytest", *words]


def both(running: Alone) -> list[int]:
    """Wait until two workers have a testbed with all that the tests use; return the workers."""

    assert running.first  # before that, its memory is everybody's

    def there() -> bool:
        return sum((path / "sftp").exists() for path in running.testbeds().values()) == 2

    assert running.soon(there, within=30)
    return sorted(running.testbeds())
