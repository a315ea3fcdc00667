"""What is said when something of ours takes too long."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class TooSlow(CxmockError, TimeoutError):
    """Work on the background loop did not end in time.

    >>> print(TooSlow("Testbed.start", 30))
    Testbed.start did not end within 30 s and was cancelled.
      expected: An end in time.
      why:      A wait without an end would hang the whole run.
      fix:      Look for a provider that hangs; the journal of its connection shows the last exchange.
    """

    def __init__(self, what: str, within: float) -> None:
        super().__init__(
            f"{what} did not end within {within:g} s and was cancelled.",
            expected="An end in time.",
            why="A wait without an end would hang the whole run.",
            fix="Look for a provider that hangs; the journal of its connection shows the last exchange.",
        )
