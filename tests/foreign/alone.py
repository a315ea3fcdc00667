"""Runs a command apart from everybody, and tells what is left of it: ``alone.py REPORT COMMAND ...``, as a module.

Network, shared memory and the folder in memory are its own, so whatever is there is the command's. Its orphans come to
this process, which ends when the last of them has: as long as it lives, something has been left behind.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from cxmock.net.folders import MEMORY
from cxmock.net.isolation import isolate
from cxmock.net.private_hosts import unshare
from tests.foreign.other_system import PRIVATE, RECURSIVE, mount

_NEW_SHARED_MEMORY, _NEW_MOUNTS = 0x08000000, 0x20000
_ORPHANS_COME_HERE = 36
_LISTENING = "0A"


def main(report: str, *command: str) -> None:
    isolate()
    unshare(_NEW_SHARED_MEMORY | _NEW_MOUNTS)
    mount(b"none", b"/", None, RECURSIVE | PRIVATE)
    mount(b"tmpfs", os.fsencode(MEMORY), b"tmpfs", 0)
    ctypes.CDLL(None).prctl(_ORPHANS_COME_HERE, 1, 0, 0, 0)
    # Handled and not ignored: the command would inherit that.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    first = subprocess.Popen(command, start_new_session=True).pid
    status = 0
    while True:
        try:
            pid, ended = os.wait()
        except ChildProcessError:
            break
        if pid == first:
            status = os.waitstatus_to_exitcode(ended)
    memory = [path.name for path in MEMORY.iterdir()]
    left = {"status": status, "listening": listening(), "segments": segments(), "memory": memory}
    Path(report).write_text(json.dumps(left))


def listening() -> list[str]:
    """Return the addresses where somebody listens."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [line[1] for line in lines if line[3] == _LISTENING]


def segments() -> list[str]:
    """Return the segments of shared memory, and the process that made each."""
    lines = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return [f"{line[1]} of {line[4]}" for line in lines]


if __name__ == "__main__":
    main(*sys.argv[1:])
