"""What is kept of the share: its files with their handles, its limits, and what it refuses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import RLock

from cxmock.fakes.share.nodes import ROOT, Node
from cxmock.fakes.share.server import Server
from cxmock.serving.keeping import Remembered
from cxmock.serving.kept_files import KeptFiles


class KeptShare:
    """The state of the share. Who has mounted it stays so, and handles lead to the same files as before.

    Args:
        server: what answers calls.
        lock: held while it does.
        copies: where copies of the files go.
    """

    def __init__(self, server: Server, lock: RLock, copies: Path) -> None:
        self._server = server
        self._lock = lock
        folder = server.folder
        with lock:
            nodes = folder.nodes.known()
            self._nodes = nodes
            self._content = Remembered(
                (self, ["_nodes"]),
                (server, ["read_only", "refusals"]),
                (folder.space, ["room_bytes", "quota_bytes", "used_bytes"]),
            )
            self._files = KeptFiles(folder.path, copies)

    async def put_back(self) -> None:
        """Put files, handles, limits and refusals back."""
        await asyncio.to_thread(self._put_back)

    async def forget(self) -> None:
        """Remove the copies."""
        self._files.forget()

    def _put_back(self) -> None:
        folder = self._server.folder
        with self._lock:
            folder.empty()
            inodes = self._files.lay_out(folder.path)
            self._content.put_back()
            for node in self._nodes:
                if node.number == ROOT:
                    self._root_back(folder.nodes.root, node)
                elif node.inode in inodes:
                    node.inode = inodes[node.inode]
                    folder.nodes.know(node)

    @staticmethod
    def _root_back(root: Node, kept: Node) -> None:
        root.mode, root.uid, root.gid, root.changed = kept.mode, kept.uid, kept.gid, kept.changed
