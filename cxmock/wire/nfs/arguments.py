"""What the procedures of NFS version 3 take (RFC 1813, section 3)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

from msgspec import Struct

from cxmock.wire.nfs.values import MAX_DATA, FileType, Handle, Name, NewAttributes, Path, Stable, Time, Verifier
from cxmock.wire.nfs.xdr import U32, U64, Reader, Xdr, XdrError, decode, encode, put_fixed, put_opaque, put_u32


class OfHandle(Struct, frozen=True):
    """GETATTR, READLINK, FSSTAT, FSINFO, PATHCONF: one file."""

    file: Handle


class OfEntry(Struct, frozen=True):
    """LOOKUP, REMOVE, RMDIR: one entry of a folder."""

    folder: Handle
    name: Name


class Setattr(Struct, frozen=True):
    """SETATTR: only if the file was last changed at ``guard``, where that is given."""

    file: Handle
    new: NewAttributes
    guard: Time | None = None


class Access(Struct, frozen=True):
    """ACCESS: which of these :class:`~cxmock.wire.nfs.values.Rights` there are."""

    file: Handle
    rights: U32


class Read(Struct, frozen=True):
    """READ: up to ``count`` bytes from ``offset``."""

    file: Handle
    offset: U64
    count: U32


Data = Annotated[bytes | memoryview, Xdr(put_opaque, lambda source: source.opaque(MAX_DATA))]
"""File data, read without copying it."""


class Write(Struct, frozen=True):
    """WRITE: ``data`` at ``offset``."""

    file: Handle
    offset: U64
    count: U32
    stable: Stable
    data: Data


AS_IS: Final = NewAttributes()
"""Sets nothing."""


class How(IntEnum):
    """What CREATE does when the file is there already."""

    UNCHECKED = 0
    GUARDED = 1
    EXCLUSIVE = 2


class Creation(Struct, frozen=True):
    """How to create: attributes to begin with, or the verifier that makes an exclusive creation repeatable."""

    how: How
    new: NewAttributes = AS_IS
    verifier: bytes = bytes(8)


def _put_creation(out: bytearray, creation: Creation) -> None:
    put_u32(out, creation.how)
    if creation.how is How.EXCLUSIVE:
        put_fixed(out, creation.verifier)
    else:
        encode(creation.new, out)


def _read_creation(source: Reader) -> Creation:
    how = source.u32()
    if how > How.EXCLUSIVE:
        raise XdrError(f"{how} is no way to create")
    if how == How.EXCLUSIVE:
        return Creation(How.EXCLUSIVE, verifier=bytes(source.fixed(8)))
    return Creation(How(how), decode(NewAttributes, source))


class Create(Struct, frozen=True):
    """CREATE: a regular file."""

    folder: Handle
    name: Name
    creation: Annotated[Creation, Xdr(_put_creation, _read_creation)]


class Mkdir(Struct, frozen=True):
    """MKDIR: a folder."""

    folder: Handle
    name: Name
    new: NewAttributes


class Symlink(Struct, frozen=True):
    """SYMLINK: a name for another path, which nobody checks."""

    folder: Handle
    name: Name
    new: NewAttributes
    target: Path


class Mknod(Struct, frozen=True):
    """MKNOD: a device, socket or pipe. What describes it further is not read: no device is ever made here."""

    folder: Handle
    name: Name
    type: FileType


class Rename(Struct, frozen=True):
    """RENAME: an entry of one folder becomes an entry of another."""

    folder: Handle
    name: Name
    to_folder: Handle
    to_name: Name


class Link(Struct, frozen=True):
    """LINK: a second name for a file."""

    file: Handle
    folder: Handle
    name: Name


class Readdir(Struct, frozen=True):
    """READDIR: the entries behind ``cookie``, as many as fit in ``size`` bytes."""

    folder: Handle
    cookie: U64
    verifier: Verifier
    size: U32


class Readdirplus(Struct, frozen=True):
    """READDIRPLUS: the same with attributes and handles, as many as fit in ``full_size`` bytes."""

    folder: Handle
    cookie: U64
    verifier: Verifier
    size: U32
    full_size: U32


class Commit(Struct, frozen=True):
    """COMMIT: make what was written safe."""

    file: Handle
    offset: U64
    count: U32
