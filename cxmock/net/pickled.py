"""Messages between a process of ours and one that it has started: each is a pickle after its length.

Nobody else can write there: unpickling is safe among processes that share all their code and trust each other.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct("!I")


def packed(what: object) -> bytes:
    """Return a message as it is written.

    >>> import io
    >>> read(io.BytesIO(packed([1, None])))
    [1, None]
    """
    data = pickle.dumps(what, protocol=5)
    return _LENGTH.pack(len(data)) + data


def read(source: BinaryIO) -> Any:
    """Return the next message; None when the stream ends, or ends in one."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    data = source.read(size)
    return pickle.loads(data) if len(data) == size else None


async def receive(source: asyncio.StreamReader) -> Any:
    """Return the next message.

    Raises:
        EOFError: the stream ends.
    """
    (size,) = _LENGTH.unpack(await source.readexactly(_LENGTH.size))
    return pickle.loads(await source.readexactly(size))
