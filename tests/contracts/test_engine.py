"""Pact's engine is a process of its own: its environment is ours to choose, and it never outlives who started it."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

from cxmock.contracts import engine_child
from cxmock.contracts.engine import Engine
from cxmock.net.background import Background
from cxmock.net.waiting import until

STARTER = """
import asyncio, os, sys
from pathlib import Path
from cxmock.contracts.engine import Engine

async def main():
    engine = Engine(Path(sys.argv[1]))
    await engine.start()
    print(engine._process.pid, engine._folder, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def environment_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.partition("=")[::2] for pair in pairs if pair)


def test_nothing_phones_home_and_one_ca_file_is_trusted(background: Background, ca_file: Path) -> None:
    """The spelling of the telemetry switch matters; a folder of certificates would be read for every request."""
    engine = Engine(ca_file)
    os.environ["HTTPS_PROXY"] = "http://127.0.0.1:9"
    try:
        background.run(engine.start())
        assert engine._process is not None and engine._folder is not None
        pid = engine._process.pid
        assert background.run(until(lambda: bool(environment_of(pid)), within=5))  # a moment after its start it has one
        environment = environment_of(pid)
    finally:
        del os.environ["HTTPS_PROXY"]
        background.run(engine.close())

    assert environment["PACT_DO_NOT_TRACK"] == "true"
    assert environment["SSL_CERT_FILE"] == str(ca_file)
    assert environment["SSL_CERT_DIR"].startswith(("/dev/shm/", "/tmp/"))
    assert not {name for name in environment if name.lower().endswith("_proxy")}


def test_closing_leaves_no_process_and_no_folder(background: Background, ca_file: Path) -> None:
    engine = Engine(ca_file)
    background.run(engine.start())
    assert engine._process is not None and engine._folder is not None
    process, folder = engine._process, engine._folder
    assert folder.is_dir()

    background.run(engine.close())
    background.run(engine.close())

    assert process.returncode == -signal.SIGKILL
    assert not folder.exists()
    assert not engine.running


def test_it_ends_when_its_starter_is_killed(ca_file: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER, str(ca_file)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid, _, folder = starter.stdout.readline().strip().partition(" ")
        assert Path(f"/proc/{pid}").exists()
        starter.kill()

    assert asyncio.run(until(lambda: not Path(f"/proc/{pid}").exists(), within=10))
    assert asyncio.run(until(lambda: not Path(folder).exists(), within=10))


def test_it_ends_when_its_starter_is_gone_with_an_answer_unread(tmp_path: Path) -> None:
    """What a killed starter has not read resets the socket: its end looks otherwise, and is an end all the same."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-P", engine_child.__file__, str(theirs.fileno()), str(tmp_path)]
        child = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stderr=subprocess.DEVNULL)
    with child:
        try:
            ours.sendall(b'{"number": 1}\n')  # a job with nothing in it is answered at once
            assert select.select([ours], [], [], 30)[0]
            ours.close()
            assert child.wait(10) == 0
        finally:
            child.kill()
    assert not tmp_path.exists()
