"""The jailed folder that SFTP and FTP serve: no path, link or race leads out of it.

The rules:

- Paths are POSIX, absolute or taken from the top: ``/in/leads.csv``. ``..`` at the top stays there, as in a chroot.
- A path is walked name by name over open directories, each name opened without following links. What somebody swaps in
  between two steps is therefore never followed.
- A symbolic link is followed if it is relative and stays inside. Any other answers EACCES, and clients make none.
- Only files and folders can be opened: no device, no pipe.
- Every method is safe from any thread. What goes wrong is an ``OSError`` with an errno of POSIX.
"""

from __future__ import annotations

import errno
import os
import posixpath
import secrets
import shutil
import stat
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cxmock.fakes.sftp.opened import OpenFile, change
from cxmock.serving.nesting import nested_deeper

LINKS_FOLLOWED = 40
"""As in Linux."""
DEPTH_LIMIT = 128
"""Names in a path: each one held open while it is walked."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path leads: an open directory, a name in it, and the path without links and dots."""

    directory: int
    name: str
    path: str


class Folder:
    """Files by path, kept in a private directory of the host.

    Args:
        home: an existing directory, for this folder alone. What an earlier folder left there is served again.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "files"
        """Where the files are on the host."""
        self.denied: set[str] = set()
        """Paths at and below which clients are refused (EACCES); only that they are there can be seen. It stands in for
        missing permissions, which mean nothing where this runs as root."""
        self._arriving = home / "arriving"
        self._arriving.mkdir(exist_ok=True)
        self.path.mkdir(exist_ok=True)
        self._unfinished: set[str] = set()
        self._lock = threading.RLock()

    # For whoever runs the server: tests, the testbed.

    def put(self, path: str, data: bytes | str) -> None:
        """Put a file there, whole at once; folders on the way are made. Text is encoded as UTF-8."""
        self.make(posixpath.dirname(clean(path)))
        arriving = self._arriving / secrets.token_hex(8)
        arriving.write_bytes(data.encode() if isinstance(data, str) else data)
        with self._place(path) as place:
            os.replace(arriving, place.name, dst_dir_fd=place.directory)
            self._settle(place.path)

    def make(self, path: str) -> None:
        """Make a folder and those above it, unless they are there."""
        names = _split(path)
        for count in range(1, len(names) + 1):
            with self._place("/".join(names[:count])) as place, suppress(FileExistsError):
                os.mkdir(place.name, dir_fd=place.directory)

    def read(self, path: str) -> bytes:
        """Return what is in a file."""
        with self._place(path) as place, open(_open(place, os.O_RDONLY), "rb") as file:
            return file.read()

    def tree(self) -> list[str]:
        """Return every path, sorted; folders end with ``/``."""
        found: list[str] = []
        top = str(self.path)
        for where, folders, files in os.walk(top):
            inside = where[len(top) :]
            found += [f"{inside}/{name}/" for name in folders]
            found += [f"{inside}/{name}" for name in files]
        return sorted(found)

    def settled(self, path: str) -> bool:
        """Return whether a whole file is there: one that was put, or whose writer came to the end."""
        try:
            with self._place(path) as place, self._lock:
                mode = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False).st_mode
                return stat.S_ISREG(mode) and place.path not in self._unfinished
        except OSError:
            return False

    def clear(self) -> None:
        """Remove everything, and forget what was denied. Files that clients hold open live on until they close them."""
        gone = self._arriving / secrets.token_hex(8)
        with self._lock:
            self.path.rename(gone)
            self.path.mkdir()
            self._unfinished.clear()
            self.denied.clear()
        # Somebody may still be writing inside; the testbed removes what this leaves.
        shutil.rmtree(gone, ignore_errors=True)

    # For the servers: what clients ask.

    def open(self, path: str, flags: int) -> OpenFile:
        """Open a file.

        Args:
            path: where it is.
            flags: those of ``os.open``. What is opened to be written can be read too, so that its digest can be told.
        """
        writing = flags & os.O_ACCMODE != os.O_RDONLY
        if writing:
            flags = flags & ~os.O_ACCMODE | os.O_RDWR
        with self._asked(path) as place, self._lock:
            fd = _open(place, flags)
            if writing:
                self._unfinished.add(place.path)
            return OpenFile(fd, place.path, writing=writing, settle=self._settle)

    def stat(self, path: str, *, follow: bool = True) -> os.stat_result:
        """Return what the system knows of a path."""
        with self._place(path, follow=follow) as place:
            self._allow(posixpath.dirname(place.path))
            return os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)

    def listing(self, path: str) -> list[tuple[str, os.stat_result]]:
        """Return the names in a folder, sorted, with what the system knows of each (links are not followed)."""
        with self._asked(path) as place:
            fd = os.open(place.name, _DIRECTORY, dir_fd=place.directory)
            found = []
            try:
                with os.scandir(fd) as entries:
                    for entry in entries:
                        with suppress(FileNotFoundError):
                            found.append((entry.name, entry.stat(follow_symlinks=False)))
            finally:
                os.close(fd)
        return sorted(found, key=lambda one: one[0])

    def mkdir(self, path: str) -> None:
        """Make one folder."""
        with self._asked(path, follow=False) as place:
            os.mkdir(place.name, dir_fd=place.directory)

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        with self._asked(path, follow=False) as place:
            os.rmdir(place.name, dir_fd=place.directory)

    def remove(self, path: str) -> None:
        """Remove a file or a link."""
        with self._asked(path, follow=False) as place:
            os.unlink(place.name, dir_fd=place.directory)
            self._settle(place.path)

    def rename(self, path: str, to: str, *, replace: bool) -> None:
        """Give a file or folder another path; with ``replace`` in place of what is there, else EEXIST."""
        with (
            self._asked(path, follow=False) as old,
            self._asked(to, follow=False) as new,
            self._lock,
        ):
            if not replace:
                with suppress(FileNotFoundError):
                    os.stat(new.name, dir_fd=new.directory, follow_symlinks=False)
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), to)
            self._allow_depth(old, new)
            os.rename(old.name, new.name, src_dir_fd=old.directory, dst_dir_fd=new.directory)
            self._unfinished = {_moved(mark, old.path, new.path) for mark in self._unfinished - {new.path}}

    def change(
        self,
        path: str,
        *,
        mode: int | None = None,
        times: tuple[float, float] | None = None,
        size: int | None = None,
    ) -> None:
        """Set permissions, times of access and change, or a file's size (see :func:`opened.change`)."""
        with self._asked(path) as place:
            fd = _open(place, os.O_RDONLY if size is None else os.O_RDWR, folders=True)
        try:
            change(fd, mode=mode, times=times, size=size)
        finally:
            os.close(fd)

    # How a path is walked.

    @contextmanager
    def _asked(self, path: str, *, follow: bool = True) -> Iterator[_Place]:
        """Walk ``path`` for a client, who may be refused."""
        with self._place(path, follow=follow) as place:
            self._allow(place.path)
            yield place

    def _allow_depth(self, old: _Place, new: _Place) -> None:
        """Refuse to move a folder to where what is in it would be out of reach for every path."""
        moved = os.stat(old.name, dir_fd=old.directory, follow_symlinks=False)
        if stat.S_ISDIR(moved.st_mode) and nested_deeper(
            old.name, old.directory, DEPTH_LIMIT - new.path.count("/") - 1
        ):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), new.path)

    def _allow(self, path: str) -> None:
        for denied in tuple(self.denied):
            if path == denied or path.startswith(denied.rstrip("/") + "/"):
                raise _denied(path)

    @contextmanager
    def _place(self, path: str, *, follow: bool = True) -> Iterator[_Place]:
        """Walk ``path``; a link at its end is followed if ``follow``."""
        pending = deque((name, False) for name in _split(path))
        with self._lock:
            walked = [os.open(self.path, _DIRECTORY)]
        names: list[str] = []
        links = 0
        final = "."
        try:
            while pending:
                if len(pending) + len(names) > DEPTH_LIMIT:
                    raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
                name, from_link = pending.popleft()
                if name == "..":
                    if names:
                        os.close(walked.pop())
                        names.pop()
                    elif from_link:
                        raise _denied(path)
                    continue
                if (pending or follow) and (target := _target(name, walked[-1])) is not None:
                    links += 1
                    if links > LINKS_FOLLOWED:
                        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                    if target.startswith("/"):
                        raise _denied(path)
                    pending.extendleft((part, True) for part in reversed(_split(target)))
                    continue
                if not pending:
                    final = name
                    break
                walked.append(os.open(name, _DIRECTORY, dir_fd=walked[-1]))
                names.append(name)
            yield _Place(walked[-1], final, "/" + "/".join([*names, final] if final != "." else names))
        finally:
            for fd in walked:
                os.close(fd)

    def _settle(self, path: str) -> None:
        with self._lock:
            self._unfinished.discard(path)


def _split(path: str) -> list[str]:
    if "\0" in path:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    return [name for name in path.split("/") if name not in ("", ".")]


def clean(path: str) -> str:
    """Return ``path`` without dots, from the top.

    >>> clean("in/../../out//leads.csv")
    '/out/leads.csv'
    """
    return posixpath.normpath("/" + path.lstrip("/"))


def _target(name: str, directory: int) -> str | None:
    """Return where the link leads, or None for what is no link."""
    try:
        return os.readlink(name, dir_fd=directory)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOENT):
            return None
        raise


def _open(place: _Place, flags: int, *, folders: bool = False) -> int:
    """Open what is there, if it is a file (or a folder, where one will do)."""
    # Without O_NONBLOCK the open of a pipe would wait for its other end.
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    fd = os.open(place.name, flags, 0o644, dir_fd=place.directory)
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode) or (folders and stat.S_ISDIR(mode)):
        return fd
    os.close(fd)
    raise (
        _denied(place.path)
        if not stat.S_ISDIR(mode)
        else IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), place.path)
    )


def _denied(path: str) -> PermissionError:
    return PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def _moved(path: str, old: str, new: str) -> str:
    """Return where ``path`` is after ``old`` was renamed to ``new``.

    >>> _moved("/in/leads.csv", "/in", "/done"), _moved("/inner/leads.csv", "/in", "/done")
    ('/done/leads.csv', '/inner/leads.csv')
    """
    return new + path[len(old) :] if path == old or path.startswith(old + "/") else path
