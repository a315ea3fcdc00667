"""What a stub can answer: the promises that are meant for it, found, chosen by the situation, and counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from msgspec.structs import replace

from cxmock.contracts.model import AsyncMessage, Contract, HttpInteraction, Interaction
from cxmock.contracts.promises import Promise, Promises, Seen
from cxmock.contracts.stubbing.examples import repeated
from cxmock.contracts.stubbing.generating import Sources
from cxmock.contracts.stubbing.situation import Situation
from cxmock.contracts.targets import provider_of, transport_of
from cxmock.errors.stubs import NothingToPlay
from cxmock.topology import Component


class Repertoire:
    """The promises of a contract, ready to be played.

    Args:
        contract: what is played, all of it; :func:`meant_for` takes the rest away.
        seed: what is random in answers follows from it.
        now: UTC seconds.
    """

    def __init__(self, contract: Contract, *, seed: int = 1, now: Callable[[], float] = time.time) -> None:
        self.promises = Promises(contract)
        self.situation = Situation(contract.interactions)
        self.played: Counter[str] = Counter()
        """How often each promise was played, by its description."""
        self._seed = seed
        self._now = now

    def choose(self, fitting: Sequence[Promise], seen: Seen) -> Promise | None:
        """Return the promise to play, of those that a request fits, in the file's order.

        The best for the situation is played; of several, the one of whose example the request repeats the most parts;
        of several still, the first.
        """
        if not fitting:
            return None
        chosen = fitting[0]
        if len(fitting) > 1:
            chosen = max(
                fitting,
                key=lambda one: (*self.situation.fitting(one.interaction), repeated(one.interaction, seen.request)),
            )
        self.played[chosen.description] += 1
        return chosen

    def sources(self, promise: Promise, base: str = "") -> Sources:
        """Return what the values of an answer are made from: what is random depends on the promise and on how often."""
        random = Random(f"{self._seed} {promise.description} {self.played[promise.description]}")
        return Sources(random, self._now(), self.situation.values, base)

    def reset(self) -> None:
        """Return to the situation at the start."""
        self.situation.forget()
        self.played.clear()


def meant_for(contract: Contract, component: Component, transport: str) -> Contract:
    """Return the part of a contract that ``component`` can play over ``transport``.

    A contract that says its connection tells whose promises it has; any other is for whoever plays it. Messages that a
    provider sends without being asked are left out.

    Raises:
        NothingToPlay: there is no such part.
    """
    kept = [place for place, one in enumerate(contract.interactions) if _is_for(contract, one, component, transport)]
    if not kept:
        raise NothingToPlay(contract.file, component, transport)
    interactions = tuple(contract.interactions[place] for place in kept)
    return replace(contract, interactions=interactions, raw=tuple(contract.raw[place] for place in kept))


def _is_for(contract: Contract, interaction: Interaction, component: Component, transport: str) -> bool:
    if isinstance(interaction, AsyncMessage):
        return False
    if (number := contract.connection) is not None:
        return provider_of(number, interaction) is component and transport_of(number, interaction) == transport
    return isinstance(interaction, HttpInteraction) == (transport == "http")
