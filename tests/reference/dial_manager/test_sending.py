"""Records of SMS and e-mail campaigns become messages at Nexus, each once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cxmock.net.waiting import until
from cxmock.reference.envelope import Refusal
from cxmock.reference.services.dial_manager.batch import BATCH_LIMIT
from cxmock.reference.services.dial_manager.outbox import TRIES
from cxmock.wire.http import Request, Response, to_json
from tests.reference.dial_manager.conftest import GROUP

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk


def record(guid: str = "a1", to: str | None = "+12025550143", **columns: Any) -> dict[str, Any]:
    """Return a record as OCS sends it."""
    facts = {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_PHONE": to, "GSW_CUSTOMER_ID": "C1", "c_first_name": "Zoë"}
    return facts | columns


def result(told: Any, guid: str = "a1") -> Any:
    """Return what OCS is told of one record, without its GUID."""
    [one] = [dict(one) for one in told["results"] if one["GSW_CALL_ATTEMPT_GUID"] == guid]
    del one["GSW_CALL_ATTEMPT_GUID"]
    return one


def test_a_record_becomes_a_message_and_its_result_is_ok(desk: Desk) -> None:
    status, told = desk.digital(record())

    [message] = desk.nexus.sent
    assert (status, result(told)) == (200, {"GSW_CALL_RESULT": 0, "messageId": message.message_id})
    assert (message.to, message.text, message.reference, message.channel) == ("+12025550143", "Hello Zoë", "a1", "sms")
    assert desk.testbed.journal.exchanges(12)[0].source == "cxc-dial-manager"
    kept = desk.redis("HGETALL", desk.keys.message(message.message_id))
    assert {name: kept[name] for name in ("attempt", "group", "media", "to")} == {
        "attempt": "a1",
        "group": "spring@sales",
        "media": "sms",
        "to": "+12025550143",
    }


def test_an_e_mail_goes_to_an_address(desk: Desk) -> None:
    _, told = desk.digital(record("a1", "ada@example.org"), record("a2", "+12025550143"), media="email")

    assert [one.to for one in desk.nexus.sent] == ["ada@example.org"]
    assert result(told, "a2") == {"GSW_CALL_RESULT": 53, "reason": "the device is no e-mail address"}


def test_a_text_message_goes_to_a_number(desk: Desk) -> None:
    _, told = desk.digital(record("a1", "ada@example.org"), record("a2", None), record("a3", "12"))

    assert result(told, "a1") == {"GSW_CALL_RESULT": 53, "reason": "the device is no number"}
    assert result(told, "a2") == {"GSW_CALL_RESULT": 53, "reason": "the device is no number"}
    assert result(told, "a3") == {
        "GSW_CALL_RESULT": 53,
        "reason": "Nexus said INVALID_ENDPOINT: to must be a number like +12025550143, not '12'.",
    }
    assert not desk.nexus.sent


def test_a_list_that_expired_or_that_the_campaign_did_not_choose_holds_nobody_back(desk: Desk) -> None:
    now = int(desk.testbed.clock.now())
    lists: dict[str, dict[str, int]] = {
        "gone": {"expires": now - 1},
        "required": {},
        "chosen": {"required": False},
        "other": {"required": False},
    }
    for number, (name, more) in enumerate(lists.items()):
        desk.suppress(name, f"1202555014{number}")
        told = {"channel": "sms", "type": "Device", "required": True, **more}
        desk.redis("HSET", desk.keys.suppression_lists, name, to_json(told).decode())
    desk.redis("HSET", desk.keys.choices, GROUP, '{"rules":[],"suppressionLists":["chosen"]}')

    _, told = desk.digital(*(record(f"a{number}", f"+1202555014{number}") for number in range(4)))

    results = [result(told, f"a{number}") for number in range(4)]
    assert [one["GSW_CALL_RESULT"] for one in results] == [0, 51, 51, 0]
    assert [one.get("reason") for one in results[1:3]] == ["suppressed by required", "suppressed by chosen"]


def test_who_is_on_a_suppression_list_for_the_channel_gets_no_message(desk: Desk) -> None:
    desk.suppress("no texts", "12025550143")
    desk.suppress("no clients", "C2", kind="ClientID", channel="")
    desk.suppress("no calls", "12025550145", channel="voice")
    desk.suppress("no longer", "12025550146", until=1)

    _, told = desk.digital(
        record("a1", "+12025550143"),
        record("a2", "+12025550144", GSW_CUSTOMER_ID="C2"),
        record("a3", "+12025550145"),
        record("a4", "+12025550146", GSW_CUSTOMER_ID=None),
    )

    assert result(told, "a1") == {"GSW_CALL_RESULT": 51, "reason": "suppressed by no texts"}
    assert result(told, "a2") == {"GSW_CALL_RESULT": 51, "reason": "suppressed by no clients"}
    assert [one.reference for one in desk.nexus.sent] == ["a3", "a4"]


def test_a_record_with_an_empty_field_gets_no_message_and_the_others_do(desk: Desk) -> None:
    _, told = desk.digital(record("a1", c_first_name=None), record("a2", "+12025550144"))

    assert result(told, "a1") == {"GSW_CALL_RESULT": 41, "reason": "FirstName is empty, and the message needs it"}
    assert [one.reference for one in desk.nexus.sent] == ["a2"]


def test_many_records_go_in_batches_that_nexus_takes(desk: Desk) -> None:
    records = [record(f"a{n}", f"+1202555{n:04}") for n in range(2 * BATCH_LIMIT + 1)]

    _, told = desk.digital(*records)

    assert len(desk.nexus.sent) == len(told["results"]) == len(records)
    sizes = [len(one.request["body"]["data"]["messages"]) for one in desk.testbed.journal.exchanges(12)]
    assert sizes == [BATCH_LIMIT, BATCH_LIMIT, 1]


def test_what_ocs_hands_over_again_is_not_sent_again(desk: Desk) -> None:
    first = desk.digital(record("a1"), record("a2", "+12025550144"))

    again = desk.digital(record("a1"), record("a2", "+12025550144"))

    assert again == first
    assert len(desk.nexus.sent) == 2
    assert len(desk.testbed.journal.exchanges(12)) == 1


def test_an_answer_that_was_lost_does_not_send_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nexus took the batch, its answer did not arrive; the next try has the same batch id."""
    lost: list[Response] = []

    def lose_the_first(request: Request) -> Response:
        answer = take(request)
        if not lost:
            lost.append(answer)
            return Response(502)
        return answer

    take = desk.nexus.send
    monkeypatch.setattr(desk.nexus, "send", lose_the_first)

    _, told = desk.digital(record())

    assert result(told)["GSW_CALL_RESULT"] == 0
    assert len(lost) == len(desk.nexus.sent) == 1
    assert len(desk.testbed.journal.exchanges(12)) == 2


def test_what_was_planned_is_sent_even_if_the_world_has_changed_since(desk: Desk) -> None:
    """A batch that may have been sent is offered again as it was: else Nexus would not know it again."""
    desk.nexus.out_of_service = True
    desk.digital(record("a1"), record("a2", "+12025550144"))
    desk.nexus.out_of_service = False
    desk.suppress("no texts", "12025550143")

    _, told = desk.digital(record("a1"), record("a2", "+12025550144"))

    assert [one["GSW_CALL_RESULT"] for one in told["results"]] == [0, 0]
    assert [one.reference for one in desk.nexus.sent] == ["a1", "a2"]


def test_two_who_send_the_same_batch_at_once_send_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two replicas plan it, one of them after the contact was suppressed: what is written down first holds for both."""
    planning = list[int]()

    async def look_up(group: str, media: str, records: object) -> dict[str, str]:
        planning.append(1)
        mine = len(planning)
        assert await until(lambda: len(planning) == 2, within=5)
        return {"a1": "no texts"} if mine == 2 else {}

    monkeypatch.setattr(desk.service.outbox, "_suppressed", look_up)
    body = {
        "GSW_CAMPAIGN_GROUP_NAME": "spring@sales",
        "media": "sms",
        "records": [record("a1"), record("a2", "+12025550144")],
    }

    async def both() -> list[Response]:
        requests = [Request("POST", "/ocs/digital", {}, to_json(body)) for _ in range(2)]
        return await asyncio.gather(*(desk.service.answer(request) for request in requests))

    first, second = desk.testbed.run(both())

    assert first.json() == second.json()
    assert len(desk.nexus.sent) == sum("messageId" in one for one in first.json()["results"])


def test_an_outage_of_nexus_is_told_for_each_record_and_in_the_metrics(desk: Desk) -> None:
    desk.nexus.out_of_service = True

    _, told = desk.digital(record())

    assert result(told) == {
        "GSW_CALL_RESULT": 3,
        "reason": "Nexus answered HTTP 503, FAILURE: Nexus is out of service.",
    }
    assert len(desk.testbed.journal.exchanges(12)) == TRIES
    assert "cxc_dm_nexus_service_status 0\n" in desk.get("/metrics")


def test_a_nexus_that_is_gone_is_told_as_such(desk: Desk) -> None:
    desk.testbed.unplug(12)

    _, told = desk.digital(record())

    assert result(told)["GSW_CALL_RESULT"] == 3
    assert result(told)["reason"].startswith("Nexus does not answer")


def test_a_refused_api_key_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.nexus.key_is_disabled()

    _, told = desk.digital(record())

    words = "Nexus answered HTTP 401, INVALID_CLIENT_TOKEN: x-api-key is missing, unknown or disabled."
    assert result(told) == {"GSW_CALL_RESULT": 3, "reason": words}
    assert len(desk.testbed.journal.exchanges(12)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"GSW_CAMPAIGN_GROUP_NAME": None}, '"GSW_CAMPAIGN_GROUP_NAME" is missing.'),
        ({"media": "voice"}, '"media" is "voice".'),
        ({"records": []}, '"records" is to be a list of records.'),
        ({"records": None}, '"records" is to be a list of records.'),
        ({"records": ["a1"]}, '"records" has one that is no object.'),
        ({"records": [{"GSW_PHONE": "+12025550143"}]}, '"GSW_CALL_ATTEMPT_GUID" is missing.'),
    ],
)
def test_a_request_that_lacks_something_is_refused_and_nothing_is_sent(
    desk: Desk, change: dict[str, Any], words: str
) -> None:
    body = {"GSW_CAMPAIGN_GROUP_NAME": "spring@sales", "media": "sms", "records": [record()]}

    status, told = desk.post("/ocs/digital", body | change)

    assert (status, told["status"]["message"]) == (400, words)
    assert not desk.nexus.sent


class Configuration:
    """Stands for GWS: knows one campaign group."""

    def __init__(self, **own: str) -> None:
        self.own = own
        self.asked = 0

    async def needed(self, kind: str, name: str) -> dict[str, Any]:
        self.asked += 1
        if (kind, name) != ("campaign-groups", "spring@sales"):
            raise Refusal(604, f'Configuration has no campaign group "{name}".')
        own = [{"key": key, "type": "str", "value": value} for key, value in self.own.items()]
        return {"userProperties": [{"key": "CXContact", "type": "kvlist", "value": own}]}


def test_the_message_is_the_campaign_groups_own_and_read_once_per_loading(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = Configuration(message="Dear {FirstName}", subject="About {FirstName}", sender="ada@example.org")
    desk.service.templates.known.clear()
    monkeypatch.setitem(desk.service.runtime.__dict__, "gws", configuration)

    for n, loading in enumerate(("g1", "g1", "g2")):
        desk.digital(record(f"a{n}", "zoe@example.org"), media="email", guid=loading)

    message = desk.nexus.sent[0]
    assert (message.text, message.subject, message.sender) == ("Dear Zoë", "About Zoë", "ada@example.org")
    assert (len(desk.nexus.sent), configuration.asked) == (3, 2)


def test_a_campaign_group_without_a_message_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.service.templates.known.clear()
    monkeypatch.setitem(desk.service.runtime.__dict__, "gws", Configuration())

    status, told = desk.digital(record())

    assert (status, told["status"]["message"]) == (400, "The campaign group has no message to send.")


def test_an_unknown_campaign_group_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(desk.service.runtime.__dict__, "gws", Configuration(message="Hello"))

    body = {"GSW_CAMPAIGN_GROUP_NAME": "autumn@sales", "media": "sms", "records": [record()]}
    status, told = desk.post("/ocs/digital", body)

    assert (status, told["status"]["message"]) == (404, 'Configuration has no campaign group "autumn@sales".')
