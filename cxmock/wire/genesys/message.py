"""A message, what a codec does with it, and the few messages that every Genesys server shares.

Rules of a conversation:

- A client opens the connection and sends ``Register`` first; ``Authenticated`` answers it (assumed).
- A request carries a reference id above 0, which its answers repeat (observed).
- ``ObjectsRead`` is one batch of an answer that goes on; every other answer is the last one (observed).
- ``Error`` with a code and a description is the answer to what could not be done (observed).
- What a server says by itself carries reference id 0 (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec


class Message(msgspec.Struct, frozen=True):
    """One message.

    >>> Message("GetCampaignStatus", {"campaignId": 101, "groupId": 732}, 5).attributes["groupId"]
    732
    """

    name: str
    attributes: dict[str, Any] = {}
    reference_id: int = 0
    """Joins a request and its answers; 0 for what a server says by itself."""

    def answer(self, name: str, attributes: dict[str, Any]) -> Message:
        """Return an answer to this request."""
        return Message(name, attributes, self.reference_id)


class Codec(Protocol):
    """Turns one direction of a connection into messages, and messages into bytes. Make one for each direction."""

    broken: str
    """Why it cannot go on; empty while it can. What a broken codec is fed, it ignores."""

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they come and return the messages which they complete. Never raises."""

    def encode(self, message: Message) -> bytes:
        """Return the bytes of ``message``."""


HANDSHAKE: Final = "Register"
"""By which a client names its application, in the attribute ``applicationName``. No exchange, unless it fails."""
FINAL_AFTER: Final = frozenset({"ObjectsRead"})
"""Answers after which more come; any other answer is the last."""


def facts(message: Message) -> Mapping[str, Any]:
    """Return a message in the shape that contracts use.

    >>> facts(Message("CampaignLoaded", {"campaignId": 101}, 5))
    {'message': 'CampaignLoaded', 'attributes': {'campaignId': 101}}
    """
    return {"message": message.name, "attributes": message.attributes}
