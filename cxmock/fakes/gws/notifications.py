"""Pushed statistics, ``/statistics/v3/notifications``: CometD by long polling, as little of Bayeux as a client needs.

Documented (Genesys' generated client): the paths, the channels ``/statistics/v3/service`` (``serviceState``) and
``/statistics/v3/updates`` (``statistics``), and the cookie ``STATISTICS_SESSIONID`` at the handshake. Bayeux 1.0 itself
is public. Assumed: that a session hears of every subscription, only of values that have changed, and how often OCS is
asked while somebody waits. Publishing, other connection types and extensions are not there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.gws.envelope import Code, Refused
from cxmock.fakes.gws.statistics import Statistics
from cxmock.net.waiting import until
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response

SERVICE = "/statistics/v3/service"
UPDATES = "/statistics/v3/updates"
CHANNELS = (SERVICE, UPDATES)
COOKIE = "STATISTICS_SESSIONID"
SESSIONS_LIMIT = 100
"""Sessions kept. One more ends the oldest."""
MESSAGES_LIMIT = 100
"""Messages in one request."""

_ROOT = "/statistics/v3/notifications"
Message = dict[str, Any]


@dataclass
class Listener:
    """A CometD session."""

    channels: set[str] = field(default_factory=set)
    told: dict[tuple[str, str], object] = field(default_factory=dict)
    """Subscription and statistic -> the value that was told last."""
    waiting: list[Message] = field(default_factory=list)
    """What is to be told."""
    connected: bool = False
    """Whether it has connected: only the second connect is held."""


@dataclass
class Notifications:
    """The notifications of the statistics API."""

    statistics: Statistics
    hold: float = 30.0
    """Real seconds for which a connect waits for news."""
    every: float = 1.0
    """Real seconds between two looks for news while a connect waits."""
    listeners: dict[str, Listener] = field(default_factory=dict)
    """By client id, oldest first."""
    routes = Routes()

    @routes("POST", _ROOT)
    async def exchange(self, request: Request) -> Response:
        """Take Bayeux messages and answer each of them, with the news there are."""
        try:
            messages = request.json()
        except ValueError as error:
            raise Refused(Code.INVALID, "The body is not JSON.", "Send a list of Bayeux messages.") from error
        messages = messages if isinstance(messages, list) else [messages]
        if len(messages) > MESSAGES_LIMIT or not all(isinstance(message, dict) for message in messages):
            raise Refused(Code.INVALID, f"The body is no list of at most {MESSAGES_LIMIT} Bayeux messages.")
        answers: list[Message] = []
        for message in messages:
            answers += await self._answer(message)
        made = [answer["clientId"] for answer in answers if answer["channel"] == "/meta/handshake"]
        cookie = {"Set-Cookie": f"{COOKIE}={made[0]}; Path=/statistics/v3; HttpOnly"} if made else None
        return Response.of(answers, headers=cookie)

    @routes("POST", f"{_ROOT}/{{verb}}")
    async def exchange_at(self, request: Request) -> Response:
        """Do the same: CometD clients append the kind of message to the path."""
        return await self.exchange(request)

    async def _answer(self, message: Message) -> list[Message]:
        channel = message.get("channel")
        answer = {"channel": channel, "successful": True} | ({"id": message["id"]} if "id" in message else {})
        if channel == "/meta/handshake":
            return [answer | self._shake_hands()]
        name = str(message.get("clientId"))
        listener = self.listeners.get(name)
        if listener is None:
            advice = {"reconnect": "handshake", "interval": 0}
            return [answer | {"successful": False, "error": "402::Unknown client", "advice": advice}]
        answer["clientId"] = name
        if channel == "/meta/connect":
            news = await self._news(listener, message)
            return [*news, answer | {"advice": self._advice()}]
        if channel == "/meta/disconnect":
            del self.listeners[name]
            return [answer]
        if channel in ("/meta/subscribe", "/meta/unsubscribe"):
            return [answer | _choose(listener, channel, message.get("subscription"))]
        return [answer | {"successful": False, "error": f"403:{channel}:Nothing can be published here"}]

    def _shake_hands(self) -> Message:
        while len(self.listeners) >= SESSIONS_LIMIT:
            del self.listeners[next(iter(self.listeners))]
        name = uuid.uuid4().hex
        self.listeners[name] = Listener()
        return {
            "clientId": name,
            "version": "1.0",
            "supportedConnectionTypes": ["long-polling"],
            "advice": self._advice(),
        }

    def _advice(self) -> Message:
        return {"reconnect": "retry", "interval": 0, "timeout": int(self.hold * 1000)}

    async def _news(self, listener: Listener, message: Message) -> list[Message]:
        """Wait for news, unless this is the first connect or the client wants no wait; return what there is."""
        asked = message.get("advice")
        hurried = isinstance(asked, dict) and asked.get("timeout") == 0
        if listener.connected and not hurried:
            await until(lambda: self._look(listener), within=self.hold, every=self.every)
        else:
            await self._look(listener)
        listener.connected = True
        news, listener.waiting = listener.waiting, []
        return news

    async def _look(self, listener: Listener) -> bool:
        """See which values have changed since they were told; return whether there are news."""
        if UPDATES in listener.channels:
            changed = []
            for name, wanted in tuple(self.statistics.subscriptions.items()):
                for one in await self._values(wanted):
                    key = (name, one["statisticId"])
                    if key not in listener.told or listener.told[key] != one["value"]:
                        listener.told[key] = one["value"]
                        changed.append({"subscriptionId": name, **one})
            if changed:
                listener.waiting.append({"channel": UPDATES, "data": {"statistics": changed}})
        return bool(listener.waiting)

    async def _values(self, wanted: Any) -> list[dict[str, Any]]:
        try:
            return await self.statistics.values(wanted)
        except Refused:  # a back end is away for now, or the object is gone: no news
            return []


def _choose(listener: Listener, channel: str, chosen: object) -> Message:
    """Subscribe to a channel, or unsubscribe."""
    if not isinstance(chosen, str) or chosen not in CHANNELS:
        return {
            "successful": False,
            "subscription": chosen,
            "error": f"404:{chosen}:There are {' and '.join(CHANNELS)}",
        }
    if channel == "/meta/unsubscribe":
        listener.channels.discard(chosen)
    elif chosen not in listener.channels:
        listener.channels.add(chosen)
        if chosen == SERVICE:
            listener.waiting.append({"channel": SERVICE, "data": {"serviceState": "Available"}})
    return {"subscription": chosen}
