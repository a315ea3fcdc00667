"""What is said when a service of the reference CX Contact is not configured."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError


class MissingSetting(CxmockError):
    """Environment variables that a service needs are missing or empty.

    >>> print(MissingSetting([("CX_GWS_URL", "where GWS is, https://HOST:PORT")]))
    CX_GWS_URL is not set.
      expected: CX_GWS_URL: where GWS is, https://HOST:PORT
      why:      A service knows the systems around it, and its secrets, by these variables alone.
      fix:      Set what is missing; for a running testbed, eval "$(cxmock env)" sets them all.
    """

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        names = ", ".join(name for name, _ in missing)
        super().__init__(
            f"{names} {'is' if len(missing) == 1 else 'are'} not set.",
            expected="\n".join(f"{name}: {meaning}" for name, meaning in missing),
            why="A service knows the systems around it, and its secrets, by these variables alone.",
            fix='Set what is missing; for a running testbed, eval "$(cxmock env)" sets them all.',
        )
        self.names = tuple(name for name, _ in missing)
