"""What is said when the demo's campaign does not go on."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class CampaignStuck(CxmockError):
    """A job or a campaign did not come to its end.

    >>> print(CampaignStuck("Job import", "failed", "connection refused"))
    Job import is failed: connection refused
      expected: A good end.
      fix:      Look at the exchanges of the connections that it uses.
    """

    def __init__(self, what: str, state: str, reason: str) -> None:
        super().__init__(
            f"{what} is {state}: {reason}",
            expected="A good end.",
            fix="Look at the exchanges of the connections that it uses.",
        )
