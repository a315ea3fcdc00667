"""What is said when a service of the reference cannot be run as a process of its own."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest


class UnknownService(CxmockError):
    """There is no such service.

    >>> print(UnknownService("list-bilder", ["ui", "list-builder"]))
    There is no service "list-bilder".
      expected: Did you mean "list-builder"?
      fix:      python -m cxmock.reference SERVICE, with one of: ui, list-builder
    """

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f'There is no service "{name}".',
            expected=nearest(name, list(known)),
            fix=f"python -m cxmock.reference SERVICE, with one of: {', '.join(known)}",
        )


class CannotListen(CxmockError):
    """A service cannot have the address that it is to listen at.

    >>> print(CannotListen("0.0.0.0:3008", "it is not on this machine alone").what)
    The service cannot listen at 0.0.0.0:3008: it is not on this machine alone.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"The service cannot listen at {place}: {reason}.",
            expected="HOST:PORT with a loopback address (127.0.0.0/8) and a free port, or port 0 for any.",
            why="The reference is for tests: nobody outside this machine is to reach it.",
            fix="Choose another address, such as --listen 127.0.0.1:0.",
        )
