"""Templates are kept and looked at, a test message goes to one address, and what was sent can be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.reference.dial_manager.conftest import GROUP, record

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

ADA = "+12025550143"
WELCOME = {"name": "Welcome", "media": "sms", "text": "Hello {FirstName}, {Other1|see you}"}


def test_a_template_is_made_read_changed_and_removed(desk: Desk) -> None:
    status, made = desk.api("POST", "/message-templates", WELCOME)
    assert (status, made["text"], made["sender"]) == (201, WELCOME["text"], "")
    assert desk.api("POST", "/message-templates", WELCOME)[0] == 409

    _, changed = desk.api("PATCH", "/message-templates/Welcome", {"text": "Hello"})
    assert (changed["text"], changed["version"]) == ("Hello", 2)
    assert desk.api("GET", "/message-templates/Welcome")[1]["text"] == "Hello"
    assert [one["name"] for one in desk.api("GET", "/message-templates?media=sms")[1]] == ["Welcome"]

    assert desk.api("DELETE", "/message-templates/Welcome")[0] == 200
    assert desk.api("GET", "/message-templates/Welcome")[0] == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "Hello {FirstNam}"}, "The message has {FirstNam}, which is no field."),
        ({"text": "  "}, "There is no message to send."),
        ({"text": "x" * 1531}, '"text" is too long: the text needs 11 segments, and 10 are sent at most.'),
        ({"subject": "News"}, '"subject" is given.'),
        ({"sender": "Ada"}, "\"sender\" is 'Ada'."),
        ({"media": "fax"}, '"media" is "fax".'),
        ({"text": None}, '"text" is missing.'),
        ({"text": 5}, '"text" is to be text, not 5.'),
        ({"colour": "red"}, '"colour" is not known here.'),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused(desk: Desk, change: dict[str, Any], words: str) -> None:
    assert desk.api("POST", "/message-templates", WELCOME | change) == (400, words)


def test_a_preview_tells_the_text_the_places_and_the_segments(desk: Desk) -> None:
    desk.api("POST", "/message-templates", WELCOME)

    _, told = desk.api("POST", "/message-templates/Welcome/preview", {"fields": {"FirstName": "Zoë ✓"}})
    assert told["text"] == "Hello Zoë ✓, see you"
    assert (told["fields"], told["missing"]) == (["FirstName", "Other1"], [])
    assert told["segments"] == {"encoding": "UCS-2", "units": 20, "count": 1}

    _, without = desk.api("POST", "/message-templates/Welcome/preview", {})
    assert (without["text"], without["missing"]) == ("Hello {FirstName}, see you", ["FirstName"])
    assert without["segments"]["encoding"] == "GSM-7"

    _, long = desk.api("POST", "/message-templates/Welcome/preview", {"fields": {"FirstName": "x" * 255}})
    assert long["segments"]["count"] == 2
    assert desk.api("POST", "/message-templates/Nobody/preview", {})[0] == 404
    assert desk.api("POST", "/message-templates/Welcome/preview", {"fields": {"Shoe": "42"}})[0] == 400


def test_a_campaign_sends_a_template_that_its_message_names(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.api("POST", "/message-templates", {**WELCOME, "sender": "+12025550100"})
    message = {"message": "{template:Welcome}"}

    class Configuration:
        async def needed(self, kind: str, name: str) -> dict[str, Any]:
            own = [{"key": key, "type": "str", "value": value} for key, value in message.items()]
            return {"userProperties": [{"key": "CXContact", "type": "kvlist", "value": own}]}

    desk.service.templates.known.clear()
    monkeypatch.setitem(desk.service.runtime.__dict__, "gws", Configuration())
    desk.digital(record())

    assert [(one.text, one.sender) for one in desk.nexus.sent] == [("Hello Zoë, see you", "+12025550100")]
    message["message"] = "{template:Nobody}"
    status, told = desk.digital(record("a2"), guid="g2")
    assert (status, told["status"]["message"]) == (404, 'There is no message template "Nobody".')


def test_a_test_message_goes_to_one_address_without_a_campaign_and_once(desk: Desk) -> None:
    wanted = {"media": "sms", "to": ADA, "text": "Hello {FirstName}", "fields": {"FirstName": "Ada"}, "id": "try-1"}

    status, first = desk.api("POST", "/test-messages", wanted)
    again = desk.api("POST", "/test-messages", wanted)

    [message] = desk.nexus.sent
    assert (status, first["messageId"], message.text) == (201, message.message_id, "Hello Ada")
    assert again == (201, first)


def test_a_test_message_is_an_e_mail_by_template(desk: Desk) -> None:
    template = {"name": "News", "media": "email", "text": "Dear {FirstName|you}", "subject": "News for {FirstName|all}"}
    desk.api("POST", "/message-templates", template)

    _, told = desk.api("POST", "/test-messages", {"media": "email", "to": "ada@example.org", "template": "News"})

    assert (told["text"], told["subject"]) == ("Dear you", "News for all")
    assert desk.nexus.sent[0].subject == "News for all"
    wrong = {"media": "sms", "to": ADA, "template": "News"}
    assert desk.api("POST", "/test-messages", wrong) == (400, '"template" is one for email.')


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"to": "12"}, 400, "The message cannot be sent: the device is no number."),
        ({"to": "ada@example.org"}, 400, "The message cannot be sent: the device is no number."),
        (
            {"text": "Hello {FirstName}"},
            400,
            "The message cannot be sent: FirstName is empty, and the message needs it.",
        ),
        ({"text": None}, 400, '"text" is missing.'),
        ({"template": "Welcome"}, 400, '"text" is missing.'),
        ({"text": None, "template": "Nobody"}, 404, 'There is no message template "Nobody".'),
        ({"media": "voice"}, 400, '"media" is "voice".'),
        ({"id": "a b"}, 400, '"id" is "a b".'),
        ({"fields": {"FirstName": 5}}, 400, '"fields.FirstName" is to be text, not 5.'),
        ({"fields": []}, 400, '"fields" is to be an object, not [].'),
    ],
)
def test_a_test_message_that_cannot_be_sent_is_refused(
    desk: Desk, change: dict[str, Any], status: int, words: str
) -> None:
    wanted = {"media": "sms", "to": ADA, "text": "Hello"} | change

    assert desk.api("POST", "/test-messages", wanted) == (status, words)
    assert not desk.nexus.sent


def test_a_test_message_to_who_is_suppressed_is_a_conflict_and_a_busy_nexus_is_told(desk: Desk) -> None:
    desk.suppress("no texts", "12025550143")
    told = desk.api("POST", "/test-messages", {"media": "sms", "to": ADA, "text": "Hello"})
    assert told == (409, "The message was not sent: suppressed by no texts.")

    desk.nexus.faults.throttle()
    assert desk.api("POST", "/test-messages", {"media": "sms", "to": "+12025550144", "text": "Hello"})[0] == 503


def test_a_message_is_looked_up_by_its_id_or_its_attempt(desk: Desk) -> None:
    desk.nexus.outcomes.decided[ADA] = "DELIVERED"
    _, told = desk.digital(record())
    desk.settle()
    number = told["results"][0]["messageId"]

    status, found = desk.api("GET", f"/messages/{number}")

    assert (status, found["attempt"], found["state"], found["campaignGroup"]) == (200, "a1", "sent", GROUP)
    assert [one["status"] for one in found["receipts"]] == ["DELIVERED"]
    assert desk.api("GET", "/messages/a1")[1] == found
    assert desk.api("GET", "/messages/nobody") == (404, 'There is no message "nobody".')
    assert desk.api("GET", "/messages/%00")[0] == 404


def test_statistics_count_messages_and_receipts_of_a_campaign_group(desk: Desk) -> None:
    desk.nexus.outcomes.decided |= {ADA: "DELIVERED", "+12025550144": "UNDELIVERED"}
    desk.suppress("no texts", "12025550145")
    desk.digital(*(record(f"a{n}", f"+1202555014{n}") for n in (3, 4, 5)), record("a6", "12"))
    desk.settle()
    desk.api("POST", "/test-messages", {"media": "email", "to": "ada@example.org", "text": "Hello"})

    _, told = desk.api("GET", f"/message-statistics?campaignGroup={GROUP}")

    receipts = {"DELIVERED": 1, "UNDELIVERED": 1}
    assert told["sms"] == {"waiting": 0, "sent": 2, "refused": 2, "suppressed": 1, "receipts": receipts}
    assert told["email"]["sent"] == 0
    assert desk.api("GET", "/message-statistics")[1]["email"]["sent"] == 1
    assert desk.api("GET", "/message-statistics?group=x") == (400, '"group" is not known here.')
