"""Joins requests and their answers into exchanges, by reference id."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from cxmock.wire.genesys.message import FINAL_AFTER, HANDSHAKE, Message, facts
from cxmock.wire.observed import Observed

PENDING_LIMIT = 4096
"""Requests that may wait for their answers; with more the oldest is forgotten."""
MESSAGES_KEPT = 20
"""Answers of one exchange that are kept, its last one always among them; ``omitted`` counts the others."""


class _Asked:
    """A request that waits for its last answer."""

    __slots__ = ("answers", "began", "omitted", "request")

    def __init__(self, request: Message, began: float) -> None:
        self.request = request
        self.began = began
        self.answers: list[Mapping[str, Any]] = []
        self.omitted = 0


class Pairing:
    """One connection's requests and answers, in the shape that the contracts of ``ocs`` and ``confserv`` use.

    The request is ``{"message": "RequestLoadCampaign", "attributes": {...}}``, the response
    ``{"messages": [{"message": "CampaignLoaded", "attributes": {...}}]}``. What the server says by itself is an
    exchange of its own with the request ``{}``.

    >>> pairing = Pairing()
    >>> pairing.asked(Message("StopDialing", {"campaignId": 101}, 7))
    []
    >>> [seen] = pairing.answered(Message("DialingStopped", {"campaignId": 101}, 7))
    >>> seen.operation, seen.response["messages"][0]["message"]
    ('StopDialing', 'DialingStopped')

    Args:
        now: the observer's clock, for :attr:`~cxmock.wire.observed.Observed.began`.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._pending: OrderedDict[int, _Asked] = OrderedDict()
        self.source = ""
        """The application that the client said it is."""

    def asked(self, message: Message) -> list[Observed]:
        """Take a request; yields only one that can have no answer, since it carries no reference id."""
        if message.name == HANDSHAKE:
            self.source = str(message.attributes.get("applicationName", ""))
        asked = _Asked(message, self._now())
        if not message.reference_id:
            return [self._observed(asked, ok=True)]
        self._pending[message.reference_id] = asked
        if len(self._pending) > PENDING_LIMIT:
            self._pending.popitem(last=False)
        return []

    def answered(self, message: Message) -> list[Observed]:
        """Take what the server says; yields the exchange that it completes, if any."""
        ok = message.name != "Error"
        asked = self._pending.get(message.reference_id) if message.reference_id else None
        if asked is None:
            return [Observed(message.name, {}, {"messages": [facts(message)]}, ok, self.source, self._now())]
        if len(asked.answers) == MESSAGES_KEPT:
            asked.answers.pop()
            asked.omitted += 1
        asked.answers.append(facts(message))
        if message.name in FINAL_AFTER:
            return []
        del self._pending[message.reference_id]
        return [self._observed(asked, ok=ok)]

    def _observed(self, asked: _Asked, *, ok: bool) -> Observed:
        response: dict[str, Any] = {"messages": asked.answers}
        if asked.omitted:
            response["omitted"] = asked.omitted
        return Observed(asked.request.name, facts(asked.request), response, ok, self.source, asked.began)
