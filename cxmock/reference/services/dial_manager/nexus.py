"""Dial Manager's way to Nexus (row 12): batches out, and how long to leave Nexus alone after it said no."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message import Message
from cxmock.topology import Component
from cxmock.wire.http import Response

BATCH_LIMIT = 100
"""Messages that Nexus takes at once (assumed)."""
MESSAGES = "/nexus/v3/messages"
WITHIN = 5.0
"""Seconds for Nexus to answer."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
"""Seconds to leave Nexus alone after it failed; twice as long each time (assumed)."""
LONGEST_RETRY_AFTER = 300.0
"""Seconds that Nexus is believed when it says when to come again."""

Answers = dict[str, dict[str, str]]
"""What Nexus said of each message, by its reference."""


class ComeAgain(Exception):
    """Nexus takes nothing now: it did not answer, or says so. What it made of the batch nobody knows."""


@dataclass
class Pace:
    """When Nexus is to be left alone. It is about this process and real time: each replica finds out by itself."""

    failures: int = 0
    until: float = 0.0
    """By the monotonic clock."""
    reason: str = ""

    @property
    def left(self) -> float:
        """Seconds that are left; 0: Nexus may be called."""
        return max(0.0, self.until - time.monotonic())

    def failed(self, reason: str, retry_after: float | None) -> None:
        """Leave Nexus alone for as long as it asks, or else twice as long as the last time."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures, 16)) if retry_after is None else retry_after
        self.failures += 1
        self.until = time.monotonic() + pause
        self.reason = reason

    def answered(self) -> None:
        """Nexus takes messages."""
        self.failures, self.until, self.reason = 0, 0.0, ""


@dataclass
class NexusClient:
    """Offers batches to Nexus."""

    runtime: Runtime
    pace: Pace = field(default_factory=Pace)

    async def offer(self, media: str, messages: Sequence[Message]) -> Answers:
        """Offer a batch; return what Nexus said of each message. One that it had before it does not send again.

        Raises:
            ComeAgain: Nexus did not answer, or not now (429, 5xx).
            Refusal: Nexus refuses the batch as a whole, and would again.
        """
        settings = self.runtime.settings
        headers = {"x-api-key": settings.nexus_api_key, "x-ccid": settings.ccid}
        nexus = self.runtime.caller(Component.NEXUS.label, settings.nexus_url, headers=headers, within=WITHIN)
        data = {
            "batchId": batch_id([message.attempt for message in messages]),
            "channel": media,
            "callback": f"{settings.dial_manager_url}/nexus/receipts",
            "messages": [message.offered() for message in messages],
        }
        self.runtime.metrics.set("cxc_dm_batch_size", len(messages))
        try:
            response = await nexus.request("POST", MESSAGES, json={"data": data}, within=WITHIN)
        except Refusal as refusal:
            raise self._failed(refusal.message) from refusal
        if response.status == 429 or response.status >= 500:
            raise self._failed(_said(response), self._retry_after(response))
        answers = _answers(response) if response.status < 400 else {}
        if response.status < 400 and answers is None:
            raise self._failed(_said(response))
        self.runtime.metrics.set("cxc_dm_nexus_service_status", 1)
        self.pace.answered()
        if response.status >= 400:
            raise Refusal(Code.BACK_END, _said(response), status=502)
        return answers or {}

    def _failed(self, reason: str, retry_after: float | None = None) -> ComeAgain:
        self.runtime.metrics.set("cxc_dm_nexus_service_status", 0)
        self.pace.failed(reason, retry_after)
        return ComeAgain(reason)

    def _retry_after(self, response: Response) -> float | None:
        """Return in how many seconds Nexus wants to be called again, if it says so (RFC 9110, 10.2.3)."""
        said = response.headers.get("retry-after", "")
        try:
            seconds = (
                float(said)
                if said[:1].isdigit()
                else parsedate_to_datetime(said).timestamp() - self.runtime.clock.now()
            )
        except (ValueError, OverflowError):
            return None
        return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def batch_id(attempts: Collection[str]) -> str:
    """Return the id of a batch: the same attempts always make the same.

    >>> batch_id(["a1", "a2"]) == batch_id(["a2", "a1"])
    True
    """
    return hashlib.sha256("\n".join(sorted(attempts)).encode()).hexdigest()[:32]


def _answers(response: Response) -> Answers | None:
    try:
        told = response.json()["data"]["messages"]
        return {str(one["reference"]): {name: str(value) for name, value in one.items()} for one in told}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _said(response: Response) -> str:
    try:
        told = response.json()
        said = f"{told['status']}: {told['detail']}"
    except (ValueError, TypeError, KeyError):
        said = repr(response.text[:200])
    return f"Nexus answered HTTP {response.status}, {said}"
