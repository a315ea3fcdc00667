"""The SFTP client: the one adapter to asyncssh's client side, which is imported on first use."""

from __future__ import annotations

import asyncio
import posixpath
import stat as modes
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from cxmock.clients.transfer import CHUNK, WITHIN, Address, FileStat, Source, failed, reason
from cxmock.errors.transfer import LoginRefused, ServerLost, ServerNotTrusted, ServerSilent, TransferFailed
from cxmock.topology import Component, listening_ports

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")

CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr")
"""The fastest first; it is the client's order that counts."""


class SftpClient:
    """A login at an SFTP server; see :class:`FileClient`. Made by :meth:`connect`."""

    def __init__(
        self,
        address: Address,
        connection: asyncssh.SSHClientConnection,
        sftp: asyncssh.SFTPClient,
        *,
        within: float,
        suggest: bool,
    ) -> None:
        self._address = address
        self._connection = connection
        self._sftp = sftp
        self._within = within
        self._suggest = suggest

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        host_key: str,
        client_key: bytes | None = None,
        within: float = WITHIN,
        suggest: bool = True,
    ) -> SftpClient:
        """Log in.

        Args:
            url: ``sftp://user:password@host:port/``.
            host_key: the server's public key, ``ssh-ed25519 AAAA...``; no other server is talked to.
            client_key: a private key to log in with instead of the password, in any of OpenSSH's forms.
            within: seconds for each answer.
            suggest: whether to look for near names, by one more listing, when a file is not there.

        Raises:
            LoginRefused: the server does not let this user in.
            ServerNotTrusted: its key is another one.
            ServerLost: it cannot be reached.
            ServerSilent: it does not answer.
        """
        import asyncssh

        (port,) = (place.port for place in listening_ports(Component.SFTP) if place.scheme == "sftp")
        address = Address.of(url, port=port)
        method = "password" if client_key is None else "publickey"
        try:
            async with asyncio.timeout(within):
                connection = await asyncssh.connect(
                    address.host,
                    address.port,
                    username=address.user,
                    password=address.password if client_key is None else None,
                    client_keys=None if client_key is None else [asyncssh.import_private_key(client_key)],
                    known_hosts=([asyncssh.import_public_key(host_key)], [], []),
                    preferred_auth=method,
                    encryption_algs=CIPHERS,
                    # Nothing of the machine's own SSH configuration is to play a part.
                    config=None,
                    agent_path=None,
                )
                try:
                    sftp = await connection.start_sftp_client()
                except BaseException:
                    connection.abort()
                    raise
        except TimeoutError:
            raise ServerSilent(address.server, "connect", within) from None
        except asyncssh.PermissionDenied:
            raise LoginRefused(address.server, address.user, method) from None
        except asyncssh.HostKeyNotVerifiable:
            known = asyncssh.import_public_key(host_key).get_fingerprint()
            raise ServerNotTrusted(address.server, f"its host key is not {known}") from None
        except (OSError, asyncssh.Error) as error:
            raise ServerLost(address.server, "connect", reason(error)) from error
        return cls(address, connection, sftp, within=within, suggest=suggest)

    async def listdir(self, path: str) -> list[str]:
        """Return the names in a folder, sorted."""
        names = await self._do("list", path, self._sftp.listdir(path))
        return sorted(str(name) for name in names if name not in (".", ".."))

    async def stat(self, path: str) -> FileStat:
        """Return what is there."""
        found = await self._do("stat", path, self._sftp.stat(path))
        if modes.S_ISDIR(found.permissions or 0):
            return FileStat("folder")
        return FileStat("file", found.size, None if found.mtime is None else int(found.mtime))

    async def read(self, path: str) -> AsyncGenerator[bytes, None]:
        """Yield a file part by part; whoever leaves before the end closes it (``aclose``), which ends the transfer."""
        file = await self._do("read", path, self._sftp.open(path, "rb"))
        try:
            while part := await self._do("read", path, file.read(CHUNK)):
                assert isinstance(part, bytes)
                yield part
        finally:
            await self._let_go(file)

    async def write(self, path: str, source: Source) -> int:
        """Write a file; return its size. If ``source`` fails, what was written so far is removed again."""
        file = await self._do("write", path, self._sftp.open(path, "wb"))
        size = 0
        try:
            if isinstance(source, bytes):
                for begin in range(0, len(source), CHUNK):
                    size += await self._do("write", path, file.write(source[begin : begin + CHUNK]))
            else:
                async for part in source:
                    size += await self._do("write", path, file.write(part))
            await self._do("write", path, file.close())
        except BaseException:
            await self._let_go(file)
            with suppress(TransferFailed, ServerLost, ServerSilent):
                await self.remove(path)
            raise
        return size

    async def remove(self, path: str) -> None:
        """Remove a file."""
        await self._do("remove", path, self._sftp.remove(path))

    async def rename(self, path: str, to: str) -> None:
        """Give a file or folder another path, where nothing is yet."""
        await self._do("rename", path, self._sftp.rename(path, to))

    async def mkdir(self, path: str) -> None:
        """Make a folder."""
        await self._do("mkdir", path, self._sftp.mkdir(path))

    async def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        await self._do("rmdir", path, self._sftp.rmdir(path))

    async def close(self) -> None:
        """Log out. Harmless when repeated."""
        self._sftp.exit()
        self._connection.close()
        try:
            async with asyncio.timeout(self._within):
                await self._connection.wait_closed()
        except TimeoutError:
            self._connection.abort()

    async def __aenter__(self) -> SftpClient:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def _do(self, op: str, path: str, work: Awaitable[T]) -> T:
        """Wait for an answer, and say what is wrong if there is none or a bad one."""
        import asyncssh

        server = self._address.server
        try:
            async with asyncio.timeout(self._within):
                return await work
        except TimeoutError:
            raise ServerSilent(server, f"{op} {path}", self._within) from None
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError) as error:
            raise ServerLost(server, f"{op} {path}", reason(error)) from error
        except asyncssh.SFTPError as error:
            code = _code(error)
            names = await self._names(path) if code == "NO_SUCH_FILE" and self._suggest else []
            raise failed(op, path, server, code, error.reason, names) from None

    async def _names(self, path: str) -> list[str]:
        import asyncssh

        try:
            async with asyncio.timeout(self._within):
                names = await self._sftp.listdir(posixpath.dirname(path))
        except (OSError, asyncssh.Error):
            return []
        return sorted(str(name) for name in names if name not in (".", ".."))

    async def _let_go(self, file: asyncssh.SFTPClientFile) -> None:
        import asyncssh

        with suppress(OSError, asyncssh.Error):
            async with asyncio.timeout(self._within):
                await file.close()


def _code(error: asyncssh.SFTPError) -> str:
    """Return the error's name in SFTP version 3."""
    import asyncssh

    names = {
        asyncssh.FX_NO_SUCH_FILE: "NO_SUCH_FILE",
        asyncssh.FX_PERMISSION_DENIED: "PERMISSION_DENIED",
        asyncssh.FX_OP_UNSUPPORTED: "OP_UNSUPPORTED",
        asyncssh.FX_BAD_MESSAGE: "BAD_MESSAGE",
    }
    return names.get(error.code, "FAILURE")
