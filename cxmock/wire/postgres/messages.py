"""The payloads of PostgreSQL's messages: what a client says, and what a server answers.

Reading raises one of :data:`MALFORMED` on what is malformed or was cut short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct, pack
from struct import error as struct_error
from typing import NamedTuple

_INT16 = Struct("!h")
_INT32 = Struct("!i")
_COLUMN = Struct("!IhIhih")
PROTOCOL = 196608
"""Version 3.0."""
MALFORMED = (ValueError, IndexError, struct_error, KeyError)
"""What reading raises on what is malformed or was cut short."""


class Column(NamedTuple):
    """One column of a result."""

    name: str
    oid: int
    binary: bool


@dataclass(frozen=True, slots=True)
class ServerError:
    """What the server says is wrong."""

    sqlstate: str
    message: str
    severity: str = "ERROR"


@dataclass(frozen=True, slots=True)
class Bind:
    """Values for the holes of a prepared statement."""

    portal: str
    statement: str
    values: list[bytes | None]
    binary: list[bool]
    """Whether each value is in binary form."""
    results: list[bool]
    """Whether each column of the result is wanted in binary form; one entry stands for all."""


def _text(payload: bytes, position: int) -> tuple[str, int]:
    end = payload.index(b"\0", position)
    return payload[position:end].decode("utf-8", "replace"), end + 1


def _int16(payload: bytes, position: int) -> int:
    return int(_INT16.unpack_from(payload, position)[0])


def read_startup(payload: bytes) -> dict[str, str]:
    """Return the parameters with which a session starts (``payload`` begins with the version)."""
    words = payload[4:].split(b"\0")
    texts = [word.decode("utf-8", "replace") for word in words]
    return {name: value for name, value in zip(texts[::2], texts[1::2], strict=False) if name}


def read_query(payload: bytes) -> str:
    """Return the statements of a simple query; what was cut off is shown by three dots."""
    text, end, _ = payload.partition(b"\0")
    return text.decode("utf-8", "replace") + ("" if end else " ...")


def read_parse(payload: bytes) -> tuple[str, str, list[int]]:
    """Return a prepared statement's name, its SQL, and the types given for its parameters."""
    name, position = _text(payload, 0)
    if payload.find(b"\0", position) < 0:
        return name, read_query(payload[position:]), []
    sql, position = _text(payload, position)
    count = _int16(payload, position)
    return name, sql, [oid & 0xFFFFFFFF for oid in Struct(f"!{count}i").unpack_from(payload, position + 2)]


def read_bind(payload: bytes) -> Bind:
    """Return what a Bind says; values that were cut off are missing."""
    portal, position = _text(payload, 0)
    statement, position = _text(payload, position)
    formats, position = _formats(payload, position)
    count = _int16(payload, position)
    position += 2
    values: list[bytes | None] = []
    for _ in range(count):
        if position + 4 > len(payload):
            break
        (size,) = _INT32.unpack_from(payload, position)
        position += 4
        values.append(None if size < 0 else payload[position : position + size])
        position += max(0, size)
    binary = formats * count if len(formats) == 1 else formats or [False] * count
    results = _formats(payload, position)[0] if position + 2 <= len(payload) else []
    return Bind(portal, statement, values, binary, results)


def _formats(payload: bytes, position: int) -> tuple[list[bool], int]:
    count = _int16(payload, position)
    codes = Struct(f"!{count}h").unpack_from(payload, position + 2)
    return [code == 1 for code in codes], position + 2 + 2 * count


def read_name(payload: bytes) -> tuple[str, str]:
    """Return the kind (``S`` statement, ``P`` portal) and name in a Describe or Close."""
    return chr(payload[0]), _text(payload, 1)[0]


def read_execute(payload: bytes) -> str:
    """Return the portal to execute."""
    return _text(payload, 0)[0]


def read_columns(payload: bytes) -> list[Column]:
    """Return a row description; columns that were cut off are missing."""
    columns: list[Column] = []
    position = 2
    for _ in range(_int16(payload, 0)):
        if payload.find(b"\0", position) < 0 or payload.index(b"\0", position) + 19 > len(payload):
            break
        name, position = _text(payload, position)
        _, _, oid, _, _, form = _COLUMN.unpack_from(payload, position)
        position += _COLUMN.size
        columns.append(Column(name, oid, form == 1))
    return columns


def read_types(payload: bytes) -> list[int]:
    """Return the types in a parameter description."""
    count = _int16(payload, 0)
    return list(Struct(f"!{count}I").unpack_from(payload, 2))


def read_row(payload: bytes) -> list[bytes | None]:
    """Return the values of a row; those that were cut off are missing."""
    values: list[bytes | None] = []
    position, end = 2, len(payload)
    for _ in range(_int16(payload, 0)):
        if position + 4 > end:
            break
        (size,) = _INT32.unpack_from(payload, position)
        position += 4
        values.append(None if size < 0 else payload[position : position + size])
        position += max(0, size)
    return values


def read_count(payload: bytes) -> int:
    """Return the number of rows in a command's completion, 0 where it tells none.

    >>> read_count(b"INSERT 0 5\\0"), read_count(b"CREATE TABLE\\0")
    (5, 0)
    """
    last = payload.rstrip(b"\0").rpartition(b" ")[2]
    return int(last) if last.isdigit() else 0


def read_error(payload: bytes) -> ServerError:
    """Return an error or a notice."""
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in payload.split(b"\0") if part}
    severity = fields.get(b"V") or fields.get(b"S", "ERROR")
    return ServerError(fields.get(b"C", ""), fields.get(b"M", ""), severity)


# What a client says


def startup(**parameters: str) -> bytes:
    """Return the message that starts a session.

    >>> startup(user="cxc")
    b'\\x00\\x00\\x00\\x12\\x00\\x03\\x00\\x00user\\x00cxc\\x00\\x00'
    """
    words = b"".join(word.encode() + b"\0" for pair in parameters.items() for word in pair)
    return pack("!ii", len(words) + 9, PROTOCOL) + words + b"\0"


def message(kind: bytes, payload: bytes = b"") -> bytes:
    """Return a message of any kind but the first.

    >>> message(b"S")
    b'S\\x00\\x00\\x00\\x04'
    """
    return kind + pack("!i", len(payload) + 4) + payload


def query(sql: str) -> bytes:
    """Return a simple query."""
    return message(b"Q", sql.encode() + b"\0")


def parse(name: str, sql: str) -> bytes:
    """Return a Parse, without types of parameters."""
    return message(b"P", name.encode() + b"\0" + sql.encode() + b"\0" + pack("!h", 0))


def error(sqlstate: str, text: str, detail: str = "") -> bytes:
    """Return a server's error.

    >>> read_error(error("0A000", "not this", "because")[5:])
    ServerError(sqlstate='0A000', message='not this', severity='ERROR')
    """
    fields = {"S": "ERROR", "V": "ERROR", "C": sqlstate, "M": text, "D": detail}
    said = "".join(f"{name}{value}\0" for name, value in fields.items() if value)
    return message(b"E", said.encode() + b"\0")


def statement(sql: str, parameters: Sequence[str | None]) -> bytes:
    """Return the messages that perform one statement with its parameters, all as text, up to the Sync."""
    values = [None if value is None else value.encode() for value in parameters]
    packed = b"".join(pack("!i", -1) if value is None else pack("!i", len(value)) + value for value in values)
    return b"".join(
        (
            parse("", sql),
            message(b"B", b"\0\0" + pack("!hh", 0, len(values)) + packed + pack("!h", 0)),
            message(b"D", b"P\0"),
            message(b"E", b"\0" + pack("!i", 0)),
            message(b"S"),
        )
    )
