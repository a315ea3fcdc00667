"""Ends processes of ours, and notices on the loop that one has ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable

KILLED_WITHIN = 5.0
"""Seconds for a process that was killed to be gone."""


async def killed(process: asyncio.subprocess.Process) -> None:
    """End a process whose pipes are ours, and see it gone.

    What it has still said is read, and lost: before Python 3.12 one whose pipe is full has not ended for asyncio.
    """
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KILLED_WITHIN):
            await process.communicate()


def on_end(process: subprocess.Popen[bytes], then: Callable[[], None]) -> None:
    """Call ``then`` on the running loop once ``process`` has ended, is waited for, and its group is killed."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        # Not waited for yet where the system lets us, so its id cannot have become another group's.
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        then()

    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        threading.Thread(target=_wait_then, args=(process, loop, end), name=f"wait-{process.pid}", daemon=True).start()
        return

    def noticed() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        end()

    loop.add_reader(descriptor, noticed)


def _wait_then(process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    """Wait in a thread, where the system has no descriptors for processes."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:  # macOS, before Python 3.13
        process.wait()
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(end)
