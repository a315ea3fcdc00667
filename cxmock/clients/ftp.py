"""The FTP client: the one adapter to the standard library's ftplib, which blocks, so each client has a thread."""

from __future__ import annotations

import asyncio
import ftplib
import posixpath
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from cxmock.clients.transfer import CHUNK, WITHIN, Address, FileStat, Source, failed, reason
from cxmock.errors.transfer import LoginRefused, ServerLost, ServerNotTrusted, ServerSilent, TransferFailed
from cxmock.topology import Component, listening_ports

T = TypeVar("T")

NOT_LOGGED_IN = "530"
UNKNOWN_COMMAND = ("500", "502", "504")


class FtpClient:
    """A login at an FTP server; see :class:`FileClient`. Made by :meth:`connect`."""

    def __init__(
        self, address: Address, ftp: ftplib.FTP, thread: ThreadPoolExecutor, *, within: float, suggest: bool
    ) -> None:
        self._address = address
        self._ftp = ftp
        self._thread = thread
        self._within = within
        self._suggest = suggest

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        tls: ssl.SSLContext | None = None,
        passive: bool = True,
        within: float = WITHIN,
        suggest: bool = True,
    ) -> FtpClient:
        """Log in.

        Args:
            url: ``ftp://user:password@host:port/``.
            tls: whom to trust; with it, login and data are encrypted (``AUTH TLS``), without it nothing is.
            passive: whether the client opens the data connections, or the server.
            within: seconds for each answer.
            suggest: whether to look for near names, by one more listing, when a file is not there.

        Raises:
            LoginRefused: the server does not let this user in.
            ServerNotTrusted: its certificate is not to be trusted.
            ServerLost: it cannot be reached.
            ServerSilent: it does not answer.
        """
        (port,) = (place.port for place in listening_ports(Component.SFTP) if place.scheme == "ftp")
        address = Address.of(url, port=port)
        ftp = ftplib.FTP(timeout=within) if tls is None else ftplib.FTP_TLS(context=tls, timeout=within)
        ftp.encoding = "utf-8"
        ftp.set_pasv(passive)

        def log_in() -> None:
            ftp.connect(address.host, address.port)
            ftp.login(address.user, address.password)
            if isinstance(ftp, ftplib.FTP_TLS):
                ftp.prot_p()

        thread = ThreadPoolExecutor(1, thread_name_prefix="cxmock-ftp-client")
        client = cls(address, ftp, thread, within=within, suggest=suggest)
        try:
            await client._call("connect", log_in)
        except BaseException:
            await client.close()
            raise
        return client

    async def listdir(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        names = await self._do("list", path, lambda: self._ftp.nlst(path))
        return sorted(posixpath.basename(name) for name in names)

    async def stat(self, path: str) -> FileStat:
        """Return what is there."""
        return await self._do("stat", path, lambda: self._stat(path))

    async def read(self, path: str) -> AsyncGenerator[bytes, None]:
        """Yield a file part by part; whoever leaves before the end closes it (``aclose``), which ends the transfer."""
        data = await self._do("read", path, lambda: self._open(f"RETR {path}"))
        whole = False
        try:
            while part := await self._do("read", path, lambda: data.recv(CHUNK)):
                yield part
            whole = True
        finally:
            await self._end(data, "read", path, whole=whole)

    async def write(self, path: str, source: Source) -> int:
        """Write a file; return its size. If ``source`` fails, what was written so far is removed again."""
        data = await self._do("write", path, lambda: self._open(f"STOR {path}"))
        size = 0
        try:
            if isinstance(source, bytes):
                await self._do("write", path, lambda: data.sendall(source))
                size = len(source)
            else:
                async for part in source:
                    await self._send(data, path, part)
                    size += len(part)
        except BaseException:
            await self._end(data, "write", path, whole=False)
            with suppress(TransferFailed, ServerLost, ServerSilent):
                await self.remove(path)
            raise
        await self._end(data, "write", path, whole=True)
        return size

    async def remove(self, path: str) -> None:
        """Remove a file."""
        await self._do("remove", path, lambda: self._ftp.delete(path))

    async def rename(self, path: str, to: str) -> None:
        """Give a file or folder another path. What is there already is replaced, on most servers."""
        await self._do("rename", path, lambda: self._ftp.rename(path, to))

    async def mkdir(self, path: str) -> None:
        """Make a folder."""
        await self._do("mkdir", path, lambda: self._ftp.mkd(path))

    async def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        await self._do("rmdir", path, lambda: self._ftp.rmd(path))

    async def close(self) -> None:
        """Log out. Harmless when repeated."""

        def log_out() -> None:
            with suppress(OSError, EOFError, ftplib.Error):
                if self._ftp.sock is not None:
                    self._ftp.quit()
            self._ftp.close()

        with suppress(RuntimeError):  # the thread has ended: this is a repetition
            await asyncio.get_running_loop().run_in_executor(self._thread, log_out)
        self._thread.shutdown(wait=False)

    async def __aenter__(self) -> FtpClient:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    def _stat(self, path: str) -> FileStat:
        try:
            lines = self._ftp.sendcmd(f"MLST {path}").splitlines()
        except ftplib.error_perm as error:
            if not str(error).startswith(UNKNOWN_COMMAND):
                raise
            # An older server: it knows the size of a file, and whether one can go into a folder.
            self._ftp.voidcmd("TYPE I")
            try:
                return FileStat("file", self._ftp.size(path))
            except ftplib.error_perm:
                self._ftp.cwd(path)
                return FileStat("folder")
        told = dict(fact.partition("=")[::2] for fact in lines[1].strip().split(" ")[0].lower().split(";") if fact)
        if told.get("type") != "file":
            return FileStat("folder")
        return FileStat("file", int(told["size"]), _moment(told.get("modify", "")))

    def _open(self, command: str) -> socket.socket:
        # Each time, because ftplib lists in text mode, which would change the ends of lines in a file.
        self._ftp.voidcmd("TYPE I")
        return self._ftp.transfercmd(command)

    async def _send(self, data: socket.socket, path: str, part: bytes) -> None:
        await self._do("write", path, lambda: data.sendall(part))

    async def _end(self, data: socket.socket, op: str, path: str, *, whole: bool) -> None:
        """Close the data connection and take the server's last word on the transfer."""

        def finish() -> None:
            if whole and isinstance(data, ssl.SSLSocket):
                with suppress(OSError):
                    data.unwrap()
            elif not whole:
                # A reset: an orderly end would tell the server that the file is whole.
                data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            data.close()
            self._ftp.voidresp()

        if whole:
            await self._do(op, path, finish)
        else:
            with suppress(TransferFailed, ServerLost, ServerSilent):
                await self._do(op, path, finish)

    async def _do(self, op: str, path: str, work: Callable[[], T]) -> T:
        """Do what blocks, and say what is wrong if the server's answer is."""
        try:
            return await self._call(f"{op} {path}", work)
        except (ftplib.Error, ValueError) as error:
            code, said = error_code(str(error)), str(error)
        names: list[str] = []
        if code == "NO_SUCH_FILE" and self._suggest:
            with suppress(ftplib.Error, ServerLost, ServerSilent):
                folder = posixpath.dirname(path)
                names = [posixpath.basename(name) for name in await self._call("list", lambda: self._ftp.nlst(folder))]
        raise failed(op, path, self._address.server, code, said, names)

    async def _call(self, operation: str, work: Callable[[], T]) -> T:
        server = self._address.server
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except TimeoutError:
            raise ServerSilent(server, operation, self._within) from None
        except ssl.SSLCertVerificationError as error:
            raise ServerNotTrusted(server, error.verify_message) from error
        except ftplib.error_perm as error:
            if str(error).startswith(NOT_LOGGED_IN):
                raise LoginRefused(server, self._address.user, "password") from None
            raise
        except (OSError, EOFError) as error:
            raise ServerLost(server, operation, reason(error)) from error


def error_code(reply: str) -> str:
    """Return the name in SFTP version 3 of what an FTP reply says; FTP has but one number for most of it.

    Observed on pyftpdlib and vsftpd; a 550 that says no more is taken for a file that is not there.

    >>> error_code("550 No such file or directory."), error_code("550 Permission denied.")
    ('NO_SUCH_FILE', 'PERMISSION_DENIED')
    >>> error_code("550 File exists."), error_code("550 Failed to open file."), error_code("552 Quota exceeded.")
    ('FAILURE', 'NO_SUCH_FILE', 'FAILURE')
    """
    text = reply.lower()
    if any(word in text for word in ("denied", "privilege", "not permitted", "forbidden")):
        return "PERMISSION_DENIED"
    if any(word in text for word in ("exists", "not empty", "is a directory", "not allowed", "busy", "invalid")):
        return "FAILURE"
    return "NO_SUCH_FILE" if text.startswith(("550", "501 no such")) else "FAILURE"


def _moment(fact: str) -> int | None:
    """Return the UTC seconds of a moment as MLST tells it; None when it is none.

    >>> _moment("20260101000000.123"), _moment("")
    (1767225600, None)
    """
    try:
        return int(datetime.strptime(fact[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
