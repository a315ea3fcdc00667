"""PostgreSQL's values, text or binary, as the JSON that contracts and reports use.

Whole numbers, floats and booleans are such, ``json`` is what it says, arrays of one dimension are lists, NULL is null.
All else is text as PostgreSQL writes it (``numeric`` keeps its digits, times are in UTC). Binary values of types that
are not known here are ``{"binary": count}``; values too long to keep are ``{"bytes": count}``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from struct import Struct, error, unpack, unpack_from
from typing import Any, Final
from uuid import UUID

LONGEST: Final = 4096
"""Bytes of a value that is shown, unless more is asked for."""

_BOOL, _BYTEA, _CHAR, _NAME, _INT8, _INT2, _INT4, _TEXT, _OID = 16, 17, 18, 19, 20, 21, 23, 25, 26
_JSON, _FLOAT4, _FLOAT8, _UNKNOWN, _BPCHAR, _VARCHAR = 114, 700, 701, 705, 1042, 1043
_DATE, _TIME, _TIMESTAMP, _TIMESTAMPTZ, _NUMERIC, _UUID, _JSONB = 1082, 1083, 1114, 1184, 1700, 2950, 3802
_ARRAYS = {
    1000: _BOOL,
    1005: _INT2,
    1007: _INT4,
    1009: _TEXT,
    1014: _BPCHAR,
    1015: _VARCHAR,
    1016: _INT8,
    1021: _FLOAT4,
    1022: _FLOAT8,
    1231: _NUMERIC,
    2951: _UUID,
}
"""Array types and the types of their elements."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",{}]+)', re.DOTALL)


def from_wire(data: bytes | None, oid: int, binary: bool, longest: int = LONGEST) -> Any:
    """Return a value as JSON; ``oid`` 0 is an unknown type.

    >>> from_wire(b"42", 23, False), from_wire(b"\\x00\\x00\\x00*", 23, True), from_wire(b"{1,NULL}", 1007, False)
    (42, 42, [1, None])
    """
    if data is None:
        return None
    if len(data) > longest:
        return {"bytes": len(data)}
    readers = _BINARY if binary else _AS_TEXT
    try:
        if oid in readers:
            return readers[oid](data)
        if not binary:
            return data.decode()
    except (ValueError, OverflowError, error, LookupError, RecursionError):
        pass
    return {"binary": len(data)}


def _float(data: bytes) -> float | str:
    return _finite(float(data))


def _finite(number: float) -> float | str:
    """JSON has no infinities: they are text, as PostgreSQL writes them."""
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _bytea(data: bytes) -> Any:
    text = data.decode()
    return {"binary": (len(text) - 2) // 2 if text.startswith("\\x") else len(text)}


def _text_array(element: int) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        text = data.decode()
        if text.count("{") != 1 and '"' not in text:
            return text  # more than one dimension
        return [
            None
            if bare.upper() == "NULL"
            else from_wire((bare or re.sub(r"\\(.)", r"\1", quoted)).encode(), element, False)
            for quoted, bare in _ELEMENT.findall(text[1:-1])
        ]

    return read


def _binary_array(element: int) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        dimensions, _, oid = unpack_from("!iiI", data)
        if dimensions == 0:
            return []
        if dimensions != 1:
            raise ValueError("more than one dimension")
        (count,) = unpack_from("!i", data, 12)
        items: list[Any] = []
        position = 20
        for _ in range(count):
            (size,) = unpack_from("!i", data, position)
            position += 4
            items.append(None if size < 0 else from_wire(data[position : position + size], oid or element, True))
            position += max(0, size)
        return items

    return read


def _number(form: str) -> Callable[[bytes], Any]:
    unpacking = Struct(form).unpack
    return lambda data: unpacking(data)[0]


def _binary_float(form: str) -> Callable[[bytes], Any]:
    unpacking = Struct(form).unpack
    return lambda data: _finite(unpacking(data)[0])


def _binary_numeric(data: bytes) -> str:
    count, weight, sign, scale = unpack_from("!hhHh", data)
    if sign not in (0, 0x4000):
        return {0xC000: "NaN", 0xD000: "Infinity", 0xF000: "-Infinity"}[sign]
    digits = "".join(f"{digit:04}" for digit in unpack_from(f"!{count}h", data, 8))
    # Each digit counts ten thousands; weight is the power of the first.
    point = (weight + 1) * 4
    whole = digits[:point].ljust(max(0, point), "0").lstrip("0") or "0"
    fraction = ("0" * -point + digits[max(0, point) :]).ljust(scale, "0")[:scale]
    return ("-" if sign else "") + whole + (f".{fraction}" if scale else "")


def _binary_date(data: bytes) -> str:
    return (date(2000, 1, 1) + timedelta(days=unpack("!i", data)[0])).isoformat()


def _binary_moment(zone: str) -> Callable[[bytes], str]:
    def read(data: bytes) -> str:
        moment = _EPOCH + timedelta(microseconds=unpack("!q", data)[0])
        text = moment.strftime("%Y-%m-%d %H:%M:%S")
        return text + (f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else "") + zone

    return read


def _binary_jsonb(data: bytes) -> Any:
    return json.loads(data[1:])


_AS_TEXT: dict[int, Callable[[bytes], Any]] = {
    _BOOL: lambda data: data in (b"t", b"true", b"1", b"on", b"yes"),
    _BYTEA: _bytea,
    **dict.fromkeys((_INT2, _INT4, _INT8, _OID), int),
    **dict.fromkeys((_FLOAT4, _FLOAT8), _float),
    **dict.fromkeys((_JSON, _JSONB), json.loads),
    _UUID: lambda data: str(UUID(data.decode())),
    **{array: _text_array(element) for array, element in _ARRAYS.items()},
}
_BINARY: dict[int, Callable[[bytes], Any]] = {
    _BOOL: lambda data: data != b"\x00",
    **dict.fromkeys((_TEXT, _VARCHAR, _BPCHAR, _NAME, _CHAR, _UNKNOWN), bytes.decode),
    _INT2: _number("!h"),
    _INT4: _number("!i"),
    _INT8: _number("!q"),
    _OID: _number("!I"),
    _FLOAT4: _binary_float("!f"),
    _FLOAT8: _binary_float("!d"),
    _NUMERIC: _binary_numeric,
    _DATE: _binary_date,
    _TIMESTAMP: _binary_moment(""),
    _TIMESTAMPTZ: _binary_moment("+00"),
    _UUID: lambda data: str(UUID(bytes=data)),
    _JSON: json.loads,
    _JSONB: _binary_jsonb,
    **{array: _binary_array(element) for array, element in _ARRAYS.items()},
}
