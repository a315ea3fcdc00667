"""Dial Manager: takes records of SMS and e-mail campaigns from OCS (row 8), sends them through Nexus (row 12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, needed, one_of
from cxmock.reference.service import Runtime
from cxmock.reference.services.dial_manager.batch import BATCH_LIMIT, SENDERS, Result
from cxmock.reference.services.dial_manager.outbox import Outbox
from cxmock.reference.services.dial_manager.receipts import Receipts
from cxmock.reference.services.dial_manager.template import Template
from cxmock.reference.services.dial_manager.templates import Templates
from cxmock.reference.settings import Settings
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.serving.states import States
from cxmock.wire.http import Request, Response

RECORDS_LIMIT = 10_000
"""Records in one request."""


@dataclass
class DialManager:
    """Messages of campaigns, sent once, and what came back.

    Documented: that Dial Manager sends SMS and e-mail in batches through Nexus, that OCS calls it, and that a default
    list collects opt-outs. Assumed: the paths and bodies, the results that records get, and how messages are written.
    """

    runtime: Runtime
    templates: Templates = field(init=False)
    outbox: Outbox = field(init=False)
    receipts: Receipts = field(init=False)

    routes = Routes()
    states = States()

    def __post_init__(self) -> None:
        self.templates = Templates(self.runtime)
        awaited: Counter[str] = Counter()
        self.outbox = Outbox(self.runtime, awaited)
        self.receipts = Receipts(self.runtime, awaited)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/metrics":
            for media in SENDERS:
                waiting = max(0, self.receipts.awaited[media])
                self.runtime.metrics.set("cxc_dm_delivery_buffer_size", waiting, {"media": media})
        return await self.runtime.answer(self, self.routes, request, open_to_all=("/ocs/", "/nexus/"))

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.runtime.reset()
        self.templates.known.clear()
        self.receipts.awaited.clear()

    def keep(self) -> RememberedPart:
        """Return what is counted and awaited, to be put back later; all else is in Redis."""
        return RememberedPart(self.reset, self.runtime.counted, (self.receipts, ("awaited",)))

    async def aclose(self) -> None:
        """Close every client."""
        await self.runtime.aclose()

    @routes("POST", "/ocs/digital")
    async def send(self, request: Request) -> Response:
        """Send the campaign group's message to each record; tell OCS each one's call result.

        ``{"GSW_CAMPAIGN_GROUP_NAME", "GSW_CAMPAIGN_GROUP_GUID", "media": "sms"|"email", "records": [...]}`` is
        answered by ``{"results": [{"GSW_CALL_ATTEMPT_GUID", "GSW_CALL_RESULT", "messageId" or "reason"}]}``: 0 it was
        sent, 51 it is suppressed, 53 it is no number (no address), 41 a field is empty, 3 Nexus did not take it.
        """
        data = data_of(request)
        group = needed(data, "GSW_CAMPAIGN_GROUP_NAME", str)
        media = one_of("media", needed(data, "media", str), tuple(SENDERS))
        records = _records(data)
        template = await self.templates.of(group, str(data.get("GSW_CAMPAIGN_GROUP_GUID") or ""))
        results: list[Result] = []
        for begin in range(0, len(records), BATCH_LIMIT):
            results += await self.outbox.send(group, media, records[begin : begin + BATCH_LIMIT], template)
        return Response.of({"results": results})

    @routes("POST", "/nexus/receipts")
    async def take_receipt(self, request: Request) -> Response:
        """Take a webhook of Nexus: a receipt, or a person's reply. STOP opts out of text messages."""
        self.receipts.check(request)
        return Response.of({"messageId": await self.receipts.take(request)})

    @states("campaign group {name} sends {message}")
    def group_sends(self, name: str, message: str) -> None:
        """Know a campaign group's message without asking Configuration."""
        self.templates.known[name, ""] = Template(message)


def _records(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records of a request.

    Raises:
        Refusal: they are missing, or one has no attempt GUID.
    """
    records = data.get("records")
    if not isinstance(records, list) or not records or len(records) > RECORDS_LIMIT:
        raise Refusal(Code.MISSING, '"records" is to be a list of records.', f"1 to {RECORDS_LIMIT} at once.")
    for record in records:
        if not isinstance(record, dict):
            raise Refusal(Code.INVALID, '"records" has one that is no object.', "A record is its properties.")
        needed(record, "GSW_CALL_ATTEMPT_GUID", str)
    return records


def build(settings: Settings, clock: Clock) -> DialManager:
    """Return the service."""
    return DialManager(Runtime(settings, clock, "cxc-dial-manager", "cxc_dm_"))
