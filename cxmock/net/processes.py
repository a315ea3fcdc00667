"""Child processes: started in sessions of their own, watched, stopped, and told to the reaper."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from cxmock.errors.processes import CannotStart, PartDied, PartNotReady
from cxmock.net import reaper
from cxmock.net.ends import on_end
from cxmock.net.folders import no_place
from cxmock.net.reaping import Reaping
from cxmock.net.waiting import until

STOP_WITHIN = 5.0
"""Seconds for a child to end by its own signal before it is killed."""
_KILL_WITHIN = 5.0
_DYING_WITHIN = 0.5
_LAST_LINES = 12
_GO = 'read go && exec "$@" </dev/null'
"""A child waits for a line before it becomes the program: by then the reaper knows it, and if the testbed dies first,
the end of the pipe ends the child."""


class Child:
    """A running program. It leads a session of its own, so a terminal's Ctrl-C does not reach it."""

    def __init__(
        self, name: str, process: subprocess.Popen[bytes], log: Path, end: signal.Signals, *, replaced: bool = False
    ) -> None:
        self.name = name
        self.log = log
        """What it says, both standard output and standard error."""
        self.end = end
        """The signal that ends it."""
        self.since = reaper.started(process.pid)
        """When it started, as the reaper tells it."""
        self.stopping = False
        self.replaced = replaced
        """Whether who started it sees to its end: then its death ends nothing else."""
        self._process = process
        self._ended = asyncio.Event()
        on_end(process, self._ended.set)

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's id too."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self._ended.is_set()

    @property
    def status(self) -> int | None:
        """Its exit status, or the negative number of the signal that killed it; None while it runs."""
        return None if self.running else self._process.returncode

    @property
    def used(self) -> float:
        """Seconds of a processor that it has used; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text("latin-1").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def died(self) -> PartDied | None:
        """What to say when it ended though nobody stopped it; None otherwise."""
        if self.running or self.stopping:
            return None
        return PartDied(self.name, self._process.returncode, self.last_lines(), str(self.log))

    async def check(self) -> None:
        """Say so if it died. For whoever lost a connection to it: its end may be a moment away.

        Raises:
            PartDied: it did.
        """
        await self.wait(_DYING_WITHIN)
        if death := self.died:
            raise death

    def last_lines(self) -> list[str]:
        """Return the end of what it said."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 8192))
                return log.read().decode("utf-8", "replace").splitlines()[-_LAST_LINES:]
        except OSError:
            return []

    async def ready(self, probe: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Wait until ``probe`` says True.

        Raises:
            PartDied: it ended meanwhile.
            PartNotReady: it did not happen within ``within`` seconds.
        """

        async def settled() -> bool:
            return not self.running or await probe()

        happened = await until(settled, within=within)
        if death := self.died:
            raise death
        if not happened:
            raise PartNotReady(self.name, within, self.last_lines())

    async def wait(self, within: float) -> bool:
        """Wait for its end, for at most ``within`` seconds; return whether it came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._ended.wait()
        return not self.running

    def kill(self) -> None:
        """Kill it: it has no moment to clear up."""
        if self.running:
            self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """End it and whatever is left of its process group: by its own signal, else killed. Harmless when repeated."""
        if self.running:
            self.stopping = True
            self._signal(self.end)
            if not await self.wait(STOP_WITHIN):
                self._signal(signal.SIGKILL)
                await self.wait(_KILL_WITHIN)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self.pid, number)

    @property
    def fact(self) -> tuple[str, int, str, int]:
        """Return what the reaper is told."""
        return "process", self.pid, self.since, int(self.end)


class Supervisor:
    """Starts child processes and sees to it that none of them outlives the testbed.

    Args:
        folder: where the children's logs go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: list[Child] = []
        self._reaping = Reaping()

    @property
    def deaths(self) -> list[PartDied]:
        """What to say of the children that ended though nobody stopped them."""
        return [death for child in self.children if not child.replaced and (death := child.died)]

    async def start(
        self,
        argv: Sequence[str | Path],
        *,
        name: str,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
        cwd: Path | None = None,
        end: signal.Signals = signal.SIGTERM,
        replaced: bool = False,
    ) -> Child:
        """Start a program. It has no standard input, and whatever it leaves in its process group ends with it.

        Args:
            argv: the program, by its full path or found on PATH, and its arguments.
            name: what errors call it; its log is ``<name>.log``.
            env: its environment; None for ours.
            user: the user and group id to run as; None for ours. No other group is kept.
            cwd: its working folder.
            end: the signal that ends it.
            replaced: whether the caller sees to its end by itself; else the testbed ends when it dies.

        Raises:
            CannotStart: it cannot be executed.
        """
        log = self.folder / f"{name}.log"
        process = _spawn(name, [os.fspath(word) for word in argv], log, env, user, cwd)
        child = Child(name, process, log, end, replaced=replaced)
        self.children.append(child)
        self._reaping.add(*child.fact)
        with contextlib.suppress(OSError), _pipe(process) as go:
            go.write(b"go\n")
        return child

    async def run(
        self,
        argv: Sequence[str | Path],
        *,
        name: str,
        within: float,
        env: Mapping[str, str] | None = None,
        user: int | None = None,
        cwd: Path | None = None,
        end: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Run a program to its end; the arguments are those of :meth:`start`.

        Raises:
            CannotStart: it cannot be executed.
            PartDied: it failed.
            PartNotReady: it did not end within ``within`` seconds.
        """
        child = await self.start(argv, name=name, env=env, user=user, cwd=cwd, end=end)
        try:
            if not await child.wait(within):
                raise PartNotReady(name, within, child.last_lines())
            if child.status and (failure := child.died):
                raise failure
        finally:
            await self.stop(child)

    async def stop(self, child: Child) -> None:
        """Stop one child, and forget it."""
        await child.stop()
        if child in self.children:
            self.children.remove(child)
            self._reaping.drop(*child.fact)

    def make_folder(self) -> None:
        """Make our folder, which is removed at the end, and after a power cut by the next testbed that starts.

        Raises:
            NoPlace: that cannot be.
        """
        # Told before it is made: at whatever moment we are killed, somebody knows of it.
        self.remove_at_end(self.folder)
        try:
            # Others may pass through (a store's own user has to reach its data), but not look in.
            self.folder.mkdir(mode=0o711)
            self._reaping.write_down(self.folder)
        except OSError as error:
            self._reaping.give_up()
            raise no_place(self.folder, error) from error

    def watch(self) -> None:
        """Have the reaper replaced at once if somebody ends it. For the loop."""
        self._reaping.watch()

    def remove_at_end(self, folder: Path) -> None:
        """Have ``folder`` removed when the testbed is gone without :meth:`forget` for it."""
        self._reaping.add("folder", str(folder))

    def run_at_end(self, argv: Sequence[str]) -> None:
        """Have a command run when the testbed is gone without :meth:`forget` for it, ``docker rm -f ...``."""
        self._reaping.add("command", list(argv))

    def forget(self, what: Path | Sequence[str]) -> None:
        """Drop a folder or a command: it has been seen to."""
        if isinstance(what, Path):
            self._reaping.drop("folder", str(what))
        else:
            self._reaping.drop("command", list(what))

    async def close(self) -> None:
        """Stop every child, the latest first; the reaper clears away what was not forgotten, and ends."""
        await asyncio.gather(*(self.stop(child) for child in reversed(self.children)))
        await self._reaping.close()


def _spawn(
    name: str, argv: list[str], log: Path, env: Mapping[str, str] | None, user: int | None, cwd: Path | None
) -> subprocess.Popen[bytes]:
    # Looked for here, because the shell that becomes the program would only complain in the log.
    if shutil.which(argv[0]) is None:
        raise CannotStart(name, argv[0], "not executable" if Path(argv[0]).exists() else "no such program")
    with log.open("ab") as output:
        try:
            return subprocess.Popen(
                ["/bin/sh", "-c", _GO, name, *argv],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                cwd=cwd,
                start_new_session=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(name, argv[0], str(error)) from error


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin
