"""A stub of operations: what a client observes is what the contract promises, whatever carries it over the wire."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from cxmock.contracts.explaining import explain
from cxmock.contracts.matching import NotComparable
from cxmock.contracts.model import Contract, SyncMessage
from cxmock.contracts.operations import name_of
from cxmock.contracts.promises import Promise, Seen
from cxmock.contracts.stubbing import generating
from cxmock.contracts.stubbing.repertoire import Repertoire
from cxmock.contracts.stubbing.situation import Situation


class OperationStub:
    """Answers the operations of one transport from a contract; strict, as :class:`~.http_stub.HttpStub` is.

    Args:
        contract: its synchronous messages are played.
        transport: as exchanges and interactions name it.
        seed: what is random in answers follows from it.
        now: UTC seconds, for dates in answers.
    """

    def __init__(
        self, contract: Contract, transport: str, *, seed: int = 1, now: Callable[[], float] = time.time
    ) -> None:
        self._repertoire = Repertoire(contract, seed=seed, now=now)
        self._transport = transport

    @property
    def states(self) -> Situation:
        """The provider states, which choose among answers to the same operation."""
        return self._repertoire.situation

    def perform(self, operation: Mapping[str, Any]) -> Any:
        """Return what a client observes, or the explanation (an ``Explanation``) why that is not promised."""
        seen = Seen(self._transport, operation)
        promises = self._repertoire.promises
        fitting = [one for one in promises.candidates(seen) if _fits(one, seen)]
        promise = self._repertoire.choose(fitting, seen)
        if promise is None or not isinstance(promise.interaction, SyncMessage):
            return explain(promises, seen, name_of(self._transport, operation))
        answer = promise.interaction.response[0]
        content = answer.contents.content
        if answer.generators.body:
            content = generating.fill(content, answer.generators.body, self._repertoire.sources(promise))
        return content

    def reset(self) -> None:
        """Forget the states that were chosen."""
        self._repertoire.reset()


def _fits(promise: Promise, seen: Seen) -> bool:
    try:
        return promise.fits_request(seen)
    except NotComparable:
        return False
