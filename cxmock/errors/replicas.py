"""What is said about replicas of services."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest
from cxmock.topology import Component


class NotReplicas(CxmockError):
    """Replicas were asked for that cannot be.

    >>> print(NotReplicas("dialmanager=2", [Component.DIAL_MANAGER, Component.UI], 16))
    "dialmanager=2" says no replicas.
      expected: A service of CX Contact, and 1 to 16 replicas. Did you mean "dial-manager"?
      why:      Only CX Contact's own services are run as several processes; everything else is there once.
      fix:      --replicas dial-manager=2, --replicas 2 for all services, --autoscale dial-manager=1..4.
    """

    def __init__(self, text: str, services: Sequence[Component], most: int) -> None:
        name = text.partition("=")[0]
        near = "" if name in services or not name[:1].isalpha() else f" {nearest(name, list(map(str, services)))}"
        super().__init__(
            f'"{text}" says no replicas.',
            expected=f"A service of CX Contact, and 1 to {most} replicas.{near}",
            why="Only CX Contact's own services are run as several processes; everything else is there once.",
            fix="--replicas dial-manager=2, --replicas 2 for all services, --autoscale dial-manager=1..4.",
        )


class NoSuchReplica(CxmockError, LookupError):
    """A replica was named that is not there.

    >>> print(NoSuchReplica("ui-3", ["ui-1", "ui-2"]))
    There is no replica "ui-3".
      expected: Did you mean "ui-2"?
      fix:      The names of a service's replicas are in .names; one that was removed is gone.
    """

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f'There is no replica "{name}".',
            expected=nearest(name, list(known)) if known else "There are none just now.",
            fix="The names of a service's replicas are in .names; one that was removed is gone.",
        )


class ReplicasNotReady(CxmockError, AssertionError):
    """Replicas did not become as many as they were to be.

    >>> print(ReplicasNotReady(Component.UI, 2, ["ui-1 ready", "ui-2 starting"], 5.0).what)
    CXC UI does not have 2 replicas ready after 5 s.
    """

    def __init__(self, component: Component, count: int, seen: Sequence[str], within: float) -> None:
        super().__init__(
            f"{component.label} does not have {count} replicas ready after {within:g} s.",
            expected=f"{count} that are ready. There were: {', '.join(seen) or 'none'}.",
            fix="See what they said last in their logs, or wait longer on a busy machine.",
        )
