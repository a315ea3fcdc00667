"""What goes wrong at Nexus when a test wants it to, by its state in contracts or by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from cxmock.errors.nexus import NoConversation
from cxmock.fakes.nexus import Nexus
from cxmock.net.background import Background
from tests.fakes.nexus.test_nexus import batch, send
from tests.fakes.nexus.test_webhooks import settle

if TYPE_CHECKING:
    from tests.fakes.nexus.conftest import Receiver

ADA, BEA = "+12025550143", "+12025550144"


def arrange(nexus: Nexus, template: str, **params: Any) -> Mapping[str, Any]:
    return asyncio.run(nexus.states.arrange(nexus, template, params))


def test_a_busy_nexus_says_when_to_come_again_and_takes_nothing(nexus: Nexus) -> None:
    arrange(nexus, "Nexus wants {count} batches later, in {seconds} s", count=1, seconds=7)

    first, second = send(nexus, batch(ADA)), send(nexus, batch(ADA))

    assert (first.status, first.headers["retry-after"], first.json()["status"]) == (429, "7", "FAILURE")
    assert (second.status, len(nexus.sent)) == (200, 1)


def test_a_nexus_that_fails_does_so_for_as_many_batches_as_it_should(nexus: Nexus) -> None:
    arrange(nexus, "Nexus fails {count} batches by {status}", count=2, status=502)

    assert [send(nexus, batch(ADA)).status for _ in range(3)] == [502, 502, 200]


def test_a_late_answer_is_to_what_was_taken_at_once(background: Background, nexus: Nexus) -> None:
    arrange(nexus, "Nexus answers {count} batches {seconds} s late", count=1, seconds=3600)

    async def story() -> int:
        late: Any = send(nexus, batch(ADA))
        answer = asyncio.ensure_future(late)
        assert (len(nexus.sent), answer.done()) == (1, False)
        nexus.clock.advance(3600)
        status: int = (await answer).status
        return status

    assert background.run(story(), within=5) == 200


def test_a_connection_that_is_dropped_is_so_after_the_batch_was_taken(nexus: Nexus) -> None:
    arrange(nexus, "Nexus takes {count} batches and drops the connection", count=1)

    with pytest.raises(ConnectionAbortedError):
        send(nexus, batch(ADA))

    assert len(nexus.sent) == 1
    again = send(nexus, batch(ADA)).json()["data"]["messages"]
    assert [one["messageId"] for one in again] == [nexus.sent[0].message_id]


def test_what_is_too_much_for_one_batch_is_put_off_and_taken_in_the_next(nexus: Nexus) -> None:
    arrange(nexus, "Nexus takes {count} messages of a batch", count=1)

    first = send(nexus, batch(ADA, BEA)).json()["data"]["messages"]
    nexus.faults.take_at_most(None)
    second = send(nexus, batch(ADA, BEA)).json()["data"]["messages"]

    assert [one["status"] for one in first] == ["SUCCESS", "FAILURE"]
    assert [one["status"] for one in second] == ["SUCCESS", "SUCCESS"]
    assert [one.to for one in nexus.sent] == [ADA, BEA]


def test_a_message_is_known_again_by_its_reference_in_whatever_batch_it_comes(nexus: Nexus) -> None:
    first = send(nexus, batch(ADA)).json()["data"]["messages"]

    again = send(nexus, batch(ADA, BEA, batch_id="b2")).json()["data"]["messages"]
    other = send(nexus, batch(BEA, batch_id="b3")).json()["data"]["messages"]

    assert again[0] == first[0]
    assert [one.to for one in nexus.sent] == [ADA, BEA]
    assert other[0]["detail"] == "reference names another message, which was sent already."


def test_events_can_be_signed_wrongly_and_come_twice(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    arrange(nexus, "Nexus signs its webhooks with another secret")
    arrange(nexus, "Nexus posts each event {count} times", count=2)

    background.call(lambda: send(nexus, batch(ADA, callback=receiver.url)))
    settle(background, nexus)

    first, second = receiver.got
    assert first.json() == second.json()
    assert first.headers["x-hub-signature"] != second.headers["x-hub-signature"]
    assert nexus.webhooks.signature(b"") != nexus.webhooks.signature(b"")


@pytest.mark.parametrize(("when", "last"), [("before", "DELIVERED"), ("after", "SENT")])
def test_that_a_message_is_sent_can_be_told_before_or_after_its_end(
    background: Background, nexus: Nexus, receiver: Receiver, when: str, last: str
) -> None:
    nexus.outcomes.decided[ADA] = "DELIVERED"
    arrange(nexus, "Nexus tells that a message is sent {when} it tells how that ended", when=when)

    background.call(lambda: send(nexus, batch(ADA, callback=receiver.url)))
    settle(background, nexus)

    told = {one.json()["status"]: one.json()["at"] for one in receiver.got}
    assert told["SENT"] < told["DELIVERED"]
    assert nexus.webhooks.deliveries[-1].event["status"] == last


def test_people_answer_e_mails_and_unsubscribe(background: Background, nexus: Nexus, receiver: Receiver) -> None:
    mails = batch("ada@example.org", channel="email", callback=receiver.url)
    background.call(lambda: send(nexus, mails))
    background.call(lambda: nexus.receive_email("ada@example.org", "Please", subject="unsubscribe"))
    background.call(lambda: nexus.unsubscribe("ada@example.org"))
    settle(background, nexus)

    events = [one.json() for one in receiver.got if one.json()["event"] != "receipt"]
    assert {event["event"]: event.get("subject") for event in events} == {
        "message": "unsubscribe",
        "unsubscribe": None,
    }
    with pytest.raises(NoConversation, match="no e-mail with a callback was sent there"):
        nexus.unsubscribe("bea@example.org")


def test_faults_end_with_a_reset(nexus: Nexus) -> None:
    nexus.faults.throttle()
    nexus.faults.fail()
    nexus.faults.delay(5)
    nexus.faults.drop()
    nexus.faults.take_at_most(0)
    nexus.reset()

    told = send(nexus, batch(ADA)).json()
    assert told["data"]["messages"][0]["status"] == "SUCCESS"
