"""Ctrl-C and SIGTERM, at whatever moment they come: nothing is torn, nothing is left behind."""

from __future__ import annotations

import logging
import signal
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from cxmock.errors.processes import PartDied

if TYPE_CHECKING:
    from cxmock.testbed import Testbed


class Interrupts:
    """While it is entered, SIGINT and SIGTERM raise nothing in the middle of things: they interrupt a testbed.

    Whoever waits for that testbed is told by KeyboardInterrupt. Only the first signal counts: after it everything is on
    its way to the end, which is limited in time.
    """

    def __init__(self) -> None:
        self._came = False
        self._testbed: Testbed | None = None
        self._psycopg = logging.getLogger("psycopg")

    def end(self, testbed: Testbed) -> None:
        """Have signals interrupt ``testbed`` from now on; one that came already does so at once."""
        self._testbed = testbed
        if self._came:
            testbed.interrupt()

    def __enter__(self) -> Interrupts:
        self._before = {number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)}
        # It would warn that a query was cut short, which is just what an interrupt does.
        self._level = self._psycopg.level
        self._psycopg.setLevel(logging.ERROR)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._psycopg.setLevel(self._level)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._came and isinstance(error, PartDied):
            # A terminal sends Ctrl-C to a whole process group, and a child that was just made is still in ours.
            raise KeyboardInterrupt from error

    def _take(self, number: int, frame: FrameType | None) -> None:
        if not self._came:
            self._came = True
            if self._testbed is not None:
                self._testbed.interrupt()
