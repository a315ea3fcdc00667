"""What Nexus has sent and what became of it; batches and messages that come again are known by it."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cxmock.fakes.nexus.batches import Batch, Message
from cxmock.fakes.nexus.envelope import Refused, Status
from cxmock.fakes.nexus.webhooks import KEPT
from cxmock.wire.http import to_json

BATCHES_KEPT = 1000
"""Batches that are known again when they come again."""
REFERENCES_KEPT = 200_000
"""Messages that are known again by their reference."""

Told = dict[str, str]
"""What a caller is told of one message."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message."""

    message_id: str
    to: str
    status: str
    at: float
    """In UTC seconds."""

    def event(self, message: Message) -> dict[str, Any]:
        """Return it as a webhook tells it."""
        return {
            "event": "receipt",
            "messageId": message.message_id,
            "batchId": message.batch_id,
            "reference": message.reference,
            "channel": message.channel,
            "to": message.to,
            "status": self.status,
            "at": self.at,
        }


@dataclass
class Ledger:
    """Messages and receipts, as many as are kept; batches and references with what was answered."""

    sent: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))
    receipts: deque[Receipt] = field(default_factory=lambda: deque(maxlen=KEPT))
    batches: dict[str, tuple[bytes, list[Told]]] = field(default_factory=dict)
    """Batch id -> digest of the batch and what was answered: a batch that comes again is not sent again."""
    references: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    """Reference -> digest of a message and its id: one that comes again, in whatever batch, is not sent again."""

    def clear(self) -> None:
        """Forget everything."""
        self.sent.clear()
        self.receipts.clear()
        self.batches.clear()
        self.references.clear()

    def answered(self, batch: Batch, digest: bytes) -> list[Told] | None:
        """Return what was answered to a batch that came before, or None.

        Raises:
            Refused: it had other content then.
        """
        if batch.batch_id not in self.batches:
            return None
        before, answered = self.batches[batch.batch_id]
        if before != digest:
            raise Refused(Status.INVALID_PARAMETER, f"Batch {batch.batch_id} was sent with other content.", 409)
        return answered

    def answer(self, batch: Batch, digest: bytes, answered: list[Told]) -> None:
        """Note what is answered to a batch."""
        self.batches[batch.batch_id] = (digest, answered)
        if len(self.batches) > BATCHES_KEPT:
            del self.batches[next(iter(self.batches))]

    def take(self, batch: Batch, message: Mapping[str, Any]) -> tuple[Told, Message | None]:
        """Send one message, or refuse it; return what the caller is told, and the message if it was sent just now."""
        status, detail = batch.check(message)
        reference = str(message.get("reference", ""))
        if status is not Status.SUCCESS:
            return {"reference": reference, "status": status, "detail": detail}, None
        digest = digest_of([batch.channel, *(message.get(key, "") for key in ("to", "subject", "text"))])
        if reference in self.references:
            before, message_id = self.references[reference]
            if before != digest:
                detail = "reference names another message, which was sent already."
                return {"reference": reference, "status": Status.INVALID_PARAMETER, "detail": detail}, None
            return {"reference": reference, "status": status, "messageId": message_id}, None
        sent = batch.message(str(uuid.uuid4()), message)
        if reference:
            self.references[reference] = (digest, sent.message_id)
            if len(self.references) > REFERENCES_KEPT:
                del self.references[next(iter(self.references))]
        self.sent.append(sent)
        return {"reference": reference, "status": status, "messageId": sent.message_id}, sent


def digest_of(content: Any) -> bytes:
    """Return by what content is known again."""
    return sha256(to_json(content)).digest()
