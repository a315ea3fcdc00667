"""A small NFS client: version 3 over TCP, paths in, bytes out, no mount needed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from cxmock.clients.rpc import RpcClient
from cxmock.errors.nfs import NfsError, NfsUnreachable, NotAnNfsUrl
from cxmock.topology import connection
from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs import mount, portmap
from cxmock.wire.nfs.arguments import Creation, How
from cxmock.wire.nfs.mount import MOUNT
from cxmock.wire.nfs.nfs3 import NFS
from cxmock.wire.nfs.portmap import PORTMAP
from cxmock.wire.nfs.rpc import Accept, Credentials
from cxmock.wire.nfs.values import MAX_DATA, Attributes, NewAttributes, Stable, Status
from cxmock.wire.nfs.xdr import Bytes

WITHIN: Final = 10.0
"""Seconds for each answer."""
WINDOW: Final = 8
"""READs or WRITEs of one file that are under way together."""
_LISTING_SIZE: Final = 64 * 1024
_RESTARTS: Final = 3


class NfsClient:
    """The files of an NFS export; made by :meth:`connect` or :meth:`open`, to be closed.

    Paths begin at the export. A symbolic link is not followed. Every method raises :class:`NfsError` with the status
    that the server gave, :class:`NfsUnreachable` when the connection is gone, and :class:`NfsTooSlow` when an answer
    does not come in time. Several calls may be under way together.
    """

    def __init__(self, rpc: RpcClient, root: bytes, read_size: int, write_size: int) -> None:
        self._rpc = rpc
        self._root = root
        self._read_size = read_size
        self._write_size = write_size

    @classmethod
    async def open(cls, url: str, *, within: float = WITHIN, machine: str = "cxmock") -> NfsClient:
        """Mount the export that a URL names: ``nfs://host:port/export``.

        Raises:
            NotAnNfsUrl: it is none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or connection(6).ports[0]
        except ValueError as error:
            raise NotAnNfsUrl(url) from error
        if parts.scheme != "nfs" or not parts.hostname:
            raise NotAnNfsUrl(url)
        return await cls.connect(parts.hostname, port, unquote(parts.path) or "/", within=within, machine=machine)

    @classmethod
    async def connect(
        cls, host: str, port: int, export: str = "/", *, within: float = WITHIN, machine: str = "cxmock"
    ) -> NfsClient:
        """Mount ``export``.

        The mount protocol is tried on the same port first, as the testbed's share speaks it; a server that has it
        elsewhere is asked where, by its port mapper.

        Args:
            host: the server.
            port: where it speaks NFS.
            export: the folder to mount.
            within: seconds for each answer.
            machine: who we are, as the server is told.
        """
        credentials = Credentials(machine=machine)
        rpc = await RpcClient.connect(host, port, credentials, within=within)
        try:
            root = await _mount(rpc, credentials, export, within)
            limits = await rpc.call(NFS, "FSINFO", args.OfHandle(root), path=export)
            if limits.status != Status.OK:
                raise NfsError(limits.status.name, "FSINFO", export)
        except BaseException:
            await rpc.close()
            raise
        return cls(rpc, root, min(limits.read_max, MAX_DATA), min(limits.write_max, MAX_DATA))

    @property
    def closed(self) -> bool:
        """Whether the connection is gone."""
        return self._rpc.closed

    async def __aenter__(self) -> NfsClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up. Harmless when repeated."""
        await self._rpc.close()

    async def read(self, path: str) -> bytes:
        """Return what a file holds."""
        file, attributes = await self._found(path)
        parts: dict[int, Bytes] = {}
        starts = iter(range(0, attributes.size, self._read_size))

        async def worker() -> None:
            for start in starts:
                parts[start] = await self._read_part(file, start, path)

        await _together(worker() for _ in range(_workers(attributes.size, self._read_size)))
        return b"".join(parts[start] for start in sorted(parts))

    async def write(self, path: str, data: bytes) -> None:
        """Write a file; one that is there is overwritten."""
        above, name = await self.entry(path)
        creation = Creation(How.UNCHECKED, NewAttributes(size=0))
        made = await self.call("CREATE", args.Create(above, name, creation), path)
        file = made.file if made.file is not None else await self.handle(path)
        await self._write(file, 0, data, path)

    async def append(self, path: str, offset: int, data: bytes) -> None:
        """Write ``data`` into a file that is there, from ``offset`` on."""
        await self._write(await self.handle(path), offset, data, path)

    async def listdir(self, path: str = "/") -> list[str]:
        """Return the names in a folder, sorted."""
        folder = await self.handle(path)
        for _ in range(_RESTARTS):
            try:
                return await self._list(folder, path)
            except NfsError as error:
                # The server forgot where we were: begin anew.
                if error.status != Status.BAD_COOKIE.name:
                    raise
        raise NfsError(Status.BAD_COOKIE.name, "READDIR", path)

    async def stat(self, path: str) -> Attributes:
        """Return everything about a file."""
        _, attributes = await self._found(path)
        return attributes

    async def exists(self, path: str) -> bool:
        """Return whether there is a file or folder."""
        try:
            await self._walk(path)
        except NfsError as error:
            if error.status in (Status.NOENT.name, Status.NOTDIR.name):
                return False
            raise
        return True

    async def mkdir(self, path: str) -> None:
        """Make a folder."""
        above, name = await self.entry(path)
        await self.call("MKDIR", args.Mkdir(above, name, NewAttributes(mode=0o755)), path)

    async def makedirs(self, path: str) -> None:
        """Make a folder and those above it, where they are missing."""
        made = ""
        for name in _names(path):
            made += f"/{name}"
            try:
                await self.mkdir(made)
            except NfsError as error:
                if error.status != Status.EXIST.name:
                    raise

    async def rename(self, path: str, to: str) -> None:
        """Rename a file or folder; a file that has the new name is replaced."""
        above, name = await self.entry(path)
        to_above, to_name = await self.entry(to)
        await self.call("RENAME", args.Rename(above, name, to_above, to_name), path)

    async def remove(self, path: str) -> None:
        """Remove a file."""
        await self.call("REMOVE", args.OfEntry(*await self.entry(path)), path)

    async def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        await self.call("RMDIR", args.OfEntry(*await self.entry(path)), path)

    async def handle(self, path: str) -> bytes:
        """Return the file handle of a path."""
        file, _ = await self._walk(path)
        return file

    async def entry(self, path: str) -> tuple[bytes, str]:
        """Return the handle of the folder that a path is in, and its name there."""
        *above, name = _names(path) or [""]
        return await self.handle("/".join(above)), name

    async def call(self, name: str, arguments: Any, path: str) -> Any:
        """Call a procedure of NFS and return its result; any status but OK is an error that names ``path``."""
        result = await self._rpc.call(NFS, name, arguments, path=path)
        if result.status != Status.OK:
            raise NfsError(result.status.name, name, path)
        return result

    async def _walk(self, path: str) -> tuple[bytes, Attributes | None]:
        """Return the handle of a path, and its attributes where the server told them."""
        file, attributes = self._root, None
        for name in _names(path):
            found = await self.call("LOOKUP", args.OfEntry(file, name), path)
            file, attributes = found.file, found.attributes
        return file, attributes

    async def _found(self, path: str) -> tuple[bytes, Attributes]:
        file, attributes = await self._walk(path)
        if attributes is None:
            attributes = (await self.call("GETATTR", args.OfHandle(file), path)).attributes
            assert attributes is not None
        return file, attributes

    async def _read_part(self, file: bytes, start: int, path: str) -> Bytes:
        part: Bytes = b""
        while len(part) < self._read_size:
            ask = args.Read(file, start + len(part), self._read_size - len(part))
            got = await self.call("READ", ask, path)
            # Nearly always the first answer is the whole part, and is kept as it came.
            part = b"".join((part, got.data)) if part else got.data
            if got.eof or not got.data:
                break
        return part

    async def _write(self, file: bytes, offset: int, data: bytes, path: str) -> None:
        starts = iter(range(0, len(data), self._write_size))

        async def worker() -> None:
            for start in starts:
                await self._write_part(file, offset + start, memoryview(data)[start : start + self._write_size], path)

        await _together(worker() for _ in range(_workers(len(data), self._write_size)))

    async def _write_part(self, file: bytes, offset: int, data: memoryview, path: str) -> None:
        while data:
            ask = args.Write(file, offset, len(data), Stable.FILE_SYNC, data)
            done = await self.call("WRITE", ask, path)
            if not 0 < done.count <= len(data):
                raise NfsError(Status.IO.name, "WRITE", path)
            offset += done.count
            data = data[done.count :]

    async def _list(self, folder: bytes, path: str) -> list[str]:
        names: list[str] = []
        cookie, verifier, eof = 0, bytes(8), False
        while not eof:
            page = await self.call("READDIR", args.Readdir(folder, cookie, verifier, _LISTING_SIZE), path)
            names += (entry.name for entry in page.entries)
            verifier, eof = page.verifier, page.eof or not page.entries
            cookie = page.entries[-1].cookie if page.entries else 0
        return sorted(set(names) - {".", ".."})


async def _mount(rpc: RpcClient, credentials: Credentials, export: str, within: float) -> bytes:
    """Return the handle of the export."""
    asked = mount.OfPath(export)
    try:
        mounted = await rpc.call(MOUNT, "MNT", asked, path=export)
    except NfsError as error:
        if error.status not in (Accept.PROG_UNAVAIL.name, Accept.PROG_MISMATCH.name):
            raise
        port = await _mount_port(rpc.host, credentials, within)
        elsewhere = await RpcClient.connect(rpc.host, port, credentials, within=within)
        try:
            mounted = await elsewhere.call(MOUNT, "MNT", asked, path=export)
        finally:
            await elsewhere.close()
    if mounted.status != Status.OK:
        raise NfsError(mounted.status.name, "MNT", export)
    handle: bytes = mounted.file
    return handle


async def _mount_port(host: str, credentials: Credentials, within: float) -> int:
    """Ask the server's port mapper where it speaks the mount protocol."""
    mapper = await RpcClient.connect(host, portmap.PORT, credentials, within=within)
    try:
        asked = portmap.Mapping(MOUNT.number, MOUNT.version, portmap.TCP)
        port: int = (await mapper.call(PORTMAP, "GETPORT", asked, path="the mount protocol")).port
    finally:
        await mapper.close()
    if not 0 < port < 65536:
        raise NfsUnreachable(host, portmap.PORT, "its port mapper knows no mount protocol over TCP")
    return port


async def _together(workers: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run workers side by side; when one fails, the others are ended and its error is raised."""
    tasks = [asyncio.ensure_future(worker) for worker in workers]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _workers(size: int, part: int) -> int:
    return min(WINDOW, -(-size // part))


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name]
