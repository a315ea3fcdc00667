"""A batch of messages: what a caller sends, checked, and what was made of each message."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from cxmock.fakes.nexus.envelope import Refused, Status

BATCH_LIMIT = 100
"""Messages in one batch at most (assumed)."""
TEXT_LIMITS = {"sms": 1600, "email": 65536}
"""Characters of text at most, by channel (assumed)."""

Channel = Literal["sms", "email"]

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class Message:
    """One text message or e-mail that was accepted."""

    message_id: str
    batch_id: str
    channel: Channel
    reference: str
    """The caller's own name for it."""
    sender: str
    to: str
    subject: str
    text: str
    callback: str
    """Where the receipt goes; empty: nobody wants one."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a caller sends: ``{"batchId", "channel", "callback", "messages": [...]}`` (assumed)."""

    batch_id: str
    channel: Channel
    callback: str
    messages: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Batch:
        """Check what was sent.

        Raises:
            Refused: the batch as a whole cannot be taken.
        """
        batch_id, channel, callback = data.get("batchId"), data.get("channel"), data.get("callback", "")
        messages = data.get("messages")
        if not isinstance(batch_id, str) or not 0 < len(batch_id) <= 128:
            raise Refused(Status.INVALID_PARAMETER, "batchId must be a text of 1 to 128 characters.")
        if channel not in TEXT_LIMITS:
            raise Refused(Status.INVALID_TRANSPORT, f'The channel must be "sms" or "email", not {channel!r}.')
        if not isinstance(callback, str) or (callback and not _is_loopback(callback)):
            raise Refused(
                Status.INVALID_PARAMETER, "callback must be an http:// or https:// address on the loopback (127.*)."
            )
        if not isinstance(messages, list) or not 0 < len(messages) <= BATCH_LIMIT:
            raise Refused(Status.INVALID_PARAMETER, f"messages must be a list of 1 to {BATCH_LIMIT}.")
        if not all(isinstance(message, dict) for message in messages):
            raise Refused(Status.INVALID_PARAMETER, "Each message must be an object.")
        return cls(batch_id, cast("Channel", channel), callback, tuple(messages))

    def check(self, message: Mapping[str, Any]) -> tuple[Status, str]:
        """Tell whether one message can be sent, and if not, why."""
        texts = {name: message.get(name, "") for name in ("reference", "from", "to", "subject", "text")}
        for name, value in texts.items():
            if not isinstance(value, str):
                return Status.INVALID_PARAMETER, f"{name} must be a text."
        endpoint, wanted = (_NUMBER, "a number like +12025550143")
        if self.channel == "email":
            endpoint, wanted = (_ADDRESS, "an e-mail address")
        if not endpoint.fullmatch(texts["to"]):
            return Status.INVALID_ENDPOINT, f"to must be {wanted}, not {texts['to'][:80]!r}."
        if not 0 < len(texts["text"]) <= TEXT_LIMITS[self.channel]:
            return Status.INVALID_PARAMETER, f"text must have 1 to {TEXT_LIMITS[self.channel]} characters."
        return Status.SUCCESS, ""

    def message(self, message_id: str, message: Mapping[str, Any]) -> Message:
        """Return a checked message as it is kept."""
        return Message(
            message_id,
            self.batch_id,
            self.channel,
            message.get("reference", ""),
            message.get("from", ""),
            message["to"],
            message.get("subject", ""),
            message["text"],
            self.callback,
        )


def _is_loopback(url: str) -> bool:
    """Tell whether a callback stays on this machine: nothing of a testbed may call out.

    >>> _is_loopback("http://127.13.0.15:8888/nexus/receipts"), _is_loopback("https://example.org/")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
