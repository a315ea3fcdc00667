"""The reaper: who is gone leaves nothing, whatever went with him; who lives is left alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cxmock.net import reaper
from cxmock.net.processes import Supervisor
from cxmock.net.waiting import until
from tests.net.test_processes import gone

NOBODY = 2**22 + 1
"""No process has this id."""


def wait_until(happened: Callable[[], bool], within: float = 10.0) -> bool:
    return asyncio.run(until(happened, within=within))


def look_for_left_testbeds(*places: Path) -> None:
    """Run a reaper as a testbed starts it, with nothing to do but to look."""
    script = [sys.executable, "-I", "-S", reaper.__file__, str(os.getpid()), *map(str, places)]
    subprocess.run(script, input=b"", timeout=20, check=True)


def left(place: Path, *facts: list[object], pid: int = NOBODY) -> Path:
    """Make the folder of a testbed that went together with its reaper."""
    folder = place / f"cxmock-{pid}-0badcafe"
    folder.mkdir()
    (folder / "data").write_text("x")
    lines = [["add", "folder", str(folder)], *facts]
    (folder / reaper.FACTS).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_a_reaper_that_is_killed_is_replaced_at_once(tmp_path: Path) -> None:
    """Nothing need be told for that: the next one knows all before the testbed can be killed, too."""

    async def story() -> None:
        supervisor = Supervisor(tmp_path / "bed")
        supervisor.make_folder()
        supervisor.watch()
        first = supervisor._reaping._process
        assert first is not None
        first.kill()
        assert await until(lambda: supervisor._reaping._process not in (first, None), within=5)
        written = (tmp_path / "bed" / reaper.FACTS).read_text().splitlines()
        assert [json.loads(line) for line in written] == [["add", "folder", str(tmp_path / "bed")]]
        await supervisor.close()
        assert not (tmp_path / "bed").exists()

    asyncio.run(story())


FORKING = """
import os, signal, sys
from collections.abc import Callable
from pathlib import Path
from cxmock.net.processes import Supervisor

supervisor = Supervisor(Path(sys.argv[1]))
supervisor.make_folder()
if (child := os.fork()) == 0:
    signal.pause()
print(child, flush=True)
input()
"""


def test_a_fork_that_outlives_the_testbed_does_not_keep_its_things(tmp_path: Path) -> None:
    """A worker of multiprocessing has a copy of the pipe to the reaper, and may live on for ever."""
    folder = tmp_path / "bed"
    argv = [sys.executable, "-c", FORKING, str(folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        fork = int(parent.stdout.readline())
        assert folder.is_dir()
        parent.kill()
    try:
        assert wait_until(lambda: not folder.exists())
        assert not gone(fork)
    finally:
        os.kill(fork, signal.SIGKILL)


def test_what_a_power_cut_left_is_cleared_away_by_the_next_testbed(tmp_path: Path) -> None:
    """Processes, whatever a command removes, folders: all that the reaper would have cleared away."""
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as orphan:
        process: list[object] = ["add", "process", orphan.pid, reaper.started(orphan.pid), signal.SIGTERM]
        folder = left(tmp_path, process, ["add", "command", ["touch", str(tmp_path / "ran")]])

        look_for_left_testbeds(tmp_path)

        assert orphan.wait(10) == -signal.SIGTERM
    assert wait_until(lambda: not folder.exists())
    assert (tmp_path / "ran").exists()


def test_a_process_of_another_life_of_the_machine_is_no_orphan(tmp_path: Path) -> None:
    """After a restart another process may have the id, even the same moment after the start."""
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as stranger:
        before = reaper.started(stranger.pid).partition("@")[0] + "@deadbeef"
        folder = left(tmp_path, ["add", "process", stranger.pid, before, signal.SIGKILL])

        look_for_left_testbeds(tmp_path)

        assert wait_until(lambda: not folder.exists())
        assert stranger.poll() is None
        stranger.kill()


def test_a_testbed_that_lives_is_never_touched(tmp_path: Path) -> None:
    """Its file is locked, however old it is and whoever looks."""

    async def story() -> None:
        folder = tmp_path / f"cxmock-{NOBODY}-0badcafe"
        supervisor = Supervisor(folder)
        supervisor.make_folder()
        os.utime(folder, (0, 0))
        await asyncio.to_thread(look_for_left_testbeds, tmp_path)
        await asyncio.to_thread(look_for_left_testbeds, tmp_path)
        assert (folder / reaper.FACTS).exists()
        await supervisor.close()
        assert not folder.exists()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("pid", "age", "stays"),
    [(NOBODY, 3600, False), (NOBODY, 0, True), (os.getpid(), 3600, True)],
    ids=["its process is gone", "just made", "its process lives"],
)
def test_a_folder_of_somebody_who_could_not_even_write_is_removed(
    tmp_path: Path, pid: int, age: float, stays: bool
) -> None:
    """Killed in the moment after the folder was made. That a process cannot be seen is not enough: see containers."""
    folder = tmp_path / f"cxmock-{pid}-0badcafe"
    folder.mkdir()
    os.utime(folder, (time.time() - age, time.time() - age))

    look_for_left_testbeds(tmp_path)

    assert folder.exists() is stays


def test_what_only_looks_like_a_testbeds_is_left_alone(tmp_path: Path) -> None:
    """A file, a link, another name; and places that are not there."""
    (tmp_path / "elsewhere").mkdir()
    elsewhere = left(tmp_path / "elsewhere")
    place = tmp_path / "place"
    place.mkdir()
    (place / f"cxmock-{NOBODY}-1").symlink_to(elsewhere)
    (place / f"cxmock-{NOBODY}-2").write_text("mine")
    (place / "cxmock-engine-3").mkdir()
    (place / f"cxmock-{NOBODY}-4").mkdir()
    (place / f"cxmock-{NOBODY}-4" / reaper.FACTS).symlink_to(elsewhere / reaper.FACTS)
    os.utime(place / "cxmock-engine-3", (0, 0))

    look_for_left_testbeds(place, tmp_path / "nowhere")

    assert len(list(place.iterdir())) == 4
    assert (elsewhere / "data").exists()
