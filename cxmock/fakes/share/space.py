"""How much fits on the share, and how much of it is used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from cxmock.fakes.share.refused import Refused
from cxmock.wire.nfs.values import Status

FILE_SIZE_MAX: Final = 1 << 40
"""Bytes that a file may have: 1 TiB, most of it a hole."""


@dataclass
class Space:
    """The space for files, as told and as enforced.

    Args:
        room_bytes: the size of the disk, so to speak: what goes beyond is answered NOSPC. None for the real one's.
        quota_bytes: how much the one owner's files may hold; what goes beyond is answered DQUOT. None for no limit.
        used_bytes: the sizes of all files that came through the share.
    """

    room_bytes: int | None = None
    quota_bytes: int | None = None
    used_bytes: int = 0

    def left(self, root: int) -> tuple[int, int, int]:
        """Return the bytes there are in all, those that are free, and those that the owner may take of them.

        Args:
            root: a folder on the real disk, open.
        """
        disk = os.fstatvfs(root)
        total, free = disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize
        if self.room_bytes is not None:
            total, free = self.room_bytes, min(free, max(0, self.room_bytes - self.used_bytes))
        if self.quota_bytes is None:
            return total, free, free
        return total, free, min(free, max(0, self.quota_bytes - self.used_bytes))

    def allow(self, size: int, wanted: int) -> None:
        """Refuse to let a file grow beyond what a file, or all files together, may hold.

        Args:
            size: what it has, in bytes.
            wanted: what it is to have.

        Raises:
            Refused: FBIG, NOSPC or DQUOT.
        """
        if wanted > FILE_SIZE_MAX:
            raise Refused(Status.FBIG)
        used = self.used_bytes + wanted - size
        for limit, status in ((self.room_bytes, Status.NOSPC), (self.quota_bytes, Status.DQUOT)):
            if limit is not None and wanted > size and used > limit:
                raise Refused(status)
