"""How many replicas of a service there are to be: a number, or the bounds between which the load decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxmock.errors.replicas import NotReplicas
from cxmock.topology import Component

MOST = 16
"""Replicas of one service: each takes 40 MB."""
SERVICES = tuple(component for component in Component if component.in_contact)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most replicas of a service; between them the load decides.

    >>> Bounds(2), Bounds(1, 4).scales
    (Bounds(least=2, most=2), True)

    Raises:
        NotReplicas: there cannot be so many.
    """

    least: int
    most: int = 0

    def __post_init__(self) -> None:
        if not self.most:
            object.__setattr__(self, "most", self.least)
        if not 1 <= self.least <= self.most <= MOST:
            raise NotReplicas(str(self), SERVICES, MOST)

    def __str__(self) -> str:
        return f"{self.least}..{self.most}" if self.scales else str(self.least)

    @property
    def scales(self) -> bool:
        """Whether the load decides anything."""
        return self.least != self.most


def counts(texts: Iterable[str]) -> dict[Component, Bounds]:
    """Read what ``--replicas`` says: ``SERVICE=N``, or ``N`` for all services that are not named.

    >>> counts(["2", "ui=1"])[Component.UI], counts(["2", "ui=1"])[Component.INGRESS]
    (Bounds(least=1, most=1), Bounds(least=2, most=2))

    Raises:
        NotReplicas: a text names no service of CX Contact, or no number of replicas.
    """
    found: dict[Component, Bounds] = {}
    everywhere: Bounds | None = None
    for text in texts:
        if text.isdecimal():
            everywhere = _bounds(text, text, text)
        else:
            service, number = _pair(text)
            found[service] = _bounds(text, number, number)
    if everywhere is not None:
        return {service: found.get(service, everywhere) for service in SERVICES}
    return found


def ranges(texts: Iterable[str]) -> dict[Component, Bounds]:
    """Read what ``--autoscale`` says: ``SERVICE=LEAST..MOST``.

    >>> ranges(["dial-manager=1..4"])
    {<Component.DIAL_MANAGER: 'dial-manager'>: Bounds(least=1, most=4)}

    Raises:
        NotReplicas: a text names no service of CX Contact, or no numbers.
    """
    found = {}
    for text in texts:
        service, numbers = _pair(text)
        least, _, most = numbers.partition("..")
        found[service] = _bounds(text, least, most)
    return found


def _pair(text: str) -> tuple[Component, str]:
    name, equals, rest = text.partition("=")
    if not equals or name not in SERVICES:
        raise NotReplicas(text, SERVICES, MOST)
    return Component(name), rest


def _bounds(text: str, least: str, most: str) -> Bounds:
    if not (least.isdecimal() and most.isdecimal() and 1 <= int(least) <= int(most) <= MOST):
        raise NotReplicas(text, SERVICES, MOST)
    return Bounds(int(least), int(most))
