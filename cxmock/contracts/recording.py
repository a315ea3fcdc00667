"""Recordings: exchanges in a file, one a line, to be held against the contracts later, or elsewhere.

    {"cxmock recording": 1, "exchanges": 2, "dropped": 0, "finished": true}
    {"connection": 5, "at": ..., "seconds": ..., "transport": "redis", "operation": "GET", "request": {...}, ...}
    ...

The first line has a fixed length and is written again as the file grows, so that one which was cut off, or whose
testbed was killed, says so. Requests and responses have the shape that contracts use; they may hold passwords, so the
file is its owner's only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from cxmock.errors.conformance import (
    RecordingCutOff,
    RecordingMalformed,
    RecordingMissing,
    RecordingUnusable,
    RecordingVersionUnknown,
)
from cxmock.journal import Exchange, Journal

VERSION = 1
LINE_LIMIT = 16 * 2**20
"""Bytes of one exchange that are read."""
_HEADER_LENGTH = 128


class Header(Struct, frozen=True):
    """What the first line says."""

    version: int = msgspec.field(name="cxmock recording")
    exchanges: int = 0
    dropped: int = 0
    """Exchanges that were seen, but came too fast to be written."""
    finished: bool = False


class _Line(Struct):
    """One exchange as it is written."""

    connection: int | None
    at: float
    seconds: float
    transport: str
    operation: str
    request: dict[str, Any]
    response: dict[str, Any]
    ok: bool = True
    source: str = ""
    secure: bool = False


_decode_line = msgspec.json.Decoder(_Line).decode
_encode = msgspec.json.Encoder().encode


class Recorder:
    """Writes a journal's exchanges to a file as they come. Use it as a context manager, or close it.

    Args:
        file: where to; what is there is overwritten.

    Raises:
        RecordingUnusable: it cannot be written.
    """

    def __init__(self, file: Path) -> None:
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb")
            if not self._file.seekable():
                self._file.close()
                raise RecordingUnusable(str(file), "it is no file that can be written to twice")
        except OSError as error:
            raise RecordingUnusable(str(file), error.strerror or str(error)) from error
        self.exchanges = 0
        """How many were written."""
        self.dropped = 0
        """How many came too fast to be written."""
        self._next: int | None = None
        self._head(finished=False)

    def take(self, journal: Journal) -> None:
        """Write what came since the last time. Of what was forgotten in between, only the number is known."""
        if self._next is None:
            self._next = journal.mark - len(journal) - journal.dropped
        mark = journal.mark
        lines = []
        for one in journal.exchanges(since=self._next):
            if one.index >= mark:
                break
            lines.append(_encode(_line(one)) + b"\n")
        if not lines and mark == self._next:
            return
        self._file.writelines(lines)
        self.exchanges += len(lines)
        self.dropped += mark - self._next - len(lines)
        self._next = mark
        self._head(finished=False)

    def close(self) -> None:
        """Finish the recording. Harmless when repeated."""
        if not self._file.closed:
            self._head(finished=True)
            self._file.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _head(self, *, finished: bool) -> None:
        self._file.flush()
        header = _encode(Header(VERSION, self.exchanges, self.dropped, finished))
        self._file.seek(0)
        self._file.write(header.ljust(_HEADER_LENGTH - 1) + b"\n")
        self._file.seek(0, os.SEEK_END)
        self._file.flush()


class Recording:
    """A recording that was finished. Its exchanges are read as they are asked for, never all at once.

    Args:
        file: where it is.

    Raises:
        RecordingMissing: there is no such file.
        RecordingUnusable: it cannot be read.
        RecordingMalformed: it does not begin as recordings do.
        RecordingVersionUnknown: another version of cxmock wrote it.
        RecordingCutOff: it was not finished.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        name = str(file)
        try:
            with file.open("rb") as lines:
                first = lines.readline(_HEADER_LENGTH + 1)
        except FileNotFoundError as error:
            raise RecordingMissing(name) from error
        except OSError as error:
            raise RecordingUnusable(name, error.strerror or str(error)) from error
        if not first:
            raise RecordingCutOff(name, "it is empty")
        self.header = _header(first, name)
        if not self.header.finished:
            raise RecordingCutOff(name, "the testbed that wrote it still runs, or was killed")

    @property
    def dropped(self) -> int:
        """Exchanges that were seen, but came too fast to be written."""
        return self.header.dropped

    def __iter__(self) -> Iterator[Exchange]:
        """Read the exchanges, oldest first.

        Raises:
            RecordingMalformed: a line is no exchange.
            RecordingCutOff: the file ends before the last of them.
        """
        name, count = str(self.file), 0
        with self.file.open("rb") as lines:
            lines.readline()
            while line := lines.readline(LINE_LIMIT + 1):
                number = count + 2
                if len(line) > LINE_LIMIT:
                    raise RecordingMalformed(name, number, f"it is over {LINE_LIMIT // 2**20} MiB long")
                if not line.endswith(b"\n"):
                    raise RecordingCutOff(name, f"it ends in the middle of line {number}")
                yield _exchange(line, count, name, number)
                count += 1
        if count != self.header.exchanges:
            reason = f"it has {count} exchanges, and its first line says {self.header.exchanges}"
            raise RecordingCutOff(name, reason)


def _line(exchange: Exchange) -> _Line:
    return _Line(
        exchange.connection,
        exchange.at,
        exchange.seconds,
        exchange.transport,
        exchange.operation,
        dict(exchange.request),
        dict(exchange.response),
        exchange.ok,
        exchange.source,
        exchange.secure,
    )


def _header(line: bytes, name: str) -> Header:
    if not line.startswith(b'{"cxmock recording":'):
        raise RecordingMalformed(name, 1, "it does not begin as recordings do")
    if not line.endswith(b"\n"):
        raise RecordingCutOff(name, "it ends in the middle of line 1")
    try:
        header = msgspec.json.decode(line, type=Header)
    except msgspec.DecodeError as error:
        raise RecordingMalformed(name, 1, str(error)) from error
    if header.version != VERSION:
        raise RecordingVersionUnknown(name, header.version, VERSION)
    return header


def _exchange(line: bytes, index: int, name: str, number: int) -> Exchange:
    try:
        said = _decode_line(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordingMalformed(name, number, f"it is no exchange: {error}") from error
    if said.transport == "http" and not _is_http(said.request, said.response):
        raise RecordingMalformed(name, number, "it is no exchange of HTTP: method, path or status is missing")
    return Exchange(
        index,
        said.connection,
        said.at,
        said.seconds,
        said.transport,
        said.operation,
        said.request,
        said.response,
        said.ok,
        said.source,
        said.secure,
    )


def _is_http(request: Mapping[str, Any], response: Mapping[str, Any]) -> bool:
    return (
        isinstance(request.get("method"), str)
        and isinstance(request.get("path"), str)
        and isinstance(request.get("query", {}), dict)
        and isinstance(request.get("headers", {}), dict)
        and type(response.get("status")) is int
        and isinstance(response.get("headers", {}), dict)
    )
