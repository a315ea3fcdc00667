"""Saying no: the statuses that operations end with, and what the operating system's errors mean in NFS."""

from __future__ import annotations

import errno
from typing import Final

from cxmock.wire.nfs.values import Status

_BY_ERRNO: Final = {
    errno.EPERM: Status.PERM,
    errno.ENOENT: Status.NOENT,
    errno.EACCES: Status.ACCES,
    errno.EEXIST: Status.EXIST,
    errno.EXDEV: Status.XDEV,
    errno.ENODEV: Status.NODEV,
    errno.ENXIO: Status.NXIO,
    errno.ENOTDIR: Status.NOTDIR,
    errno.EISDIR: Status.ISDIR,
    errno.EINVAL: Status.INVAL,
    errno.ELOOP: Status.INVAL,
    errno.EFBIG: Status.FBIG,
    errno.ENOSPC: Status.NOSPC,
    errno.EROFS: Status.ROFS,
    errno.EMLINK: Status.MLINK,
    errno.ENAMETOOLONG: Status.NAMETOOLONG,
    errno.ENOTEMPTY: Status.NOTEMPTY,
    errno.EDQUOT: Status.DQUOT,
    errno.ESTALE: Status.STALE,
}


class Refused(Exception):
    """An operation ends with a status other than OK."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


def status_of(error: OSError) -> Status:
    """Return the status that tells of an error of the operating system."""
    return _BY_ERRNO.get(error.errno or 0, Status.IO)
