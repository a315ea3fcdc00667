"""The reaper: one small process that ends children and removes folders when the testbed is gone, however it went.

The testbed holds the other end of its standard input and writes one JSON array a line, an action and then the fact:

    ["add", "process", 4711, "8814632", 3]     a process group, when its leader started, the signal that ends it
    ["add", "folder", "/dev/shm/cxmock-x"]
    ["add", "command", ["docker", "rm", "-f", "cxmock-x"]]
    ["drop", ...]                              the same fact again, once it has been seen to normally

When that pipe closes, the reaper ends the processes, then runs the commands, then removes the folders, and ends. The
kernel closes the pipe whatever became of the testbed, ``kill -9`` included. This file runs alone, as a script, with the
standard library only; it ignores the signals that a terminal sends to everybody. It waits for as long as the testbed
lives, so what it needs at the end is imported at the end: that halves its memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

GRACE = 1.0
"""Seconds for a process to end by its own signal before it is killed."""
COMMAND_WITHIN = 30.0
"""Seconds for a command."""


def started(pid: int) -> str:
    """Return when process ``pid`` started, empty when it has ended: a pid is used again, the pair of both is not.

    >>> started(os.getpid()) != "" == started(2**22 + 1)
    True
    """
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", encoding="latin-1") as file:  # noqa: PTH123 (pathlib is half as big as this)
                facts = file.read().rpartition(")")[2].split()
            return "" if facts[0] == "Z" else facts[19]
        except (OSError, IndexError):
            return ""
    import subprocess

    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.strip()


def main() -> None:
    """Take down what the testbed tells, until it is gone; then reap."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(each, signal.SIG_IGN)
    facts: dict[str, list[Any]] = {}
    for line in sys.stdin.buffer:
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
    _still_there(running, GRACE)
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
        subprocess.run(command, stdin=subprocess.DEVNULL, timeout=COMMAND_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):  # nobody is left to be told
        return


def _remove(folder: str) -> None:
    """Remove ``folder``; what a dying process still writes there is removed at the next look."""
    import select
    import shutil
    import time

    deadline = time.monotonic() + GRACE
    while os.path.lexists(folder) and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        if os.path.lexists(folder):
            select.select([], [], [], 0.01)


if __name__ == "__main__":
    main()
