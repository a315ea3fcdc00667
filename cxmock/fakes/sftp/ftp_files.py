"""The jailed folder as pyftpdlib sees it: the half of the adapter that deals with files."""

# What the overridden methods do is told by pyftpdlib, which has no type hints.
# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import errno
import os
import posixpath
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pyftpdlib.filesystems import AbstractedFS

from cxmock.fakes.sftp.opened import OpenFile
from cxmock.fakes.sftp.recording import described

if TYPE_CHECKING:
    from cxmock.fakes.sftp.ftp_session import FtpSession

T = TypeVar("T")


class Stream:
    """An open file as pyftpdlib wants it: with a position, and without a descriptor (which it would send unseen)."""

    def __init__(self, file: OpenFile, close: Callable[[Stream], None]) -> None:
        self.file = file
        self.name = file.path
        self.complete = False
        """Whether the transfer came to its end; set before :meth:`close`."""
        self._close = close
        self._position = 0

    @property
    def closed(self) -> bool:
        return self.file.closed

    def seek(self, position: int) -> None:
        self._position = position

    def read(self, size: int) -> bytes:
        data = self.file.read(size, self._position)
        self._position += len(data)
        return data

    def write(self, data: bytes) -> int:
        self._position += self.file.write(data, self._position)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._close(self)


class FtpFiles(AbstractedFS):
    """pyftpdlib's view of the jailed folder; its "real" paths are the client's own."""

    def __init__(self, root: str, cmd_channel: FtpSession) -> None:
        super().__init__(root, cmd_channel)
        self._folder = cmd_channel.owner.folder
        self._close = cmd_channel.transferred
        self.names: list[str] | None = None
        """What was listed last."""
        self.failed: OSError | None = None
        """What went wrong last, for the journal."""

    def ftp2fs(self, ftppath: str) -> str:
        return str(self.ftpnorm(ftppath))

    def fs2ftp(self, fspath: str) -> str:
        return fspath

    def validpath(self, path: str) -> bool:
        return True

    def realpath(self, path: str) -> str:
        return path

    def open(self, filename: str, mode: str) -> Stream:
        flags = {
            "rb": os.O_RDONLY,
            "wb": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
            "ab": os.O_RDWR | os.O_CREAT | os.O_APPEND,
            "r+b": os.O_RDWR,
        }[mode]
        return self._stream(filename, flags)

    def mkstemp(self, suffix: str = "", prefix: str = "", dir: str = "/", mode: str = "wb") -> Stream:
        path = posixpath.join(dir, prefix + secrets.token_hex(4) + suffix)
        return self._stream(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)

    def chdir(self, path: str) -> None:
        self._try(lambda: self._folder.listing(path))
        self._cwd = path

    def listdir(self, path: str) -> list[str]:
        self.names = [name for name, _ in self._try(lambda: self._folder.listing(path))]
        return list(self.names)

    def mkdir(self, path: str) -> None:
        self._try(lambda: self._folder.mkdir(path))

    def rmdir(self, path: str) -> None:
        self._try(lambda: self._folder.rmdir(path))

    def remove(self, path: str) -> None:
        self._try(lambda: self._folder.remove(path))

    def rename(self, src: str, dst: str) -> None:
        self._try(lambda: self._folder.rename(src, dst, replace=True))

    def chmod(self, path: str, mode: int) -> None:
        self._try(lambda: self._folder.change(path, mode=mode))

    def utime(self, path: str, timeval: float) -> None:
        self._try(lambda: self._folder.change(path, times=(timeval, timeval)))

    def stat(self, path: str) -> os.stat_result:
        return self._try(lambda: self._folder.stat(path))

    def lstat(self, path: str) -> os.stat_result:
        return self._try(lambda: self._folder.stat(path, follow=False))

    def readlink(self, path: str) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def isfile(self, path: str) -> bool:
        return self._kind(path) == "file"

    def isdir(self, path: str) -> bool:
        return self._kind(path) == "folder"

    def islink(self, path: str) -> bool:
        return False

    def lexists(self, path: str) -> bool:
        return self._kind(path) != ""

    def getsize(self, path: str) -> int:
        return self.stat(path).st_size

    def getmtime(self, path: str) -> float:
        return self.stat(path).st_mtime

    def get_user_by_uid(self, uid: int) -> str:
        return "owner"

    def get_group_by_gid(self, gid: int) -> str:
        return "group"

    def _kind(self, path: str) -> str:
        try:
            return str(described(self.stat(path))["kind"])
        except OSError:
            return ""

    def _stream(self, path: str, flags: int) -> Stream:
        return Stream(self._try(lambda: self._folder.open(path, flags)), self._close)

    def _try(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except OSError as error:
            self.failed = error
            raise
