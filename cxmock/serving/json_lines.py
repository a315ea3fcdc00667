"""A bounded file of JSON objects, one a line: a file that is full becomes ``<file>.1``, in place of the one before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxmock.wire.http import to_json

LIMIT = 2**20
"""Bytes of a file; there are two of them at most."""


@dataclass
class JsonLines:
    """A log.

    Args:
        file: where to; empty: nothing is written.
        limit: bytes of a file.
    """

    file: str
    limit: int = LIMIT
    _descriptor: int = field(default=-1, init=False)
    _size: int = field(default=0, init=False)

    def write(self, entry: Mapping[str, Any]) -> None:
        """Write an entry, with the ``time`` before it. A disk that is full is no reason to raise."""
        if not self.file:
            return
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        line = to_json({"time": now, **entry})
        with suppress(OSError):
            if self._descriptor < 0:
                self._descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                self._size = os.fstat(self._descriptor).st_size
            os.write(self._descriptor, line + b"\n")
            self._size += len(line) + 1
            if self._size >= self.limit:
                self.close()
                Path(self.file).replace(f"{self.file}.1")

    def close(self) -> None:
        """Close the file; what is written later opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
