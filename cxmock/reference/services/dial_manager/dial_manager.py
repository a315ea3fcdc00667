"""Dial Manager: takes records of SMS and e-mail campaigns from OCS (row 8), sends them through Nexus (row 12)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, done, needed, one_of
from cxmock.reference.fields import read
from cxmock.reference.resources import Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.dial_manager.message import SENDERS, Message
from cxmock.reference.services.dial_manager.message_templates import (
    CONTACT,
    PATH,
    TEMPLATES,
    columns,
    preview,
    template_of,
)
from cxmock.reference.services.dial_manager.messages import Messages
from cxmock.reference.services.dial_manager.outbox import Outbox
from cxmock.reference.services.dial_manager.receipts import Receipts
from cxmock.reference.services.dial_manager.retention import Retention
from cxmock.reference.services.dial_manager.showing import TEST, counts, shown
from cxmock.reference.services.dial_manager.template import Template
from cxmock.reference.services.dial_manager.templates import Templates
from cxmock.reference.services.dial_manager.webhooks import Webhooks
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.serving.states import States
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Request, Response

RECORDS_LIMIT = 10_000
"""Records in one request."""
LOOK_EVERY = 5.0
"""Seconds between two looks for what another replica has left behind."""


@dataclass
class DialManager(Service):
    """Messages of campaigns, sent once, and what came back.

    All that it knows is in PostgreSQL and Redis: any replica may take any request, and does what another left undone.

    Documented: that Dial Manager sends SMS and e-mail in batches through Nexus, that OCS calls it, and that a default
    list collects opt-outs. Assumed: the paths and bodies, the results that records get, and how messages are written.
    """

    message_templates: Resource = field(init=False)
    templates: Templates = field(init=False)
    outbox: Outbox = field(init=False)
    receipts: Receipts = field(init=False)
    webhooks: Webhooks = field(init=False)
    retention: Retention = field(init=False)
    _looking: asyncio.Task[None] | None = None

    routes = Routes()
    routes.mount("message_templates", PATH, Resource.routes)
    open_to_all = ("/ocs/", "/nexus/")
    states = States()

    def __post_init__(self) -> None:
        self.message_templates = Resource(self.runtime, TEMPLATES)
        self.templates = Templates(self.runtime, self.message_templates)
        self.receipts = Receipts(self.runtime)
        self.outbox = Outbox(self.runtime, self.receipts.work)
        self.webhooks = Webhooks(self.runtime, self.outbox, self.receipts)
        self.retention = Retention(self.runtime)

    def begin(self) -> None:
        """Look for messages that another replica left from now on, though nobody has asked for anything yet."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())

    async def answer(self, request: Request) -> Response:
        """Answer one request; metrics tell how full the outbox is now."""
        if request.path == "/metrics":
            with suppress(Exception):  # else they are told as they were
                await self.outbox.look()
        return await super().answer(request)

    def reset(self) -> None:
        """Return to the state right after the start."""
        if self._looking is not None:
            self.runtime.end([self._looking])
        self._looking = None
        self.outbox.reset()
        self.receipts.reset()
        self.retention.reset()
        super().reset()
        self.templates.known.clear()

    async def aclose(self) -> None:
        """End what runs, and close every client."""
        await self.renew()
        await super().aclose()

    @routes("POST", "/ocs/digital")
    async def send(self, request: Request) -> Response:
        """Send the campaign group's message to each record; tell OCS each one's call result.

        ``{"GSW_CAMPAIGN_GROUP_NAME", "GSW_CAMPAIGN_GROUP_GUID", "media": "sms"|"email", "records": [...]}`` is
        answered by ``{"results": [{"GSW_CALL_ATTEMPT_GUID", "GSW_CALL_RESULT", "messageId" or "reason"}]}``: 0 it was
        sent, 51 it is suppressed, 53 it is no number (no address), 41 a field is empty or the text too long, 3 Nexus
        does not take it. 503 with ``Retry-After``: not now; the same is to be handed over again, and is sent once.
        """
        data = data_of(request)
        group = _name(needed(data, "GSW_CAMPAIGN_GROUP_NAME", str))
        media = one_of("media", needed(data, "media", str), tuple(SENDERS))
        records = _records(data)
        template = await self.templates.of(group, str(data.get("GSW_CAMPAIGN_GROUP_GUID") or ""))
        messages = [Message.for_record(group, media, record, template) for record in records]
        return Response.of({"results": await self.outbox.send(messages)})

    @routes("POST", "/nexus/receipts")
    async def take_webhook(self, request: Request) -> Response:
        """Take a webhook of Nexus: a receipt, or a person's reply. STOP opts out of text messages."""
        self.webhooks.check(request)
        return Response.of({"messageId": await self.webhooks.take(request)})

    # The API

    @routes("POST", f"{PATH}/{{name}}/preview")
    async def preview(self, request: Request) -> Response:
        """Tell how a template's message looks to a contact, which fields that lacks, and how many segments it needs."""
        kept = (await self.message_templates.needed(request.params["name"])).data
        fields = read(data_of(request), (CONTACT,))["fields"]
        return done(preview(kept["media"], template_of(kept), fields))

    @routes("POST", f"{API}/test-messages")
    async def send_test(self, request: Request) -> Response:
        """Send one message to one address, without a campaign; again with the same ``id``, it is not sent again."""
        wanted = read(data_of(request), TEST)
        template = await self._template_of(wanted)
        number = wanted["id"] or str(uuid.uuid4())
        media, sender = wanted["media"], template.sender or SENDERS[wanted["media"]]
        message = Message(f"test-{number}", "test", media, wanted["to"], sender)
        message.fill(template, columns(wanted["fields"]))
        if message.state == "refused":
            raise Refusal(Code.INVALID, f"The message cannot be sent: {message.reason}.")
        [result] = await self.outbox.send([message])
        if reason := result.get("reason"):
            code = Code.CONFLICT if result["GSW_CALL_RESULT"] == CallResult.DO_NOT_CALL else Code.BACK_END
            raise Refusal(code, f"The message was not sent: {reason}.", status=None if code == Code.CONFLICT else 502)
        shown = {"id": number, "messageId": result["messageId"], "to": message.recipient}
        return done({**shown, "text": message.text, "subject": message.subject}, status=201)

    @routes("GET", f"{API}/messages/{{id}}")
    async def show(self, request: Request) -> Response:
        """Tell a message by Nexus' id or its attempt's: what was sent to whom, and its receipts."""
        number = request.params["id"]
        async with self.runtime.postgres.transaction() as connection:
            found = await Messages(connection).about(number) if "\0" not in number else None
        if found is None:
            raise Refusal(Code.NOT_FOUND, f'There is no message "{number:.100}".', "Give its messageId or attempt.")
        return done(shown(found))

    @routes("GET", f"{API}/message-statistics")
    async def statistics(self, request: Request) -> Response:
        """Count messages and receipts, of one campaign group or of all."""
        group = request.one("campaignGroup")
        if unknown := sorted(set(request.query) - {"campaignGroup"}):
            raise Refusal(Code.INVALID, f'"{unknown[0]:.60}" is not known here.', 'There is "campaignGroup".')
        async with self.runtime.postgres.transaction() as connection:
            messages, receipts = await Messages(connection).counted(_name(group) or None)
        return done(counts(messages, receipts))

    async def _template_of(self, wanted: Mapping[str, Any]) -> Template:
        """Return what a test message is to say.

        Raises:
            Refusal: that is not said, said twice, or cannot be sent; or there is no such message template.
        """
        if (wanted["template"] is None) == (wanted["text"] is None):
            raise Refusal(Code.MISSING, '"text" is missing.', 'Give either "text" or the name of a "template".')
        if wanted["template"] is None:
            template = Template(wanted["text"], wanted["subject"])
        else:
            kept = (await self.message_templates.needed(wanted["template"])).data
            if kept["media"] != wanted["media"]:
                raise Refusal(Code.INVALID, f'"template" is one for {kept["media"]}.', f"Not for {wanted['media']}.")
            template = template_of(kept)
        template.check()
        return template

    @states("campaign group {name} sends {message}")
    def group_sends(self, name: str, message: str) -> None:
        """Know a campaign group's message without asking Configuration."""
        self.templates.known[name, ""] = Template(message)

    @states("attempt {guid} was sent its message")
    async def attempt_was_sent(self, guid: str) -> None:
        """Have sent a text message for an attempt."""
        message = Message(guid, "campaign", "sms", "+447700900018", SENDERS["sms"], text="See you on Monday.")
        await self.outbox.send([message])

    async def _look(self) -> None:
        """Look, as long as the service runs, for what other replicas have left behind."""
        while True:
            with suppress(Exception):  # a store is out of reach: the next look may reach it
                await self.outbox.look()
                self.receipts.work()
                await self.retention.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await asyncio.get_running_loop().create_future()


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
        guid = needed(record, "GSW_CALL_ATTEMPT_GUID", str)
        if len(guid) > 128 or "\0" in guid:
            raise Refusal(
                Code.INVALID, f'"GSW_CALL_ATTEMPT_GUID" is {guid!r:.60}.', "A text of at most 128 characters."
            )
    return records


def _name(group: str) -> str:
    if len(group) > 255 or "\0" in group:
        raise Refusal(Code.INVALID, f'"GSW_CAMPAIGN_GROUP_NAME" is {group!r:.60}.', "A text of at most 255 characters.")
    return group


def build(settings: Settings, clock: Clock) -> DialManager:
    """Return the service."""
    return DialManager(Runtime(settings, clock, "cxc-dial-manager", "cxc_dm_"))
