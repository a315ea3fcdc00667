"""What a service logs: JSON objects, one a line, each with the trace id of the request that it belongs to.

The log is bounded: a file that is full becomes ``<file>.1``, in place of the one before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxmock.reference.tracing import current_trace
from cxmock.wire.http import from_json, to_json

LIMIT = 2**20
"""Bytes of a file; there are two of them at most."""


@dataclass
class Log:
    """The log of one service, or of one of its replicas.

    Args:
        file: where to; empty: nothing is logged.
        service: as it names itself to others.
        replica: which process it is.
    """

    file: str
    service: str
    replica: str
    _descriptor: int = field(default=-1, init=False)
    _size: int = field(default=0, init=False)

    def answered(self, method: str, path: str, status: int, seconds: float, why: str = "") -> None:
        """Log a request that was answered; ``path`` goes without its query, which may tell secrets."""
        if self.file:
            level = "ERROR" if status >= 500 else "INFO"
            told = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 3)}
            self._write(level, "answered", told | ({"why": why} if why else {}))

    def called(self, destination: str, method: str, target: str, status: int, seconds: float) -> None:
        """Log a request to another system; status 0: there was no answer."""
        if self.file:
            path = target.partition("?")[0]
            told = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 3)}
            self._write("INFO" if status else "WARNING", "called", {"destination": destination, **told})

    def close(self) -> None:
        """Close the file; what is logged later opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _write(self, level: str, event: str, told: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line = to_json(
            {
                "time": now,
                "level": level,
                "service": self.service,
                "replica": self.replica,
                "trace": current_trace(),
                "event": event,
                **told,
            }
        )
        with suppress(OSError):  # a full disk is no reason to answer nobody
            if self._descriptor < 0:
                self._descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                self._size = os.fstat(self._descriptor).st_size
            os.write(self._descriptor, line + b"\n")
            self._size += len(line) + 1
            if self._size >= LIMIT:
                self.close()
                Path(self.file).replace(f"{self.file}.1")


def entries(folder: Path) -> list[dict[str, Any]]:
    """Return what the logs in ``folder`` hold, by time."""
    return sorted(_entries(folder), key=lambda entry: str(entry["time"]))


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl*")):
        for line in file.read_bytes().splitlines():
            with suppress(ValueError):  # the last line of who was killed
                yield from_json(line)
