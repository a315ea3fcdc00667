"""Nexus tells by webhook what became of messages, and what people answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxmock.wire.http import from_json

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

LATE = 4102444800.5
"""Never so old that it is purged."""
RECEIPT = {"event": "receipt", "messageId": "m1", "channel": "sms", "status": "DELIVERED", "at": LATE}


def record(guid: str, to: str) -> dict[str, Any]:
    return {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_PHONE": to, "c_first_name": "Zoë"}


def receipts(desk: Desk) -> dict[str, str]:
    """Return every receipt: message id -> status."""
    rows = desk.sql("SELECT message_id, status FROM cxc.receipt ORDER BY at DESC")
    return {row["message_id"]: row["status"] for row in rows}


def sent(desk: Desk, attempt: str = "a1", to: str = "+12025550143", **columns: Any) -> str:
    """Have a message sent; return its id. Its own receipt is not posted."""
    desk.nexus.webhooks.copies = 0
    _, told = desk.digital({**record(attempt, to), **columns})
    return str(told["results"][0]["messageId"])


def test_a_message_has_its_receipt_in_the_end(desk: Desk) -> None:
    desk.nexus.outcomes.decided |= {"+12025550143": "DELIVERED", "+12025550144": "UNDELIVERED"}

    _, told = desk.digital(record("a1", "+12025550143"), record("a2", "+12025550144"))
    desk.settle()

    first, second = (one["messageId"] for one in told["results"])
    assert receipts(desk) == {first: "DELIVERED", second: "UNDELIVERED"}
    assert all(delivery.acknowledged for delivery in desk.nexus.webhooks.deliveries)
    assert "POST /nexus/receipts" in [one.operation for one in desk.testbed.journal]


def test_a_message_that_did_not_arrive_changes_the_result_of_its_attempt(desk: Desk) -> None:
    """In the outbox, and in the dialing history, where attempt rules count results (Compliance Manager's own keys)."""
    message_id = sent(desk, GSW_CUSTOMER_ID="C1")
    desk.redis("SET", desk.keys.attempt("a1"), '{"GSW_CALL_ATTEMPT_GUID":"a1","GSW_CALL_RESULT":0}')
    for history in (desk.keys.device_history("+12025550143"), desk.keys.client_history("C1")):
        desk.redis("HSET", history, "a1", "1767225600 0")

    desk.tell({**RECEIPT, "messageId": message_id, "status": "UNDELIVERED"})
    desk.settle()

    assert (desk.message("a1")["result"], desk.message("a1")["reason"]) == (7, "UNDELIVERED")
    assert desk.redis("HGET", desk.keys.device_history("+12025550143"), "a1") == "1767225600 7"
    assert desk.redis("HGET", desk.keys.client_history("C1"), "a1") == "1767225600 7"
    assert from_json(desk.redis("GET", desk.keys.attempt("a1")))["GSW_CALL_RESULT"] == 7


def test_the_result_reaches_the_record_as_soon_as_ocs_has_finished_with_it(desk: Desk) -> None:
    """While OCS has the record in hand it would write over it; and a later try has a result of its own."""
    table = desk.calling_list("Leads", "+12025550143")
    message_id = sent(desk, GSW_CALLING_LIST="Leads", GSW_CHAIN_ID=1, GSW_CHAIN_N=0, GSW_ATTEMPT=1)
    now = desk.testbed.clock.now()
    desk.sql(f"UPDATE {table} SET record_status = 2, call_result = 28, attempt = 0")

    desk.tell({**RECEIPT, "messageId": message_id, "status": "UNDELIVERED", "at": now})
    desk.settle()
    [in_hand] = desk.sql(f"SELECT call_result FROM {table}")
    desk.sql(f"UPDATE {table} SET record_status = 3, call_result = 0, attempt = 1")
    desk.look_again()
    desk.settle()
    [finished] = desk.sql(f"SELECT call_result FROM {table}")
    desk.tell({**RECEIPT, "messageId": message_id, "status": "REJECTED", "at": now + 1})
    desk.sql(f"UPDATE {table} SET call_result = 51, attempt = 2")
    desk.settle()
    [tried_again] = desk.sql(f"SELECT call_result FROM {table}")

    assert [one["call_result"] for one in (in_hand, finished, tried_again)] == [28, 7, 51]


def test_a_receipt_is_acknowledged_by_its_message_id_and_kept_aside_if_nobody_knows_the_message(desk: Desk) -> None:
    now = desk.testbed.clock.now()
    assert desk.tell({**RECEIPT, "at": now}) == (200, {"messageId": "m1"})
    desk.settle()

    assert desk.sql("SELECT * FROM cxc.receipt") == [
        {"message_id": "m1", "status": "DELIVERED", "media": "sms", "at": now, "settled": False}
    ]


def test_a_receipt_that_comes_before_nexus_answered_finds_its_message(desk: Desk) -> None:
    """Nexus took the batch and told at once that it failed; its answer to the batch was lost."""
    desk.nexus.outcomes.decided["+12025550143"] = "REJECTED"
    desk.nexus.faults.drop()
    assert desk.digital(record("a1", "+12025550143"))[0] == 503
    desk.settle()
    assert list(receipts(desk).values()) == ["REJECTED"]

    desk.digital_until_taken(record("a1", "+12025550143"))
    desk.settle()

    assert (desk.message("a1")["state"], desk.message("a1")["result"]) == ("sent", 3)


@pytest.mark.parametrize("order", [("SENT", "UNDELIVERED"), ("UNDELIVERED", "SENT")])
def test_the_end_counts_in_whatever_order_receipts_come(desk: Desk, order: tuple[str, str]) -> None:
    message_id = sent(desk)

    for status in order:
        at = 1767225600 + (status == "UNDELIVERED")
        desk.tell({**RECEIPT, "messageId": message_id, "status": status, "at": at})
    desk.settle()

    assert desk.message("a1")["result"] == 7


def test_of_two_ends_the_later_one_counts(desk: Desk) -> None:
    """The mailbox took the e-mail, and hours later sent it back."""
    message_id = sent(desk)

    desk.tell({**RECEIPT, "messageId": message_id, "status": "SOFT_BOUNCED", "at": 1767229200})
    desk.tell({**RECEIPT, "messageId": message_id, "status": "DELIVERED", "at": 1767225600})
    desk.settle()

    assert desk.message("a1")["result"] == 7


def test_a_receipt_that_comes_twice_counts_once(desk: Desk) -> None:
    desk.tell(RECEIPT)
    assert desk.tell(RECEIPT) == (200, {"messageId": "m1"})

    assert 'cxc_dm_receipts_total{media="sms",status="DELIVERED"} 1\n' in desk.get("/metrics")
    assert len(receipts(desk)) == 1


def test_messages_that_wait_to_be_sent_are_in_the_metrics(desk: Desk) -> None:
    desk.digital(record("a1", "+12025550143"), record("a2", "+12025550144"))
    desk.nexus.faults.fail(batches=100)
    desk.digital(record("a3", "+12025550143"), record("a4", "+12025550144"), record("a5", "+12025550145"))

    metrics = desk.get("/metrics")

    assert 'cxc_dm_delivery_buffer_size{media="sms"} 3\n' in metrics
    assert 'cxc_dm_delivery_buffer_size{media="email"} 0\n' in metrics
    assert "cxc_dm_batch_size 3\n" in metrics
    assert "cxc_dm_nexus_service_status 0\n" in metrics
    assert "cxc_dm_healthy_instance 1\n" in metrics


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("", "X-Hub-Signature is missing."),
        ("sha1=0000000000000000000000000000000000000000", "X-Hub-Signature is not the signature of this body."),
        ("é", "X-Hub-Signature is not the signature of this body."),
    ],
)
def test_a_webhook_that_nexus_did_not_sign_is_not_believed(desk: Desk, signature: str, words: str) -> None:
    stop = {"event": "message", "messageId": "m1", "from": "+12025550143", "text": "STOP"}

    status, told = desk.post("/nexus/receipts", stop, X_Hub_Signature=signature)

    assert (status, told["status"]["message"]) == (401, words)
    assert desk.redis("KEYS", "*suppression*") == []


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "receipt", "status": "DELIVERED"}, '"messageId" is missing.'),
        ({"event": "receipt", "messageId": "m1"}, '"status" is missing.'),
        ({"event": "receipt", "messageId": 7, "status": "SENT"}, '"messageId" is to be text, not 7.'),
        ({"event": "receipt", "messageId": "m" * 129, "status": "SENT"}, f'"messageId" is {"m" * 129!r:.60}.'),
        ({"event": "receipt", "messageId": "m\0", "status": "SENT"}, "\"messageId\" is 'm\\x00'."),
        ({"event": "receipt", "messageId": "m1", "status": "S" * 33}, f'"status" is {"S" * 33!r}.'),
        ({"event": "message", "messageId": "m1", "text": "STOP"}, '"from" is missing.'),
        ({"event": "message", "messageId": "m1", "from": "nobody", "text": "STOP"}, "\"from\" is 'nobody'."),
        ({"event": "message", "messageId": "m1", "channel": "fax", "from": "+1", "text": "STOP"}, "\"from\" is '+1'."),
        ({"event": "unsubscribe", "messageId": "m1", "channel": "email", "from": "ada"}, "\"from\" is 'ada'."),
    ],
)
def test_an_event_that_lacks_something_is_refused(desk: Desk, event: dict[str, Any], words: str) -> None:
    status, told = desk.tell(event)

    assert (status, told["status"]["message"]) == (400, words)


def test_an_event_of_another_kind_is_acknowledged_and_left(desk: Desk) -> None:
    assert desk.tell({"event": "typing", "messageId": "m1"}) == (200, {"messageId": "m1"})
    assert receipts(desk) == {}


def test_health_is_open_to_all(desk: Desk) -> None:
    told = from_json(desk.get("/health"))
    assert (told["status"], told["service"]) == ("UP", "cxc-dial-manager")
