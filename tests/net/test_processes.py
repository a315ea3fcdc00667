"""Child processes: started, watched, stopped, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.errors.processes import CannotStart, PartDied, PartNotReady
from cxmock.net import reaper, reaping
from cxmock.net.processes import Supervisor
from cxmock.net.waiting import until


def gone(pid: int) -> bool:
    """Whether there is no such process, or only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def never() -> bool:
    return False


def test_a_stopped_child_is_gone_with_its_whole_process_group(tmp_path: Path) -> None:
    """What a program left running in its group ends with it, even if it ignores signals."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        script = "trap '' TERM; sleep 60 & echo $!; trap 'exit 0' TERM; wait"
        child = await supervisor.start(["/bin/sh", "-c", script], name="parent")
        assert await until(lambda: bool(child.last_lines()), within=5)
        grandchild = int(child.last_lines()[0])
        await supervisor.stop(child)
        assert not child.running
        assert await until(lambda: gone(grandchild), within=5)
        assert supervisor.children == []
        assert supervisor.deaths == []
        await supervisor.close()

    asyncio.run(story())


def test_a_child_that_ignores_its_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping never hangs on a stubborn program."""
    monkeypatch.setattr("cxmock.net.processes.STOP_WITHIN", 0.05)

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        child = await supervisor.start(
            ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"], name="x"
        )
        assert await until(lambda: child.last_lines() == ["deaf"], within=5)
        await supervisor.close()
        assert gone(child.pid)

    asyncio.run(story())


def test_a_death_is_told_with_the_last_lines_of_the_log(tmp_path: Path) -> None:
    """A child that ends by itself leaves an error that says how, and what it said last."""

    async def story() -> PartDied:
        supervisor = Supervisor(tmp_path)
        child = await supervisor.start(["/bin/sh", "-c", "echo no room; exit 3"], name="store")
        with pytest.raises(PartDied) as caught:
            await child.ready(never, within=5)
        assert len(supervisor.deaths) == 1
        await supervisor.close()
        return caught.value

    text = str(asyncio.run(story()))
    assert "store died: exit status 3." in text
    assert "no room" in text


def test_a_child_that_never_answers_is_named(tmp_path: Path) -> None:
    """Readiness has a time limit."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        child = await supervisor.start(["/bin/sleep", "60"], name="store")
        with pytest.raises(PartNotReady, match=r"store was started but did not answer within 0.05 s"):
            await child.ready(never, within=0.05)
        await supervisor.close()
        assert gone(child.pid)

    asyncio.run(story())


def test_a_program_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    """The error names the program and why it cannot start."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        with pytest.raises(CannotStart, match=r"store could not be started: /no/such: no such program"):
            await supervisor.start(["/no/such"], name="store")
        (tmp_path / "text").write_text("x")
        with pytest.raises(CannotStart, match="not executable"):
            await supervisor.start([tmp_path / "text"], name="store")
        await supervisor.close()

    asyncio.run(story())


def test_a_program_that_is_run_to_its_end_has_to_succeed_in_time(tmp_path: Path) -> None:
    """A failure tells what it said, and nothing goes on after the time limit."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        await supervisor.run(["/bin/sh", "-c", "exit 0"], name="fine", within=5)
        with pytest.raises(PartDied, match="disk full"):
            await supervisor.run(["/bin/sh", "-c", "echo disk full; exit 1"], name="broken", within=5)
        with pytest.raises(PartNotReady, match=r"slow was started but did not answer within 0.05 s"):
            await supervisor.run(["/bin/sleep", "60"], name="slow", within=0.05)
        assert supervisor.children == []
        await supervisor.close()

    asyncio.run(story())


def test_where_the_system_has_no_process_descriptors_a_thread_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ends are noticed on every Unix."""
    monkeypatch.delattr(os, "pidfd_open", raising=False)

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        child = await supervisor.start(["/bin/sleep", "60"], name="x")
        os.kill(child.pid, signal.SIGKILL)
        assert await child.wait(5)
        assert "killed by signal 9 (SIGKILL)" in str(child.died)
        await supervisor.close()

    asyncio.run(story())


PARENT = """
import asyncio, sys
from pathlib import Path
from cxmock.net.processes import Supervisor

async def main():
    folder, outside = map(Path, sys.argv[1:3])
    supervisor = Supervisor(folder)
    supervisor.remove_at_end(folder)
    supervisor.remove_at_end(outside)
    supervisor.forget(outside)
    supervisor.run_at_end(["touch", str(outside / "ran")])
    child = await supervisor.start(["/bin/sh", "-c", "trap '' TERM INT; while :; do sleep 1; done"], name="deaf")
    print(child.pid, supervisor._reaping._process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_whatever_ends_the_testbed_the_reaper_clears_away(tmp_path: Path, how: signal.Signals) -> None:
    """No child, no folder and no reaper is left seconds after a kill -9; what was forgotten stays."""
    folder, outside = tmp_path / "bed", tmp_path / "kept"
    folder.mkdir()
    outside.mkdir()
    argv = [sys.executable, "-c", PARENT, str(folder), str(outside)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert not any(gone(pid) for pid in pids)
        parent.send_signal(how)
        parent.wait(10)

    def clear() -> bool:
        return all(gone(pid) for pid in pids) and not folder.exists()

    assert asyncio.run(until(clear, within=15)), pids
    assert (outside / "ran").exists()


def test_the_reaper_spares_a_process_that_took_over_a_dead_ones_id(tmp_path: Path) -> None:
    """A pid is only killed with the start time that belongs to it."""
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as stranger:
        lines = f'["add", "process", {stranger.pid}, "1", 9]\nnot json\n["add", "folder", "{tmp_path / "x"}"]\n'
        (tmp_path / "x").mkdir()
        script = [sys.executable, "-I", "-S", reaper.__file__]
        subprocess.run(script, input=lines.encode(), timeout=20, check=True)
        assert not (tmp_path / "x").exists()
        assert stranger.poll() is None
        stranger.kill()


def test_a_reaper_that_is_hit_before_it_has_begun_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C goes to a whole process group, and may find the reaper still in it."""
    start = reaping.start_reaper
    hit = subprocess.Popen(["true"], stdin=subprocess.PIPE, bufsize=0)
    hit.wait()
    following = iter([hit])
    monkeypatch.setattr(reaping, "start_reaper", lambda: next(following, None) or start())

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        supervisor.remove_at_end(tmp_path / "bed")
        (tmp_path / "bed").mkdir()
        await supervisor.close()
        assert not (tmp_path / "bed").exists()

    asyncio.run(story())


def test_a_reaper_that_cannot_live_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, a killed testbed would leave its stores running."""

    def short_lived() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(["true"], stdin=subprocess.PIPE, bufsize=0)
        process.wait()
        return process

    monkeypatch.setattr(reaping, "start_reaper", short_lived)
    with pytest.raises(CannotStart, match=r"The reaper could not be started: .*: it ends at once\."):
        Supervisor(tmp_path).remove_at_end(tmp_path)


def test_a_reaper_that_was_ended_is_replaced(tmp_path: Path) -> None:
    """Its successor is told everything again."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        folder = tmp_path / "bed"
        folder.mkdir()
        supervisor.remove_at_end(folder)
        first = supervisor._reaping._process
        assert first is not None
        first.kill()
        first.wait()
        supervisor.run_at_end(["true"])
        assert supervisor._reaping._process is not first
        await supervisor.close()
        assert not folder.exists()

    asyncio.run(story())
