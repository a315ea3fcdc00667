"""Who answers STOP gets no more messages, at once and for good; START brings them back, HELP is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.reference.services.dial_manager.opt_outs import BOUNCED_LIST, EMAIL_LIST
from cxmock.reference.services.dial_manager.webhooks import HELP
from cxmock.wire.http import from_json
from tests.reference.dial_manager.conftest import record, result

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

ADA = "+12025550143"
EMAIL = "ada@example.org"


def held(desk: Desk, name: str = OPT_OUT_LIST) -> Any:
    """Return a suppression list's entries, which Redis and PostgreSQL have alike."""
    quick = desk.redis("HGETALL", desk.keys.suppression_list(name))
    durable = desk.sql(
        "SELECT e.entry FROM cxc.suppression_entry e JOIN cxc.suppression_list l ON l.id = e.list_id WHERE l.name = $1",
        name,
    )
    sizes = [row["size"] for row in desk.sql("SELECT size FROM cxc.suppression_list WHERE name = $1", name)]
    assert sorted(quick) == sorted(row["entry"] for row in durable)
    assert sizes in ([], [len(quick)])
    return quick


@pytest.mark.parametrize("text", ["STOP", " stop \n", "Stop.", "Unsubscribe", "CANCEL", "end", "QUIT"])
def test_who_answers_stop_gets_no_more_text_messages(desk: Desk, text: str) -> None:
    desk.digital(record("a1"))
    version = desk.redis("GET", desk.keys.rules_version)

    desk.nexus.receive_sms(ADA, text)
    desk.settle()

    assert held(desk) == {"12025550143": "0"}
    catalogue = from_json(desk.redis("HGET", desk.keys.suppression_lists, OPT_OUT_LIST))
    assert catalogue == {"channel": "sms", "type": "Device", "required": True}
    assert desk.redis("GET", desk.keys.rules_version) != version
    _, told = desk.digital(record("a2"))
    assert result(told, "a2")["reason"] == "suppressed by CXContactSMSOptOut"
    assert len(desk.nexus.sent) == 1


@pytest.mark.parametrize("text", ["START", "unstop"])
def test_who_answers_start_gets_text_messages_again(desk: Desk, text: str) -> None:
    desk.digital(record("a1"))
    for said in ("STOP", "STOP", text):
        desk.nexus.receive_sms(ADA, said)
        desk.settle()

    assert held(desk) == {}
    assert result(desk.digital(record("a2"))[1], "a2")["GSW_CALL_RESULT"] == 0


@pytest.mark.parametrize("text", ["don't stop", "stop it please", "", "\0"])
def test_who_answers_something_else_stays(desk: Desk, text: str) -> None:
    desk.digital(record("a1"))

    desk.nexus.receive_sms(ADA, text)
    desk.settle()

    assert held(desk) == {}
    assert desk.nexus.webhooks.deliveries[-1].acknowledged


def test_help_is_answered_once_from_the_same_number_even_to_who_opted_out(desk: Desk) -> None:
    desk.digital(record("a1"))
    desk.nexus.receive_sms(ADA, "STOP")
    desk.settle()
    desk.nexus.webhooks.copies = 2
    desk.nexus.receive_sms(ADA, "Help")

    answer = desk.nexus.message(ADA, containing=HELP)
    desk.settle()

    assert answer.sender == desk.nexus.sent[0].sender
    assert [one.text for one in desk.nexus.sent].count(HELP) == 1


def test_who_unsubscribes_gets_no_more_e_mail_but_text_messages(desk: Desk) -> None:
    desk.digital(record("a1", EMAIL), record("a2", "bea@example.org"), media="email")
    desk.nexus.unsubscribe(EMAIL)
    desk.nexus.receive_email("bea@example.org", "Please let me be", subject="unsubscribe")
    desk.settle()

    _, told = desk.digital(record("a3", EMAIL), record("a4", "Bea@example.org"), media="email")

    assert sorted(held(desk, EMAIL_LIST)) == [EMAIL, "bea@example.org"]
    assert [one["GSW_CALL_RESULT"] for one in told["results"]] == [51, 51]
    assert result(desk.digital(record("a5"))[1], "a5")["GSW_CALL_RESULT"] == 0


def test_an_address_that_does_not_exist_is_not_written_to_again(desk: Desk) -> None:
    """One whose mailbox is only full is."""
    desk.nexus.outcomes.decided |= {EMAIL: "BOUNCED", "bea@example.org": "SOFT_BOUNCED"}
    desk.digital(record("a1", EMAIL), record("a2", "bea@example.org"), media="email")
    desk.settle()

    _, told = desk.digital(record("a3", EMAIL), record("a4", "bea@example.org"), media="email")

    assert held(desk, BOUNCED_LIST) == {EMAIL: "0"}
    assert [desk.message(attempt)["result"] for attempt in ("a1", "a2")] == [53, 7]
    assert [one["GSW_CALL_RESULT"] for one in told["results"]] == [51, 0]
