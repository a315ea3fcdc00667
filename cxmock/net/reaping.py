"""The testbed's end of the reaper: what would be left goes down its pipe, and into a file for the next one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from cxmock.errors.processes import CannotStart
from cxmock.net import reaper
from cxmock.net.ends import on_end
from cxmock.net.folders import parents

_END_WITHIN = 10.0
_REAPERS = 3
"""A signal to our whole process group may end a reaper that has not yet left the group."""


class Reaping:
    """What is to be cleared away when we are gone, and the process that will do it."""

    def __init__(self) -> None:
        self._facts: dict[str, tuple[object, ...]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._file: int | None = None
        self._watching = False
        self._ended = asyncio.Event()

    def add(self, *fact: object) -> None:
        """Have something cleared away; see :mod:`cxmock.net.reaper` for what there is.

        Raises:
            CannotStart: the reaper ends at once, again and again.
        """
        self._facts[json.dumps(fact)] = fact
        self._tell("add", fact)

    def drop(self, *fact: object) -> None:
        """Take back what was added: it has been seen to.

        Raises:
            CannotStart: the reaper ends at once, again and again.
        """
        self._facts.pop(json.dumps(fact), None)
        self._tell("drop", fact)

    def write_down(self, folder: Path) -> None:
        """Keep all of it in a file of ``folder``, too, which stays locked while this process lives.

        The file has its name only once it is locked: whoever finds it unlocked knows that we are gone.
        """
        import fcntl

        new = folder / f".{reaper.FACTS}"
        self._file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        os.write(self._file, b"".join(self._lines()))
        new.rename(folder / reaper.FACTS)

    def watch(self) -> None:
        """Have the reaper replaced at once if somebody ends it. For the loop."""
        self._watching = True
        if self._process is not None:
            self._watch(self._process)

    def give_up(self) -> None:
        """Let the reaper end before there was anything to do. Not for the loop."""
        if (process := self._process) is not None:
            self._process = None
            _pipe(process).close()
            process.wait(_END_WITHIN)
        self._close_file()

    async def close(self) -> None:
        """Let the reaper clear away what is left, and end."""
        if (process := self._process) is not None:
            if not self._watching:
                self._watch(process)
            self._watching, self._process = False, None
            _pipe(process).close()
            await self._ended.wait()
        self._close_file()

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _tell(self, action: str, fact: Sequence[object]) -> None:
        """Say it to the reaper, which is started now if it was not needed before, or again if somebody ended it."""
        line = _line(action, fact)
        if self._file is not None:
            with contextlib.suppress(OSError):  # a full disk: the pipe is enough, unless both of us are killed
                os.write(self._file, line)
        if self._process is None or not self._say(self._process, line):
            self._start()

    def _start(self) -> None:
        """Start a reaper, and tell it everything."""
        for _ in range(_REAPERS):
            self._process = start_reaper()
            if self._watching:
                self._watch(self._process)
            if self._say(self._process, b"".join(self._lines())):
                return
        raise CannotStart("The reaper", sys.executable, "it ends at once")

    def _say(self, process: subprocess.Popen[bytes], lines: bytes) -> bool:
        """Say it to a reaper; return whether it lives."""
        try:
            _pipe(process).write(lines)
        except BrokenPipeError:
            _pipe(process).close()
            if not self._watching:
                process.wait()
            self._process = None
            return False
        return True

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        def ended() -> None:
            _pipe(process).close()
            if process is self._process:
                self._process = None
                with contextlib.suppress(CannotStart):  # whoever has something to tell next is told
                    self._start()
            elif self._process is None:
                self._ended.set()

        on_end(process, ended)

    def _lines(self) -> Iterator[bytes]:
        return (_line("add", fact) for fact in self._facts.values())


def start_reaper() -> subprocess.Popen[bytes]:
    """Start the process; it looks for what others have left, then waits for what is told."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", reaper.__file__, str(os.getpid()), *map(str, parents())],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _line(action: str, fact: Sequence[object]) -> bytes:
    return json.dumps([action, *fact]).encode() + b"\n"


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin
