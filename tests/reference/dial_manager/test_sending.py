"""Records of SMS and e-mail campaigns become messages at Nexus, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxmock.reference.envelope import Refusal
from cxmock.reference.services.dial_manager.nexus import BATCH_LIMIT
from cxmock.wire.http import to_json
from tests.reference.dial_manager.conftest import GROUP, record, result

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk


def test_a_record_becomes_a_message_and_its_result_is_ok(desk: Desk) -> None:
    status, told = desk.digital(record())

    [message] = desk.nexus.sent
    assert (status, result(told)) == (200, {"GSW_CALL_RESULT": 0, "messageId": message.message_id})
    assert (message.to, message.text, message.reference, message.channel) == ("+12025550143", "Hello Zoë", "a1", "sms")
    assert desk.testbed.journal.exchanges(12)[0].source == "cxc-dial-manager"
    kept = desk.message("a1")
    assert (kept["state"], kept["campaign_group"], kept["message_id"]) == ("sent", GROUP, message.message_id)


def test_an_e_mail_goes_to_an_address(desk: Desk) -> None:
    _, told = desk.digital(record("a1", "ada@example.org"), record("a2", "+12025550143"), media="email")

    assert [one.to for one in desk.nexus.sent] == ["ada@example.org"]
    assert result(told, "a2") == {"GSW_CALL_RESULT": 53, "reason": "the device is no e-mail address"}


def test_a_text_message_goes_to_a_number(desk: Desk) -> None:
    _, told = desk.digital(record("a1", "ada@example.org"), record("a2", None), record("a3", "12"))

    assert result(told, "a1") == {"GSW_CALL_RESULT": 53, "reason": "the device is no number"}
    assert result(told, "a2") == {"GSW_CALL_RESULT": 53, "reason": "the device is no number"}
    assert result(told, "a3") == {"GSW_CALL_RESULT": 53, "reason": "the device is no number"}
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

    again = desk.digital(record("a2", "+12025550144"), record("a1"))

    assert again == first
    assert len(desk.nexus.sent) == 2
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
        ({"records": [{"GSW_CALL_ATTEMPT_GUID": 7}]}, '"GSW_CALL_ATTEMPT_GUID" is to be text, not 7.'),
        ({"records": [record("a" * 129)]}, f'"GSW_CALL_ATTEMPT_GUID" is {"a" * 129!r:.60}.'),
        ({"GSW_CAMPAIGN_GROUP_NAME": "g" * 256}, f'"GSW_CAMPAIGN_GROUP_NAME" is {"g" * 256!r:.60}.'),
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
