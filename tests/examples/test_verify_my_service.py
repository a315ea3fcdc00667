"""The example of a user's own service: found right, and its first try found wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "verify_my_service"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example, as a user would make it."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__")))


def run(example: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=example, capture_output=True, text=True, timeout=120, check=False)


def test_the_service_keeps_its_promises_and_the_first_try_does_not(example: Path) -> None:
    ran = run(example, "-q")

    assert ran.returncode == 0
    assert "xfailed" in ran.stdout


def test_what_is_wrong_with_the_first_try_is_explained(example: Path) -> None:
    ran = run(example, "--runxfail", "-k", "FirstTry")

    assert ran.returncode == 1
    assert "body $.GSW_CALL_RESULT: Expected '51' (String) to be equal to 51 (Integer)" in ran.stdout
    assert "status: expected 400 but was 200" in ran.stdout
