"""Where testbeds keep their folders: in memory where the system has such a place, with room in it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cxmock.errors.folders import NoPlace
from cxmock.net.reaper import PREFIX

VARIABLE = "CXMOCK_TMPDIR"
"""The environment variable that names another place."""
MEMORY = Path("/dev/shm")
ROOM = 128 * 2**20
"""Bytes that have to be free in memory: PostgreSQL takes 30 MB; containers often have 64 MB in all."""
FULL = 2**20
"""Bytes under which a place is full: whatever fails then fails for that."""


def parents() -> list[Path]:
    """Return every place in which a testbed of this user's may be."""
    return list(dict.fromkeys([*_given(), MEMORY, Path(tempfile.gettempdir())]))


def new_folder() -> Path:
    """Return the path of a testbed's private folder, which is still to be made."""
    parent = next(iter(_given()), MEMORY if _has_room(MEMORY, ROOM) else Path(tempfile.gettempdir()))
    return parent / f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"


def no_place(folder: Path, error: OSError) -> NoPlace:
    """Return what to say when ``folder`` could not be made or written to."""
    try:
        free = shutil.disk_usage(folder.parent).free
    except OSError:
        free = None
    return NoPlace(str(folder.parent), error.strerror or str(error), free)


def full(folder: Path) -> NoPlace | None:
    """Return what to say when there is no room left for what is in ``folder``; None where there is."""
    return no_place(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) if not _has_room(folder, FULL) else None


def _given() -> list[Path]:
    given = os.environ.get(VARIABLE)
    return [Path(given).absolute()] if given else []


def _has_room(folder: Path, room: int) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= room
