"""What is said when a snapshot cannot be restored."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class MarkUnusable(CxmockError):
    """A mark does not stand for a state that the testbed can return to.

    >>> print(MarkUnusable("something else plays Nexus now"))
    The snapshot cannot be restored: something else plays Nexus now.
      expected: A mark of this testbed, one of the latest 16, with the same parts playing the components.
      fix:      Take the snapshot after testbed.play(...), restore it before the next; a mark is good until forget().
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The snapshot cannot be restored: {reason}.",
            expected="A mark of this testbed, one of the latest 16, with the same parts playing the components.",
            fix="Take the snapshot after testbed.play(...), restore it before the next; a mark is good until forget().",
        )
