"""Statistics are pushed by long polling, as CometD does it."""

from __future__ import annotations

import asyncio
from inspect import isawaitable
from typing import Any

import pytest

from cxmock.errors.calls import NotReachable
from cxmock.fakes.gws import Gws
from cxmock.fakes.gws.notifications import SERVICE, SESSIONS_LIMIT, UPDATES
from cxmock.fakes.gws.statistics import Statistic
from cxmock.wire.genesys import Message
from cxmock.wire.http import Request, to_json

Call = Any
Server = Any
"""Both of conftest.py."""

PATH = "/statistics/v3/notifications"


@pytest.fixture(autouse=True)
def spring(gws: Gws, confserv: Server, ocs: Server) -> None:
    """A campaign group that dials, and a subscription to its attempts."""
    group = {"DBID": 7, "campaignDBID": 101, "groupDBID": 732}
    confserv.answers["ReadObjects"] = [Message("ObjectsRead", {"objects": [group]}), Message("ObjectsSent", {})]
    ocs.answers["GetCampaignStatus"] = counted(8)
    gws.statistics.subscriptions["s-1"] = [Statistic("CampaignAttempts", "Spring@Agents", "attempts")]
    gws.notifications.hold = 2
    gws.notifications.every = 0.01


def counted(dialed: int) -> list[Message]:
    """Return OCS's answer after so many attempts."""
    return [Message("CampaignStatus", {"statistics": {"dialed": dialed}})]


def session(call: Call, *channels: str) -> str:
    """Shake hands and subscribe; return the client id."""
    [hands] = call("POST", f"{PATH}/handshake", json=[{"channel": "/meta/handshake", "id": "1"}]).json()
    for channel in channels:
        ask(call, hands["clientId"], "/meta/subscribe", subscription=channel)
    return str(hands["clientId"])


def ask(call: Call, client: str, channel: str, **more: Any) -> list[dict[str, Any]]:
    """Send one message and return the answers."""
    answers: list[dict[str, Any]] = call("POST", PATH, json=[{"channel": channel, "clientId": client, **more}]).json()
    return answers


def connect(call: Call, client: str) -> list[dict[str, Any]]:
    """Connect; return the news."""
    *news, answer = ask(call, client, "/meta/connect", connectionType="long-polling", id="9")
    assert (answer["successful"], answer["id"], answer["advice"]["reconnect"]) == (True, "9", "retry")
    return news


def test_a_session_begins_with_a_handshake(supervisor: Call) -> None:
    """And a cookie by the documented name."""
    response = supervisor("POST", f"{PATH}/handshake", json=[{"channel": "/meta/handshake", "id": "1"}])
    [answer] = response.json()
    assert (answer["successful"], answer["id"], answer["version"]) == (True, "1", "1.0")
    assert answer["supportedConnectionTypes"] == ["long-polling"]
    assert response.headers["set-cookie"].startswith(f"STATISTICS_SESSIONID={answer['clientId']};")


def test_notifications_need_a_token(call: Call) -> None:
    """As every call does."""
    assert call("POST", f"{PATH}/handshake", json=[{"channel": "/meta/handshake"}]).status == 401


def test_the_state_of_the_service_is_told_once(supervisor: Call) -> None:
    """At the first connect after subscribing."""
    client = session(supervisor, SERVICE)
    assert connect(supervisor, client) == [{"channel": SERVICE, "data": {"serviceState": "Available"}}]
    supervisor.gws.notifications.hold = 0.05
    assert connect(supervisor, client) == []


def test_values_are_told_when_they_change(supervisor: Call, ocs: Server) -> None:
    """All of them first; then a connect is held until there is something new."""
    client = session(supervisor, UPDATES)
    [first] = connect(supervisor, client)
    [statistic] = first["data"]["statistics"]
    assert (statistic["subscriptionId"], statistic["statisticId"], statistic["value"]) == ("s-1", "attempts", 8)

    async def held() -> Any:
        body = to_json([{"channel": "/meta/connect", "clientId": client}])
        answer = supervisor.gws.answer(Request("POST", f"{PATH}/connect", supervisor.headers, body))
        assert isawaitable(answer)
        waiting = asyncio.ensure_future(answer)
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        assert not done
        ocs.answers["GetCampaignStatus"] = counted(9)
        async with asyncio.timeout(5):
            return (await waiting).json()

    news, _ = asyncio.run(held())
    assert [one["value"] for one in news["data"]["statistics"]] == [9]


def test_who_is_in_a_hurry_does_not_wait(supervisor: Call) -> None:
    """A connect with a time-out of 0 is answered at once."""
    supervisor.gws.notifications.hold = 60
    client = session(supervisor)
    connect(supervisor, client)
    [answer] = ask(supervisor, client, "/meta/connect", advice={"timeout": 0})
    assert answer["successful"]


def test_nothing_is_told_of_a_channel_that_was_left(supervisor: Call) -> None:
    """Nor of one that nobody subscribed to."""
    client = session(supervisor, UPDATES)
    [left] = ask(supervisor, client, "/meta/unsubscribe", subscription=UPDATES)
    assert (left["successful"], left["subscription"]) == (True, UPDATES)
    assert connect(supervisor, client) == []


def test_a_back_end_that_is_away_is_no_news(supervisor: Call, ocs: Server) -> None:
    """The session goes on, and the values come when it is back."""
    client = session(supervisor, UPDATES)
    ocs.answers["GetCampaignStatus"] = NotReachable("127.0.0.1:5050", "connection refused")
    assert connect(supervisor, client) == []
    ocs.answers["GetCampaignStatus"] = counted(8)
    assert len(connect(supervisor, client)) == 1


@pytest.mark.parametrize(
    ("channel", "more", "error"),
    [
        ("/meta/subscribe", {"subscription": "/x"}, f"404:/x:There are {SERVICE} and {UPDATES}"),
        ("/meta/subscribe", {}, f"404:None:There are {SERVICE} and {UPDATES}"),
        ("/chat", {"data": 1}, "403:/chat:Nothing can be published here"),
        (None, {}, "403:None:Nothing can be published here"),
    ],
)
def test_a_message_that_cannot_be_is_refused(supervisor: Call, channel: Any, more: dict[str, Any], error: str) -> None:
    """In an answer of its own."""
    [answer] = ask(supervisor, session(supervisor), channel, **more)
    assert (answer["successful"], answer["error"]) == (False, error)


def test_an_unknown_client_is_told_to_shake_hands(supervisor: Call) -> None:
    """So is one that disconnected, and one that was crowded out."""
    client = session(supervisor)
    [gone] = ask(supervisor, client, "/meta/disconnect")
    assert gone["successful"]
    old = session(supervisor)
    for _ in range(SESSIONS_LIMIT):
        session(supervisor)
    for unknown in ("x", client, old):
        [answer] = ask(supervisor, unknown, "/meta/connect")
        assert (answer["successful"], answer["error"]) == (False, "402::Unknown client")
        assert answer["advice"]["reconnect"] == "handshake"


@pytest.mark.parametrize("body", [1, ["x"], [{}] * 101])
def test_a_body_that_is_no_list_of_messages_is_refused(supervisor: Call, body: object) -> None:
    """652."""
    assert supervisor("POST", PATH, json=body).json()["status"]["code"] == 652
