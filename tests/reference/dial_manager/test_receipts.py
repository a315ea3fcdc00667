"""Nexus tells by webhook what became of messages, and what people answer."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.wire.http import from_json, to_json

if TYPE_CHECKING:
    from tests.reference.dial_manager.conftest import Desk

RECEIPT = {"event": "receipt", "messageId": "m1", "channel": "sms", "status": "DELIVERED", "at": 1767225600.5}


def record(guid: str, to: str) -> dict[str, Any]:
    return {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_PHONE": to, "c_first_name": "Zoë"}


def tell(desk: Desk, event: dict[str, Any]) -> tuple[int, Any]:
    """Post a webhook as Nexus does."""
    body = to_json(event)
    secret = desk.testbed.directory.credentials.nexus_webhook.encode()
    signature = f"sha1={hmac.new(secret, body, hashlib.sha1).hexdigest()}"
    return desk.post("/nexus/receipts", body, X_Hub_Signature=signature)


def opted_out(desk: Desk) -> Any:
    return desk.redis("HGETALL", desk.keys.suppression_list(OPT_OUT_LIST))


def test_a_message_has_its_receipt_in_the_end(desk: Desk) -> None:
    desk.nexus.outcomes.decided["+12025550144"] = "UNDELIVERED"

    _, told = desk.digital(record("a1", "+12025550143"), record("a2", "+12025550144"))
    desk.settle()

    keys = [desk.keys.message(one["messageId"]) for one in told["results"]]
    first, second = (desk.redis("HGETALL", key) for key in keys)
    assert (first["status"], first["attempt"]) == (desk.nexus.receipts[0].status, "a1")
    assert (second["status"], second["attempt"]) == ("UNDELIVERED", "a2")
    assert all(delivery.acknowledged for delivery in desk.nexus.webhooks.deliveries)
    assert "POST /nexus/receipts" in [one.operation for one in desk.testbed.journal]


def test_a_receipt_is_acknowledged_by_its_message_id(desk: Desk) -> None:
    assert tell(desk, RECEIPT) == (200, {"messageId": "m1"})

    kept = desk.redis("HGETALL", desk.keys.message("m1"))
    assert kept == {"status": "DELIVERED", "at": "1767225600.5"}


def test_a_receipt_that_comes_twice_counts_once(desk: Desk) -> None:
    tell(desk, RECEIPT)
    tell(desk, RECEIPT)

    assert 'cxc_dm_receipts_total{media="sms",status="DELIVERED"} 1\n' in desk.get("/metrics")


def test_messages_that_wait_for_their_receipt_are_in_the_metrics(desk: Desk) -> None:
    desk.testbed.unplug(8)  # Dial Manager's door is closed to everybody: no webhook gets through

    _, told = desk.digital(record("a1", "+12025550143"), record("a2", "+12025550144"))

    assert desk.redis("TTL", desk.keys.message(told["results"][0]["messageId"])) > 86400
    metrics = desk.get("/metrics")
    assert 'cxc_dm_delivery_buffer_size{media="sms"} 2\n' in metrics
    assert 'cxc_dm_delivery_buffer_size{media="email"} 0\n' in metrics
    assert "cxc_dm_batch_size 2\n" in metrics
    assert "cxc_dm_nexus_service_status 1\n" in metrics
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
    assert opted_out(desk) == {}


@pytest.mark.parametrize("text", ["STOP", " stop \n", "Unsubscribe"])
def test_who_answers_stop_gets_no_more_text_messages(desk: Desk, text: str) -> None:
    desk.digital(record("a1", "+12025550143"))
    version = desk.redis("GET", desk.keys.rules_version)

    desk.nexus.receive_sms("+12025550143", text)
    desk.settle()

    assert opted_out(desk) == {"12025550143": "0"}
    catalogue = from_json(desk.redis("HGET", desk.keys.suppression_lists, OPT_OUT_LIST))
    assert catalogue == {"channel": "sms", "type": "Device", "required": True}
    assert desk.redis("GET", desk.keys.rules_version) != version
    _, told = desk.digital(record("a2", "+12025550143"))
    assert told["results"][0]["reason"] == "suppressed by CXContactSMSOptOut"
    assert len(desk.nexus.sent) == 1


def test_who_answers_something_else_stays(desk: Desk) -> None:
    desk.digital(record("a1", "+12025550143"))

    desk.nexus.receive_sms("+12025550143", "don't stop")
    desk.settle()

    assert opted_out(desk) == {}
    assert desk.nexus.webhooks.deliveries[-1].acknowledged


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "receipt", "status": "DELIVERED"}, '"messageId" is missing.'),
        ({"event": "receipt", "messageId": "m1"}, '"status" is missing.'),
        ({"event": "message", "messageId": "m1", "text": "STOP"}, '"from" is missing.'),
    ],
)
def test_an_event_that_lacks_something_is_refused(desk: Desk, event: dict[str, Any], words: str) -> None:
    status, told = tell(desk, event)

    assert (status, told["status"]["message"]) == (400, words)


def test_an_event_of_another_kind_is_acknowledged_and_left(desk: Desk) -> None:
    assert tell(desk, {"event": "typing", "messageId": "m1"}) == (200, {"messageId": "m1"})
    assert desk.redis("KEYS", "*message*") == []


def test_health_is_open_to_all(desk: Desk) -> None:
    told = from_json(desk.get("/health"))
    assert (told["status"], told["service"]) == ("UP", "cxc-dial-manager")
