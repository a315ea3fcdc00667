"""XDR (RFC 4506): how values lie on the wire, and structures declared by their annotations.

A structure is a ``Struct`` whose fields say their XDR type; it is written and read field by field, in order:

>>> class Point(Struct, frozen=True):
...     x: U32
...     y: U32 | None
>>> encoded = encode(Point(1, 2))
>>> encoded.hex(" ", 4)
'00000001 00000001 00000002'
>>> decode(Point, Reader(encoded))
Point(x=1, y=2)

``X | None`` is XDR's optional, an ``IntEnum`` an enumeration, a ``Struct`` a nested structure. A union that begins with
a status marks what follows only success with :data:`WhenOk`; on failure those fields keep their defaults.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct

T = TypeVar("T")
Bytes = bytes | bytearray | memoryview

_U32: Final = struct.Struct(">I")
_U64: Final = struct.Struct(">Q")
_PADDING: Final = (b"", b"\0\0\0", b"\0\0", b"\0")


class XdrError(ValueError):
    """The bytes are not what they should be: cut short, too long, or no value of the type."""


class Reader:
    """Reads XDR values one after another.

    Every method raises :class:`XdrError` when the bytes end early; lengths are checked before anything is copied.
    """

    __slots__ = ("_at", "_data")

    def __init__(self, data: Bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._at

    def u32(self) -> int:
        """Read an unsigned 32-bit integer."""
        return int(self.unpack(_U32)[0])

    def u64(self) -> int:
        """Read an unsigned 64-bit integer."""
        return int(self.unpack(_U64)[0])

    def boolean(self) -> bool:
        """Read a boolean, which is 0 or 1 and nothing else."""
        value = self.u32()
        if value > 1:
            raise XdrError(f"{value} is no boolean")
        return value == 1

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        """Read a fixed layout at once."""
        try:
            values = layout.unpack_from(self._data, self._at)
        except struct.error as error:
            raise XdrError(f"{layout.size} bytes expected, {self.left} left") from error
        self._at += layout.size
        return values

    def fixed(self, size: int) -> memoryview:
        """Read ``size`` bytes and their padding, without copying."""
        padded = (size + 3) & ~3
        if padded > self.left:
            raise XdrError(f"{padded} bytes expected, {self.left} left")
        start = self._at
        self._at += padded
        return self._data[start : start + size]

    def opaque(self, limit: int) -> memoryview:
        """Read bytes preceded by their length, at most ``limit`` of them, without copying."""
        size = self.u32()
        if size > limit:
            raise XdrError(f"a length of {size}, at most {limit} expected")
        return self.fixed(size)


class Xdr(Struct, frozen=True):
    """How values of one type are written and read."""

    write: Callable[[bytearray, Any], None]
    read: Callable[[Reader], Any]


def put_u32(out: bytearray, value: int) -> None:
    """Append an unsigned 32-bit integer."""
    out += _U32.pack(value)


def put_u64(out: bytearray, value: int) -> None:
    """Append an unsigned 64-bit integer."""
    out += _U64.pack(value)


def put_fixed(out: bytearray, value: Bytes) -> None:
    """Append bytes of a known length, padded to a multiple of four."""
    out += value
    out += _PADDING[len(value) & 3]


def put_opaque(out: bytearray, value: Bytes) -> None:
    """Append a length, then the bytes."""
    out += _U32.pack(len(value))
    put_fixed(out, value)


def opaque(limit: int) -> Xdr:
    """Bytes of any length up to ``limit``."""
    return Xdr(put_opaque, lambda source: bytes(source.opaque(limit)))


def fixed(size: int) -> Xdr:
    """Exactly ``size`` bytes."""
    return Xdr(put_fixed, lambda source: bytes(source.fixed(size)))


def text(limit: int) -> Xdr:
    """A string: UTF-8 by custom; other bytes survive as lone surrogates, as Python's file names do."""

    def read(source: Reader) -> str:
        return str(source.opaque(limit), "utf-8", "surrogateescape")

    return Xdr(lambda out, value: put_opaque(out, value.encode("utf-8", "surrogateescape")), read)


def optional(kind: Xdr) -> Xdr:
    """A boolean, then the value if it is true."""

    def write(out: bytearray, value: Any) -> None:
        put_u32(out, value is not None)
        if value is not None:
            kind.write(out, value)

    return Xdr(write, lambda source: kind.read(source) if source.boolean() else None)


def enumeration(enum: type[IntEnum]) -> Xdr:
    """One of the numbers of ``enum``."""

    def read(source: Reader) -> IntEnum:
        value = source.u32()
        try:
            return enum(value)
        except ValueError as error:
            raise XdrError(f"{value} is no {enum.__name__}") from error

    return Xdr(put_u32, read)


def array(kind: Xdr, limit: int) -> Xdr:
    """A count, then up to ``limit`` values, as a tuple."""

    def write(out: bytearray, values: tuple[Any, ...]) -> None:
        put_u32(out, len(values))
        for value in values:
            kind.write(out, value)

    def read(source: Reader) -> tuple[Any, ...]:
        count = source.u32()
        if count > limit:
            raise XdrError(f"{count} elements, at most {limit} expected")
        return tuple(kind.read(source) for _ in range(count))

    return Xdr(write, read)


def chain(kind: Xdr, limit: int) -> Xdr:
    """A linked list of up to ``limit`` values, as a tuple."""

    def write(out: bytearray, values: tuple[Any, ...]) -> None:
        for value in values:
            put_u32(out, 1)
            kind.write(out, value)
        put_u32(out, 0)

    def read(source: Reader) -> tuple[Any, ...]:
        values: list[Any] = []
        while source.boolean():
            if len(values) == limit:
                raise XdrError(f"more than {limit} entries")
            values.append(kind.read(source))
        return tuple(values)

    return Xdr(write, read)


def structure(kind: type[Any]) -> Xdr:
    """A ``Struct`` whose fields say their types."""
    return Xdr(lambda out, value: _write(out, value), lambda source: decode(kind, source))


UNSIGNED: Final = Xdr(put_u32, Reader.u32)
U32 = Annotated[int, UNSIGNED]
U64 = Annotated[int, Xdr(put_u64, Reader.u64)]
Bool = Annotated[bool, Xdr(put_u32, Reader.boolean)]

_WHEN_OK: Final = object()
WhenOk = Annotated[T, _WHEN_OK]
"""A field that is there only when the first field, a status, is 0."""


def encode(value: Any, out: bytearray | None = None) -> bytearray:
    """Write a structure behind what ``out`` has already."""
    out = bytearray() if out is None else out
    _write(out, value)
    return out


def decode(kind: type[T], source: Reader) -> T:
    """Read a structure.

    Raises:
        XdrError: the bytes are no such structure.
    """
    values: list[Any] = []
    for _, xdr, only_ok, default in _layout(kind):
        values.append(default if only_ok and values[0] != 0 else xdr.read(source))
    return kind(*values)


def _write(out: bytearray, value: Any) -> None:
    layout = _layout(type(value))
    for name, xdr, only_ok, _ in layout:
        if not only_ok or getattr(value, layout[0].name) == 0:
            xdr.write(out, getattr(value, name))


class _Field(NamedTuple):
    name: str
    xdr: Xdr
    only_ok: bool
    default: Any


_layouts: Final[dict[type[Any], tuple[_Field, ...]]] = {}


def _layout(kind: type[Any]) -> tuple[_Field, ...]:
    """Return the fields of a structure, worked out once."""
    if (layout := _layouts.get(kind)) is None:
        hints = get_type_hints(kind, include_extras=True)
        names, defaults = kind.__struct_fields__, kind.__struct_defaults__
        defaults = (NODEFAULT,) * (len(names) - len(defaults)) + defaults
        layout = _layouts[kind] = tuple(
            _Field(name, _xdr_of(hints[name]), _is_only_ok(hints[name]), default)
            for name, default in zip(names, defaults, strict=True)
        )
    return layout


def _is_only_ok(hint: Any) -> bool:
    return _WHEN_OK in getattr(hint, "__metadata__", ())


def _xdr_of(hint: Any) -> Xdr:
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Xdr):
            return note
    if get_origin(hint) is Annotated:
        return _xdr_of(get_args(hint)[0])
    if get_origin(hint) in (UnionType, Union):
        (inner,) = (one for one in get_args(hint) if one is not NoneType)
        return optional(_xdr_of(inner))
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return enumeration(hint)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return structure(hint)
    raise TypeError(f"{hint!r} does not say its XDR type")
