"""Packed and encrypted files to plain bytes, chunk by chunk: PGP outermost, then zip or gzip. Bounded, whatever comes.

Documented: that a list of a PGP-encrypted file is secured. Assumed: that a zip file has one file in it, the limits, and
that PGP messages may be armored.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import zipfile
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import IO

from cxmock.errors.imports import ArchiveTooLarge, BrokenArchive, NotDecrypted
from cxmock.reference.services.list_builder.pgp import Key, decrypted
from cxmock.reference.share import CHUNK

LARGEST = 4 * 2**30
"""Bytes that a file may unpack to."""
RATIO = 200
"""How many times its own size a file may unpack to ..."""
FREE = 16 * 2**20
"""... once it is larger than so many bytes."""
MEMBERS = 100
"""Entries of a zip file that are looked at."""

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_PGP = re.compile(
    rb"-----BEGIN PGP MESSAGE|[\xc1\xc3][\x00-\xbf][\x03-\x06]|\xc1[\xc0-\xdf].[\x03\x06]"
    rb"|[\x84\x8c].[\x03-\x05]|\x85..\x03",
    re.S,
)
_PGP_NAMES = (".pgp", ".gpg", ".asc")
_END = b"PK\x05\x06"
"""What a zip file's last record begins with."""
_MAC = "__MACOSX/"


@dataclass
class Unpacked:
    """A file's plain bytes.

    Args:
        path: its name, for errors and for what it tells.
        source: its bytes as they are.
        key: to decrypt it, if it is encrypted.
    """

    path: str
    source: AsyncIterator[bytes]
    key: Key | None = None
    secured: bool = False
    """Whether it turned out to be encrypted."""

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the plain bytes.

        Raises:
            FileRefused: it is damaged, cut off, too large, or cannot be decrypted.
        """
        budget = Budget(self.path)
        head, source = await _opened(budget.taken(self.source))
        if _PGP.match(head) or self.path.lower().endswith(_PGP_NAMES):
            self.secured = True
            if self.key is None:
                raise NotDecrypted(self.path, "no PGP key was named")
            head, source = await _opened(budget.given(decrypted(self.path, source, self.key)))
        if head.startswith(_GZIP):
            source = budget.given(_gunzipped(self.path, source))
        elif head.startswith((_ZIP, _END)):
            source = budget.given(_unzipped(self.path, source))
        async with aclosing(source):
            async for data in source:
                yield data


class Budget:
    """Keeps a file from unpacking to more than is sound."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._size = 0

    async def taken(self, source: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Count a file's own bytes."""
        async for data in source:
            self._size += len(data)
            if self._size > LARGEST:
                raise ArchiveTooLarge(self._path, f"more than {LARGEST} bytes")
            yield data

    async def given(self, source: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Pass on what it unpacks to, as long as that is sound."""
        size = 0
        async with aclosing(source):
            async for data in source:
                size += len(data)
                if size > LARGEST:
                    raise ArchiveTooLarge(self._path, f"more than {LARGEST} bytes")
                if size > FREE and size > self._size * RATIO:
                    raise ArchiveTooLarge(self._path, f"more than {RATIO} times its own size")
                yield data


async def _opened(source: AsyncGenerator[bytes, None]) -> tuple[bytes, AsyncGenerator[bytes, None]]:
    """Return the first bytes of a source, and all of it."""
    head = b""
    async for data in source:
        head += data
        if len(head) >= 64:
            break

    async def whole() -> AsyncGenerator[bytes, None]:
        async with aclosing(source):
            if head:
                yield head
            async for data in source:
                yield data

    return head, whole()


async def _gunzipped(path: str, source: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Unpack a gzip file; it may have several members."""
    unpack = zlib.decompressobj(wbits=31)
    async with aclosing(source):
        async for packed in source:
            data = packed
            while data:
                try:
                    plain = await asyncio.to_thread(unpack.decompress, data, CHUNK)
                except zlib.error:
                    raise BrokenArchive(path, "a gzip archive", "is damaged") from None
                if plain:
                    yield plain
                data = unpack.unconsumed_tail
                if unpack.eof:
                    data = unpack.unused_data.lstrip(b"\0")
                    if data:
                        unpack = zlib.decompressobj(wbits=31)
    while not unpack.eof:
        if not (plain := unpack.decompress(unpack.unconsumed_tail, CHUNK)):
            raise BrokenArchive(path, "a gzip archive", "is cut off")
        yield plain


async def _unzipped(path: str, source: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Unpack the one file of a zip file. What it has is told at its end, so all of it is fetched first, to disk."""
    with tempfile.TemporaryFile() as spool:
        async with aclosing(source):
            async for data in source:
                await asyncio.to_thread(spool.write, data)
        try:
            member = await asyncio.to_thread(_member, path, spool)
            with member:
                while data := await asyncio.to_thread(member.read, CHUNK):
                    yield data
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, OverflowError):
            raise BrokenArchive(path, "a ZIP archive", "is damaged or cut off") from None


def _member(path: str, spool: IO[bytes]) -> IO[bytes]:
    """Open the one file in a zip file."""
    size = spool.seek(0, 2)
    spool.seek(max(0, size - 65557))
    tail = spool.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile
    count, directory = (
        int.from_bytes(tail[at + 10 : at + 12], "little"),
        int.from_bytes(tail[at + 12 : at + 16], "little"),
    )
    if count > MEMBERS or directory > MEMBERS * 64 * 1024:
        raise BrokenArchive(path, "a ZIP archive", f"has {count} files instead of one")
    archive = zipfile.ZipFile(spool)
    files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(_MAC)]
    if len(files) != 1:
        raise BrokenArchive(path, "a ZIP archive", f"has {len(files)} files instead of one")
    if files[0].flag_bits & 1:
        raise BrokenArchive(path, "a ZIP archive", "needs a password")
    if files[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BrokenArchive(path, "a ZIP archive", "is packed in an uncommon way")
    return archive.open(files[0])
