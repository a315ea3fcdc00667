"""However a testbed ends, or a store, nothing of the store stays behind; and whoever still uses it is told."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from cxmock.errors.processes import PartDied
from cxmock.net.waiting import until
from cxmock.stores.postgres import remains
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from tests.net.test_processes import gone

SCRIPT = """
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component

testbed = Testbed(Options(ports="ephemeral"))
testbed.start(Component.POSTGRES, Component.REDIS)
print(testbed.folder, testbed.env["CX_POSTGRES_URL"], flush=True)
input()
"""
FOR_HOURS = "SELECT count(*) FROM generate_series(1, 100000000000)"


def processes_in(folder: str) -> list[int]:
    """Return the processes that name ``folder``, or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            if folder in command or str((process / "cwd").readlink()).startswith(folder):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def segments() -> set[str]:
    """Return the segments of shared memory on this machine (System V)."""
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


def segment_of(server: int) -> str:
    """Return the segment that process ``server`` has made."""
    lines = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    [found] = [line[1] for line in lines if int(line[4]) == server]
    return found


def server_in(folder: str) -> int:
    """Return PostgreSQL's main process."""
    return int((Path(folder) / "postgres/server/data/postmaster.pid").read_text().split()[0])


def be_busy(url: str) -> threading.Thread:
    """Have a session compute for hours, so that it does not notice whether its server lives."""
    sent = threading.Event()

    def compute() -> None:
        with suppress(psycopg.Error), psycopg.connect(url) as connection:
            sent.set()
            connection.execute(FOR_HOURS)

    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    assert sent.wait(10)
    return thread


@pytest.mark.parametrize("store", ["as it is", "killed before"])
def test_a_killed_testbed_leaves_no_store(store: str) -> None:
    """No server, no session, no folder, no shared memory, seconds after a kill -9: whoever was killed first."""
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        folder, url = process.stdout.readline().decode().split()
        session = be_busy(url)
        server = server_in(folder)
        segment = segment_of(server)
        started = processes_in(folder)
        assert len(started) >= 3
        if store == "killed before":
            os.kill(server, signal.SIGKILL)
        process.kill()

    def nothing() -> bool:
        return not Path(folder).exists() and not processes_in(folder) and all(map(gone, started))

    assert asyncio.run(until(nothing, within=15, every=0.02)), processes_in(folder)
    assert segment not in segments()
    session.join(10)
    assert not session.is_alive()


@pytest.fixture
def testbed() -> Iterator[Testbed]:
    with Testbed(Options(ports="ephemeral")) as testbed:
        yield testbed


def test_a_postgresql_that_was_killed_is_told_and_leaves_nothing(testbed: Testbed) -> None:
    """Its sessions would go on for hours, and its shared memory until the machine restarts."""
    testbed.start(Component.POSTGRES)
    session = be_busy(testbed.env["CX_POSTGRES_URL"])
    server = server_in(str(testbed.folder))
    segment = segment_of(server)

    os.kill(server, signal.SIGKILL)

    for use in (testbed.watch, testbed.reset, lambda: testbed.start(Component.OCS)):
        with pytest.raises(PartDied, match=r"postgres died: killed by signal 9 \(SIGKILL\)\."):
            use()
    folder = str(testbed.folder)
    testbed.stop()
    assert processes_in(folder) == []
    assert segment not in segments()
    session.join(10)


def test_one_session_that_is_killed_ends_the_server_and_is_told(testbed: Testbed) -> None:
    """The out-of-memory killer picks the biggest: PostgreSQL would start anew by itself, with nobody the wiser."""
    testbed.start(Component.POSTGRES)
    connection = psycopg.connect(testbed.env["CX_POSTGRES_URL"])
    os.kill(connection.info.backend_pid, signal.SIGKILL)

    with pytest.raises(PartDied, match=r"(?s)postgres died: exit status.*was terminated by signal 9"):
        testbed.watch()
    connection.close()


def test_a_redis_that_was_killed_is_told_to_whoever_starts_what_needs_it(testbed: Testbed) -> None:
    testbed.start(Component.REDIS, Component.NEXUS)
    [child] = testbed._supervisor.children

    os.kill(child.pid, signal.SIGKILL)

    for use in (testbed.reset, lambda: testbed.start(Component.LIST_MANAGER)):
        with pytest.raises(PartDied, match=r"redis died: killed by signal 9 \(SIGKILL\)\."):
            use()
    testbed.start(Component.NEXUS)


def test_shared_memory_that_somebody_else_has_made_since_stays(tmp_path: Path) -> None:
    """An old note of it may lead to another's: the key is used again, the number is not."""
    system = ctypes.CDLL(None)
    private, create = 0, 0o1600
    identifier = system.shmget(private, ctypes.c_size_t(8), create)
    try:
        (tmp_path / "postmaster.pid").write_text(f"1\n{tmp_path}\n0\n5432\n\n\n  4711  {identifier}\n")
        remains.remove(str(tmp_path))
        assert str(identifier) in segments()
    finally:
        system.shmctl(identifier, 0, None)
