"""A process that verifies shares in a testbed of its own: ``python -m cxmock.testbed.helper``.

It reads from standard input how its testbed is to be, then shares, and answers each on standard output, with None if
it cannot. Nobody but the process that started it can write there; when that closes the pipe, or ends, all of this ends.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from contextlib import suppress
from typing import Any, BinaryIO

from cxmock.contracts.chosen import Chosen
from cxmock.contracts.library import load
from cxmock.errors.base import CxmockError
from cxmock.net.garbage import look_seldom
from cxmock.net.pickled import packed, read
from cxmock.testbed.helpers import told_of
from cxmock.testbed.testbed import Testbed
from cxmock.testbed.verifying import TestbedVerifier


def main() -> None:
    """Answer until there is nothing more to read."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever else is printed is no answer
    look_seldom()
    source = sys.stdin.buffer
    with suppress(KeyboardInterrupt, BrokenPipeError), Testbed(read(source)) as testbed:
        asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(source, asked, testbed), daemon=True).start()
        testbed.start()
        verifier = TestbedVerifier(testbed)
        try:
            testbed.run(verifier.verifier.start())
            answers.write(packed(True))
            while share := asked.get():
                answers.write(packed(_found(verifier, *share)))
        finally:
            verifier.close()


def _found(verifier: TestbedVerifier, number: int, places: tuple[int, ...]) -> Any:
    try:
        return told_of(verifier.verify_chosen(Chosen(number, load(number), places)))
    except CxmockError:
        return None


def _listen(source: BinaryIO, asked: queue.SimpleQueue[Any], testbed: Testbed) -> None:
    """Pass on what is asked, and end what is under way when nobody asks any more."""
    while share := read(source):
        asked.put(share)
    testbed.interrupt()
    asked.put(None)


if __name__ == "__main__":
    main()
