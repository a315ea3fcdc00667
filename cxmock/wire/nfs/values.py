"""The values that NFS version 3 is made of (RFC 1813, section 2): statuses, attributes, times."""

from __future__ import annotations

import struct
from enum import Enum, IntEnum, IntFlag
from typing import Annotated, Final

from msgspec import Struct

from cxmock.wire.nfs.xdr import U32, U64, Reader, Xdr, XdrError, fixed, opaque, optional, put_u32, text

MAX_DATA: Final = 1024 * 1024
"""Bytes that one READ or WRITE carries at most here."""
HANDLE_LIMIT: Final = 64
NAME_LIMIT: Final = 255
PATH_LIMIT: Final = 1024


class Status(IntEnum):
    """How a procedure ended, named as in the RFC without its prefix ``NFS3ERR_``."""

    OK = 0
    PERM = 1
    NOENT = 2
    IO = 5
    NXIO = 6
    ACCES = 13
    EXIST = 17
    XDEV = 18
    NODEV = 19
    NOTDIR = 20
    ISDIR = 21
    INVAL = 22
    FBIG = 27
    NOSPC = 28
    ROFS = 30
    MLINK = 31
    NAMETOOLONG = 63
    NOTEMPTY = 66
    DQUOT = 69
    STALE = 70
    REMOTE = 71
    BADHANDLE = 10001
    NOT_SYNC = 10002
    BAD_COOKIE = 10003
    NOTSUPP = 10004
    TOOSMALL = 10005
    SERVERFAULT = 10006
    BADTYPE = 10007
    JUKEBOX = 10008


class FileType(IntEnum):
    """What a file is."""

    REGULAR = 1
    DIRECTORY = 2
    BLOCK = 3
    CHARACTER = 4
    SYMLINK = 5
    SOCKET = 6
    FIFO = 7


class Stable(IntEnum):
    """How safe written data is to be when the call returns."""

    UNSTABLE = 0
    DATA_SYNC = 1
    FILE_SYNC = 2


class Rights(IntFlag):
    """What ACCESS asks and answers."""

    READ = 1
    LOOKUP = 2
    MODIFY = 4
    EXTEND = 8
    DELETE = 16
    EXECUTE = 32


Handle = Annotated[bytes, opaque(HANDLE_LIMIT)]
Name = Annotated[str, text(4 * NAME_LIMIT)]
"""An entry of a folder. More than the file system allows is let through, to be refused with a status."""
Path = Annotated[str, text(4 * PATH_LIMIT)]
Verifier = Annotated[bytes, fixed(8)]

_SECOND: Final = 1_000_000_000
_TIME: Final = struct.Struct(">2I")


def _telling(nanoseconds: int) -> int:
    """Return the nearest time that 32 bits of seconds can tell."""
    return min(max(nanoseconds, 0), (1 << 32) * _SECOND - 1)


def _put_time(out: bytearray, nanoseconds: int) -> None:
    out += _TIME.pack(*divmod(_telling(nanoseconds), _SECOND))


def _read_time(source: Reader) -> int:
    seconds, rest = source.unpack(_TIME)
    return int(seconds * _SECOND + rest)


Time = Annotated[int, Xdr(_put_time, _read_time)]
"""Nanoseconds since 1970, UTC."""


class Attributes(Struct, frozen=True):
    """Everything there is to know about a file (``fattr3``)."""

    type: FileType
    mode: int
    """The permission bits only."""
    links: int
    uid: int
    gid: int
    size: int
    used: int
    device: int
    filesystem: int
    number: int
    """The file's number in its file system."""
    accessed: int
    """Nanoseconds since 1970, UTC; so are the next two."""
    modified: int
    changed: int


# Most answers carry attributes: they are written and read at once instead of field by field.
_ATTRIBUTES: Final = struct.Struct(">5I5Q6I")


def _put_attributes(out: bytearray, it: Attributes) -> None:
    head = (it.type, it.mode, it.links, it.uid, it.gid, it.size, it.used, it.device, it.filesystem, it.number)
    accessed, modified, changed = (divmod(_telling(time), _SECOND) for time in (it.accessed, it.modified, it.changed))
    out += _ATTRIBUTES.pack(*head, *accessed, *modified, *changed)


def _read_attributes(source: Reader) -> Attributes:
    values = source.unpack(_ATTRIBUTES)
    if not FileType.REGULAR <= values[0] <= FileType.FIFO:
        raise XdrError(f"{values[0]} is no FileType")
    times = (second * _SECOND + rest for second, rest in zip(values[10::2], values[11::2], strict=True))
    return Attributes(FileType(values[0]), *(*values[1:10], *times))


ATTRIBUTES: Final = Xdr(_put_attributes, _read_attributes)
MaybeAttributes = Annotated[Attributes | None, optional(ATTRIBUTES)]


class Before(Struct, frozen=True):
    """What is told of a file as it was before a change (``wcc_attr``)."""

    size: U64
    modified: Time
    changed: Time


class Change(Struct, frozen=True):
    """A file before and after (``wcc_data``: weak cache consistency), so that a client can tell who changed it."""

    before: Before | None = None
    after: MaybeAttributes = None


class Moment(Enum):
    """A time that is not named."""

    NOW = "now"


def _put_new_time(out: bytearray, value: int | Moment | None) -> None:
    if value is None:
        put_u32(out, 0)
    elif value is Moment.NOW:
        put_u32(out, 1)
    else:
        put_u32(out, 2)
        _put_time(out, value)


def _read_new_time(source: Reader) -> int | Moment | None:
    how = source.u32()
    if how > 2:
        raise XdrError(f"{how} is no way to set a time")
    if how == 2:
        return _read_time(source)
    return Moment.NOW if how == 1 else None


NewTime = Annotated[int | Moment | None, Xdr(_put_new_time, _read_new_time)]
"""Nanoseconds, :attr:`Moment.NOW` (the server's clock), or None to leave it."""


class NewAttributes(Struct, frozen=True):
    """What is to be set (``sattr3``); None leaves it as it is."""

    mode: U32 | None = None
    uid: U32 | None = None
    gid: U32 | None = None
    size: U64 | None = None
    accessed: NewTime = None
    modified: NewTime = None
