"""A prepared cluster as one file in the user's cache, so that only the first start on a machine pays for ``initdb``."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cxmock.errors.processes import PartNotReady
from cxmock.net.waiting import until

KEPT_FOR = 30 * 24 * 3600
"""Seconds after which an unused template is removed."""
LOCKED_FOR = 60.0
"""Seconds to wait for another process that makes the same template."""
LAYOUT = "1"
"""Raised when what is in the file changes in a way that its name would not show."""


def cache_folder() -> Path:
    """Return the user's cache folder for us; it may not exist yet, and cannot for a user without a home."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "cxmock"
    try:
        return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "cxmock"
    except RuntimeError:
        # No folder that others can write to instead: what is unpacked from here is run.
        return Path(os.devnull) / "cxmock"


class Template:
    """The file for one kind of cluster.

    Args:
        *facts: whatever makes a cluster different from another: programs, settings, schema, owner.
    """

    def __init__(self, *facts: str) -> None:
        key = hashlib.sha256("\0".join((LAYOUT, *facts)).encode()).hexdigest()[:24]
        self.file = cache_folder() / f"postgres-{key}.tar"

    @property
    def there(self) -> bool:
        """Whether it has been made."""
        return self.file.exists()

    def used(self) -> None:
        """Note that it is in use, so that it is kept."""
        with suppress(OSError):
            os.utime(self.file)

    @asynccontextmanager
    async def making(self) -> AsyncIterator[Path | None]:
        """Give the path to write to, while no other process makes the same; the file appears whole or not at all.

        None is given when the cache cannot be written: then the cluster is made each time.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            yield None
            return
        new = self.file.with_suffix(f".{secrets.token_hex(4)}.new")
        try:
            if not await until(lambda: _locked(lock), within=LOCKED_FOR, every=0.02):
                raise PartNotReady(f"another process's {self.file.name}", LOCKED_FOR, [])
            for left in self.file.parent.glob(f"{self.file.stem}.*.new"):  # by somebody who was killed
                left.unlink(missing_ok=True)
            yield new
            if new.exists():
                new.replace(self.file)
                await asyncio.to_thread(self._remove_old)
        finally:
            new.unlink(missing_ok=True)
            os.close(lock)

    def _remove_old(self) -> None:
        for other in self.file.parent.glob("postgres-*.*"):
            with suppress(OSError):
                if other.stat().st_mtime < time.time() - KEPT_FOR:
                    other.unlink()


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
