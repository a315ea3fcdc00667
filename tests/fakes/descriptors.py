"""What this process has open."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def descriptors() -> list[str]:
    """Return for each descriptor a path, or the kind and number of a socket or a pipe."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(one.readlink()))
    return found


def held(below: Path) -> int:
    """Return how many descriptors there are of what is, or was, below a folder; others are nobody's business here."""
    return sum(Path(one).is_relative_to(below) for one in descriptors())
