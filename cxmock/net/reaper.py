"""The reaper: one small process that ends children and removes folders when the testbed is gone, however it went.

The testbed holds the other end of its standard input and writes one JSON array a line, an action and then the fact:

    ["add", "process", 4711, "8814632@5f3c9a1e", 3]   a process group, its leader's start, the signal that ends it
    ["add", "folder", "/dev/shm/cxmock-x"]
    ["add", "command", ["docker", "rm", "-f", "cxmock-x"]]
    ["drop", ...]                                     the same fact again, once it has been seen to normally

When that pipe closes, the reaper ends the processes, then runs the commands, then removes the folders, and ends. The
kernel closes the pipe whatever became of the testbed, ``kill -9`` included; where a fork of the testbed's still has it,
the reaper notices that the testbed itself is gone.

The same lines stand in the testbed's folder, in the file ``facts``, which the testbed keeps locked. When testbed and
reaper went together (a power cut, a machine out of memory), the next reaper finds that file unlocked when it starts,
and works it off. What is locked belongs to somebody who lives, and is never touched.

    reaper.py [TESTBED'S PID [FOLDER TO LOOK FOR LEFT TESTBEDS ...]]

This file runs alone, as a script, with the standard library only; it ignores the signals that a terminal sends to
everybody. It waits for as long as the testbed lives, so what it needs at the end is imported at the end: that halves
its memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

PREFIX = "cxmock-"
"""What a testbed's folder is called begins so; its process id follows, and something random."""
FACTS = "facts"
"""The file in that folder."""
GRACE = 4.0
"""Seconds for a process to end by its own signal before it is killed."""
AGAIN = 1.0
"""Seconds for what was killed to be gone, and for a folder."""
COMMAND_WITHIN = 30.0
"""Seconds for a command."""
LOOK_EVERY = 1.0
"""Seconds between two looks for the testbed, where the system has no descriptors for processes."""
NEW = 60.0
"""Seconds in which a testbed has certainly written its file after it made its folder."""


def started(pid: int) -> str:
    """Return when process ``pid`` started, and in which life of the machine; empty when it has ended.

    A pid is used again, the pair of both is not.

    >>> started(os.getpid()) != "" == started(2**22 + 1)
    True
    """
    if sys.platform == "linux":
        try:
            facts = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
            return "" if facts[0] == "Z" else f"{facts[19]}@{_text('/proc/sys/kernel/random/boot_id')[:8]}"
        except (OSError, IndexError):
            return ""
    import subprocess

    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def main(words: list[str]) -> None:
    """Take down what the testbed tells, until it is gone; then reap."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_IGN)
    for parent in words[1:]:
        _sweep(parent)
    _work_off(_lines(int(words[0]) if words else 0))


def _lines(testbed: int) -> Iterator[bytes]:
    """Yield what the process ``testbed`` writes, until it is gone."""
    import select

    try:
        ends = [os.pidfd_open(testbed)] if testbed else []
    except (AttributeError, OSError):
        ends = []
    rest = b""
    while True:
        ready = select.select([0, *ends], [], [], LOOK_EVERY if testbed and not ends else None)[0]
        if 0 in ready:
            if not (data := os.read(0, 65536)):
                return
            *lines, rest = (rest + data).split(b"\n")
            yield from lines
        elif ready or os.getppid() != testbed:
            return


def _work_off(lines: Iterable[bytes]) -> None:
    """Take down ``lines`` and reap what they leave."""
    facts: dict[str, list[Any]] = {}
    for line in lines:
        try:
            action, *fact = json.loads(line)
        except ValueError:  # cut short by the testbed's end
            continue
        if action == "add":
            facts[json.dumps(fact)] = fact
        else:
            facts.pop(json.dumps(fact), None)
    _reap(facts.values())


def _reap(facts: Iterable[list[Any]]) -> None:
    processes = [(pid, start, end) for kind, *rest in facts if kind == "process" for pid, start, end in [rest]]
    for pid, start, end in processes:
        if started(pid) == start:
            _signal(pid, end)
    running = _still_there(processes, GRACE)
    for pid, _, _ in running:
        _signal(pid, signal.SIGKILL)
    _still_there(running, AGAIN)
    for kind, *rest in facts:
        if kind == "command":
            _run(rest[0])
    for kind, *rest in facts:
        if kind == "folder":
            _remove(rest[0])


def _still_there(processes: list[tuple[int, str, int]], within: float) -> list[tuple[int, str, int]]:
    """Wait until ``processes`` are gone, for at most ``within`` seconds; return those that are not."""
    import select
    import time

    deadline = time.monotonic() + within
    while processes := [one for one in processes if started(one[0]) == one[1]]:
        if time.monotonic() > deadline:
            break
        select.select([], [], [], 0.01)
    return processes


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except OSError:  # it is gone
        return


def _run(command: list[str]) -> None:
    import subprocess

    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # nobody is left to be told
        return


def _remove(folder: str) -> None:
    """Remove ``folder``; what a dying process still writes there is removed at the next look."""
    if not os.path.lexists(folder):
        return
    import select
    import shutil
    import time

    deadline = time.monotonic() + AGAIN
    while os.path.lexists(folder) and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        if os.path.lexists(folder):
            select.select([], [], [], 0.01)


def _sweep(parent: str) -> None:
    """Work off what testbeds left in ``parent`` that went together with their reapers."""
    try:
        names = os.listdir(parent)  # noqa: PTH208 (pathlib is half as big as this)
    except OSError:
        return
    for name in names:
        prefix, _, rest = name.partition("-")
        pid = rest.partition("-")[0]
        if prefix + "-" == PREFIX and pid.isdigit():
            _look_after(os.path.join(parent, name), int(pid))  # noqa: PTH118


def _look_after(folder: str, pid: int) -> None:
    """Work off what is left of the testbed of process ``pid``, unless it lives."""
    import stat
    import time

    try:
        about = os.lstat(folder)
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
            return
        file = os.open(f"{folder}/{FACTS}", os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        # It ended before it could write anything. Nobody whom we cannot see, in a container, needs as long as this.
        if not started(pid) and time.time() - about.st_mtime > NEW:
            _remove(folder)
        return
    except OSError:
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it lives
        os.close(file)
        return
    # By a process of its own, and nobody's child: our own testbed may need us meanwhile.
    if (child := os.fork()) == 0:
        if os.fork() == 0:
            os.setsid()
            with os.fdopen(file, "rb") as lines:
                _work_off(lines)
        os._exit(0)
    os.close(file)
    os.waitpid(child, 0)


def _text(path: str) -> str:
    with open(path, encoding="latin-1") as file:  # noqa: PTH123 (pathlib is half as big as this)
        return file.read()


if __name__ == "__main__":
    main(sys.argv[1:])
