"""What a running testbed tells about itself, to people, scripts and later commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cxmock.net.folders import parents
from cxmock.testbed.testbed import Testbed

FILE = "announcement.json"
"""In the testbed's folder, readable by its owner only: it holds the credentials."""


def announcement(testbed: Testbed) -> dict[str, Any]:
    """Return what a script needs: ``ready``, ``endpoints``, ``env``, ``ca``, ``strict``, ``pid``."""
    return {
        "ready": True,
        "endpoints": {
            str(component): [{"host": one.host, "port": one.port, "url": one.url} for one in endpoints]
            for component, endpoints in testbed.endpoints.items()
        },
        "env": testbed.env,
        "ca": str(testbed.authority.ca_file),
        "strict": list(testbed.strict),
        "pid": os.getpid(),
    }


def leave(testbed: Testbed, more: Mapping[str, Any]) -> dict[str, Any]:
    """Write the announcement, and ``more`` to tell, into the testbed's folder for ``cxmock env`` to find; return it."""
    told = {**announcement(testbed), **more}
    path = testbed.folder / FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(told))
    return told


def found() -> list[dict[str, Any]]:
    """Return the announcements of this user's running testbeds, the latest first."""
    paths = sorted(_ours(), key=lambda path: path.stat().st_mtime, reverse=True)
    told = [json.loads(path.read_text()) for path in paths]
    return [one for one in told if Path(f"/proc/{one['pid']}").exists() or not Path("/proc").exists()]


def _ours() -> Iterator[Path]:
    for parent in parents():
        for path in parent.glob(f"cxmock-*/{FILE}"):
            if path.stat().st_uid == os.getuid():
                yield path
