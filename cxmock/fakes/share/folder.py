"""The exported folder: what can be done with its files.

Symbolic links are files like others here: a client that reads one resolves it itself, as NFS wants it, and none leads
the share out of its folder. Everybody acts as the one owner of all files (``all_squash``). A folder's permissions bind
whoever changes it; a file's are told by ACCESS and not enforced on READ and WRITE, as servers do for owners.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from cxmock.fakes.share.attributes import attributes_of
from cxmock.fakes.share.jail import Jail
from cxmock.fakes.share.listings import Listed, Listings
from cxmock.fakes.share.nodes import DEPTH_LIMIT, Node, Nodes
from cxmock.fakes.share.refused import Refused
from cxmock.fakes.share.space import Space
from cxmock.serving.nesting import nested_deeper
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.values import (
    MAX_DATA,
    NAME_LIMIT,
    Attributes,
    FileType,
    Moment,
    NewAttributes,
    Rights,
    Status,
)

_READ, _SEARCH, _CHANGE = 0o400, 0o100, 0o300


class Folder:
    """A folder that nobody gets out of.

    Args:
        path: the folder; it is emptied.
        now: UTC seconds, for the times of files.
        space: how much fits.

    Every operation raises :class:`Refused` or ``OSError`` when it cannot be done.
    """

    def __init__(self, path: Path, now: Callable[[], float], space: Space | None = None) -> None:
        self.path = path
        self.space = space or Space()
        self.nodes = Nodes()
        self.listings = Listings()
        self._now = now
        self._jail = Jail(self.nodes)
        self.empty()

    def empty(self) -> None:
        """Remove everything. Handles of what was there are stale; the root's stays valid."""
        self._jail.close()
        if self.path.exists():
            shutil.rmtree(self.path)
        self.path.mkdir(parents=True, mode=0o700)
        self._jail.begin(self.path)
        self.listings = Listings()
        self.space.used_bytes = 0

    def close(self) -> None:
        """Let go of the folder."""
        self._jail.close()

    # What there is

    def path_of(self, handle: bytes, name: str = "") -> str:
        """Return the path of a handle, or of an entry of the folder with that handle; ``?`` for a stale one."""
        try:
            path = "/" + "/".join(self.nodes.names(self.nodes.node(handle)))
        except Refused:
            path = "?"
        return f"{path.rstrip('/')}/{name}" if name else path

    def attributes(self, node: Node) -> Attributes:
        """Return everything about a node."""
        return attributes_of(node, self._jail.find(node)[2])

    def lookup(self, folder: Node, name: str) -> Node:
        """Return the entry ``name`` of a folder; ``.`` and ``..`` are entries too, and the root is its own parent."""
        inside = self._inside(folder, _SEARCH)
        if name in (".", ".."):
            return folder if name == "." or folder is self.nodes.root else self.nodes.place(folder)[0]
        _check(name)
        return self.nodes.seen(folder, name, os.stat(name, dir_fd=inside, follow_symlinks=False))

    def find(self, path: str) -> Node:
        """Return what a path leads to from the root."""
        node = self.nodes.root
        for name in path.split("/"):
            if name:
                node = self.lookup(node, name)
        return node

    def access(self, node: Node) -> Rights:
        """Return what may be done with a node."""
        now = self.attributes(node)
        folder = now.type is FileType.DIRECTORY
        rights = Rights.READ if now.mode & 0o400 else Rights(0)
        if now.mode & 0o200:
            rights |= Rights.MODIFY | Rights.EXTEND | (Rights.DELETE if folder else Rights(0))
        if now.mode & 0o100:
            rights |= Rights.LOOKUP if folder else Rights.EXECUTE
        return rights

    def entries(self, folder: Node) -> list[Listed]:
        """Return what is in a folder."""
        listed: list[Listed] = []
        fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._inside(folder, _READ))
        try:
            with os.scandir(fd) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):
                        node = self.nodes.seen(folder, entry.name, entry.stat(follow_symlinks=False))
                        listed.append(Listed(node.number, entry.name))
        finally:
            os.close(fd)
        return listed

    def listing(self, folder: Node, cookie: int, verifier: bytes) -> tuple[bytes, list[Listed]]:
        """Return the verifier of a walk and the entries that are left of it; cookie 0 begins one."""
        if cookie == 0:
            dots = [Listed(folder.number, "."), Listed(self.lookup(folder, "..").number, "..")]
            verifier = self.listings.begin(folder.number, dots + self.entries(folder))
        return verifier, self.listings.entries(folder.number, verifier)[cookie:]

    def details(self, number: int) -> tuple[Attributes | None, bytes | None]:
        """Return the attributes and the handle of a listed node; nothing when it has gone meanwhile."""
        try:
            node = self.nodes.numbered(number)
            return self.attributes(node), self.nodes.handle(node)
        except Refused:
            return None, None

    def readlink(self, node: Node) -> str:
        """Return what a symbolic link says; INVAL for anything else."""
        above, name, found = self._jail.find(node)
        if not stat.S_ISLNK(found.st_mode):
            raise Refused(Status.INVAL)
        return os.readlink(name, dir_fd=above)

    def room(self) -> tuple[int, int, int]:
        """Return the bytes there are in all, those that are free, and those that the owner may take of them."""
        return self.space.left(self._jail.root)

    # What is in it

    def read(self, node: Node, offset: int, count: int) -> tuple[bytes, bool, Attributes]:
        """Return at most ``count`` bytes from ``offset``, whether they are the last, and the attributes."""
        with self._jail.file(node, os.O_RDONLY) as (fd, found):
            data = os.pread(fd, min(count, MAX_DATA), offset) if offset < found.st_size else b""
            return data, offset + len(data) >= found.st_size, attributes_of(node, found)

    def write(self, node: Node, offset: int, data: bytes | memoryview) -> tuple[int, Attributes]:
        """Write at ``offset``; return how many bytes were written, and the attributes."""
        with self._jail.file(node, os.O_WRONLY) as (fd, found):
            self.space.allow(found.st_size, offset + len(data) if data else 0)
            written = os.pwrite(fd, data, offset)
            self._stamp(node, fd, found)
            after = os.fstat(fd)
            self.space.used_bytes += after.st_size - found.st_size
            return written, attributes_of(node, after)

    def set(self, node: Node, new: NewAttributes) -> None:
        """Set attributes."""
        if new.size is not None:
            with self._jail.file(node, os.O_WRONLY) as (fd, found):
                self.space.allow(found.st_size, new.size)
                os.ftruncate(fd, new.size)
                self.space.used_bytes += new.size - found.st_size
                self._stamp(node, fd, found)
        if new.mode is not None:
            node.mode = new.mode & 0o7777
        node.uid = node.uid if new.uid is None else new.uid
        node.gid = node.gid if new.gid is None else new.gid
        if new.accessed is not None or new.modified is not None:
            above, name, found = self._jail.find(node)
            times = self._time(new.accessed, found.st_atime_ns), self._time(new.modified, found.st_mtime_ns)
            os.utime(name, ns=times, dir_fd=above, follow_symlinks=False)
        node.verifier = None
        self._changed(node)

    # What becomes of it

    def create(self, folder: Node, name: str, creation: Creation) -> Node:
        """Create a file; see :class:`How` for one that is there already."""
        _check(name)
        inside = self._inside(folder, _CHANGE)
        self.space.allow(0, creation.new.size or 0)
        try:
            os.close(self._jail.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, inside))
        except FileExistsError:
            return self._created_again(folder, name, creation, os.stat(name, dir_fd=inside, follow_symlinks=False))
        node = self._made(folder, inside, name, creation.new, 0o644)
        if creation.how is How.EXCLUSIVE:
            node.verifier = creation.verifier
        return node

    def _created_again(self, folder: Node, name: str, creation: Creation, found: os.stat_result) -> Node:
        node = self.nodes.seen(folder, name, found)
        if creation.how is How.EXCLUSIVE and node.verifier == creation.verifier:
            return node
        if creation.how is not How.UNCHECKED or not stat.S_ISREG(found.st_mode):
            raise Refused(Status.EXIST)
        if creation.new.size is not None:
            self.set(node, NewAttributes(size=creation.new.size))
        return node

    def mkdir(self, folder: Node, name: str, new: NewAttributes) -> Node:
        """Create a folder."""
        _check(name)
        inside = self._inside(folder, _CHANGE)
        if len(self.nodes.names(folder)) >= DEPTH_LIMIT:
            raise Refused(Status.NAMETOOLONG)
        os.mkdir(name, 0o700, dir_fd=inside)
        return self._made(folder, inside, name, new, 0o755)

    def symlink(self, folder: Node, name: str, target: str) -> Node:
        """Create a symbolic link."""
        _check(name)
        if "\0" in target or not target:
            raise Refused(Status.INVAL)
        inside = self._inside(folder, _CHANGE)
        os.symlink(target, name, dir_fd=inside)
        return self._made(folder, inside, name, AS_IS, 0o777)

    def link(self, node: Node, folder: Node, name: str) -> None:
        """Give a file a second name."""
        _check(name)
        above, old_name, found = self._jail.find(node)
        if stat.S_ISDIR(found.st_mode):
            raise Refused(Status.ISDIR)
        inside = self._inside(folder, _CHANGE)
        os.link(old_name, name, src_dir_fd=above, dst_dir_fd=inside, follow_symlinks=False)
        self.nodes.seen(folder, name, found)
        self._changed(node)
        self._stamp_folder(folder, inside)

    def remove(self, folder: Node, name: str) -> None:
        """Remove a file or symbolic link."""
        self._remove(folder, name, os.unlink)

    def rmdir(self, folder: Node, name: str) -> None:
        """Remove an empty folder."""
        self._remove(folder, name, os.rmdir)

    def rename(self, folder: Node, name: str, to_folder: Node, to_name: str) -> None:
        """Rename; what had the new name is replaced."""
        _check(name)
        _check(to_name)
        inside, to_inside = self._inside(folder, _CHANGE), self._inside(to_folder, _CHANGE)
        found = os.stat(name, dir_fd=inside, follow_symlinks=False)
        try:
            replaced = os.stat(to_name, dir_fd=to_inside, follow_symlinks=False)
        except FileNotFoundError:
            replaced = None
        # Two names of one file are left alone, as POSIX wants it.
        if replaced is not None and replaced.st_ino == found.st_ino:
            return
        if stat.S_ISDIR(found.st_mode) and folder is not to_folder:
            # As deep as MKDIR allows, and no deeper by moving what is deep already.
            levels_left = DEPTH_LIMIT - len(self.nodes.names(to_folder)) - 1
            if nested_deeper(name, inside, levels_left):
                raise Refused(Status.NAMETOOLONG)
        os.rename(name, to_name, src_dir_fd=inside, dst_dir_fd=to_inside)
        if replaced is not None:
            self._forget(to_folder, to_name, replaced)
        node = self.nodes.seen(to_folder, to_name, found)
        node.places.pop((folder.number, name), None)
        self._changed(node)
        self._stamp_folder(folder, inside)
        self._stamp_folder(to_folder, to_inside)

    # How

    def _inside(self, folder: Node, needed: int) -> int:
        """Return a folder, open, where its permissions allow what is ``needed``."""
        fd = self._jail.folder(folder)
        if needed & ~(0o700 if folder.mode is None else folder.mode):
            raise Refused(Status.ACCES)
        return fd

    def _remove(self, folder: Node, name: str, remove: Callable[..., None]) -> None:
        _check(name)
        inside = self._inside(folder, _CHANGE)
        found = os.stat(name, dir_fd=inside, follow_symlinks=False)
        remove(name, dir_fd=inside)
        self._forget(folder, name, found)
        self._stamp_folder(folder, inside)

    def _forget(self, folder: Node, name: str, found: os.stat_result) -> None:
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            self.space.used_bytes -= found.st_size
        if (number := self.nodes.gone(folder, name, found)) is not None:
            self._jail.forget(number)

    def _made(self, folder: Node, inside: int, name: str, new: NewAttributes, mode: int) -> Node:
        """Note a new entry, and give it its attributes."""
        node = self.nodes.seen(folder, name, os.stat(name, dir_fd=inside, follow_symlinks=False))
        node.mode = mode
        self._stamp_folder(folder, inside)
        self.set(node, new)
        return node

    def _stamp(self, node: Node, fd: int, found: os.stat_result) -> None:
        """Note that a file's content changed, by the testbed's clock."""
        self._changed(node)
        os.utime(fd, ns=(found.st_atime_ns, node.changed))

    def _stamp_folder(self, folder: Node, inside: int) -> None:
        self._changed(folder)
        os.utime(".", ns=(folder.changed, folder.changed), dir_fd=inside)

    def _changed(self, node: Node) -> None:
        node.changed = max(self._time(Moment.NOW, 0), node.changed + 1)

    def _time(self, new: int | Moment | None, old: int) -> int:
        if new is None:
            return old
        return int(self._now() * 1e9) if isinstance(new, Moment) else new


def _check(name: str) -> None:
    """Refuse what cannot be the name of an entry."""
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise Refused(Status.INVAL)
    if len(os.fsencode(name)) > NAME_LIMIT:
        raise Refused(Status.NAMETOOLONG)
