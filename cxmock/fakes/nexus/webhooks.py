"""Webhooks: signed events posted to whoever asked for them, again and again until acknowledged, but not for ever."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cxmock.clients.http import HttpClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.clock import Clock
from cxmock.wire.http import Response, to_json

ANSWER_WITHIN = 10.0
"""Seconds in which a webhook has to be answered (documented)."""
REDELIVERIES = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try (assumed)."""
AT_ONCE = 8
PENDING_LIMIT = 10_000
KEPT = 10_000


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way to a callback."""

    url: str
    event: Mapping[str, Any]
    attempts: int = 0
    acknowledged: bool = False
    reason: str = ""
    """Why the latest try failed."""


class Webhooks:
    """Posts events, each in a task of its own on the loop it was made on; may be used from any thread.

    Documented: the header ``X-Hub-Signature: sha1=<HMAC-SHA1 of the body>``, ``X-B3-TraceId``, the answer within 10 s
    with the event's ``messageId``, redelivery after a 5xx. Assumed: that every failure leads to a redelivery, how
    often, and when.

    Args:
        secret: the key of the signatures.
        clock: by which redeliveries wait.
        context: trusts the receivers' certificates.
    """

    def __init__(self, secret: str, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._clients: dict[str, HttpClient] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)
        """The latest events posted, oldest first."""
        self.pending: set[Delivery] = set()
        """Those that are neither acknowledged nor given up."""
        self.dropped = 0
        """Events that were not posted because too many were pending."""
        self.forged = False
        """Whether events are signed with another secret than the one that was agreed on."""
        self.copies = 1
        """How often each event is posted, even though it was acknowledged."""

    def post(self, url: str, event: Mapping[str, Any]) -> None:
        """Post ``event`` to ``url``, in the background."""
        for _ in range(self.copies):
            self._post(url, event)

    def _post(self, url: str, event: Mapping[str, Any]) -> None:
        if len(self.pending) >= PENDING_LIMIT:
            self.dropped += 1
            return
        delivery = Delivery(url, event)
        self.deliveries.append(delivery)
        self.pending.add(delivery)
        self._loop.call_soon_threadsafe(self._begin, delivery)

    def signature(self, body: bytes) -> str:
        """Return the value of ``X-Hub-Signature`` for ``body``."""
        secret = secrets.token_bytes(16) if self.forged else self._secret
        return f"sha1={hmac.new(secret, body, hashlib.sha1).hexdigest()}"

    def reset(self) -> None:
        """Forget everything; what is under way is given up."""
        for task in self._tasks:
            task.cancel()
        self.deliveries.clear()
        self.pending.clear()
        self.dropped = 0
        self.forged, self.copies = False, 1

    async def aclose(self) -> None:
        """Give up what is under way and close every connection."""
        self.reset()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()

    def _begin(self, delivery: Delivery) -> None:
        if delivery in self.pending:  # else a reset came first
            task = self._loop.create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        """Post until it is acknowledged, or given up after the last redelivery."""
        body = to_json(delivery.event)
        for pause in (0.0, *REDELIVERIES):
            await self._clock.reach(self._clock.now() + pause)
            async with self._turns:
                delivery.attempts += 1
                delivery.reason = await self._try(delivery, body)
            delivery.acknowledged = not delivery.reason
            if delivery.acknowledged:
                break
        self.pending.discard(delivery)

    async def _try(self, delivery: Delivery, body: bytes) -> str:
        """Post once; return why it failed, or nothing."""
        parts = urlsplit(delivery.url)
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature": self.signature(body),
            "X-B3-TraceId": secrets.token_hex(8),
            "X-B3-SpanId": secrets.token_hex(8),
        }
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        try:
            client = self._client(f"{parts.scheme}://{parts.netloc}")
            response = await client.request("POST", target, body=body, headers=headers, within=ANSWER_WITHIN)
        except (NotReachable, NoAnswer) as error:
            return error.what
        return _why_not(response, str(delivery.event["messageId"]))

    def _client(self, origin: str) -> HttpClient:
        if origin not in self._clients:
            self._clients[origin] = HttpClient(origin, context=self._context, agent="nexus/9.0", limit=AT_ONCE)
        return self._clients[origin]


def _why_not(response: Response, message_id: str) -> str:
    """Return why an answer does not acknowledge an event, or nothing."""
    if response.status >= 300:
        return f"It was answered by {response.status}."
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("messageId") != message_id:
        return "The answer does not name the event's messageId."
    return ""
