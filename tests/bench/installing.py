"""What our plugin costs a pytest run that does not use it, and what the base install costs in all."""

from __future__ import annotations

import os
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.measuring import Figure, milliseconds

ROOT = Path(__file__).parents[2]
RUNS = 15


def figures() -> Iterator[Figure]:
    """Measure ``pytest`` on one empty test, in an environment with pytest alone and in one with the base install."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_nothing.py").write_text("def test_nothing(): pass\n")
        alone, base = _environment(folder / "alone", "pytest"), _environment(folder / "base", "pytest", str(ROOT))
        yield _versus("base install over pytest alone, all plugins", folder, alone, base)
        for plugin in _plugins(base):
            aim = 15 if plugin == "cxmock" else None
            yield _difference(f"... of which the plugin {plugin}", folder, base, ["-p", f"no:{plugin}"], [], aim)


def _difference(
    name: str, folder: Path, python: Path, without: list[str], wanted: list[str], aim: float | None = None
) -> Figure:
    """Return what the one run takes longer than the other, in pairs one after the other."""
    pairs = [(_run(folder, python, without), _run(folder, python, wanted)) for _ in range(RUNS)]
    return Figure(name, "ms", [later - before for before, later in pairs], aim, digits=1)


def _versus(name: str, folder: Path, one: Path, other: Path) -> Figure:
    pairs = [(_run(folder, one, []), _run(folder, other, [])) for _ in range(RUNS)]
    return Figure(name, "ms", [later - before for before, later in pairs], digits=1)


def _run(folder: Path, python: Path, arguments: list[str]) -> float:
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, "test_nothing.py"]
    work = lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: E731
    return median(milliseconds(work, 1))


def _environment(folder: Path, *packages: str) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(install, check=True, capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return python


def _plugins(python: Path) -> list[str]:
    script = "from importlib.metadata import entry_points as e; print(*(one.name for one in e(group='pytest11')))"
    return subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout.split()
