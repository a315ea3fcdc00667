"""What Nexus tells by webhook: receipts of messages, and what people write. Only what is signed is believed."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from cxmock.reference.envelope import Code, Refusal, data_of, needed
from cxmock.reference.keys import device_entry
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message import SENDERS, Message, is_endpoint
from cxmock.reference.services.dial_manager.opt_outs import OPT_OUTS, put_on, take_off
from cxmock.reference.services.dial_manager.outbox import Outbox
from cxmock.reference.services.dial_manager.receipts import Receipts
from cxmock.wire.http import Request

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
"""Replies that opt out (assumed: those that carriers know)."""
START_WORDS = frozenset({"START", "UNSTOP"})
"""Replies that opt in again (assumed)."""
HELP_WORDS = frozenset({"HELP", "INFO"})
"""Replies to a text message that are answered (assumed)."""
HELP = "You get messages of a campaign. Reply STOP to get no more, START to get them again."
"""What is answered (assumed)."""
LAST_MOMENT = 2**31 - 1

_NO_WORD = re.compile(r"[\W_]+")


@dataclass
class Webhooks:
    """Takes Nexus' events."""

    runtime: Runtime
    outbox: Outbox
    receipts: Receipts

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
        """Take an event; return its message id, with which it is acknowledged. Taken again, nothing changes.

        Events of other kinds than ``receipt``, ``message`` and ``unsubscribe`` are acknowledged and left.

        Raises:
            Refusal: it lacks something (651), or something in it cannot be (652).
        """
        event = data_of(request)
        message_id = _short(event, "messageId", 128)
        kind = event.get("event")
        if kind == "receipt":
            await self._receipt(message_id, event)
        elif kind == "message":
            await self._reply(message_id, event)
        elif kind == "unsubscribe":
            media, _, entry = _sender(event)
            await put_on(self.runtime, OPT_OUTS[media], entry)
        return message_id

    async def _receipt(self, message_id: str, event: dict[str, Any]) -> None:
        status, media = _short(event, "status", 32).upper(), str(event.get("channel") or "")
        if media not in SENDERS:
            media = ""
        at: Any = event.get("at")
        if type(at) not in (int, float) or not 0 <= at <= LAST_MOMENT:
            at = self.runtime.clock.now()
        if await self.receipts.take(message_id, status, media, float(at)):
            self.runtime.metrics.count("cxc_dm_receipts_total", 1, {"media": media, "status": status})

    async def _reply(self, message_id: str, event: dict[str, Any]) -> None:
        """Do what a person's message asks for: its text, or the subject of an e-mail, is one word that is known."""
        media, sender, entry = _sender(event)
        said = {_NO_WORD.sub("", str(event.get(name) or "")[:100]).upper() for name in ("text", "subject")}
        if said & STOP_WORDS:
            await put_on(self.runtime, OPT_OUTS[media], entry)
        elif said & START_WORDS:
            await take_off(self.runtime, OPT_OUTS[media], entry)
        elif said & HELP_WORDS and media == "sms":
            to = str(event.get("to") or "")
            ours = to if is_endpoint("sms", to) else SENDERS["sms"]
            await self.outbox.put([Message(f"reply-{message_id}"[:128], "reply", "sms", sender, ours, text=HELP)])


def _sender(event: dict[str, Any]) -> tuple[str, str, str]:
    """Return the channel of a message, who wrote it, and how that stands in suppression lists."""
    media = str(event.get("channel") or "sms")
    sender = _short(event, "from", 128).strip()
    if media not in SENDERS or not is_endpoint(media, sender):
        raise Refusal(
            Code.INVALID,
            f'"from" is {sender!r:.60}.',
            'A number like +12025550143 for the channel "sms", an address for "email".',
        )
    return media, sender, device_entry(sender)


def _short(event: dict[str, Any], name: str, most: int) -> str:
    value = needed(event, name, str)
    if len(value) > most or "\0" in value:
        raise Refusal(Code.INVALID, f'"{name}" is {value!r:.60}.', f"A text of at most {most} characters.")
    return value
