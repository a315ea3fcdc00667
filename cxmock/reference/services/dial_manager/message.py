"""A message before it is sent: to whom, what, for which attempt; and what OCS is told of it in the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cxmock.reference.keys import device_entry
from cxmock.reference.services.dial_manager.segments import SEGMENTS_LIMIT, segments_of
from cxmock.reference.services.dial_manager.template import EmptyField, Template
from cxmock.wire.genesys.enumerations import CallResult

SENDERS = {"sms": "+12025550199", "email": "no-reply@example.org"}
"""Who a message is from, by channel, when nobody says (assumed)."""
EMAIL_LIMIT = 65_536
"""Characters of an e-mail at most (assumed: as Nexus has it)."""

Kind = Literal["campaign", "test", "reply"]
Result = dict[str, Any]
"""``GSW_CALL_ATTEMPT_GUID``, ``GSW_CALL_RESULT``, and ``messageId`` or ``reason``."""

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_ADDRESS = re.compile(
    r"[^@\s,;<>\"()\[\]\\\x00-\x1f\x7f]{1,64}@(?=.{4,190}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
)


def is_endpoint(media: str, to: str) -> bool:
    """Return whether messages of a channel can go to ``to``.

    >>> is_endpoint("sms", "+12025550143"), is_endpoint("sms", "12"), is_endpoint("email", "ada@example.org")
    (True, False, True)
    >>> is_endpoint("email", "ada@example.org\\r\\nBcc: all@example.org"), is_endpoint("email", "ada@localhost")
    (False, False)
    """
    return bool((_ADDRESS if media == "email" else _NUMBER).fullmatch(to))


@dataclass(slots=True)
class Message:
    """One message of the outbox. Its fields are the columns of its table."""

    attempt: str
    """By which Nexus knows it again: ``GSW_CALL_ATTEMPT_GUID`` where OCS asked for it."""
    kind: Kind
    media: str
    recipient: str
    sender: str
    subject: str = ""
    text: str = ""
    campaign_group: str = ""
    client_id: str = ""
    calling_list: str = ""
    chain_id: int | None = None
    chain_n: int | None = None
    try_: int | None = None
    state: str = "waiting"
    result: int | None = None
    reason: str = ""
    created: int = 0
    """When it was written down, in UTC seconds; 0 before."""

    @classmethod
    def for_record(cls, group: str, media: str, record: Mapping[str, Any], template: Template) -> Message:
        """Return the message for a record as OCS sent it; what cannot be sent is refused already, with the reason."""
        to = _text(record, "GSW_PHONE")
        message = cls(
            attempt=record["GSW_CALL_ATTEMPT_GUID"],
            kind="campaign",
            media=media,
            recipient=to[:256],
            sender=template.sender or SENDERS[media],
            campaign_group=group,
            client_id=_text(record, "GSW_CUSTOMER_ID")[:64],
            calling_list=_text(record, "GSW_CALLING_LIST")[:64],
            chain_id=_number(record, "GSW_CHAIN_ID"),
            chain_n=_number(record, "GSW_CHAIN_N"),
            try_=_number(record, "GSW_ATTEMPT"),
        )
        message.fill(template, record)
        return message

    def fill(self, template: Template, record: Mapping[str, Any]) -> None:
        """Write the text, or refuse the message."""
        if not is_endpoint(self.media, self.recipient):
            self.refuse(
                CallResult.WRONG_NUMBER, f"the device is no {'e-mail address' if self.media == 'email' else 'number'}"
            )
            return
        try:
            self.text, self.subject = _clean(template.text_for(record)), _clean(template.subject_for(record))
        except EmptyField as empty:
            self.refuse(CallResult.DIAL_ERROR, str(empty))
            return
        if problem := too_long(self.media, self.text):
            self.refuse(CallResult.DIAL_ERROR, problem)

    def refuse(self, result: CallResult, reason: str) -> None:
        """Let it not be sent."""
        self.state, self.result, self.reason = "refused", int(result), reason

    def row(self) -> dict[str, Any]:
        """Return it as the table has it."""
        row = {name: getattr(self, name) for name in self.__slots__ if name not in ("try_", "created")}
        return {**row, "try": self.try_}

    def offered(self) -> dict[str, str]:
        """Return it as Nexus is offered it."""
        return {
            "reference": self.attempt,
            "from": self.sender,
            "to": self.recipient,
            "subject": self.subject,
            "text": self.text,
        }

    @property
    def entry(self) -> str:
        """Return how its recipient stands in suppression lists."""
        return device_entry(self.recipient)


def result_of(row: Mapping[str, Any]) -> Result:
    """Return what OCS is told of a message that is sent or refused.

    >>> result_of({"attempt": "a1", "result": 51, "reason": "suppressed by never", "message_id": None})
    {'GSW_CALL_ATTEMPT_GUID': 'a1', 'GSW_CALL_RESULT': 51, 'reason': 'suppressed by never'}
    """
    more = {"messageId": row["message_id"]} if row["message_id"] else {"reason": row["reason"]}
    return {"GSW_CALL_ATTEMPT_GUID": row["attempt"], "GSW_CALL_RESULT": row["result"], **more}


def too_long(media: str, text: str) -> str:
    """Return what is wrong with the length of a text, or nothing."""
    if media == "email":
        return f"the text is longer than {EMAIL_LIMIT} characters" if len(text) > EMAIL_LIMIT else ""
    segments = segments_of(text).count
    return f"the text needs {segments} segments, and {SEGMENTS_LIMIT} are sent at most" * (segments > SEGMENTS_LIMIT)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return _clean(str(value)) if value is not None else ""


def _number(record: Mapping[str, Any], name: str) -> int | None:
    value = record.get(name)
    return value if type(value) is int and 0 <= value < 2**31 else None


def _clean(text: str) -> str:
    """Return ``text`` without what no database keeps."""
    return text.replace("\0", "")
