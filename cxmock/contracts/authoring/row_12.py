"""Row 12: Dial Manager sends text messages and e-mail through Nexus.

Documented are the base path, the headers, how an API key is made and that a status is a word. All that concerns batches
of messages is assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Evidence,
    Given,
    Row,
    assumed,
    digits,
    documented,
    each_like,
    from_state,
    given,
    like,
    not_empty,
    one_of,
    stated,
    uuid,
)

KEYS = documented("Genesys' deployment scripts: POST /nexus/v3/apikeys; a status is a word")
BATCHES = assumed("the guide says that Dial Manager sends in batches with an API key; path and bodies are ours")
ONCE = assumed(
    "that nothing is sent twice is ours to wish: real Nexus may know messages again otherwise, or not at all"
)
PUT_OFF = assumed("the word FAILURE is documented; that Nexus puts off what is too much, and how it says so, is ours")
REFUSALS = assumed("the words of a status are documented; which one a fault has, and its HTTP status, are ours")

MESSAGES = "/nexus/v3/messages"
HEADERS = {
    "x-api-key": from_state("${api_key}", "0b2a5c1e-7d1f-4c8e-9a51-3f0d7a0c6e21"),
    "x-ccid": from_state("${ccid}", "54740030-8867-4790-9ff5-f224bcc7eff5"),
}
KNOWN = given("the Nexus API key is known")
CALLBACK = like("http://127.0.0.1:9/nexus/receipts")


EACH = one_of("INVALID_ENDPOINT", "SUCCESS", "FAILURE", "INVALID_PARAMETER")
"""What can become of one message of a batch that was taken."""


def contract() -> Row:
    """Return the contract."""
    row = Row(12)
    _api_keys(row)
    _batches(row)
    _trouble(row)
    _refusals(row)
    return row


def _api_keys(row: Row) -> None:
    data = {
        "enabled": True,
        "tenant": from_state("${ccid}", "54740030-8867-4790-9ff5-f224bcc7eff5"),
        "name": like("CX Contact"),
        "permissions": like(["nexus:consumer:*"]),
    }
    row.http(
        "an administrator makes an API key",
        KEYS,
        Ask(
            "POST",
            "/nexus/v3/apikeys",
            headers={"Authorization": from_state("${authorization}", "Bearer 5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11")},
            json={"data": data},
        ),
        Answer(
            200,
            json={
                "status": "SUCCESS",
                "data": {
                    "apiKey": not_empty("0b2a5c1e-7d1f-4c8e-9a51-3f0d7a0c6e21"),
                    "enabled": True,
                    "tenant": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                    "name": like("CX Contact"),
                    "permissions": each_like("nexus:consumer:*"),
                },
            },
        ),
        states=[given("an administrator of Nexus is logged in")],
    )
    row.http(
        "who is no administrator makes no API key",
        REFUSALS,
        Ask(
            "POST",
            "/nexus/v3/apikeys",
            headers={"Authorization": like("Bearer 00000000-0000-0000-0000-000000000000")},
            json={"data": data},
        ),
        Answer(401, json={"status": "INVALID_CLIENT_TOKEN", "detail": not_empty("why")}),
        states=[KNOWN],
    )


def batch(channel: str, to: str, *, subject: str = "") -> dict[str, object]:
    """Return a request that sends a message; a text message's subject is empty."""
    message = {
        "reference": like("4711:1"),
        "from": like("+12025550100"),
        "to": like(to),
        "text": like("Your appointment is on Monday."),
        "subject": like(subject),
    }
    named = {"batchId": like(f"batch-{channel}"), "channel": channel, "callback": CALLBACK}
    return {"data": {**named, "messages": each_like(message)}}


def _batches(row: Row) -> None:
    accepted = {
        "status": "SUCCESS",
        "data": {
            "batchId": not_empty("batch-sms"),
            "messages": stated(
                [{"reference": "4711:1", "status": "SUCCESS", "messageId": uuid()}],
                each_like({"reference": like("4711:1"), "status": "SUCCESS", "messageId": uuid()}),
            ),
        },
    }
    row.http(
        "a batch of text messages is accepted, each by an id",
        BATCHES,
        Ask("POST", MESSAGES, headers=HEADERS, json=batch("sms", "+12025550143")),
        Answer(200, json=accepted),
        states=[KNOWN],
    )
    row.http(
        "a batch of e-mails is accepted, each by an id",
        BATCHES,
        Ask("POST", MESSAGES, headers=HEADERS, json=batch("email", "ada@example.org", subject="Your appointment")),
        Answer(200, json=accepted),
        states=[KNOWN],
    )
    row.http(
        "a message to no number is refused alone, the batch goes on",
        BATCHES,
        Ask("POST", MESSAGES, headers=HEADERS, json=batch("sms", "no number")),
        Answer(
            200,
            json={
                "status": "SUCCESS",
                "data": {
                    "batchId": not_empty("batch-sms"),
                    "messages": stated(
                        [{"reference": "4711:1", "status": "INVALID_ENDPOINT", "detail": not_empty("why")}],
                        each_like({"reference": like("4711:1"), "status": EACH}),
                    ),
                },
            },
        ),
        states=[KNOWN],
    )


def _trouble(row: Row) -> None:
    """Add what keeps messages from being lost, and from being sent twice."""

    def told(status: str, **more: object) -> Answer:
        one = {"reference": "4711:1", "status": status, **more}
        any_of_them = each_like({"reference": like("4711:1"), "status": EACH})
        data = {"batchId": not_empty("batch-sms"), "messages": stated([one], any_of_them)}
        return Answer(200, json={"status": "SUCCESS", "data": data})

    def promise(description: str, evidence: Evidence, answer: Answer, *states: Given) -> None:
        ask = Ask("POST", MESSAGES, headers=HEADERS, json=batch("sms", "+12025550143"))
        row.http(description, evidence, ask, answer, states=[KNOWN, *states])

    known = given("Nexus has message {reference} to {to}", reference="4711:1", to="+12025550143")
    promise(
        "a message that was taken is known again by its reference, in whatever batch it comes",
        ONCE,
        told("SUCCESS", messageId=uuid()),
        known,
    )
    other = given("Nexus has message {reference} to {to}", reference="4711:1", to="+12025550144")
    promise(
        "a reference does not stand for two messages", ONCE, told("INVALID_PARAMETER", detail=not_empty("why")), other
    )
    promise(
        "a message that is too many in its batch is put off, the batch goes on",
        PUT_OFF,
        told("FAILURE", detail=not_empty("why")),
        given("Nexus takes {count} messages of a batch", count=0),
    )
    failed = {"status": "FAILURE", "detail": not_empty("why")}
    promise(
        "a busy Nexus says in how many seconds to come again",
        PUT_OFF,
        Answer(429, headers={"Retry-After": digits("2")}, json=failed),
        given("Nexus wants {count} batches later, in {seconds} s", count=1, seconds=2),
    )
    for status in (500, 502, 504):
        promise(
            f"a batch that fails in Nexus is told as such: {status}",
            PUT_OFF,
            Answer(status, json=failed),
            given("Nexus fails {count} batches by {status}", count=1, status=status),
        )


def _refusals(row: Row) -> None:
    def refused(description: str, status: int, word: str, state: Given, request: Ask) -> None:
        row.http(
            description,
            REFUSALS,
            request,
            Answer(status, json={"status": word, "detail": not_empty("why")}),
            states=[state],
        )

    good = batch("sms", "+12025550143")
    refused(
        "a disabled API key sends nothing",
        401,
        "INVALID_CLIENT_TOKEN",
        given("the Nexus API key is disabled"),
        Ask("POST", MESSAGES, headers=HEADERS, json=good),
    )
    refused(
        "another contact centre's id is refused",
        403,
        "INVALID_CONTACT_CENTER",
        KNOWN,
        Ask("POST", MESSAGES, headers=HEADERS | {"x-ccid": "00000000-0000-0000-0000-000000000000"}, json=good),
    )
    refused(
        "an unknown channel is refused",
        400,
        "INVALID_TRANSPORT",
        KNOWN,
        Ask("POST", MESSAGES, headers=HEADERS, json=batch("fax", "+12025550143")),
    )
    refused(
        "a batch without messages is refused",
        400,
        "INVALID_PARAMETER",
        KNOWN,
        Ask(
            "POST", MESSAGES, headers=HEADERS, json={"data": {"batchId": like("b-1"), "channel": "sms", "messages": []}}
        ),
    )
    refused(
        "an outage is told as such",
        503,
        "FAILURE",
        given("Nexus is out of service"),
        Ask("POST", MESSAGES, headers=HEADERS, json=good),
    )
