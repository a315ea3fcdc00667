"""What is said about parts that cannot be had without sockets."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError
from cxmock.topology import Component


class NeedsSockets(CxmockError, LookupError):
    """A part was asked for in process that listens on a socket, whatever one does.

    >>> print(NeedsSockets(Component.POSTGRES, [Component.GWS, Component.REDIS]))
    PostgreSQL cannot be had in process.
      expected: One of: gws, redis.
      why:      It is reached through a socket.
      fix:      Use a testbed: remove @pytest.mark.cx_inprocess from the test.
    """

    def __init__(self, component: Component, possible: Sequence[Component]) -> None:
        super().__init__(
            f"{component.label} cannot be had in process.",
            expected=f"One of: {', '.join(possible)}.",
            why="It is reached through a socket.",
            fix="Use a testbed: remove @pytest.mark.cx_inprocess from the test.",
        )
