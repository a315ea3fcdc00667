"""What the tests ask of a share, as one procedure each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxmock.wire.nfs import arguments as args
from cxmock.wire.nfs.arguments import AS_IS, Creation, How
from cxmock.wire.nfs.values import Stable, Status

Call = Callable[..., Any]


def make(call: Call, folder: bytes, name: str, data: bytes = b"") -> bytes:
    """Create a file; return its handle."""
    made = call("CREATE", args.Create(folder, name, Creation(How.GUARDED)))
    assert made.status is Status.OK
    if data:
        assert write(call, made.file, data).status is Status.OK
    handle: bytes = made.file
    return handle


def mkdir(call: Call, folder: bytes, name: str) -> bytes:
    made = call("MKDIR", args.Mkdir(folder, name, AS_IS))
    assert made.status is Status.OK
    handle: bytes = made.file
    return handle


def write(call: Call, file: bytes, data: bytes, offset: int = 0) -> Any:
    return call("WRITE", args.Write(file, offset, len(data), Stable.FILE_SYNC, data))


def read(call: Call, file: bytes, offset: int = 0, count: int = 65536) -> Any:
    return call("READ", args.Read(file, offset, count))


def lookup(call: Call, folder: bytes, name: str) -> Any:
    return call("LOOKUP", args.OfEntry(folder, name))


def attributes(call: Call, file: bytes) -> Any:
    return call("GETATTR", args.OfHandle(file)).attributes


def names(call: Call, folder: bytes, size: int = 65536) -> list[str]:
    """List a folder page by page."""
    found: list[str] = []
    cookie, verifier, eof = 0, bytes(8), False
    while not eof:
        page = call("READDIR", args.Readdir(folder, cookie, verifier, size))
        assert page.status is Status.OK
        found += (entry.name for entry in page.entries)
        cookie, verifier, eof = page.entries[-1].cookie, page.verifier, page.eof
    return found
