"""How a thread of the tests waits for something that the loop's thread does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class ThreadBell:
    """A condition variable; ringing costs next to nothing while nobody waits."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting = 0

    def ring(self) -> None:
        """Wake whoever waits."""
        if self._waiting:
            with self._condition:
                self._condition.notify_all()

    def wait(self, happened: Callable[[], bool], within: float) -> bool:
        """Wait until ``happened()``, for at most ``within`` seconds; return whether it did."""
        deadline = time.monotonic() + within
        with self._condition:
            self._waiting += 1
            try:
                while not happened():
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return False
                    # A ring between the look and the wait is lost by design (see ring), so look again soon.
                    self._condition.wait(min(left, 0.05))
                return True
            finally:
                self._waiting -= 1
