"""Where a store's Unix socket can be: its path must be short."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cxmock.net.processes import Supervisor

LONGEST = 80
"""Characters of a folder's path that leave room for a socket's name: systems take 104 to 108 in all."""


def socket_folder(folder: Path, supervisor: Supervisor) -> Path:
    """Return ``folder``, or when its path is too long a short one, which the reaper removes in the end."""
    if len(str(folder)) <= LONGEST:
        return folder
    short = Path(tempfile.mkdtemp(prefix="cxmock-", dir="/tmp"))
    supervisor.remove_at_end(short)
    return short
