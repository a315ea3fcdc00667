"""What the API tells of messages, and what it takes to send one as a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cxmock.reference.fields import Field, Name, Text
from cxmock.reference.services.dial_manager.message import EMAIL_LIMIT, SENDERS
from cxmock.reference.services.dial_manager.message_templates import CONTACT, MEDIA, SUBJECT_LIMIT
from cxmock.wire.genesys.enumerations import CallResult

Row = Mapping[str, Any]

TEST = (
    Field("media", MEDIA, "How it is sent.", needed=True),
    Field("to", Text(256), "The number or address.", needed=True),
    Field("template", Name(), "The message template; or"),
    Field("text", Text(EMAIL_LIMIT, least=1), "what it says, with places for fields."),
    Field("subject", Text(SUBJECT_LIMIT), "Of an e-mail without a template.", default=""),
    CONTACT,
    Field("id", Text(64, least=1, pattern="[A-Za-z0-9._-]+"), "By which it is known again; made, if nothing is said."),
)
"""A test message."""
_SAME = ("kind", "media", "state", "result", "reason", "subject", "text", "sender", "created", "receipts")


def shown(row: Row) -> dict[str, Any]:
    """Return a message as the API tells it."""
    about = {"attempt": row["attempt"], "messageId": row["message_id"], "to": row["recipient"]}
    return {**about, "campaignGroup": row["campaign_group"], **{name: row[name] for name in _SAME}}


def counts(messages: Iterable[Row], receipts: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Return figures by channel: how many wait, were sent, were refused; how many were suppressed; receipts by status.

    >>> counts([{"media": "sms", "state": "refused", "result": 51, "messages": 2}], [])["sms"]
    {'waiting': 0, 'sent': 0, 'refused': 2, 'suppressed': 2, 'receipts': {}}
    """
    states: Counter[tuple[str, str]] = Counter()
    told: dict[str, dict[str, int]] = {media: {} for media in SENDERS}
    for row in messages:
        states[row["media"], row["state"]] += row["messages"]
        if row["state"] == "refused" and row["result"] == CallResult.DO_NOT_CALL:
            states[row["media"], "suppressed"] += row["messages"]
    for row in receipts:
        told[row["media"]][row["status"]] = row["receipts"]
    return {media: {**{name: states[media, name] for name in _STATES}, "receipts": told[media]} for media in SENDERS}


_STATES = ("waiting", "sent", "refused", "suppressed")
