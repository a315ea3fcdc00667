"""What the system tells of a file, as NFS tells it."""

from __future__ import annotations

import os
import stat
from typing import Final

from cxmock.fakes.share.nodes import Node
from cxmock.wire.nfs.values import Attributes, FileType

_FILESYSTEM: Final = 0xC8
_TYPES: Final = {
    stat.S_IFREG: FileType.REGULAR,
    stat.S_IFDIR: FileType.DIRECTORY,
    stat.S_IFBLK: FileType.BLOCK,
    stat.S_IFCHR: FileType.CHARACTER,
    stat.S_IFLNK: FileType.SYMLINK,
    stat.S_IFSOCK: FileType.SOCKET,
    stat.S_IFIFO: FileType.FIFO,
}


def attributes_of(node: Node, found: os.stat_result) -> Attributes:
    """Return everything about a node: what was set through the share goes before what the file has."""
    return Attributes(
        type=_TYPES[stat.S_IFMT(found.st_mode)],
        mode=stat.S_IMODE(found.st_mode) if node.mode is None else node.mode,
        links=found.st_nlink,
        uid=found.st_uid if node.uid is None else node.uid,
        gid=found.st_gid if node.gid is None else node.gid,
        size=found.st_size,
        used=found.st_blocks * 512,
        device=os.major(found.st_rdev) << 32 | os.minor(found.st_rdev),
        filesystem=_FILESYSTEM,
        number=node.number,
        accessed=found.st_atime_ns,
        modified=found.st_mtime_ns,
        changed=max(found.st_ctime_ns, node.changed),
    )
