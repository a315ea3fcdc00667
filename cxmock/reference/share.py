"""A service's way to the network file share (row 6): files read and written in chunks, never as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxmock.errors.nfs import NfsError
from cxmock.reference.envelope import Code, Refusal

if TYPE_CHECKING:
    from cxmock.clients.nfs import NfsClient

CHUNK = 1024 * 1024
"""Bytes that are read or written at once: what one NFS call carries at most."""
PART = ".part"
"""What the name of a file ends in until all of it has arrived."""
FOLDERS = ("import", "export", "rejects", "specifications")
"""The folders of the share (assumed): what came in, what goes out, rows that were not imported, and ``*.spc`` files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file on the share."""

    name: str
    size: int
    modified: int
    """UTC seconds."""


class Share:
    """The share, mounted on first use.

    Args:
        url: ``nfs://host:port/export``.
        machine: who we are, as the server is told.
    """

    def __init__(self, url: str, machine: str) -> None:
        self._url = url
        self._machine = machine
        self._client: NfsClient | None = None
        self._turn = asyncio.Lock()

    async def chunks(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file in chunks of at most :data:`CHUNK` bytes.

        Raises:
            Refusal: there is no such file (604).
        """
        offset = 0
        while data := await self.read(path, offset):
            offset += len(data)
            yield data

    async def read(self, path: str, offset: int, count: int = CHUNK) -> bytes:
        """Return at most ``count`` bytes of a file, from ``offset`` on; none beyond its end.

        Raises:
            Refusal: there is no such file (604).
        """
        from cxmock.wire.nfs import arguments

        client = await self._mounted()
        parts: list[bytes] = []
        try:
            file = await client.handle(path)
            while count > 0:
                got = await client.call("READ", arguments.Read(file, offset, min(count, CHUNK)), path)
                parts.append(bytes(got.data))
                offset, count = offset + len(got.data), count - len(got.data)
                if got.eof or not got.data:
                    break
        except NfsError as error:
            raise _refusal(error, path) from error
        return b"".join(parts)

    async def write(self, path: str, offset: int, data: bytes) -> None:
        """Write ``data`` at ``offset``; at 0 the file is made, or made empty, and its folder with it."""
        client = await self._mounted()
        try:
            if offset:
                await client.append(path, offset, data)
                return
            try:
                await client.write(path, data)
            except NfsError as error:
                if error.status != "NOENT":
                    raise
                await client.makedirs(path.rpartition("/")[0])
                await client.write(path, data)
        except NfsError as error:
            raise _refusal(error, path) from error

    async def put(self, path: str, source: AsyncIterable[bytes]) -> int:
        """Write a whole file from chunks; return its size. Nobody sees it before it is whole."""
        part, size = path + PART, 0
        try:
            async for data in source:
                await self.write(part, size, data)
                size += len(data)
            if not size:
                await self.write(part, 0, b"")
            await self.rename(part, path)
        except BaseException:
            with suppress(Exception):
                await (await self._mounted()).remove(part)
            raise
        return size

    async def rename(self, path: str, to: str) -> None:
        """Give a file another name; what has that name already is replaced."""
        try:
            await (await self._mounted()).rename(path, to)
        except NfsError as error:
            raise _refusal(error, path) from error

    async def remove(self, path: str) -> None:
        """Remove a file.

        Raises:
            Refusal: there is no such file (604).
        """
        try:
            await (await self._mounted()).remove(path)
        except NfsError as error:
            raise _refusal(error, path) from error

    async def entries(self, folder: str) -> list[Entry]:
        """Return the files in a folder that are whole, by name; none while there is no such folder."""
        client = await self._mounted()
        found: list[Entry] = []
        try:
            for name in await client.listdir(folder):
                if not name.endswith(PART):
                    attributes = await client.stat(f"{folder}/{name}")
                    found.append(Entry(name, attributes.size, attributes.modified // 1_000_000_000))
        except NfsError as error:
            if error.status != "NOENT":
                raise _refusal(error, folder) from error
        return found

    async def aclose(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _mounted(self) -> NfsClient:
        from cxmock.clients.nfs import NfsClient

        async with self._turn:
            if self._client is None or self._client.closed:
                await self.aclose()
                self._client = await NfsClient.open(self._url, machine=self._machine)
            return self._client


def _refusal(error: NfsError, path: str) -> Refusal:
    if error.status in ("NOENT", "NOTDIR"):
        return Refusal(Code.NOT_FOUND, f"The share has no file {path}.", "GET /cx-contact/v3/files/import lists some.")
    return Refusal.of(error, Code.BACK_END)
