"""Nexus: API keys, batches of messages in, receipts and replies out."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.looking import NotThere
from cxmock.errors.nexus import NoConversation
from cxmock.fakes.nexus.batches import Batch, Message
from cxmock.fakes.nexus.envelope import Refused, Status, success
from cxmock.fakes.nexus.faults import Faults
from cxmock.fakes.nexus.ledger import Ledger, Receipt, Told, digest_of
from cxmock.fakes.nexus.outcomes import Outcomes
from cxmock.fakes.nexus.webhooks import KEPT, Webhooks
from cxmock.net.clock import Clock
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.serving import Routes, Site, States
from cxmock.serving.keeping import RememberedPart
from cxmock.wire.http import Request, Response

SENDING = "nexus:consumer:"
"""What a permission to send begins with."""


@dataclass
class ApiKey:
    """A key that a tenant's callers send as ``x-api-key``."""

    tenant: str
    """The tenant's contact centre id."""
    name: str
    permissions: tuple[str, ...] = ("nexus:consumer:*",)
    enabled: bool = True


@dataclass
class Nexus:
    """Nexus, the digital channels, as CX Contact sees it (connection 12).

    Documented: the base path, the headers ``x-api-key`` and ``x-ccid``, the request that makes an API key, the words of
    a status, and how webhooks are signed and acknowledged. Assumed: all that concerns batches of messages, the paths,
    bodies and limits, that a batch is known again by its id and a message by its reference, the receipts' and replies'
    bodies, and every HTTP status beside a word. Real Nexus has the
    bearer token for API keys checked by GWS; here ``administrators`` holds those that are good.

    Args:
        ccid: the one contact centre that is known.
        api_key: CX Contact's key, known from the start.
        webhooks: how receipts and replies go out.
        clock: tells the time of receipts.
        outcomes: decides what becomes of each message.
    """

    ccid: str
    api_key: str = field(repr=False)
    webhooks: Webhooks
    clock: Clock
    outcomes: Outcomes
    keys: dict[str, ApiKey] = field(default_factory=dict)
    administrators: set[str] = field(default_factory=set)
    """Bearer tokens that may make API keys."""
    ledger: Ledger = field(default_factory=Ledger)
    faults: Faults = field(default_factory=Faults)
    """What goes wrong with the next batches."""
    tells_sent: str = ""
    """``before`` or ``after`` the receipt that tells the end, there is one that says ``SENT``; empty: there is none."""
    out_of_service: bool = False

    routes = Routes()
    states = States()

    def __post_init__(self) -> None:
        self.reset()

    @classmethod
    def at(cls, site: Site) -> Nexus:
        """Return Nexus for a testbed's site; its loop is running."""
        known = site.directory.credentials
        webhooks = Webhooks(known.nexus_webhook, site.clock, site.authority.client_context)
        return cls(known.ccid, known.nexus_key, webhooks, site.clock, Outcomes(site.seed))

    def reset(self) -> None:
        """Return to the start: CX Contact's key is known, nothing was sent."""
        self.webhooks.reset()
        self.keys = {self.api_key: ApiKey(self.ccid, "CX Contact")}
        self.administrators = set()
        self.ledger.clear()
        self.outcomes.decided.clear()
        self.faults.clear()
        self.tells_sent = ""
        self.out_of_service = False

    def keep(self) -> RememberedPart:
        """Return the state, to be put back later; events that are on their way then are given up."""
        return RememberedPart(
            self.reset,
            (self, ("keys", "administrators", "ledger", "faults", "tells_sent", "out_of_service")),
            (self.outcomes, ("decided",)),
            (self.webhooks, ("deliveries", "dropped", "forged", "copies")),
        )

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self.webhooks.aclose()

    @property
    def sent(self) -> deque[Message]:
        """The messages that were sent, the latest last."""
        return self.ledger.sent

    @property
    def receipts(self) -> deque[Receipt]:
        """What became of them."""
        return self.ledger.receipts

    def answer(self, request: Request) -> Any:
        """Answer one request by a response; by an awaitable of one only where it is to be late.

        Raises:
            ConnectionAbortedError: the connection is to be closed instead.
        """
        try:
            if self.out_of_service:
                raise Refused(Status.FAILURE, "Nexus is out of service.", 503)
            response = self.routes.answer(self, request)
        except Refused as refused:
            response = refused.response()
        return response

    @routes("POST", "/nexus/v3/apikeys")
    def make_key(self, request: Request) -> Response:
        """Make an API key: ``{"data": {"enabled", "tenant", "name", "permissions"}}``, by an administrator's token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in self.administrators:
            raise Refused(Status.INVALID_CLIENT_TOKEN, "An administrator's bearer token is needed.", 401)
        data = _data(request)
        name, permissions = data.get("name"), data.get("permissions")
        if data.get("tenant") != self.ccid:
            raise Refused(Status.INVALID_CONTACT_CENTER, "tenant must be the id of a known contact centre.")
        if not isinstance(name, str) or not name:
            raise Refused(Status.INVALID_PARAMETER, "name must be a text.")
        if not isinstance(permissions, list) or not all(isinstance(one, str) for one in permissions):
            raise Refused(Status.INVALID_PARAMETER, 'permissions must be a list like ["nexus:consumer:*"].')
        if len(self.keys) >= KEPT:
            raise Refused(Status.FAILURE, f"There are {KEPT} API keys: no more can be made.", 409)
        key = ApiKey(self.ccid, name, tuple(permissions), data.get("enabled", True) is True)
        made = str(uuid.uuid4())
        self.keys[made] = key
        return success(
            {"apiKey": made, "enabled": key.enabled, "tenant": key.tenant, "name": name, "permissions": permissions}
        )

    @routes("POST", "/nexus/v3/messages")
    def send(self, request: Request) -> Response | Awaitable[Response]:
        """Send a batch of messages; each is accepted or refused. The same batch again gets the same answer."""
        self._admit(request)
        data = _data(request)
        self.faults.refuse()
        batch = Batch.read(data)
        digest = digest_of(data)
        answered = self.ledger.answered(batch, digest)
        if answered is None:
            answered = self._take_all(batch)
            if self.faults.at_most is None:  # else what was put off comes again, maybe in the same batch
                self.ledger.answer(batch, digest, answered)
        response = success({"batchId": batch.batch_id, "messages": answered})
        if self.faults.drops():
            raise ConnectionAbortedError
        if seconds := self.faults.pause():
            return self._answer_at(self.clock.now() + seconds, response)
        return response

    async def _answer_at(self, when: float, response: Response) -> Response:
        await self.clock.reach(when)
        return response

    def message(self, to: str, *, channel: str = "", containing: str = "", within: float = PATIENCE) -> Message:
        """Return the first message that was sent to a number or address, as soon as there is one.

        Args:
            to: the number or address.
            channel: ``sms`` or ``email``; empty: either.
            containing: what its text has in it.
            within: seconds.

        Raises:
            NotThere: there is none in time; the error tells what was sent instead.
        """

        def look() -> Message:
            sent = tuple(self.sent)
            for one in sent:
                if one.to == to and channel in ("", one.channel) and containing in one.text:
                    return one
            wanted = f' with "{containing}"' if containing else ""
            there = [f"{one.channel} to {one.to}: {one.text}" for one in sent]
            raise NotThere("Nexus", f'no {channel or "message"} to "{to}"{wanted}', there, "connection 12")

        return patiently(look, within=within)

    def receive_sms(self, sender: str, text: str) -> str:
        """Let a person answer the latest text message to ``sender``; return the reply's message id.

        Raises:
            NoConversation: no text message with a callback was sent to this number.
        """
        return self._receive("sms", sender, {"event": "message", "text": text})

    def receive_email(self, sender: str, text: str, subject: str = "") -> str:
        """Let a person answer the latest e-mail to ``sender``; return the answer's message id.

        Raises:
            NoConversation: no e-mail with a callback was sent to this address.
        """
        return self._receive("email", sender, {"event": "message", "text": text, "subject": subject})

    def unsubscribe(self, address: str) -> str:
        """Let a person follow the link in the latest e-mail by which one gets no more; return the event's message id.

        Raises:
            NoConversation: no e-mail with a callback was sent to this address.
        """
        return self._receive("email", address, {"event": "unsubscribe"})

    def _receive(self, channel: str, sender: str, said: Mapping[str, str]) -> str:
        before = next((one for one in reversed(self.sent) if one.to == sender and one.callback), None)
        if before is None or before.channel != channel:
            raise NoConversation(sender, [one.to for one in self.sent if one.channel == channel], channel)
        message_id = str(uuid.uuid4())
        about = {"messageId": message_id, "channel": channel, "from": sender, "to": before.sender}
        self.webhooks.post(before.callback, {**said, **about, "at": self.clock.now()})
        return message_id

    @states("the Nexus API key is known")
    def key_is_known(self) -> dict[str, str]:
        """Give the key and the contact centre's id."""
        return {"api_key": self.api_key, "ccid": self.ccid}

    @states("the Nexus API key is disabled")
    def key_is_disabled(self) -> dict[str, str]:
        """Disable CX Contact's key; gives it."""
        self.keys[self.api_key].enabled = False
        return self.key_is_known()

    @states("an administrator of Nexus is logged in")
    def administrator_is_logged_in(self) -> dict[str, str]:
        """Give a token that may make API keys."""
        token = str(uuid.uuid4())
        self.administrators = {token}
        return {"authorization": f"Bearer {token}", "ccid": self.ccid}

    @states("Nexus is out of service")
    def is_out_of_service(self) -> dict[str, str]:
        """Refuse everything from now on."""
        self.out_of_service = True
        return self.key_is_known()

    @states("Nexus wants {count} batches later, in {seconds} s")
    def wants_batches_later(self, count: int, seconds: float) -> dict[str, str]:
        """Answer the next batches by 429 and ``Retry-After``."""
        self.faults.throttle(batches=count, retry_after=seconds)
        return self.key_is_known()

    @states("Nexus fails {count} batches by {status}")
    def fails(self, count: int, status: int) -> dict[str, str]:
        """Answer the next batches by a 5xx."""
        self.faults.fail(batches=count, status=status)
        return self.key_is_known()

    @states("Nexus answers {count} batches {seconds} s late")
    def is_late(self, count: int, seconds: float) -> dict[str, str]:
        """Take the next batches, and answer them late."""
        self.faults.delay(seconds, batches=count)
        return self.key_is_known()

    @states("Nexus takes {count} batches and drops the connection")
    def drops(self, count: int) -> dict[str, str]:
        """Take the next batches, and do not answer them."""
        self.faults.drop(batches=count)
        return self.key_is_known()

    @states("Nexus takes {count} messages of a batch")
    def takes_some(self, count: int) -> dict[str, str]:
        """Put off the other messages of each batch."""
        self.faults.take_at_most(count)
        return self.key_is_known()

    @states("Nexus signs its webhooks with another secret")
    def forges(self) -> dict[str, str]:
        """Sign events so that nobody should believe them."""
        self.webhooks.forged = True
        return self.key_is_known()

    @states("Nexus posts each event {count} times")
    def repeats(self, count: int) -> dict[str, str]:
        """Post events that were acknowledged again."""
        self.webhooks.copies = count
        return self.key_is_known()

    @states("Nexus tells that a message is sent {when} it tells how that ended")
    def tells_that_it_is_sent(self, when: str) -> dict[str, str]:
        """Post a receipt ``SENT``, ``before`` or ``after`` the last one."""
        self.tells_sent = when
        return self.key_is_known()

    @states("Nexus has message {reference} to {to}")
    def has_message(self, reference: str, to: str) -> dict[str, str]:
        """Have taken a text message; it has the text that the promise sends."""
        message = {"reference": reference, "to": to, "text": "Your appointment is on Monday."}
        self._take(Batch("earlier", "sms", "", (message,)), message)
        return self.key_is_known()

    def _admit(self, request: Request) -> None:
        key = self.keys.get(request.headers.get("x-api-key", ""))
        if key is None or not key.enabled:
            raise Refused(Status.INVALID_CLIENT_TOKEN, "x-api-key is missing, unknown or disabled.", 401)
        if request.headers.get("x-ccid") != key.tenant:
            raise Refused(Status.INVALID_CONTACT_CENTER, "x-ccid is not the contact centre of this API key.", 403)
        if not any(permission.startswith(SENDING) for permission in key.permissions):
            raise Refused(Status.INVALID_CLIENT_TOKEN, f"This API key has no permission {SENDING}*.", 403)

    def _take_all(self, batch: Batch) -> list[Told]:
        """Send the messages of a batch, as many as are taken at once; return what the caller is told of each."""
        most = self.faults.at_most
        taken = batch.messages if most is None else batch.messages[:most]
        later = {"status": Status.FAILURE, "detail": "Nexus took enough of this batch: send it later."}
        return [self._take(batch, message) for message in taken] + [
            {"reference": str(message.get("reference", "")), **later} for message in batch.messages[len(taken) :]
        ]

    def _take(self, batch: Batch, message: Mapping[str, Any]) -> Told:
        """Send one message, or refuse it; return what the caller is told."""
        told, sent = self.ledger.take(batch, message)
        if sent is not None:
            receipt = Receipt(sent.message_id, sent.to, self.outcomes.of(sent.channel, sent.to), self.clock.now())
            self.receipts.append(receipt)
            if sent.callback:
                self._tell(sent, receipt)
        return told

    def _tell(self, sent: Message, receipt: Receipt) -> None:
        """Post a message's receipts, in the order that is set."""
        events = [receipt.event(sent)]
        if self.tells_sent:
            on_the_way = Receipt(sent.message_id, sent.to, "SENT", receipt.at - 0.001).event(sent)
            events.insert(0 if self.tells_sent == "before" else 1, on_the_way)
        for event in events:
            self.webhooks.post(sent.callback, event)


def _data(request: Request) -> dict[str, Any]:
    """Return the ``data`` of an enveloped request."""
    try:
        body = request.json()
    except ValueError:
        body = None
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise Refused(Status.INVALID_PARAMETER, 'The body must be JSON like {"data": {...}}.')
    return data
