"""Nexus is slow, busy, away or cut off: nothing is lost and nothing is sent twice; OCS is told to come again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cxmock.net.waiting import until
from cxmock.reference.services.dial_manager import nexus as to_nexus
from cxmock.reference.services.dial_manager import outbox
from cxmock.reference.services.dial_manager.nexus import FIRST_PAUSE, LONGEST_PAUSE, Pace
from cxmock.wire.http import Response
from tests.reference.dial_manager.conftest import record, result

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk


def numbers(desk: Desk) -> list[str]:
    """Return to whom messages were sent, in order."""
    return sorted(one.to for one in desk.nexus.sent)


def test_an_answer_that_comes_too_late_does_not_send_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nexus took the batch, and is no longer waited for when it says so; the next try is known again."""
    monkeypatch.setattr(to_nexus, "WITHIN", 0.05)
    desk.nexus.faults.delay(0.5)

    told = desk.digital_until_taken(record())

    assert result(told)["messageId"] == desk.nexus.sent[0].message_id
    assert len(desk.nexus.sent) == 1


def test_an_answer_that_was_lost_does_not_send_twice(desk: Desk) -> None:
    """Nexus took the batch, and the connection broke before it said so."""
    desk.nexus.faults.drop()

    told = desk.digital_until_taken(record(), record("a2", "+12025550144"))

    assert [one["GSW_CALL_RESULT"] for one in told["results"]] == [0, 0]
    assert numbers(desk) == ["+12025550143", "+12025550144"]


def test_what_was_lost_with_others_is_known_again_alone(desk: Desk) -> None:
    """The batch that Nexus took had two messages; meanwhile one of both people is suppressed."""
    desk.nexus.faults.drop()
    assert desk.digital(record(), record("a2", "+12025550144"))[0] == 503
    desk.suppress("no texts", "12025550143")

    told = desk.digital_until_taken(record(), record("a2", "+12025550144"))

    assert result(told, "a1") == {"GSW_CALL_RESULT": 51, "reason": "suppressed by no texts"}
    assert result(told, "a2")["GSW_CALL_RESULT"] == 0
    assert numbers(desk) == ["+12025550143", "+12025550144"]


def test_a_busy_nexus_is_left_alone_for_as_long_as_it_asks_and_ocs_is_told(desk: Desk) -> None:
    desk.nexus.faults.throttle(retry_after=1)

    response = desk.hand_over(record())
    asked = len(desk.testbed.journal.exchanges(12))
    again = desk.hand_over(record())

    assert (response.status, response.headers["retry-after"]) == (503, "1")
    assert "Nexus takes no messages now: Nexus answered HTTP 429" in response.json()["status"]["message"]
    assert (again.status, asked, len(desk.testbed.journal.exchanges(12))) == (503, 1, 1)
    assert desk.service.outbox.nexus.pace.left > 0.5
    assert "cxc_dm_nexus_service_status 0\n" in desk.get("/metrics")
    assert 'cxc_dm_delivery_buffer_size{media="sms"} 1\n' in desk.get("/metrics")

    assert result(desk.digital_until_taken(record()))["GSW_CALL_RESULT"] == 0
    assert "cxc_dm_nexus_service_status 1\n" in desk.get("/metrics")
    assert numbers(desk) == ["+12025550143"]


def test_what_waits_is_sent_when_nexus_is_back_whether_ocs_asks_or_not(desk: Desk) -> None:
    desk.nexus.faults.fail(batches=2)
    assert desk.digital(record())[0] == 503

    desk.nexus.message("+12025550143")

    assert desk.digital_until_taken(record())["results"][0]["GSW_CALL_RESULT"] == 0


def test_each_failure_doubles_the_pause_and_a_success_ends_it() -> None:
    async def story() -> list[float]:
        pace, pauses = Pace(), []
        for _ in range(10):
            pace.failed("away", None)
            pauses.append(pace.left)
        pace.failed("busy", 3)
        pauses.append(pace.left)
        pace.answered()
        return [*pauses, pace.left]

    *pauses, said, ended = asyncio.run(story())
    assert pauses[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE], abs=0.05)
    assert max(pauses) == pytest.approx(LONGEST_PAUSE, abs=0.05)
    assert said == pytest.approx(3, abs=0.05)
    assert ended == 0


def test_a_nexus_that_is_gone_is_told_as_such(desk: Desk) -> None:
    desk.testbed.unplug(12)

    status, told = desk.digital(record())

    assert (status, told["status"]["code"]) == (503, 515)
    assert told["status"]["message"].startswith("Nexus takes no messages now: Nexus does not answer")


def test_a_refused_api_key_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.nexus.key_is_disabled()

    _, told = desk.digital(record())

    words = "Nexus answered HTTP 401, INVALID_CLIENT_TOKEN: x-api-key is missing, unknown or disabled."
    assert result(told) == {"GSW_CALL_RESULT": 3, "reason": words}
    assert len(desk.testbed.journal.exchanges(12)) == 1


def test_a_buffer_that_is_full_takes_no_more_and_nothing_of_what_it_refuses(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BUFFER_LIMIT", 2)
    desk.nexus.faults.fail(batches=100)
    assert desk.digital(record("a1"))[0] == 503

    status, told = desk.digital(record("a2"), record("a3"))

    assert (status, told["status"]["message"]) == (503, "2 messages wait already, and no more are taken.")
    assert [row["attempt"] for row in desk.sql("SELECT attempt FROM cxc.message")] == ["a1"]
    assert desk.digital(record("b1", "ada@example.org"), media="email")[0] == 503  # its buffer has room
    assert len(desk.sql("SELECT attempt FROM cxc.message")) == 2


def test_messages_of_a_batch_that_nexus_puts_off_are_offered_again(desk: Desk) -> None:
    desk.nexus.faults.take_at_most(2)
    records = [record(f"a{n}", f"+1202555014{n}") for n in range(5)]

    told = desk.digital_until_taken(*records)

    assert [one["GSW_CALL_RESULT"] for one in told["results"]] == [0] * 5
    assert numbers(desk) == [one["GSW_PHONE"] for one in records]


def test_a_message_that_is_always_put_off_fails_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PUT_OFF_LIMIT", 2)
    desk.nexus.faults.take_at_most(0)

    told = desk.digital_until_taken(record())

    assert result(told) == {
        "GSW_CALL_RESULT": 3,
        "reason": "Nexus said FAILURE: Nexus took enough of this batch: send it later.",
    }


def test_who_says_stop_while_a_message_waits_does_not_get_it(desk: Desk) -> None:
    desk.digital(record("a1"))
    desk.nexus.faults.fail(batches=2)
    assert desk.digital(record("a2"))[0] == 503

    desk.nexus.receive_sms("+12025550143", "STOP")
    desk.settle()

    told = desk.digital_until_taken(record("a2"))
    assert result(told, "a2") == {"GSW_CALL_RESULT": 51, "reason": "suppressed by CXContactSMSOptOut"}
    assert [one.reference for one in desk.nexus.sent] == ["a1"]


@pytest.mark.parametrize("row", [5, 7])
def test_a_store_that_is_away_loses_nothing(desk: Desk, row: int) -> None:
    desk.testbed.unplug(row)
    status, told = desk.digital(record())
    assert (status, told["status"]["code"]) == (503, 515)
    desk.testbed.plug(row)

    assert result(desk.digital_until_taken(record()))["GSW_CALL_RESULT"] == 0
    assert numbers(desk) == ["+12025550143"]


def test_what_a_replica_left_behind_is_taken_up_by_the_next(desk: Desk) -> None:
    """The first was in the middle of a batch, which Nexus had: its row is free as soon as its transaction is gone."""
    desk.nexus.faults.delay(60)
    desk.testbed.run(desk.hand_over_and_die(desk.another_replica(), record()))

    told = desk.digital_until_taken(record())

    assert result(told)["messageId"] == desk.nexus.sent[0].message_id
    assert len(desk.nexus.sent) == 1


def test_two_replicas_send_each_message_once(desk: Desk) -> None:
    other = desk.another_replica()
    records = [record(f"a{n}", f"+1202555{n:04}") for n in range(250)]

    async def both() -> list[int]:
        answers = await asyncio.gather(
            *(service.answer(desk.order(*records)) for service in (desk.service, other, desk.service, other))
        )
        return [answer.status for answer in answers]

    try:
        statuses = desk.testbed.run(both())
    finally:
        desk.testbed.run(other.aclose())

    assert statuses == [200] * 4
    assert numbers(desk) == [one["GSW_PHONE"] for one in records]


def test_who_waits_for_an_answer_while_all_is_reset_has_nothing_sent_afterwards(desk: Desk) -> None:
    """The sender is gone, and the one who waits for what it sends begins no other."""
    desk.nexus.faults.delay(60)

    async def reset_in_between() -> Response:
        asking = asyncio.create_task(desk.service.answer(desk.order(record())))
        assert await until(lambda: bool(desk.nexus.sent), within=5)
        desk.service.reset()
        desk.nexus.reset()
        return await asking

    response = desk.testbed.run(reset_in_between(), within=15)

    assert (response.status, response.json()["status"]["message"]) == (503, "The messages wait to be sent.")
    assert numbers(desk) == []
