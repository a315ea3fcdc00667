"""A batch on its way to Nexus: what is to be sent, and what became of each record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.choices import Choice
from cxmock.reference.keys import device_entry
from cxmock.reference.services.dial_manager.template import EmptyField, Template
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import from_json, to_json

BATCH_LIMIT = 100
"""Messages that Nexus takes at once (assumed)."""
SENDERS = {"sms": "+12025550199", "email": "no-reply@example.org"}
"""Who a message is from, by channel, when the campaign group does not say (assumed)."""

Result = dict[str, Any]
"""``GSW_CALL_ATTEMPT_GUID``, ``GSW_CALL_RESULT``, and ``messageId`` or ``reason``."""


def result_of(guid: str, result: CallResult, **more: str) -> Result:
    """Return what OCS is told of one record.

    >>> result_of("a1", CallResult.DO_NOT_CALL, reason="suppressed by CXContactSMSOptOut")
    {'GSW_CALL_ATTEMPT_GUID': 'a1', 'GSW_CALL_RESULT': 51, 'reason': 'suppressed by CXContactSMSOptOut'}
    """
    return {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_CALL_RESULT": int(result), **more}


@dataclass
class Batch:
    """Some records of one request. It is written down before it is sent, so that a second try sends the same.

    ``results`` holds what is known: before Nexus has answered, only the records that are not sent at all.
    """

    batch_id: str
    messages: list[dict[str, str]]
    results: list[Result]
    answered: bool = False

    @classmethod
    def planned(
        cls,
        batch_id: str,
        media: str,
        records: Iterable[Mapping[str, Any]],
        template: Template,
        suppressed: Mapping[str, str],
    ) -> Batch:
        """Decide what is sent to whom.

        Args:
            batch_id: by which Nexus knows it again.
            media: ``sms`` or ``email``.
            records: as OCS sent them.
            template: the text.
            suppressed: attempt GUID -> the suppression list that forbids it.
        """
        batch = cls(batch_id, [], [])
        for record in records:
            guid, to = record["GSW_CALL_ATTEMPT_GUID"], str(record.get("GSW_PHONE") or "")
            if guid in suppressed:
                reason = f"suppressed by {suppressed[guid]}"
                batch.results.append(result_of(guid, CallResult.DO_NOT_CALL, reason=reason))
                continue
            if not to or ("@" in to) != (media == "email"):
                reason = f"the device is no {'e-mail address' if media == 'email' else 'number'}"
                batch.results.append(result_of(guid, CallResult.WRONG_NUMBER, reason=reason))
                continue
            try:
                text, subject = template.text_for(record), template.subject_for(record)
            except EmptyField as empty:
                batch.results.append(result_of(guid, CallResult.DIAL_ERROR, reason=str(empty)))
                continue
            sender = template.sender or SENDERS[media]
            batch.messages.append({"reference": guid, "from": sender, "to": to, "subject": subject, "text": text})
        batch.answered = not batch.messages
        return batch

    def take(self, answers: Iterable[Mapping[str, str]]) -> None:
        """Take what Nexus said about each message."""
        by_guid = {answer.get("reference", ""): answer for answer in answers}
        for message in self.messages:
            guid = message["reference"]
            answer = by_guid.get(guid, {})
            if "messageId" in answer:
                self.results.append(result_of(guid, CallResult.OK, messageId=answer["messageId"]))
            else:
                status = answer.get("status", "nothing")
                wrong = CallResult.WRONG_NUMBER if status == "INVALID_ENDPOINT" else CallResult.GENERAL_ERROR
                reason = f"Nexus said {status}: {answer.get('detail', '')}".rstrip(": ")
                self.results.append(result_of(guid, wrong, reason=reason))
        self.messages, self.answered = [], True

    def as_json(self) -> bytes:
        """Return the batch as Redis keeps it."""
        return to_json(
            {"id": self.batch_id, "messages": self.messages, "results": self.results, "answered": self.answered}
        )

    @classmethod
    def from_json(cls, kept: str) -> Batch:
        """Return the batch that Redis kept."""
        data = from_json(kept)
        return cls(data["id"], data["messages"], data["results"], data["answered"])


def batch_id(group: str, guids: Collection[str]) -> str:
    """Return the id of a batch: the same attempts of a campaign group always make the same.

    >>> batch_id("spring@sales", ["a1", "a2"]) == batch_id("spring@sales", ["a2", "a1"])
    True
    """
    return hashlib.sha256("\n".join([group, *sorted(guids)]).encode()).hexdigest()[:32]


@dataclass
class Suppression:
    """The suppression lists that hold for a channel, and how records are looked up there."""

    channel: str
    lists: dict[str, bool] = field(default_factory=dict)
    """List -> whether its entries are client ids."""

    @classmethod
    def read(
        cls, channel: str, catalogue: Mapping[str, str], *, now: float = 0, choice: Choice | None = None
    ) -> Suppression:
        """Read the catalogue as Redis has it: what holds for the channel at ``now``, for who made this choice."""
        told = {name: from_json(text) for name, text in sorted(catalogue.items())}
        return cls(
            channel,
            {
                name: one.get("type") == "ClientID"
                for name, one in told.items()
                if one.get("channel") in ("", channel)
                and not 0 < (one.get("expires") or 0) <= now
                and (choice is None or choice.has_list(name, required=one.get("required", True)))
            },
        )

    def entry(self, name: str, record: Mapping[str, Any]) -> str:
        """Return what to look for in list ``name``; empty when the record cannot be there."""
        if self.lists[name]:
            return str(record.get("GSW_CUSTOMER_ID") or "")
        return device_entry(str(record.get("GSW_PHONE") or ""))
