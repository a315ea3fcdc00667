"""What is said when an expected exchange did not happen."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class NothingSeen(CxmockError, AssertionError):
    """An exchange was waited for and did not come.

    >>> print(NothingSeen(11, "POST /auth", 5.0, ["11 http GET /ping (0.1 ms)"]))
    No exchange "POST /auth" was seen on connection 11 within 5 s.
      expected: One like it. Seen there instead:
                11 http GET /ping (0.1 ms)
      fix:      Check that the caller uses the testbed's address (cxmock env prints the variables), or wait longer.
    """

    def __init__(self, connection: int, operation: str | None, within: float, seen: list[str]) -> None:
        what = f'"{operation}" ' if operation else ""
        instead = "\n".join(seen[-10:]) or "nothing."
        super().__init__(
            f"No exchange {what}was seen on connection {connection} within {within:g} s.",
            expected=f"One like it. Seen there instead:\n{instead}",
            fix="Check that the caller uses the testbed's address (cxmock env prints the variables), or wait longer.",
        )
