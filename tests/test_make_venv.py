"""A new machine's first step says what it lacks."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "make-venv"


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        pytest.param(None, "is not there.", id="no Python of that name"),
        pytest.param("Python 3.9.2", "is Python 3.9.2.", id="a Python that is too old"),
    ],
)
def test_a_python_that_will_not_do_is_named(tmp_path: Path, says: str | None, shown: str) -> None:
    python = tmp_path / "python"
    if says is not None:
        python.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{says}" && exit 0\nexit 1\n')
        python.chmod(0o755)

    made = subprocess.run(
        ["sh", SCRIPT, python, tmp_path / "venv"], capture_output=True, text=True, timeout=60, check=False
    )

    assert made.returncode == 2
    assert made.stderr == (f"cxmock needs Python 3.11 or later; {python} {shown}\n  fix: make PYTHON=python3.12 ...\n")
    assert not (tmp_path / "venv").exists()
