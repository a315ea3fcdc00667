"""What is not sent any more: messages of a campaign that was stopped. And what is not kept for ever: what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxmock.reference.account import ACCOUNT, SETTINGS
from cxmock.wire.http import to_json
from tests.reference.dial_manager.conftest import GROUP, record, result

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

DAY = 86400


def stands(desk: Desk, state: str, **more: float) -> None:
    """Have the campaign group in a state, as Compliance Manager keeps what OCS pushes."""
    desk.redis("HSET", desk.keys.campaign_groups, GROUP, to_json({"GSW_CAMPAIGN_GROUP_STATE": state, **more}).decode())


async def set_days(desk: Desk, days: int) -> None:
    """Set for how many days messages are kept, as API Aggregator does."""
    settings = desk.service.runtime.objects(SETTINGS.name)
    await settings.add(ACCOUNT, {"messageDays": days}, desk.testbed.clock.now(), 1)


def left_waiting(desk: Desk) -> None:
    """Hand over a record while Nexus takes nothing; a little later it does."""
    desk.nexus.faults.throttle(retry_after=1)
    assert desk.hand_over(record()).status == 503
    assert desk.message("a1")["state"] == "waiting"


@pytest.mark.parametrize("state", ["Active", "NotLoaded"])
def test_what_waits_when_its_campaign_is_stopped_is_not_sent(desk: Desk, state: str) -> None:
    left_waiting(desk)
    desk.testbed.clock.advance(2)
    stands(desk, state, halted=desk.testbed.clock.now() - 1)

    told = desk.digital_until_taken(record(), record("a2", "+12025550144"))

    assert result(told, "a1") == {"GSW_CALL_RESULT": 52, "reason": "its campaign was stopped before it was sent"}
    assert result(told, "a2")["GSW_CALL_RESULT"] == 0
    assert [one.to for one in desk.nexus.sent] == ["+12025550144"]


def test_what_was_stopped_is_not_sent_when_the_campaign_begins_again(desk: Desk) -> None:
    """OCS has let go of that record; it would be written to twice."""
    left_waiting(desk)
    desk.testbed.clock.advance(2)
    stands(desk, "Running", halted=desk.testbed.clock.now())

    told = desk.digital_until_taken(record())

    assert result(told)["GSW_CALL_RESULT"] == 52
    assert not desk.nexus.sent


@pytest.mark.parametrize("state", ["Running", "Active"])
def test_what_waits_for_nexus_is_sent_unless_its_campaign_was_stopped(desk: Desk, state: str) -> None:
    """A campaign that is only loaded, as far as anybody has told yet, may have begun a moment ago."""
    stands(desk, state)
    left_waiting(desk)

    told = desk.digital_until_taken(record())

    assert result(told)["GSW_CALL_RESULT"] == 0
    assert len(desk.nexus.sent) == 1


def test_a_test_message_is_of_no_campaign(desk: Desk) -> None:
    stands(desk, "NotLoaded", halted=desk.testbed.clock.now() + DAY)

    status, _ = desk.api("POST", "/test-messages", {"media": "sms", "to": "+12025550143", "text": "Hello"})

    assert status == 201


def test_messages_and_receipts_are_kept_for_as_many_days_as_the_settings_say(desk: Desk) -> None:
    """What waits is kept, however old; so are receipts of a message that is."""
    now = int(desk.testbed.clock.now())
    for attempt, state, days in (("old", "sent", 31), ("young", "sent", 29), ("waits", "waiting", 400)):
        desk.sql(
            "INSERT INTO cxc.message (attempt, kind, media, recipient, sender, state, message_id, created) "
            "VALUES ($1, 'test', 'email', 'ada@example.org', 'us@example.org', $2, $3, $4)",
            *(attempt, state, None if state == "waiting" else f"id-{attempt}", now - days * DAY),
        )
        desk.sql("INSERT INTO cxc.receipt (message_id, status, at) VALUES ($1, 'READ', $2)", f"id-{attempt}", 1.5)
    desk.testbed.run(set_days(desk, 30))

    desk.testbed.run(desk.service.retention.look())

    assert {one["attempt"] for one in desk.sql("SELECT attempt FROM cxc.message")} == {"young", "waits"}
    assert {one["message_id"] for one in desk.sql("SELECT message_id FROM cxc.receipt")} == {"id-young"}


def test_it_is_looked_for_what_is_old_once_an_hour(desk: Desk) -> None:
    look = desk.service.retention.look
    desk.testbed.run(look())
    since = desk.testbed.journal.mark
    desk.testbed.run(look())
    seldom = desk.testbed.journal.exchanges(7, since=since)
    desk.testbed.clock.advance(3601)
    desk.testbed.run(look())

    assert seldom == []
    assert len(desk.testbed.journal.exchanges(7, since=since)) > 0
