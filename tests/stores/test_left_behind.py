"""However a testbed ends, nothing of its stores stays behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from cxmock.net.waiting import until

SCRIPT = """
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component

testbed = Testbed(Options(ports="ephemeral"))
testbed.start(Component.POSTGRES, Component.REDIS)
print(testbed.folder, flush=True)
input()
"""


def processes_in(folder: str) -> list[str]:
    """Return the commands of processes that name ``folder``, or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            if folder in command or str((process / "cwd").readlink()).startswith(folder):
                found.append(command)
        except OSError:
            continue
    return found


def shared_memory() -> set[str]:
    """Return the segments of shared memory on this machine that nobody uses."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {line.split()[1] for line in lines if line.split()[6] == "0"}


def test_a_killed_testbed_leaves_no_store() -> None:
    """No server, no folder, no shared memory, seconds after a kill -9."""
    before = shared_memory()
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        folder = process.stdout.readline().decode().strip()
        assert len(processes_in(folder)) >= 3
        process.kill()

    def gone() -> bool:
        return not Path(folder).exists() and not processes_in(folder)

    assert asyncio.run(until(gone, within=15, every=0.02)), processes_in(folder)
    assert shared_memory() <= before
