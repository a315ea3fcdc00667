"""The SSH server, port 22: the one adapter to asyncssh, which takes long to import, so import this on first use.

It serves SFTP version 3 over the jailed folder, and nothing else: no shell, no commands, no forwarding, no links.
"""

from __future__ import annotations

import asyncio
import errno
import os
import posixpath
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from weakref import WeakSet

import asyncssh
from asyncssh.channel import SSHChannel
from asyncssh.stream import SSHServerStreamSession

from cxmock.fakes.sftp.accounts import Accounts
from cxmock.fakes.sftp.folder import Folder
from cxmock.fakes.sftp.opened import OpenFile, change
from cxmock.fakes.sftp.recording import Recorder, described, failure

LOGIN_WITHIN = 30
"""Seconds from connecting to a completed login."""
CLOSE_WITHIN = 5.0
READ_LIMIT = 4 * 1024 * 1024
"""Bytes that one read may ask for, as asyncssh announces."""
OPEN_LIMIT = 256
"""Files and folders that one session may have open, so that the testbed does not run out of descriptors."""
SESSIONS_LIMIT = 10
"""Sessions on one connection, as OpenSSH allows."""

_CODES = {
    "NO_SUCH_FILE": asyncssh.FX_NO_SUCH_FILE,
    "PERMISSION_DENIED": asyncssh.FX_PERMISSION_DENIED,
    "OP_UNSUPPORTED": asyncssh.FX_OP_UNSUPPORTED,
}


class SshServer:
    """Accepts SSH connections once :meth:`listen` was called.

    Args:
        folder: what is served.
        accounts: who may log in; looked at on each login.
        recorder: told every operation.
        host_key: the private key by which clients know this server, in any of OpenSSH's forms.
    """

    def __init__(self, folder: Folder, accounts: Accounts, recorder: Recorder, host_key: bytes) -> None:
        self.folder = folder
        self.accounts = accounts
        self.recorder = recorder
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._key = asyncssh.import_private_key(host_key)
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def listen(self, sock: socket.socket) -> None:
        """Accept on a bound socket, which is closed by :meth:`close`."""
        self._acceptor = await asyncssh.listen(
            sock=sock,
            server_factory=lambda: _Visitor(self),
            server_host_keys=[self._key],
            login_timeout=LOGIN_WITHIN,
            kbdint_auth=False,
            allow_pty=False,
            agent_forwarding=False,
        )

    async def close(self) -> None:
        """Stop accepting and drop every connection."""
        if self._acceptor is None:
            return
        self._acceptor.close()
        waits = [connection.wait_closed() for connection in self.connections]
        for connection in tuple(self.connections):
            connection.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await asyncio.gather(self._acceptor.wait_closed(), *waits)


class _Visitor(asyncssh.SSHServer):
    """One connection, up to its login."""

    def __init__(self, server: SshServer) -> None:
        self._server = server
        self._began = time.perf_counter()
        self._user = ""
        self._method = "none"
        self._told = False
        """Whether the journal knows how the login went."""
        self._connection: asyncssh.SSHServerConnection | None = None
        self._sessions: set[_Session] = set()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._connection is not None
        self._server.connections.discard(self._connection)
        # A client offers key after key before it asks for a password: only when it gave up was it refused.
        if self._method == "publickey" and not self._told:
            self._tell(accepted=False)

    def begin_auth(self, username: str) -> bool:
        self._user = username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._method = "password"
        if self._server.accounts.opens(username, password):
            return True
        self._tell(accepted=False)
        return False

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._method = "publickey"
        known = (asyncssh.import_public_key(line) for line in self._server.accounts.keys.get(username, ()))
        return any(one.public_data == key.public_data for one in known)

    def auth_completed(self) -> None:
        self._tell(accepted=True)

    def session_requested(self) -> Any:
        if len(self._sessions) >= SESSIONS_LIMIT:
            return False
        session = _Session(self._server, self._user, self._sessions.discard)
        self._sessions.add(session)
        return session

    def _tell(self, *, accepted: bool) -> None:
        self._told = True
        seconds = time.perf_counter() - self._began
        self._server.recorder.login(self._user, self._method, seconds, accepted=accepted, secure=True)


class _Session(SSHServerStreamSession[bytes]):
    """A channel on which the subsystem ``sftp`` may be started. It knows when the client has hung up."""

    def __init__(self, server: SshServer, user: str, closed: Callable[[_Session], None]) -> None:
        super().__init__(None, lambda channel: _Files(channel, server, user, self), sftp_version=3)
        self.over = False
        self._closed = closed

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed(self)
        super().connection_lost(exc)

    def eof_received(self) -> bool:
        self.over = True
        return super().eof_received()

    async def read(self, datatype: int | None, n: int, exact: bool) -> bytes:
        # The next request is left alone until the client takes the answers, so that they do not pile up.
        await self.drain(datatype)
        return await super().read(datatype, n, exact)


class _Files(asyncssh.SFTPServer):
    """What a client asks of the folder."""

    def __init__(self, channel: SSHChannel[bytes], server: SshServer, user: str, session: _Session) -> None:
        super().__init__(cast("asyncssh.SSHServerChannel[bytes]", channel))
        self._server = server
        self._folder = server.folder
        self._user = user
        self._session = session
        self._files = 0
        self._listings: WeakSet[AsyncIterator[asyncssh.SFTPName]] = WeakSet()
        self._read: tuple[OpenFile, bytes] | None = None
        """What was read last."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> OpenFile:
        writing = pflags & asyncssh.FXF_WRITE
        flags = os.O_RDWR if writing else os.O_RDONLY
        for asked, flag in (
            (asyncssh.FXF_APPEND, os.O_APPEND),
            (asyncssh.FXF_CREAT, os.O_CREAT),
            (asyncssh.FXF_TRUNC, os.O_TRUNC),
            (asyncssh.FXF_EXCL, os.O_EXCL),
        ):
            if pflags & asked:
                flags |= flag
        where = os.fsdecode(path)
        op = "write" if writing else "read"
        with _answering():
            try:
                self._server.recorder.check(op, where)
                self._allow_another()
                file = self._folder.open(where, flags)
            except OSError as error:
                self._server.recorder.operation(op, where, failure(error), 0.0, user=self._user, secure=True)
                raise
        self._files += 1
        return file

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        file = cast(OpenFile, file_obj)
        with _answering():
            data = file.read(min(size, READ_LIMIT), offset)
        self._read = file, data
        return data

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        file = cast(OpenFile, file_obj)
        with _answering():
            if self._is_copy(file, data):
                raise OSError(errno.EINVAL, "A file cannot be copied into itself")
            return file.write(data, offset)

    def close(self, file_obj: object) -> None:
        self._files -= 1
        # asyncssh closes what is still open when a session ends, too: that is no end of a transfer.
        self._server.recorder.transfer(
            cast(OpenFile, file_obj), complete=not self._session.over, user=self._user, secure=True
        )

    def fstat(self, file_obj: object) -> os.stat_result:
        return os.fstat(cast(OpenFile, file_obj).fileno())

    def stat(self, path: bytes) -> os.stat_result:
        with self._doing("stat", path) as (where, response):
            found = self._folder.stat(where)
            response.update(described(found))
        return found

    def lstat(self, path: bytes) -> os.stat_result:
        with self._doing("stat", path) as (where, response):
            found = self._folder.stat(where, follow=False)
            response.update(described(found))
        return found

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        # No generator: it would run at the first READDIR, and a missing folder has to be refused at OPENDIR.
        with self._doing("list", path) as (where, response):
            self._allow_another()
            found = self._folder.listing(where)
            response["names"] = [os.fsencode(name).decode(errors="backslashreplace") for name, _ in found]
            own = self._folder.stat(where)
        listing = _each([(".", own), ("..", own), *found])
        self._listings.add(listing)
        return listing

    def remove(self, path: bytes) -> None:
        with self._doing("remove", path) as (where, _):
            self._folder.remove(where)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        with self._doing("mkdir", path) as (where, _):
            self._folder.mkdir(where)

    def rmdir(self, path: bytes) -> None:
        with self._doing("rmdir", path) as (where, _):
            self._folder.rmdir(where)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        with self._doing("rename", oldpath, newpath) as (where, _):
            self._folder.rename(where, os.fsdecode(newpath), replace=False)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        with self._doing("rename", oldpath, newpath) as (where, _):
            self._folder.rename(where, os.fsdecode(newpath), replace=True)

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        self._refuse("symlink", newpath, oldpath)

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        self._refuse("link", newpath, oldpath)

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        with _answering():
            self._folder.change(os.fsdecode(path), mode=attrs.permissions, times=_times(attrs), size=attrs.size)

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        self.setstat(path, attrs)

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        with _answering():
            fd = cast(OpenFile, file_obj).fileno()
            change(fd, mode=attrs.permissions, times=_times(attrs), size=attrs.size)

    def fsync(self, file_obj: object) -> None:
        """Nothing is kept back, so there is nothing to do."""

    def realpath(self, path: bytes) -> bytes:
        return posixpath.normpath(b"/" + path.lstrip(b"/"))

    def map_path(self, path: bytes) -> bytes:
        # Whatever asyncssh offers beyond the methods above would touch the host's own paths through this one.
        raise asyncssh.SFTPOpUnsupported("Only files and folders are served here")

    def exit(self) -> None:
        # Without an exit status scp takes a good copy for a failed one.
        self.channel.exit(0)

    @contextmanager
    def _doing(self, op: str, path: bytes, to: bytes | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        where, target = os.fsdecode(path), None if to is None else os.fsdecode(to)
        with (
            _answering(),
            self._server.recorder.doing(op, where, user=self._user, secure=True, to=target) as response,
        ):
            yield where, response

    def _allow_another(self) -> None:
        """Refuse to open more than :data:`OPEN_LIMIT` files and folders: a client that forgets to close them."""
        if self._files + len(self._listings) >= OPEN_LIMIT:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    def _is_copy(self, file: OpenFile, data: bytes) -> bool:
        """Return whether ``data`` was read from the same file just now: its copy behind itself would have no end."""
        if self._read is None or data is not self._read[1] or len(data) < 2:
            return False
        return os.path.sameopenfile(self._read[0].fileno(), file.fileno())

    def _refuse(self, op: str, path: bytes, to: bytes) -> None:
        with self._doing(op, path, to):
            raise OSError(errno.EOPNOTSUPP, "Links cannot be made here")


@contextmanager
def _answering() -> Iterator[None]:
    """Answer an ``OSError`` by its SFTP error."""
    try:
        yield
    except OSError as error:
        told = failure(error)
        raise asyncssh.SFTPError(_CODES.get(told["error"], asyncssh.FX_FAILURE), told["message"]) from error


async def _each(found: list[tuple[str, os.stat_result]]) -> AsyncIterator[asyncssh.SFTPName]:
    for name, status in found:
        yield asyncssh.SFTPName(os.fsencode(name), attrs=asyncssh.SFTPAttrs.from_local(status))


def _times(attrs: asyncssh.SFTPAttrs) -> tuple[float, float] | None:
    if attrs.mtime is None:
        return None
    return float(attrs.mtime if attrs.atime is None else attrs.atime), float(attrs.mtime)
