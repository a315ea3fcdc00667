"""What the SFTP and the FTP client have in common: one face, and how a server is written as a URL."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from cxmock.errors.transfer import FileMissing, PathDenied, TransferFailed

WITHIN = 10.0
"""Seconds for each answer, and for each part of a file."""
CHUNK = 1024 * 1024
"""Bytes of a file that are held at once."""

Source = bytes | AsyncIterable[bytes]
"""What is written: all of it, or part after part."""


@dataclass(frozen=True, slots=True)
class FileStat:
    """What a server tells of a path."""

    kind: Literal["file", "folder"]
    size: int | None = None
    """Of a file."""
    modified: int | None = field(default=None, compare=False)
    """When a file was changed last, in UTC seconds; None where the server does not tell."""


class FileClient(Protocol):
    """A client that is logged in to a file server. Paths are absolute."""

    async def listdir(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""

    async def stat(self, path: str) -> FileStat:
        """Return what is there."""

    def read(self, path: str) -> AsyncGenerator[bytes, None]:
        """Return a file part by part; whoever leaves before the end closes it (``aclose``), which ends the transfer."""

    async def write(self, path: str, source: Source) -> int:
        """Write a file; return its size. If ``source`` fails, what was written so far is removed again."""

    async def remove(self, path: str) -> None:
        """Remove a file."""

    async def rename(self, path: str, to: str) -> None:
        """Give a file or folder another path."""

    async def mkdir(self, path: str) -> None:
        """Make a folder."""

    async def rmdir(self, path: str) -> None:
        """Remove an empty folder."""

    async def close(self) -> None:
        """Log out. Harmless when repeated."""


@dataclass(frozen=True, slots=True)
class Address:
    """A file server and a login, from a URL."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, url: str, *, port: int) -> Address:
        """Read ``sftp://user:password@host:port/``; ``port`` is meant where the URL names none.

        >>> Address.of("sftp://cx:p%40ss@127.13.0.2/", port=22)
        Address(scheme='sftp', host='127.13.0.2', port=22, user='cx')
        """
        parts = urlsplit(url)
        return cls(
            parts.scheme,
            parts.hostname or "",
            parts.port or port,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    @property
    def server(self) -> str:
        """The server as errors name it, without the login."""
        return f"{self.scheme}://{self.host}:{self.port}"


def failed(op: str, path: str, server: str, code: str, said: str, names: list[str]) -> TransferFailed:
    """Return the error for an operation that a server refused; ``names`` are those in the path's folder."""
    if code == "NO_SUCH_FILE":
        return FileMissing(op, path, server, names)
    if code == "PERMISSION_DENIED":
        return PathDenied(op, path, server)
    return TransferFailed(op, path, server, code, said)


def reason(error: Exception) -> str:
    """Return in a few words why a connection failed.

    >>> import errno
    >>> reason(ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 22)"))
    'connection refused'
    """
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(getattr(error, "reason", None) or error or "the connection was closed").lower()
