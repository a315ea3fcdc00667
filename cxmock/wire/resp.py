"""RESP2 and RESP3, the protocol of Redis: bytes to values. The way back is in ``resp_encoding``.

A value is plain Python where Python has one: ``str`` (simple string), ``bytes`` (bulk or verbatim string), ``int``,
``float``, ``bool``, ``None``, ``list`` and ``dict``; :class:`ErrorReply`, :class:`Push` and :class:`SetReply` stand for
the rest. Attributes are read and dropped.

The parser reads each byte once, however the stream is cut, keeps no more than its limits allow, and never raises: when
it cannot go on, ``broken`` says why.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted, and how much of it is kept."""

    line: int = 64 * 1024
    """Bytes of a line: a header, a simple string, an inline command."""
    bulk: int = 512 * 1024 * 1024
    """Bytes of a string, as in Redis."""
    items: int = 1024 * 1024
    """Elements of one array, as in Redis."""
    depth: int = 32
    kept_items: int = 1024 * 1024
    """Elements kept of one top-level value, at all its depths; then comes :class:`Omitted`."""
    kept_bytes: int = 512 * 1024 * 1024
    """Bytes kept of one top-level value; a string that does not fit becomes :class:`TooLong`."""


WATCHED: Final = Limits(kept_items=500, kept_bytes=16 * 1024)
"""Limits for who only watches: everything is followed, the beginning is kept."""
SERVED: Final = Limits(bulk=64 * 1024 * 1024, kept_bytes=256 * 1024 * 1024)
"""Limits for who performs what it reads: a value of 64 MiB at most, a command of 256 MiB."""


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error, code first: ``WRONGTYPE Operation against a key ...``."""

    text: str


@dataclass(frozen=True, slots=True)
class TooLong:
    """Stands for a string that was not kept."""

    size: int


@dataclass(frozen=True, slots=True)
class Omitted:
    """Stands, at the end of an array, for the elements that were not kept."""

    count: int


class Push(list[Any]):
    """What the server says without being asked (RESP3)."""


class SetReply(list[Any]):
    """A set (RESP3); a list, since its elements need not be hashable."""


class _Frame:
    """An aggregate under way."""

    __slots__ = ("items", "kind", "left", "room", "total")

    def __init__(self, kind: int, total: int, room: int) -> None:
        self.kind = kind
        self.total = total
        self.left = total
        self.room = room
        self.items: list[Any] = []

    def close(self) -> Any:
        """Return the finished aggregate."""
        if self.kind in _PAIRED:
            pairs = zip(self.items[::2], self.items[1::2], strict=False)
            result = {key if isinstance(key, (bytes, str, int)) else repr(key): value for key, value in pairs}
            if self.total > self.room:
                result["..."] = Omitted((self.total - self.room) // 2)
            return result
        if self.total > self.room:
            self.items.append(Omitted(self.total - self.room))
        if self.kind == _ARRAY:
            return self.items
        return Push(self.items) if self.kind == _PUSH else SetReply(self.items)


_ARRAY, _PUSH, _SET, _MAP, _ATTRIBUTE = b"*>~%|"
_BULK, _BLOB_ERROR, _VERBATIM = b"$!="
_SIMPLE, _ERROR, _INTEGER, _BIG, _DOUBLE, _BOOLEAN, _NULL = b"+-:(,#_"
_PAIRED = frozenset((_MAP, _ATTRIBUTE))
_AGGREGATES = frozenset((_ARRAY, _PUSH, _SET, _MAP, _ATTRIBUTE))
_STRINGS = frozenset((_BULK, _BLOB_ERROR, _VERBATIM))
_BOOLEANS = {b"t": True, b"f": False}
_SHORT = {b"$%d" % size: size for size in range(1000)}
_FEW = {b"*%d" % count: count for count in range(1, 17)}
_QUICK_LIMIT = 128 * 1024
"""Bytes that are looked through the quick way; what it does not get through is then done twice."""
_UNFINISHED = object()


class Parser:
    """Bytes to values, for either side of a connection.

    With ``commands=True`` it reads what a client sends: arrays of strings, and inline commands.

    >>> Parser().feed(b"+OK\\r\\n:7\\r\\n*2\\r\\n$1\\r\\na\\r\\n$-1\\r\\n")
    ['OK', 7, [b'a', None]]
    >>> Parser(commands=True).feed(b'SET greeting "hello world"\\r\\n')
    [[b'SET', b'greeting', b'hello world']]
    """

    __slots__ = ("_commands", "_items", "_limits", "_quick", "_rest", "_room", "_stack", "_string", "broken", "ends")

    def __init__(self, *, commands: bool = False, limits: Limits = Limits(), ends: list[int] | None = None) -> None:
        self._commands = commands
        self._quick = commands and ends is None
        self._limits = limits
        self._rest = b""
        self._stack: list[_Frame] = []
        self._string: _String | None = None
        self._items = limits.kept_items
        self._room = limits.kept_bytes
        self.broken = ""
        """Why the stream cannot be read on; empty while it can."""
        self.ends = ends
        """Where in the data that was fed last its values ended, for those who gave a list for it."""

    @property
    def in_a_value(self) -> bool:
        """Whether a value has begun and not ended."""
        return bool(self._rest or self._stack or self._string is not None)

    def feed(self, data: bytes) -> list[Any]:
        """Take ``data``; return the values which it completes."""
        values: list[Any] = []
        if self.ends:
            self.ends.clear()
        if self.broken:
            return values
        before = len(self._rest)
        if self._rest:
            data = self._rest + data
            self._rest = b""
        between = not self._stack and self._string is None
        if between and self._quick:
            data = self._whole_commands(data, values)
        try:
            self._read(data, values, quick=self._quick and not between)
        except ValueError as error:
            self.broken = f"not RESP: {error}"
            self._rest = b""
            self._stack.clear()
        if self.ends:
            self.ends[:] = [end - before for end in self.ends]
        return values

    def _whole_commands(self, data: bytes, values: list[Any]) -> bytes:
        """Take the commands at the head of ``data`` that are all there, and hold no line end; return the rest.

        Most data is such commands and nothing else: cut at the line ends, every second piece is a string, if it has
        the length that the piece before it says.
        """
        if len(data) > _QUICK_LIMIT:
            return data
        pieces = data.split(b"\r\n")
        last = len(pieces) - 1  # what follows the last line end
        at = 0
        while (count := _FEW.get(pieces[at])) is not None and (after := at + 1 + 2 * count) <= last:
            words = pieces[at + 2 : after : 2]
            sizes = [b"$%d" % len(word) for word in words]
            if sizes != pieces[at + 1 : after : 2] or sum(map(len, words)) > self._room:
                break
            values.append(words)
            at = after
        return b"\r\n".join(pieces[at:]) if at else data

    def _read(self, data: bytes, values: list[Any], *, quick: bool) -> None:
        """Read ``data``, whatever it is. With ``quick``, what follows the value that is under way is tried that way."""
        position, end = 0, len(data)
        stack, find = self._stack, data.find
        while position < end:
            if self._string is not None:
                position = self._string.take(data, position)
                if self._string.left:
                    return
                value = self._string.value()
                self._string = None
            else:
                stop = find(b"\r\n", position)
                kind = data[position]
                if self._commands and kind != _ARRAY and not stack:
                    stop = find(b"\n", position)
                    if stop >= 0:
                        if command := shlex.split(data[position:stop].decode("latin-1")):
                            values.append([word.encode("latin-1") for word in command])
                            if self.ends is not None:
                                self.ends.append(stop + 1)
                        position = stop + 1
                        continue
                if stop < 0:
                    self._rest = data[position:]
                    if len(self._rest) > self._limits.line:
                        raise ValueError(f"a line is over {self._limits.line} bytes")
                    return
                line = data[position + 1 : stop]
                position = stop + 2
                if self._commands and stack and kind != _BULK:
                    raise ValueError(f"a command holds {bytes((kind,)) + line[:20]!r} where a string belongs")
                if kind == _BULK and (size := int(line)) >= 0 and position + size + 2 <= end and size <= self._room:
                    # The usual case, a short string that is all there, without the detour.
                    value = data[position : position + size]
                    if data[position + size : position + size + 2] != b"\r\n":
                        raise ValueError("a string is longer than announced")
                    position += size + 2
                    self._room -= size
                elif kind in _AGGREGATES:
                    value = self._open(kind, int(line))
                    if value is _UNFINISHED:
                        position = self._run(data, position)
                        continue
                elif kind in _STRINGS:
                    self._string = self._begin(kind, int(line))
                    if self._string is not None:
                        continue
                    value = None
                else:
                    value = _scalar(kind, line)
            while stack:
                frame = stack[-1]
                if len(frame.items) < frame.room:
                    frame.items.append(value)
                frame.left -= 1
                if frame.left:
                    break
                stack.pop()
                if frame.kind == _ATTRIBUTE:
                    break
                value = frame.close()
            else:
                if value or not self._commands:  # an empty command is passed over, as Redis does
                    values.append(value)
                    if self.ends is not None:
                        self.ends.append(position)
                self._items = self._limits.kept_items
                self._room = self._limits.kept_bytes
                if quick:
                    data, quick = self._whole_commands(data[position:], values), False
                    position, end, find = 0, len(data), data.find

    def _open(self, kind: int, count: int) -> Any:
        """Begin an aggregate of ``count`` elements; return it at once when it has none."""
        if count < 0:
            return None
        if kind == _ATTRIBUTE and not count:
            raise ValueError("an attribute of nothing")
        if count > self._limits.items:
            raise ValueError(f"an array of {count} elements: the limit is {self._limits.items}")
        total = count * 2 if kind in _PAIRED else count
        if not total:
            return _Frame(kind, 0, 0).close()
        if len(self._stack) >= self._limits.depth:
            raise ValueError(f"arrays nested over {self._limits.depth} deep")
        room = min(total, self._items)
        self._items -= room
        self._stack.append(_Frame(kind, total, room))
        return _UNFINISHED

    def _run(self, data: bytes, position: int) -> int:
        """Read the short strings at the head of the aggregate just opened, all but its last; return where they end.

        Most elements are such strings, and this is the quick way through them. It stops at whatever is not one.
        """
        frame = self._stack[-1]
        items, find, room = frame.items, data.find, self._room
        for _ in range(frame.room - 1):
            stop = find(b"\r\n", position)
            size = _SHORT.get(data[position:stop]) if stop > 0 else None
            if size is None or size > room:
                break
            begin = stop + 2
            after = begin + size
            if data[after : after + 2] != b"\r\n":
                break
            items.append(data[begin:after])
            position = after + 2
            room -= size
        frame.left -= len(items)
        self._room = room
        return position

    def _begin(self, kind: int, size: int) -> _String | None:
        """Begin a string of ``size`` bytes; None is the null string."""
        if size < 0:
            return None
        if size > self._limits.bulk:
            raise ValueError(f"a string of {size} bytes: the limit is {self._limits.bulk}")
        kept = size <= self._room
        if kept:
            self._room -= size
        return _String(kind, size, kept)


class _String:
    """A string under way: its bytes, or only its ending where they are not kept."""

    __slots__ = ("_kept", "_kind", "_parts", "_size", "left")

    def __init__(self, kind: int, size: int, kept: bool) -> None:
        self._kind = kind
        self._size = size
        self._kept = kept
        self._parts: list[bytes] = []
        self.left = size + 2

    def take(self, data: bytes, position: int) -> int:
        """Take what belongs to the string; return where the rest begins."""
        stop = min(position + self.left, len(data))
        self.left -= stop - position
        if self._kept:
            self._parts.append(data[position:stop])
        else:
            self._parts = [*self._parts[-1:], data[max(position, stop - 2) : stop]]
        return stop

    def value(self) -> Any:
        """Return the finished string."""
        whole = b"".join(self._parts)
        if not whole.endswith(b"\r\n"):
            raise ValueError("a string is longer than announced")
        if not self._kept:
            return ErrorReply(f"({self._size} bytes)") if self._kind == _BLOB_ERROR else TooLong(self._size)
        if self._kind == _BLOB_ERROR:
            return ErrorReply(whole[:-2].decode("utf-8", "replace"))
        return whole[4:-2] if self._kind == _VERBATIM else whole[:-2]


def _scalar(kind: int, line: bytes) -> Any:
    if kind == _SIMPLE:
        return line.decode("utf-8", "replace")
    if kind in (_INTEGER, _BIG):
        return int(line)
    if kind == _ERROR:
        return ErrorReply(line.decode("utf-8", "replace"))
    if kind == _NULL:
        return None
    if kind == _DOUBLE:
        return float(line)
    if kind == _BOOLEAN and line in _BOOLEANS:
        return _BOOLEANS[line]
    raise ValueError(f"no value begins with {bytes((kind,)) + line[:20]!r}")
