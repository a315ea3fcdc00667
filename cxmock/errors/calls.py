"""What is said when a call to somebody else fails before there is an answer."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class NotReachable(CxmockError, ConnectionError):
    """Nobody listens, or the connection was refused or broke.

    >>> print(NotReachable("https://127.13.0.9", "connection refused"))
    https://127.13.0.9 cannot be reached: connection refused.
      expected: Somebody to listen there.
      fix:      Start it, or correct the address (cxmock env prints the testbed's).
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"{url} cannot be reached: {reason}.",
            expected="Somebody to listen there.",
            fix="Start it, or correct the address (cxmock env prints the testbed's).",
        )
        self.url = url


class NoAnswer(CxmockError, TimeoutError):
    """Somebody listens, but gives no (whole) answer.

    >>> print(NoAnswer("POST https://127.13.0.9/auth/v3/oauth/token", "no answer within 5 s"))
    POST https://127.13.0.9/auth/v3/oauth/token got no answer: no answer within 5 s.
      expected: A whole answer in time.
      fix:      Look at what listens there: it hangs, or closes in the middle of an answer.
    """

    def __init__(self, call: str, reason: str) -> None:
        super().__init__(
            f"{call} got no answer: {reason}.",
            expected="A whole answer in time.",
            fix="Look at what listens there: it hangs, or closes in the middle of an answer.",
        )
