"""What is said about components that somebody else plays."""

from __future__ import annotations

from cxmock.errors.base import CxmockError
from cxmock.topology import Component


class NobodyPlays(CxmockError):
    """Nothing listens where a component is said to be played.

    >>> print(NobodyPlays(Component.NEXUS, "http://127.0.0.1:9"))
    Nexus is to be played by http://127.0.0.1:9, but nobody listens there.
      expected: Your service to accept connections at that address.
      why:      Fakes and reference would call it and fail later, far from the cause.
      fix:      Start your service first, or correct the URL (http://host:port or https://host:port).
    """

    def __init__(self, component: Component, url: str) -> None:
        super().__init__(
            f"{component.label} is to be played by {url}, but nobody listens there.",
            expected="Your service to accept connections at that address.",
            why="Fakes and reference would call it and fail later, far from the cause.",
            fix="Start your service first, or correct the URL (http://host:port or https://host:port).",
        )


class NotStarted(CxmockError, LookupError):
    """A component was asked for that nothing plays yet.

    >>> print(NotStarted(Component.NEXUS, [Component.REDIS]))
    Nexus is not started.
      expected: One of the started components: redis.
      fix:      Start it: testbed.start(Component.NEXUS), or use the fixture cx_nexus.
    """

    def __init__(self, component: Component, started: list[Component]) -> None:
        super().__init__(
            f"{component.label} is not started.",
            expected=f"One of the started components: {', '.join(started) or 'none yet'}.",
            fix=f"Start it: testbed.start(Component.{component.name}), or use the fixture cx_{component.name.lower()}.",
        )
