"""Finding files without ever leaving the exported folder: name by name from open folders, no symbolic link followed."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cxmock.fakes.share.nodes import DEPTH_LIMIT, Node, Nodes
from cxmock.fakes.share.refused import Refused
from cxmock.wire.nfs.values import Status

OPEN_LIMIT: Final = 64
"""Folders kept open, so that their files are found without walking."""

_FOLDER: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that lies in the folder must not make an open wait for its other end.
_FILE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Jail:
    """The one folder that is served, and those below it that are open.

    An open folder is the folder itself whatever it is called meanwhile, which is what a handle means too.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._root = -1
        self._folders: OrderedDict[int, int] = OrderedDict()
        """Node number -> file descriptor."""

    def begin(self, path: Path) -> None:
        """Serve the folder at ``path``."""
        self.close()
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._nodes.begin(os.fstat(self._root).st_ino)

    def close(self) -> None:
        """Let go of everything."""
        for fd in self._folders.values():
            os.close(fd)
        self._folders.clear()
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    @property
    def root(self) -> int:
        """The served folder, open."""
        return self._root

    def find(self, node: Node) -> tuple[int, str, os.stat_result]:
        """Return where a node is: the folder, open; the name in it; its status.

        Raises:
            Refused: STALE when it is in none of the places where it was seen.
        """
        if node is self._nodes.root:
            return self._root, ".", os.fstat(self._root)
        for number, name in reversed(node.places):
            with contextlib.suppress(OSError, Refused):
                fd = self.folder(self._nodes.numbered(number))
                found = os.stat(name, dir_fd=fd, follow_symlinks=False)
                if found.st_ino == node.inode:
                    return fd, name, found
        raise Refused(Status.STALE)

    def folder(self, node: Node) -> int:
        """Return a folder, open; it is not the caller's to close.

        Raises:
            Refused: NOTDIR, or STALE when it is gone.
        """
        if (fd := self._opened(node)) is not None:
            return fd
        way: list[tuple[Node, str]] = []
        last = node
        while fd is None:
            above, name = self._nodes.place(last)
            way.append((last, name))
            if len(way) > DEPTH_LIMIT:
                raise Refused(Status.STALE)
            last, fd = above, self._opened(above)
        fd = self._descend(fd, way)
        # One more is kept open than before, and at most one closed: what a caller holds stays open meanwhile.
        self._folders[node.number] = fd
        if len(self._folders) > OPEN_LIMIT:
            os.close(self._folders.popitem(last=False)[1])
        return fd

    @contextlib.contextmanager
    def file(self, node: Node, flags: int) -> Iterator[tuple[int, os.stat_result]]:
        """Open a regular file, and tell its status.

        Raises:
            Refused: ISDIR, INVAL for what is neither, or STALE.
        """
        above, name, found = self.find(node)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(Status.ISDIR if stat.S_ISDIR(found.st_mode) else Status.INVAL)
        fd = self.open(name, flags, above)
        try:
            # Looked at again, since it may have been swapped for another meanwhile.
            found = os.fstat(fd)
            if found.st_ino != node.inode:
                raise Refused(Status.STALE)
            yield fd, found
        finally:
            os.close(fd)

    def open(self, name: str, flags: int, folder: int, mode: int = 0o600) -> int:
        """Open a file in an open folder, without following it if it is a link or waiting for it if it is a pipe."""
        return os.open(name, flags | _FILE, mode, dir_fd=folder)

    def forget(self, number: int) -> None:
        """Let go of the folder with this number, if it is one."""
        if (fd := self._folders.pop(number, None)) is not None:
            os.close(fd)

    def _opened(self, node: Node) -> int | None:
        if node is self._nodes.root:
            return self._root
        fd = self._folders.get(node.number)
        if fd is not None:
            self._folders.move_to_end(node.number)
        return fd

    def _descend(self, start: int, way: list[tuple[Node, str]]) -> int:
        """Open what is at the end of a way, which is listed from its end."""
        fd = start
        for node, name in reversed(way):
            try:
                deeper = os.open(name, _FOLDER, dir_fd=fd)
            except NotADirectoryError as error:
                same = os.stat(name, dir_fd=fd, follow_symlinks=False).st_ino == node.inode
                raise Refused(Status.NOTDIR if same else Status.STALE) from error
            except FileNotFoundError as error:
                raise Refused(Status.STALE) from error
            finally:
                if fd != start:
                    os.close(fd)
            fd = deeper
            if os.fstat(fd).st_ino != node.inode:
                os.close(fd)
                raise Refused(Status.STALE)
        return fd
