"""What Nexus tells by webhook: receipts of messages, and people's replies. Only what is signed is believed."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from typing import Any

from cxmock.reference.envelope import Code, Refusal, data_of, needed
from cxmock.reference.keys import OPT_OUT_LIST, device_entry
from cxmock.reference.service import Runtime
from cxmock.reference.services.dial_manager.outbox import MESSAGE_SECONDS
from cxmock.wire.http import Request, to_json

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
"""Replies that opt out (assumed: those that carriers know)."""


@dataclass
class Receipts:
    """Keeps receipts, and puts who answers STOP on the suppression list for it."""

    runtime: Runtime
    awaited: Counter[str]
    """Messages whose receipt has not come, by media."""

    def check(self, request: Request) -> None:
        """See that a webhook is from Nexus (documented: ``X-Hub-Signature: sha1=<HMAC-SHA1 of the body>``).

        Raises:
            Refusal: it is not signed, or not with our secret (601).
        """
        secret = self.runtime.settings.nexus_webhook_secret.encode()
        wanted = f"sha1={hmac.new(secret, request.body, hashlib.sha1).hexdigest()}"
        given = request.headers.get("x-hub-signature", "")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Refusal(
                Code.UNAUTHORIZED,
                "X-Hub-Signature is not the signature of this body." if given else "X-Hub-Signature is missing.",
                "It is to be sha1=<HMAC-SHA1 of the body, with the webhook secret, in hexadecimal>.",
            )

    async def take(self, request: Request) -> str:
        """Take an event; return its message id, with which it is acknowledged. Taken again, nothing changes."""
        event = data_of(request)
        message_id = needed(event, "messageId", str)
        kind = event.get("event")
        if kind == "receipt":
            await self._receipt(message_id, event)
        elif kind == "message" and str(event.get("text", "")).strip().upper() in STOP_WORDS:
            await self._opt_out(needed(event, "from", str))
        return message_id

    async def _receipt(self, message_id: str, event: dict[str, Any]) -> None:
        redis, key = self.runtime.redis, self.runtime.keys.message(message_id)
        status, media = needed(event, "status", str), str(event.get("channel", ""))
        pipe = redis.pipeline(transaction=False)
        pipe.hget(key, "status")
        pipe.hset(key, mapping={"status": status, "at": str(event.get("at", self.runtime.clock.now()))})
        pipe.expire(key, MESSAGE_SECONDS)
        before, *_ = await pipe.execute()
        if before is None:
            self.awaited[media] -= 1
            self.runtime.metrics.count("cxc_dm_receipts_total", 1, {"media": media, "status": status})

    async def _opt_out(self, number: str) -> None:
        keys = self.runtime.keys
        pipe = self.runtime.redis.pipeline(transaction=True)
        pipe.hset(keys.suppression_list(OPT_OUT_LIST), device_entry(number), "0")
        told = to_json({"channel": "sms", "type": "Device", "required": True})
        pipe.hsetnx(keys.suppression_lists, OPT_OUT_LIST, told)
        pipe.incr(keys.rules_version)
        await pipe.execute()
