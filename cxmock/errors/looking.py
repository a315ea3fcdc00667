"""What is said when a test looks for something that is not there."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from cxmock.errors.base import CxmockError

SHOWN = 10
"""Of what there is instead, the latest."""
HELD_UP = (
    "The call held up the event loop of the test, and whatever should have answered on that loop. "
    "In an async test write: await waiting(...), from cxmock import waiting."
)


class NotThere(CxmockError, AssertionError, LookupError):
    """A test looked for something in a part, and it did not come.

    >>> print(NotThere("Nexus", 'no message to "+12025550143"', ["sms to +12025550144: Hello"], "connection 12"))
    Nexus has no message to "+12025550143".
      expected: One like it. There is:
                sms to +12025550144: Hello
      fix:      Look at what was asked before: connection 12 in the journal; or wait longer.

    Args:
        where: who should have it.
        missing: what it does not have, from the article on.
        there: what it has instead, each as one line.
        journal: where in the journal the reason may stand.
    """

    def __init__(self, where: str, missing: str, there: Iterable[object], journal: str) -> None:
        lines = [str(one) for one in there]
        more = [f"... {len(lines) - SHOWN} earlier ones"] if len(lines) > SHOWN else []
        instead = "\n".join([*more, *lines[-SHOWN:]])
        super().__init__(
            f"{where} has {missing}.",
            expected=f"One like it. There is:\n{instead}" if instead else "One like it; there is none at all.",
            fix=f"Look at what was asked before: {journal} in the journal; or wait longer.",
        )


def note_if_it_held_up_a_loop(error: BaseException) -> None:
    """Add a note to an error of a wait that ended in vain, if it was called on an event loop, which could not go on."""
    # Whoever is on a loop has imported its library; nobody else is to pay for that.
    asyncio, trio = sys.modules.get("asyncio"), sys.modules.get("trio")
    on_asyncio = asyncio is not None and asyncio._get_running_loop() is not None
    if on_asyncio or (trio is not None and trio.lowlevel.in_trio_run()):
        error.add_note(HELD_UP)
