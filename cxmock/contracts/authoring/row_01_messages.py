"""Row 1, messages: templates and their previews, test messages, looking up what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    assumed,
    each_like,
    given,
    integer,
    like,
    not_empty,
    null_or,
    one_of,
    regex,
    stated,
    uuid,
)
from cxmock.contracts.authoring.contact import API, LOGGED_IN, WITH_SESSION, done, refused

CALLS = assumed(
    "the API's paths, bodies and refusals are not public; that Dial Manager has test messages is documented"
)
TEMPLATES, TESTS = f"{API}/message-templates", f"{API}/test-messages"
ONE = regex(f"{TEMPLATES}/[^/]+", f"{TEMPLATES}/Welcome")
PREVIEW = regex(f"{TEMPLATES}/[^/]+/preview", f"{TEMPLATES}/Welcome/preview")
TEXT = "Hello {FirstName}, {Other1|see you}"
HAS = given("CX Contact has message template {name} of {text}", name="Welcome", text=TEXT)
NONE = given("CX Contact has no message template {name}", name="Welcome")
MOMENT = integer(1767225600)
ADA = "+447700900018"
NEVER = "+12025550143"
"""Who is suppressed, once somebody is."""


def add_to(row: Row) -> None:
    """Add the promises to the row's contract."""
    _templates(row)
    _previews(row)
    _tests(row)
    _looking(row)


def preview_of(
    text: str, fields: list[str], missing: Sequence[str] = (), *, encoding: str = "GSM-7", units: int = 0
) -> Answer:
    """Return the answer that shows a text message; ``units`` where letters take more than one."""
    size = {"encoding": stated(encoding, like("GSM-7")), "units": stated(units or len(text)), "count": stated(1)}
    return done(
        {
            "text": stated(text),
            "subject": like(""),
            "sender": not_empty("+12025550199"),
            "fields": stated(fields, like([])),
            "missing": stated(list(missing), like([])),
            "segments": size,
            "problem": like(""),
        }
    )


def _call(row: Row, description: str, ask: Ask, answer: Answer, *states: Given) -> None:
    row.http(description, CALLS, replace(ask, headers=WITH_SESSION), answer, states=[LOGGED_IN, *states])


def _told(version: int = 1, **known: Any) -> dict[str, Any]:
    told = {"name": stated("Welcome"), "media": one_of("sms", "email"), "text": not_empty(TEXT), "subject": like("")}
    kept = {"version": stated(version, integer(version)), "created": MOMENT, "changed": MOMENT}
    return {**told, "sender": like(""), **kept, **known}


def _templates(row: Row) -> None:
    wanted = {"name": like("Welcome"), "media": "sms", "text": like(TEXT)}
    _call(row, "a message template is made", Ask("POST", TEMPLATES, json=wanted), done(_told(), status=201), NONE)
    mail = {"name": like("Welcome"), "media": "email", "text": like(TEXT), "subject": like("News for {FirstName|you}")}
    _call(row, "a template of an e-mail is made", Ask("POST", TEMPLATES, json=mail), done(_told(), status=201), NONE)
    _call(row, "a message template is told", Ask("GET", ONE), done(_told(text=stated(TEXT))), HAS)
    text = Ask("PATCH", ONE, json={"text": like("Hello")})
    _call(row, "a message template has another text", text, done(_told(2, text=stated("Hello"))), HAS)
    _call(row, "a message template is removed", Ask("DELETE", ONE), done(), HAS)
    again = Ask("POST", TEMPLATES, json=wanted)
    _call(row, "a message template's name is given once", again, refused(409, 609), HAS)
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("without a text", {**wanted, "text": None}, 651),
        ("for no channel", {"name": like("Welcome"), "text": like(TEXT)}, 651),
        ("for a channel that there is not", {**wanted, "media": "fax"}, 652),
        ("with a place for no field", {**wanted, "text": "Hello {ShoeSize}"}, 652),
        ("of more than ten segments", {**wanted, "text": "x" * 1531}, 652),
        ("from nobody", {**wanted, "sender": "nobody"}, 652),
        ("of a text message with a subject", {**wanted, "subject": "News"}, 652),
    )
    for what, body, code in wrong:
        _call(
            row, f"a message template {what} is not made", Ask("POST", TEMPLATES, json=body), refused(400, code), NONE
        )
    _call(row, "a message template that nobody made is not found", Ask("GET", ONE), refused(404, 604), NONE)


def _previews(row: Row) -> None:
    both = ["FirstName", "Other1"]
    ada = Ask("POST", PREVIEW, json={"fields": {"FirstName": stated("Ada")}})
    _call(row, "how a message looks is told", ada, preview_of("Hello Ada, see you", both), HAS)
    shura = Ask("POST", PREVIEW, json={"fields": {"FirstName": stated("Шура", like("Ada"))}})
    _call(
        row,
        "how long a message in other letters is is told",
        shura,
        preview_of("Hello Шура, see you", both, encoding="UCS-2"),
        HAS,
    )
    nobody = Ask("POST", PREVIEW, json={})
    without = preview_of("Hello {FirstName}, see you", both, ["FirstName"], units=28)
    _call(row, "which fields a message lacks is told", nobody, without, HAS)
    strange = Ask("POST", PREVIEW, json={"fields": {"ShoeSize": "42"}})
    _call(row, "a preview with what is no field is refused", strange, refused(400, 652), HAS)
    _call(row, "there is no preview of what nobody made", nobody, refused(404, 604), NONE)


def _tests(row: Row) -> None:
    sent = {
        "id": not_empty("t1"),
        "messageId": uuid(),
        "to": like(ADA),
        "text": not_empty("Hello"),
        "subject": like(""),
    }
    wanted = {"media": "sms", "to": like(ADA), "text": like("Hello")}
    _call(row, "a test message is sent", Ask("POST", TESTS, json=wanted), done(sent, status=201))
    mail = {"media": "email", "to": like("ada@example.org"), "text": like("Hello"), "subject": like("News")}
    _call(row, "a test e-mail is sent", Ask("POST", TESTS, json=mail), done(sent, status=201))
    filled = {"media": "sms", "to": like(ADA), "template": like("Welcome"), "fields": {"FirstName": like("Ada")}}
    by_template = done({**sent, "text": stated("Hello Ada, see you")}, status=201)
    _call(row, "a test message is sent by a template", Ask("POST", TESTS, json=filled), by_template, HAS)
    known = {**wanted, "id": stated("try-1", like("try-1"))}
    once = given("CX Contact has sent test message {id} to {to}", id="try-1", to=ADA)
    same = done({**sent, "id": stated("try-1"), "messageId": uuid()}, status=201)
    _call(row, "a test message that was sent is not sent again", Ask("POST", TESTS, json=known), same, once)
    wrong: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("to no number", {**wanted, "to": "12"}, 652),
        ("that says nothing", {"media": "sms", "to": like(ADA)}, 651),
        ("with a hole", {**wanted, "text": "Hello {FirstName}"}, 652),
        ("with an id of strange letters", {**wanted, "id": "a b"}, 652),
        ("to nobody", {"media": "sms", "text": like("Hello")}, 651),
    )
    for what, body, code in wrong:
        _call(row, f"a test message {what} is refused", Ask("POST", TESTS, json=body), refused(400, code))
    suppressed = given("CX Contact has suppression list {name} with {device}", name="never", device=NEVER)
    told = Ask("POST", TESTS, json={**wanted, "to": stated(NEVER, like(NEVER))})
    _call(row, "a test message to who is suppressed is not sent", told, refused(409, 409), suppressed)


def _looking(row: Row) -> None:
    ada = given("CX Contact has sent test message {id} to {to}", id="look-1", to=ADA)
    receipt = {"status": not_empty("DELIVERED"), "at": like(1767225600.5)}
    told = {
        "attempt": not_empty("test-look-1"),
        "messageId": null_or(uuid()),
        "to": stated(ADA, like(ADA)),
        "campaignGroup": like(""),
        "kind": one_of("test", "campaign", "reply"),
        "media": one_of("sms", "email"),
        "state": one_of("sent", "waiting", "refused"),
        "result": null_or(integer(0)),
        "reason": like(""),
        "subject": like(""),
        "text": like("Hello"),
        "sender": not_empty("+12025550199"),
        "created": MOMENT,
        "receipts": each_like(receipt, min=0),
    }
    path = regex(f"{API}/messages/[^/]+", f"{API}/messages/test-look-1")
    _call(row, "what was sent to whom is told, with its receipts", Ask("GET", path), done(told), ada)
    nobodys = regex(f"{API}/messages/[^/]+", f"{API}/messages/nobodys")
    _call(row, "a message that nobody sent is not found", Ask("GET", nobodys), refused(404, 604))
    counts = {name: integer(0) for name in ("waiting", "sent", "refused", "suppressed")}
    counted = {**counts, "receipts": like({})}
    both = done({"sms": counted, "email": counted})
    _call(row, "messages are counted", Ask("GET", f"{API}/message-statistics"), both)
    group = Ask("GET", f"{API}/message-statistics", query={"campaignGroup": "Spring@Outbound agents"})
    _call(row, "messages of a campaign group are counted", group, both)
    other = Ask("GET", f"{API}/message-statistics", query={"list": "Spring"})
    _call(row, "messages are not counted by what there is not", other, refused(400, 652))
