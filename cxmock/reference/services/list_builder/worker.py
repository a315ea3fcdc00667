"""A process that checks records for List Builder: ``python -m cxmock.reference.services.list_builder.worker``.

It reads a checker, then blocks of records, from standard input, and answers each on standard output.
"""

from __future__ import annotations

import signal
import sys

from cxmock.net.pickled import packed, read
from cxmock.reference.services.list_builder.contacts import Checker
from cxmock.reference.services.list_builder.records import Record


def main() -> None:
    """Answer until there is nothing more to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for who started us
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    checker = read(source)
    if not isinstance(checker, Checker):
        return
    while isinstance(block := read(source), list):
        sink.write(packed(checker.check([Record(*one) for one in block])))
        sink.flush()


if __name__ == "__main__":
    main()
