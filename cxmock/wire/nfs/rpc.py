"""ONC RPC version 2 over TCP (RFC 5531): what a program is, the heads of calls and replies, and records."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Any, Final

from msgspec import Struct

from cxmock.wire.nfs.xdr import U32, UNSIGNED, Bytes, Reader, XdrError, array, decode, encode, put_opaque, put_u32, text

RPC_VERSION: Final = 2
RECORD_LIMIT: Final = 1024 * 1024 + 64 * 1024
"""Bytes of one record that are accepted: 1 MiB of file data and its head."""

_CALL_HEAD: Final = struct.Struct(">7I")
_LAST_FRAGMENT: Final = 0x8000_0000
_AUTH_LIMIT: Final = 400
_CALL, _REPLY = 0, 1
_ACCEPTED, _DENIED = 0, 1
_RPC_MISMATCH, _AUTH_ERROR = 0, 1
_AUTH_TOO_WEAK: Final = 5


class Accept(IntEnum):
    """What became of a call that was let in (RFC 5531, section 9)."""

    SUCCESS = 0
    PROG_UNAVAIL = 1
    PROG_MISMATCH = 2
    PROC_UNAVAIL = 3
    GARBAGE_ARGS = 4
    SYSTEM_ERR = 5


class Flavor(IntEnum):
    """How a caller may say who it is here. Nobody checks it; the flavors that prove it are not spoken."""

    NONE = 0
    SYS = 1


class Nothing(Struct, frozen=True):
    """No arguments, or no result."""


class Credentials(Struct, frozen=True):
    """Who calls, as it says itself (AUTH_SYS)."""

    stamp: U32 = 0
    machine: Annotated[str, text(255)] = ""
    uid: U32 = 0
    gid: U32 = 0
    groups: Annotated[tuple[int, ...], array(UNSIGNED, 16)] = ()


class Procedure(Struct, frozen=True):
    """One procedure of a program: the structures that it takes and gives."""

    name: str
    arguments: type[Any] = Nothing
    result: type[Any] = Nothing


class Program(Struct, frozen=True):
    """A program in one version: its procedures by number."""

    number: int
    version: int
    procedures: Mapping[int, Procedure]

    def number_of(self, name: str) -> int:
        """Return the number of the procedure with this name."""
        return next(number for number, procedure in self.procedures.items() if procedure.name == name)


class Call(Struct, frozen=True):
    """A call whose arguments are still to be read."""

    xid: int
    rpc_version: int
    program: int
    version: int
    procedure: int
    flavor: int
    credentials: Credentials | None
    """Who calls, where the flavor is AUTH_SYS."""
    arguments: Reader


class Reply(Struct, frozen=True):
    """A reply whose result is still to be read."""

    xid: int
    accept: Accept | None
    """None when the call was not let in: a wrong RPC version, or credentials that were not accepted."""
    result: Reader


def read_call(record: bytes) -> Call:
    """Read the head of a call.

    Raises:
        XdrError: the record is no call.
    """
    source = Reader(record)
    xid, kind, rpc_version, program, version, procedure, flavor = source.unpack(_CALL_HEAD)
    if kind != _CALL:
        raise XdrError("a call expected, not a reply")
    body = source.opaque(_AUTH_LIMIT)
    credentials = decode(Credentials, Reader(body)) if flavor == Flavor.SYS else None
    source.u32()
    source.opaque(_AUTH_LIMIT)
    return Call(xid, rpc_version, program, version, procedure, flavor, credentials, source)


def read_reply(record: bytes) -> Reply:
    """Read the head of a reply.

    Raises:
        XdrError: the record is no reply.
    """
    source = Reader(record)
    xid, kind = source.u32(), source.u32()
    if kind != _REPLY:
        raise XdrError("a reply expected, not a call")
    if source.u32() == _DENIED:
        return Reply(xid, None, source)
    source.u32()
    source.opaque(_AUTH_LIMIT)
    accept = source.u32()
    if accept > max(Accept):
        raise XdrError(f"{accept} is no RPC status")
    return Reply(xid, Accept(accept), source)


def call(xid: int, program: Program, name: str, arguments: Any, credentials: Credentials | None = None) -> bytearray:
    """Return the record that calls a procedure."""
    out = _head(xid, _CALL, RPC_VERSION, program.number, program.version, program.number_of(name))
    if credentials is None:
        _put_flavor(out, Flavor.NONE, b"")
    else:
        _put_flavor(out, Flavor.SYS, encode(credentials))
    _put_flavor(out, Flavor.NONE, b"")
    return _whole(encode(arguments, out))


def success(xid: int, result: Any) -> bytearray:
    """Return the record that answers a call."""
    return _whole(encode(result, _accepted(xid, Accept.SUCCESS)))


def refusal(xid: int, accept: Accept, *, low: int = 0, high: int = 0) -> bytearray:
    """Return the record that says why a call was not performed; ``low`` and ``high`` are the versions spoken."""
    out = _accepted(xid, accept)
    if accept == Accept.PROG_MISMATCH:
        put_u32(out, low)
        put_u32(out, high)
    return _whole(out)


def wrong_rpc_version(xid: int) -> bytearray:
    """Return the record that says that only version 2 of RPC is spoken."""
    return _whole(_head(xid, _REPLY, _DENIED, _RPC_MISMATCH, RPC_VERSION, RPC_VERSION))


def unknown_flavor(xid: int) -> bytearray:
    """Return the record that says that only AUTH_NONE and AUTH_SYS are understood."""
    return _whole(_head(xid, _REPLY, _DENIED, _AUTH_ERROR, _AUTH_TOO_WEAK))


class Records:
    """Puts the fragments of a stream together to records.

    >>> records = Records()
    >>> records.feed(bytes.fromhex("00000002 6162 80000001 63 8000"))
    >>> records.next(), records.next()
    (b'abc', None)
    """

    __slots__ = ("_begun", "_buffer", "_limit")

    def __init__(self, limit: int = RECORD_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._begun = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes. Whoever feeds must take out all records before feeding more, so that nothing piles up."""
        self._buffer += data

    def next(self) -> bytes | None:
        """Return the next whole record, or None until more was fed.

        Raises:
            XdrError: a record is longer than the limit; the stream is of no use any more.
        """
        buffer, begun = self._buffer, self._begun
        while len(buffer) >= 4:
            mark = int.from_bytes(buffer[:4], "big")
            size = mark & ~_LAST_FRAGMENT
            if len(begun) + size > self._limit:
                raise XdrError(f"a record of more than {self._limit} bytes")
            if len(buffer) < 4 + size:
                return None
            fragment = bytes(memoryview(buffer)[4 : 4 + size])
            del buffer[: 4 + size]
            if mark & _LAST_FRAGMENT:
                record = bytes(begun) + fragment if begun else fragment
                begun.clear()
                return record
            begun += fragment
        return None


def _head(*words: int) -> bytearray:
    """Begin a record: room for its mark, then ``words``."""
    return bytearray(struct.pack(f">4x{len(words)}I", *words))


def _accepted(xid: int, accept: Accept) -> bytearray:
    return _head(xid, _REPLY, _ACCEPTED, Flavor.NONE, 0, accept)


def _put_flavor(out: bytearray, flavor: Flavor, body: Bytes) -> None:
    put_u32(out, flavor)
    put_opaque(out, body)


def _whole(out: bytearray) -> bytearray:
    """Fill in the mark: the record is one fragment."""
    out[:4] = (len(out) - 4 | _LAST_FRAGMENT).to_bytes(4, "big")
    return out
