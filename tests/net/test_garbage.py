"""How often Python looks for reference cycles: as we say in our own processes, as its owner says in any other."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from cxmock.cli import main
from cxmock.net.garbage import OLDER, YOUNG

SHOWN = "import gc, sys, cxmock.cli as cli; sys.argv[1:] = ['connections']; cli.main(); print(gc.get_threshold())"


def test_a_command_looks_seldom() -> None:
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == str((YOUNG, OLDER, OLDER))


def test_in_a_process_of_somebody_else_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    before = gc.get_threshold()
    assert main(["connections"]) == 0
    assert gc.get_threshold() == before
