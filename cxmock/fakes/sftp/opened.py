"""An open file: what went through it, and the digest of it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

FILE_LIMIT = 8 * 1024**3
"""Bytes in a file. A write at some absurd offset would otherwise make an endless (sparse) one."""
DIGEST_LIMIT = 64 * 1024**2
"""Bytes that are read once more for their digest, where a client did not go from start to end."""
TEXT_LIMIT = 2048
"""Bytes of a file that are kept as text among the facts."""


class OpenFile:
    """A descriptor, with a running SHA-256 of what passes in order.

    Args:
        fd: it is closed by :meth:`finish`.
        path: where the file is.
        writing: whether it was opened to be written.
        settle: told the path once a written file is whole.
    """

    def __init__(self, fd: int, path: str, *, writing: bool, settle: Callable[[str], None]) -> None:
        self.path = path
        self.writing = writing
        self.began = time.perf_counter()
        self.moved = 0
        """Bytes read or written, those that came twice included."""
        self._fd = fd
        self._settle = settle
        self._digest = hashlib.sha256()
        self._in_order = 0
        """Bytes from the start that passed in order."""

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._fd

    @property
    def closed(self) -> bool:
        """Whether :meth:`finish` was called."""
        return self._fd == -1

    @property
    def size(self) -> int:
        """The size of the file now."""
        return os.fstat(self._fd).st_size

    def read(self, size: int, offset: int) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        data = os.pread(self._fd, size, offset)
        self._passed(data, offset)
        return data

    def write(self, data: bytes, offset: int) -> int:
        """Write all of ``data``; return its length."""
        if offset + len(data) > FILE_LIMIT:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), self.path)
        written = 0
        while written < len(data):
            written += os.pwrite(self._fd, memoryview(data)[written:], offset + written)
        self._passed(data, offset)
        return written

    def finish(self, *, complete: bool) -> dict[str, Any]:
        """Close the file and return the facts of its transfer.

        Returns:
            Of a whole file: ``{"size": 512, "sha256": "..."}`` and, where it is short and UTF-8, its ``text``. The
            digest is left out of a large file that was not written from start to end. Of a part that was read:
            ``{"size": 100, "of": 512}``. Of a transfer that was cut off: ``{"error": "INCOMPLETE", "size": 100}``.
        """
        size = self.size
        if not complete:
            facts: dict[str, Any] = {"error": "INCOMPLETE", "size": self.moved}
        elif not self.writing and self._in_order < size:
            facts = {"size": self.moved, "of": size}
        else:
            facts = {"size": size, **self._content(size)}
        os.close(self._fd)
        self._fd = -1
        if complete and self.writing:
            self._settle(self.path)
        return facts

    def _passed(self, data: bytes, offset: int) -> None:
        self.moved += len(data)
        if offset == self._in_order:
            self._digest.update(data)
            self._in_order += len(data)
        elif self.writing:
            self._in_order = -1

    def _content(self, size: int) -> dict[str, str]:
        """Return the digest, and short text."""
        facts = {}
        if self._in_order == size:
            facts["sha256"] = self._digest.hexdigest()
        elif size <= DIGEST_LIMIT:
            facts["sha256"] = self._reread(size)
        if size <= TEXT_LIMIT:
            with suppress(UnicodeDecodeError):
                facts["text"] = os.pread(self._fd, size, 0).decode()
        return facts

    def _reread(self, size: int) -> str:
        digest = hashlib.sha256()
        for offset in range(0, size, 1024 * 1024):
            digest.update(os.pread(self._fd, min(1024 * 1024, size - offset), offset))
        return digest.hexdigest()


def change(
    fd: int, *, mode: int | None = None, times: tuple[float, float] | None = None, size: int | None = None
) -> None:
    """Set permissions (the owner's own are never taken away), times of access and change, or a file's size."""
    if mode is not None:
        floor = 0o700 if stat.S_ISDIR(os.fstat(fd).st_mode) else 0o600
        os.fchmod(fd, mode & 0o777 | floor)
    if size is not None:
        if size > FILE_LIMIT:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        os.ftruncate(fd, size)
    if times is not None:
        os.utime(fd, times)
