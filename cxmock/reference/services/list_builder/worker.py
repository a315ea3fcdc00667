"""A process that checks records for List Builder: ``python -m cxmock.reference.services.list_builder.worker``.

It reads a checker, then blocks of records, from standard input, and answers each on standard output. Each message is a
pickle after its length; nobody but the process that started it can write there.
"""

from __future__ import annotations

import pickle
import signal
import sys
from typing import BinaryIO

from cxmock.reference.services.list_builder.contacts import Checker
from cxmock.reference.services.list_builder.records import Record
from cxmock.reference.services.list_builder.workers import LENGTH


def main() -> None:
    """Answer until there is nothing more to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for who started us
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    checker = _next(source)
    if not isinstance(checker, Checker):
        return
    while isinstance(block := _next(source), list):
        data = pickle.dumps(checker.check([Record(*one) for one in block]), protocol=5)
        sink.write(LENGTH.pack(len(data)))
        sink.write(data)
        sink.flush()


def _next(source: BinaryIO) -> object:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    data = source.read(size)
    return pickle.loads(data) if len(data) == size else None


if __name__ == "__main__":
    main()
