"""What a PostgreSQL server that was killed leaves on the machine: busy sessions, and a segment of shared memory.

The server itself clears both away unless it is killed (by an out-of-memory killer, by hand). Sessions notice that it is
gone when they next wait for something, which may be hours later; a segment stays until the machine restarts.

This file runs alone, too, as a script with the standard library only: ``remains.py DATA_FOLDER``, by the reaper.
"""

from __future__ import annotations

import os
import signal
import sys

_PROGRAM = "postgres"
_REMOVE = 0
_SEGMENT_LINE = 6


def remove(data: str) -> None:
    """Clear away what the server with its data in the folder ``data`` has left; harmless when it ended well.

    The server must not run any more.
    """
    try:
        lines = _text(f"{data}/postmaster.pid").split("\n")
    except OSError:  # it cleared away itself
        return
    for pid in _working_in(data):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:  # it is gone
            continue
    try:
        key, identifier = (int(word) for word in lines[_SEGMENT_LINE].split())
    except (IndexError, ValueError):  # it was killed before it had one
        return
    import ctypes

    system = ctypes.CDLL(None)
    # Not one that somebody else has made since.
    if system.shmget(ctypes.c_int(key), ctypes.c_size_t(0), 0) == identifier:
        system.shmctl(identifier, _REMOVE, None)


def _working_in(data: str) -> list[int]:
    """Return PostgreSQL's processes whose working folder is ``data``, as far as the system tells (Linux: /proc)."""
    found, home = [], os.path.realpath(data)
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 (runs alone and small)
    except OSError:
        return []
    for pid in pids:
        try:
            ours = os.readlink(f"/proc/{pid}/cwd") == home and _text(f"/proc/{pid}/comm").strip() == _PROGRAM  # noqa: PTH115
        except OSError:
            continue
        if ours:
            found.append(pid)
    return found


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 (runs alone and small)
        return file.read()


if __name__ == "__main__":
    remove(sys.argv[1])
