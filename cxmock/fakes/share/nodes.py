"""Who is who on the share: file handles that stay valid when a file is renamed.

A handle is the share's boot id and the number of a node. A node is known by its inode and by the places where it was
last seen; whoever uses one looks whether it is still there. So a file may also be changed behind the share's back: its
handle is then stale at worst, and never another file's.
"""

from __future__ import annotations

import secrets
import stat
from dataclasses import dataclass, field
from os import stat_result
from typing import Final

from cxmock.fakes.share.refused import Refused
from cxmock.wire.nfs.values import Status

ROOT: Final = 1
"""The number of the exported folder itself."""
_BOOT_SIZE: Final = 8
DEPTH_LIMIT: Final = 200
"""Folders in folders."""

Place = tuple[int, str]
"""The number of a folder, and a name in it."""


@dataclass(slots=True)
class Node:
    """A file, folder or symbolic link, and what the share remembers of it beside the file system."""

    number: int
    inode: int
    places: dict[Place, None] = field(default_factory=dict)
    """Where it was seen, latest last; more than one for hard links."""
    mode: int | None = None
    """Permissions as set by clients. Owner, group and mode are kept here, since the testbed need not be root."""
    uid: int | None = None
    gid: int | None = None
    changed: int = 0
    """When it last changed (ns), finer than the file system tells."""
    verifier: bytes | None = None
    """Of its exclusive creation."""


class Nodes:
    """Every node seen since the start or the last reset."""

    def __init__(self) -> None:
        self.boot = secrets.token_bytes(_BOOT_SIZE)
        """New at each start: handles of an earlier one are stale."""
        self.root = Node(ROOT, 0)
        self._by_number: dict[int, Node] = {}
        self._by_inode: dict[int, Node] = {}
        self._last = ROOT

    def begin(self, inode: int) -> None:
        """Forget all nodes but the root, which has this inode now; numbers are never used again."""
        self.root = Node(ROOT, inode, mode=0o777)
        self._by_number = {ROOT: self.root}
        self._by_inode = {inode: self.root}

    def known(self) -> list[Node]:
        """Return every node."""
        return list(self._by_number.values())

    def know(self, node: Node) -> None:
        """Take up a node that was there before, with its number; its inode may be another one now."""
        self._by_number[node.number] = self._by_inode[node.inode] = node

    def handle(self, node: Node) -> bytes:
        """Return the handle of a node."""
        return self.boot + node.number.to_bytes(8, "big")

    def node(self, handle: bytes) -> Node:
        """Return the node of a handle.

        Raises:
            Refused: BADHANDLE, or STALE when the node is gone.
        """
        if len(handle) != _BOOT_SIZE + 8:
            raise Refused(Status.BADHANDLE)
        if handle[:_BOOT_SIZE] != self.boot:
            raise Refused(Status.STALE)
        return self.numbered(int.from_bytes(handle[_BOOT_SIZE:], "big"))

    def numbered(self, number: int) -> Node:
        """Return the node with this number; STALE when it is gone."""
        node = self._by_number.get(number)
        if node is None:
            raise Refused(Status.STALE)
        return node

    def seen(self, folder: Node, name: str, found: stat_result) -> Node:
        """Return the node of what was found as ``name`` in ``folder``."""
        node = self._by_inode.get(found.st_ino)
        if node is None:
            self._last += 1
            node = Node(self._last, found.st_ino)
            self._by_number[node.number] = self._by_inode[node.inode] = node
        if stat.S_ISDIR(found.st_mode):
            node.places.clear()
        node.places.pop((folder.number, name), None)
        node.places[folder.number, name] = None
        return node

    def gone(self, folder: Node, name: str, found: stat_result) -> int | None:
        """Note that an entry was removed; ``found`` is how it was before.

        Returns:
            The number of its node, when that is gone with it.
        """
        node = self._by_inode.get(found.st_ino)
        if node is None:
            return None
        node.places.pop((folder.number, name), None)
        if found.st_nlink > 1 and not stat.S_ISDIR(found.st_mode):
            return None
        del self._by_inode[node.inode]
        del self._by_number[node.number]
        return node.number

    def place(self, node: Node) -> tuple[Node, str]:
        """Return the folder that a node was last seen in, and its name there. The root has none.

        Raises:
            Refused: STALE when that folder is gone.
        """
        for number, name in reversed(node.places):
            if (folder := self._by_number.get(number)) is not None:
                return folder, name
        raise Refused(Status.STALE)

    def names(self, node: Node) -> list[str]:
        """Return the names that lead from the root to a node.

        Raises:
            Refused: STALE when a folder on the way is gone.
        """
        names: list[str] = []
        while node is not self.root:
            node, name = self.place(node)
            names.append(name)
            if len(names) > DEPTH_LIMIT:
                raise Refused(Status.STALE)
        return names[::-1]
