"""What a service logs: JSON objects, one a line, each with the trace id of the request that it belongs to.

The log is bounded: a file that is full becomes ``<file>.1``, in place of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxmock.reference.tracing import current_trace
from cxmock.serving.json_lines import JsonLines
from cxmock.wire.http import from_json


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
    _lines: JsonLines = field(init=False)

    def __post_init__(self) -> None:
        self._lines = JsonLines(self.file)

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
        self._lines.close()

    def _write(self, level: str, event: str, told: dict[str, Any]) -> None:
        known = {"service": self.service, "replica": self.replica, "trace": current_trace(), "event": event}
        self._lines.write({"level": level, **known, **told})


def entries(folder: Path) -> list[dict[str, Any]]:
    """Return what the logs in ``folder`` hold, by time."""
    return sorted(_entries(folder), key=lambda entry: str(entry["time"]))


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl*")):
        for line in file.read_bytes().splitlines():
            with suppress(ValueError):  # the last line of who was killed
                yield from_json(line)
