"""Receipts and replies reach who asked for them: signed, and again until acknowledged."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from cxmock.errors.nexus import NoConversation
from cxmock.fakes.nexus import Nexus
from cxmock.fakes.nexus.webhooks import PENDING_LIMIT, REDELIVERIES
from cxmock.net.background import Background
from cxmock.net.waiting import until
from cxmock.wire.http import Request, Response, to_json

if TYPE_CHECKING:
    from tests.fakes.nexus.conftest import Receiver

SECRET = b"webhook secret"


def send(background: Background, nexus: Nexus, callback: str, *numbers: str) -> list[str]:
    messages = [{"reference": to, "from": "+12025550100", "to": to, "text": "Hello"} for to in numbers]
    data: dict[str, Any] = {"batchId": "b1", "channel": "sms", "callback": callback, "messages": messages}
    headers = {"x-api-key": nexus.api_key, "x-ccid": nexus.ccid}
    request = Request("POST", "/nexus/v3/messages", headers, to_json({"data": data}))
    told = background.call(lambda: nexus.answer(request)).json()
    return [message["messageId"] for message in told["data"]["messages"]]


def settle(background: Background, nexus: Nexus, seconds: float = 0.0) -> None:
    """Wait until nothing is under way any more, ``seconds`` later by the clock of Nexus."""

    async def settled() -> bool:
        nexus.clock.advance(seconds)
        return await until(lambda: not nexus.webhooks.pending, within=5)

    assert background.run(settled(), within=10)


def test_a_receipt_is_signed_and_names_its_message(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    nexus.outcomes.decided["+12025550143"] = "UNDELIVERED"

    [message_id] = send(background, nexus, receiver.url, "+12025550143")
    settle(background, nexus)

    [receipt] = receiver.got
    assert receipt.json() == {
        "event": "receipt",
        "messageId": message_id,
        "batchId": "b1",
        "reference": "+12025550143",
        "channel": "sms",
        "to": "+12025550143",
        "status": "UNDELIVERED",
        "at": nexus.receipts[0].at,
    }
    assert receipt.headers["x-hub-signature"] == "sha1=" + hmac.new(SECRET, receipt.body, hashlib.sha1).hexdigest()
    assert len(receipt.headers["x-b3-traceid"]) == 16
    assert receipt.source == "nexus"
    assert nexus.webhooks.deliveries[0].acknowledged


def test_a_5xx_is_followed_by_a_redelivery(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    def fail_once(request: Request) -> Response:
        receiver.react = None
        return Response(503)

    receiver.react = fail_once

    send(background, nexus, receiver.url, "+12025550143")
    background.run(until(lambda: bool(receiver.got), within=5), within=10)
    background.run(until(lambda: bool(nexus.webhooks.deliveries[0].reason), within=5), within=10)
    assert nexus.webhooks.deliveries[0].reason == "It was answered by 503."
    settle(background, nexus, REDELIVERIES[0])

    assert [request.body for request in receiver.got] == [receiver.got[0].body] * 2
    assert (nexus.webhooks.deliveries[0].attempts, nexus.webhooks.deliveries[0].acknowledged) == (2, True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Response(500), "It was answered by 500."),
        (Response(401), "It was answered by 401."),
        (Response.plain("thanks"), "The answer does not name the event's messageId."),
        (Response.of({"messageId": "another"}), "The answer does not name the event's messageId."),
        (Response.of(["messageId"]), "The answer does not name the event's messageId."),
    ],
)
def test_what_is_never_acknowledged_is_given_up_in_the_end(
    background: Background, nexus: Nexus, receiver: Receiver, answer: Response, reason: str
) -> None:
    receiver.react = lambda request: answer
    nexus.clock.jumping = True

    send(background, nexus, receiver.url, "+12025550143")
    settle(background, nexus)

    [delivery] = nexus.webhooks.deliveries
    assert (delivery.attempts, delivery.acknowledged, delivery.reason) == (1 + len(REDELIVERIES), False, reason)
    assert len(receiver.got) == delivery.attempts


def test_a_callback_where_nobody_listens_is_given_up_too(background: Background, nexus: Nexus) -> None:
    nexus.clock.jumping = True

    send(background, nexus, "http://127.0.0.1:1/nexus/receipts", "+12025550143")
    settle(background, nexus)

    assert "cannot be reached" in nexus.webhooks.deliveries[0].reason


def test_a_reply_goes_to_the_callback_of_the_message_it_answers(
    background: Background, nexus: Nexus, receiver: Receiver
) -> None:
    """It may be injected from any thread, such as a test's own."""
    send(background, nexus, receiver.url, "+12025550143")
    settle(background, nexus)

    message_id = nexus.receive_sms("+12025550143", "STOP")
    settle(background, nexus)

    reply = receiver.got[-1].json()
    assert reply.pop("at") == pytest.approx(nexus.clock.now(), abs=60)
    assert reply == {
        "event": "message",
        "messageId": message_id,
        "channel": "sms",
        "from": "+12025550143",
        "to": "+12025550100",
        "text": "STOP",
    }


def test_a_reply_needs_a_message_to_answer(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    with pytest.raises(NoConversation) as nothing:
        nexus.receive_sms("+12025550143", "STOP")
    assert "expected: A message to reply to: none was sent." in str(nothing.value)

    send(background, nexus, receiver.url, "+12025550144")
    settle(background, nexus)
    with pytest.raises(NoConversation) as other:
        nexus.receive_sms("+12025550143", "STOP")

    assert str(other.value) == (
        "Nexus cannot receive a reply from +12025550143: no text message with a callback was sent there.\n"
        '  expected: Did you mean "+12025550144"?\n'
        "  why:      A reply goes to the callback of the message that it answers.\n"
        "  fix:      Have Dial Manager send a text message to +12025550143 first."
    )


def test_without_a_callback_there_is_a_receipt_but_no_webhook(background: Background, nexus: Nexus) -> None:
    send(background, nexus, "", "+12025550143")

    assert len(nexus.receipts) == 1
    assert not nexus.webhooks.deliveries


def test_reset_gives_up_what_is_under_way(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    receiver.react = lambda request: Response(503)
    send(background, nexus, receiver.url, "+12025550143", "+12025550144")
    background.run(until(lambda: len(receiver.got) == 2, within=5), within=10)

    background.call(nexus.reset)
    nexus.clock.advance(60)
    receiver.react = None
    send(background, nexus, receiver.url, "+12025550145")
    settle(background, nexus)

    assert [request.json()["to"] for request in receiver.got][2:] == ["+12025550145"]
    assert len(nexus.sent) == 1


def test_an_event_that_has_not_begun_its_way_is_given_up_by_a_reset_too(
    background: Background, nexus: Nexus, receiver: Receiver
) -> None:
    def post_and_reset() -> None:
        nexus.webhooks.post(receiver.url, {"messageId": "before"})
        nexus.reset()
        nexus.webhooks.post(receiver.url, {"messageId": "after"})

    background.call(post_and_reset)
    settle(background, nexus)

    assert [request.json()["messageId"] for request in receiver.got] == ["after"]


def test_events_under_way_are_bounded_and_the_rest_is_counted(background: Background, nexus: Nexus) -> None:
    def flood() -> tuple[int, int]:
        for n in range(PENDING_LIMIT + 5):
            nexus.webhooks.post("http://127.0.0.1:1/", {"messageId": str(n)})
        counted = len(nexus.webhooks.pending), nexus.webhooks.dropped
        nexus.reset()
        return counted

    assert background.call(flood) == (PENDING_LIMIT, 5)
    assert not nexus.webhooks.pending
