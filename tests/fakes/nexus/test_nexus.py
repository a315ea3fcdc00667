"""Nexus takes batches of messages from who has an API key, once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cxmock.fakes.nexus import Nexus
from cxmock.fakes.nexus.batches import BATCH_LIMIT
from cxmock.fakes.nexus.envelope import Status
from cxmock.fakes.nexus.ledger import BATCHES_KEPT
from cxmock.wire.http import Request, Response, to_json


def post(nexus: Nexus, path: str, data: object, **headers: str) -> Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response: Response = nexus.answer(Request("POST", path, sent, to_json({"data": data})))
    return response


def send(nexus: Nexus, data: object) -> Response:
    return post(nexus, "/nexus/v3/messages", data, x_api_key=nexus.api_key, x_ccid=nexus.ccid)


def batch(*numbers: str, batch_id: str = "b1", channel: str = "sms", **more: Any) -> dict[str, Any]:
    messages = [
        {"reference": f"r{n}", "from": "+12025550100", "to": to, "text": "Hello"} for n, to in enumerate(numbers)
    ]
    return {"batchId": batch_id, "channel": channel, "messages": messages} | more


def test_each_message_of_a_batch_is_accepted_or_refused_by_itself(nexus: Nexus) -> None:
    reply = send(nexus, batch("+12025550143", "not a number"))

    assert reply.status == 200
    told = reply.json()
    assert told["status"] == "SUCCESS"
    good, bad = told["data"]["messages"]
    assert (good["reference"], good["status"]) == ("r0", "SUCCESS")
    assert bad == {
        "reference": "r1",
        "status": "INVALID_ENDPOINT",
        "detail": "to must be a number like +12025550143, not 'not a number'.",
    }
    assert [(one.message_id, one.to, one.text) for one in nexus.sent] == [(good["messageId"], "+12025550143", "Hello")]


def test_an_e_mail_needs_an_address(nexus: Nexus) -> None:
    told = send(nexus, batch("ada@example.org", "+12025550143", channel="email")).json()["data"]["messages"]

    assert [one["status"] for one in told] == ["SUCCESS", "INVALID_ENDPOINT"]


def test_a_batch_that_comes_again_is_answered_again_but_not_sent_again(nexus: Nexus) -> None:
    first = send(nexus, batch("+12025550143", "+12025550144")).json()
    again = send(nexus, batch("+12025550143", "+12025550144")).json()

    assert again == first
    assert len(nexus.sent) == 2


def test_a_batch_id_may_not_stand_for_other_content(nexus: Nexus) -> None:
    send(nexus, batch("+12025550143"))

    reply = send(nexus, batch("+12025550144"))

    assert (reply.status, reply.json()["status"]) == (409, "INVALID_PARAMETER")
    assert [one.to for one in nexus.sent] == ["+12025550143"]


def test_batches_that_are_remembered_are_bounded(nexus: Nexus) -> None:
    for n in range(BATCHES_KEPT + 1):
        send(nexus, batch("+12025550143", batch_id=f"b{n}"))

    assert len(nexus.ledger.batches) == BATCHES_KEPT
    assert "b0" not in nexus.ledger.batches


@pytest.mark.parametrize(
    ("headers", "http", "status"),
    [
        ({}, 401, "INVALID_CLIENT_TOKEN"),
        ({"x-api-key": "unknown", "x-ccid": "CCID"}, 401, "INVALID_CLIENT_TOKEN"),
        ({"x-api-key": "KEY"}, 403, "INVALID_CONTACT_CENTER"),
        ({"x-api-key": "KEY", "x-ccid": "another"}, 403, "INVALID_CONTACT_CENTER"),
    ],
)
def test_who_has_no_good_key_sends_nothing(nexus: Nexus, headers: dict[str, str], http: int, status: str) -> None:
    known = {"KEY": nexus.api_key, "CCID": nexus.ccid}
    sent = {name: known.get(value, value) for name, value in headers.items()}

    reply = nexus.answer(Request("POST", "/nexus/v3/messages", sent, to_json({"data": batch("+12025550143")})))

    assert (reply.status, reply.json()["status"]) == (http, status)
    assert not nexus.sent


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({}, "INVALID_PARAMETER", "batchId must be a text of 1 to 128 characters."),
        (batch("+12025550143", batch_id=""), "INVALID_PARAMETER", "batchId must be a text of 1 to 128 characters."),
        (
            batch("+12025550143", channel="fax"),
            "INVALID_TRANSPORT",
            'The channel must be "sms" or "email", not \'fax\'.',
        ),
        (batch(), "INVALID_PARAMETER", "messages must be a list of 1 to 100."),
        (batch(*["+12025550143"] * (BATCH_LIMIT + 1)), "INVALID_PARAMETER", "messages must be a list of 1 to 100."),
        (batch() | {"messages": ["hello"]}, "INVALID_PARAMETER", "Each message must be an object."),
        (
            batch("+12025550143", callback="https://example.org/hook"),
            "INVALID_PARAMETER",
            "callback must be an http:// or https:// address on the loopback (127.*).",
        ),
        (
            batch("+12025550143", callback="http://[::bad"),
            "INVALID_PARAMETER",
            "callback must be an http:// or https:// address on the loopback (127.*).",
        ),
    ],
)
def test_a_batch_that_cannot_be_taken_is_refused_as_a_whole(
    nexus: Nexus, data: dict[str, Any], status: str, words: str
) -> None:
    reply = send(nexus, data)

    assert (reply.status, reply.json()) == (400, {"status": status, "detail": words})
    assert not nexus.sent


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": 1}', b"\xff"])
def test_a_body_that_is_no_envelope_is_refused(nexus: Nexus, body: bytes) -> None:
    headers = {"x-api-key": nexus.api_key, "x-ccid": nexus.ccid}

    reply = nexus.answer(Request("POST", "/nexus/v3/messages", headers, body))

    assert (reply.status, reply.json()["status"]) == (400, "INVALID_PARAMETER")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": ""}, "INVALID_PARAMETER"),
        ({"text": "x" * 1601}, "INVALID_PARAMETER"),
        ({"text": 5}, "INVALID_PARAMETER"),
        ({"reference": None}, "INVALID_PARAMETER"),
        ({"to": ""}, "INVALID_ENDPOINT"),
        ({"to": "12025550143"}, "INVALID_ENDPOINT"),
    ],
)
def test_a_message_that_cannot_be_sent_says_why(nexus: Nexus, change: dict[str, Any], status: str) -> None:
    data = batch("+12025550143")
    data["messages"][0] |= change

    told = send(nexus, data).json()["data"]["messages"][0]

    assert told["status"] == status
    assert told["detail"]
    assert not nexus.sent


def test_an_administrator_makes_an_api_key_that_sends(nexus: Nexus) -> None:
    state = asyncio.run(nexus.states.arrange(nexus, "an administrator of Nexus is logged in", {}))
    wanted = {"enabled": True, "tenant": nexus.ccid, "name": "CX Contact", "permissions": ["nexus:consumer:*"]}

    made = post(nexus, "/nexus/v3/apikeys", wanted, Authorization=state["authorization"]).json()

    assert made["status"] == "SUCCESS"
    key = made["data"].pop("apiKey")
    assert made["data"] == wanted
    reply = post(nexus, "/nexus/v3/messages", batch("+12025550143"), x_api_key=key, x_ccid=nexus.ccid)
    assert reply.status == 200


def test_an_api_key_without_the_permission_sends_nothing(nexus: Nexus) -> None:
    state = nexus.administrator_is_logged_in()
    wanted = {"tenant": nexus.ccid, "name": "chat", "permissions": ["nexus:chat:*"]}
    key = post(nexus, "/nexus/v3/apikeys", wanted, Authorization=state["authorization"]).json()["data"]["apiKey"]

    reply = post(nexus, "/nexus/v3/messages", batch("+12025550143"), x_api_key=key, x_ccid=nexus.ccid)

    assert (reply.status, reply.json()["detail"]) == (403, "This API key has no permission nexus:consumer:*.")


@pytest.mark.parametrize(
    ("change", "http", "status"),
    [
        ({"tenant": "another"}, 400, "INVALID_CONTACT_CENTER"),
        ({"name": ""}, 400, "INVALID_PARAMETER"),
        ({"permissions": "all"}, 400, "INVALID_PARAMETER"),
        ({"permissions": [1]}, 400, "INVALID_PARAMETER"),
    ],
)
def test_an_api_key_for_nobody_is_not_made(nexus: Nexus, change: dict[str, Any], http: int, status: str) -> None:
    state = nexus.administrator_is_logged_in()
    wanted = {"tenant": nexus.ccid, "name": "CX Contact", "permissions": ["nexus:consumer:*"]} | change

    reply = post(nexus, "/nexus/v3/apikeys", wanted, Authorization=state["authorization"])

    assert (reply.status, reply.json()["status"]) == (http, status)
    assert list(nexus.keys) == [nexus.api_key]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer guessed", "Basic guessed"])
def test_only_an_administrator_makes_api_keys(nexus: Nexus, authorization: str) -> None:
    reply = post(nexus, "/nexus/v3/apikeys", {}, Authorization=authorization)

    assert (reply.status, reply.json()["status"]) == (401, "INVALID_CLIENT_TOKEN")


def test_a_disabled_key_and_an_outage_refuse_until_reset(nexus: Nexus) -> None:
    nexus.key_is_disabled()
    assert send(nexus, batch("+12025550143")).status == 401

    nexus.is_out_of_service()
    reply = send(nexus, batch("+12025550143"))
    assert (reply.status, reply.json()["status"]) == (503, "FAILURE")

    nexus.reset()
    assert send(nexus, batch("+12025550143")).status == 200


def test_the_seed_decides_what_becomes_of_each_message(nexus: Nexus) -> None:
    numbers = [f"+1202555{n:04}" for n in range(100)]

    send(nexus, batch(*numbers))
    first = [receipt.status for receipt in nexus.receipts]
    nexus.reset()
    send(nexus, batch(*reversed(numbers)))

    assert [receipt.status for receipt in nexus.receipts] == first[::-1]
    assert 80 < first.count("DELIVERED") < 100


def test_refusals_use_the_documented_words() -> None:
    documented = {
        *("SUCCESS", "FAILURE", "INVALID_CLIENT_TOKEN", "INVALID_CONTACT_CENTER", "INVALID_SESSION"),
        *("INVALID_PARTICIPANT", "INVALID_TRANSPORT", "INVALID_PARAMETER", "INVALID_ENDPOINT", "INVALID_NICKNAME"),
        "INVALID_FILE_TYPE",
    }

    assert set(Status) == documented


def test_an_unknown_operation_is_told_what_there_is(nexus: Nexus) -> None:
    reply = post(nexus, "/nexus/v3/message", {})

    assert reply.status == 404
    assert 'Did you mean "POST /nexus/v3/messages"?' in reply.json()["status"]["detail"]
