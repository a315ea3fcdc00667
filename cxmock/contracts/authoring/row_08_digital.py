"""Row 8, the digital dialer: OCS hands records of SMS and e-mail campaigns over, and hears what became of each.

That there is such a callback is documented by the name of its option; all else is assumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Evidence,
    Given,
    Row,
    assumed,
    digits,
    each_like,
    given,
    integer,
    like,
    not_empty,
    one_of,
    stated,
    uuid,
)
from cxmock.contracts.authoring.contact import refused
from cxmock.contracts.authoring.records import CAMPAIGN, WHO, properties
from cxmock.contracts.authoring.row_08_shared import REFUSALS, TENANT
from cxmock.topology import Component

LATER = assumed(
    "that OCS keeps records until it is answered is documented for history; for the digital dialer it is ours"
)
DIGITAL = assumed("that OCS has a digital dialer's callback is documented by the name of its option; all else is ours")


def about_digital(row: Row) -> None:
    """Add the promises."""
    sends = given("campaign group {name} sends {message}", name="Spring@Outbound agents", message="See you on Monday.")
    guids = (f"{digit}f0e7c52-3d1b-4a6f-8c90-1e2d3c4b5a69" for digit in "123456789a")
    sent, suppressed, nowhere, told, mailed, unmailed, holed, long, busy, broken = guids

    def batch(guid: str, to: str, media: str = "sms", **columns: Any) -> dict[str, Any]:
        """Return a batch of one record; an attempt that was told already is not made again."""
        either = one_of(media, *({"sms", "email"} - {media}))
        record = {**properties(to, either), "GSW_CALL_ATTEMPT_GUID": uuid(guid), **columns}
        return {**WHO, **CAMPAIGN, "media": either, "records": each_like(record)}

    good = batch(sent, "+447700900018")

    def promise(description: str, evidence: Evidence, body: Any, answer: Answer, *states: Given) -> None:
        row.http(
            description,
            evidence,
            Ask("POST", "/ocs/digital", json=body),
            answer,
            states=[TENANT, *states],
            provider=Component.DIAL_MANAGER,
        )

    def result(guid: str, number: int, **more: Any) -> Answer:
        one = {"GSW_CALL_ATTEMPT_GUID": guid, "GSW_CALL_RESULT": number, **more}
        any_of_them = {"GSW_CALL_ATTEMPT_GUID": uuid(guid), "GSW_CALL_RESULT": integer(number)}
        return Answer(200, json={"results": stated([one], each_like(any_of_them))})

    promise(
        "a text message that was sent has the result ok, and an id",
        DIGITAL,
        good,
        result(sent, 0, messageId=uuid()),
        sends,
    )
    promise(
        "a text message to a suppressed device is not sent",
        DIGITAL,
        batch(suppressed, "+12025550143"),
        result(suppressed, 51, reason=not_empty("suppressed by bankrupt")),
        sends,
        given("device {device} is on suppression list {name}", device="+12025550143", name="bankrupt"),
    )
    promise(
        "a text message to what is no number is not sent",
        DIGITAL,
        batch(nowhere, "12"),
        result(nowhere, 53, reason=not_empty("not a number")),
        sends,
    )
    promise(
        "a text message that was sent is not sent again, and has the result it had",
        DIGITAL,
        batch(told, "+447700900018"),
        result(told, 0, messageId=uuid()),
        sends,
        given("attempt {guid} was sent its message", guid=told),
    )
    promise(
        "an e-mail that was sent has the result ok, and an id",
        DIGITAL,
        batch(mailed, "ada@example.org", "email"),
        result(mailed, 0, messageId=uuid()),
        sends,
    )
    promise(
        "an e-mail to what is no address is not sent",
        DIGITAL,
        batch(unmailed, "+447700900018", "email"),
        result(unmailed, 53, reason=not_empty("no address")),
        sends,
    )
    holes = given("campaign group {name} sends {message}", name="Spring@Outbound agents", message="Hello {Other20}")
    promise(
        "a text message with a hole in it is not sent",
        DIGITAL,
        batch(holed, "+447700900018", c_other20=None),
        result(holed, 41, reason=not_empty("empty")),
        holes,
    )
    endless = given("campaign group {name} sends {message}", name="Spring@Outbound agents", message="x" * 1531)
    promise(
        "a text message that needs more than ten segments is not sent",
        DIGITAL,
        batch(long, "+447700900018"),
        result(long, 41, reason=not_empty("too long")),
        endless,
    )
    later = replace(refused(503, 515), headers={"Retry-After": digits("1")})
    is_busy = given("Nexus wants {count} batches later, in {seconds} s", count=1, seconds=1)
    breaks = given("Nexus takes {count} batches and drops the connection", count=1)
    for what, guid, state in (("Nexus is busy", busy, is_busy), ("the connection to Nexus breaks", broken, breaks)):
        records = batch(guid, "+447700900018")
        promise(f"while {what}, OCS is to hand records over again later", LATER, records, later, sends, state)
    for name in ("GSW_CAMPAIGN_GROUP_NAME", "media"):
        lacks = {key: value for key, value in good.items() if key != name}
        promise(f"a batch without {name} is refused", REFUSALS, lacks, refused(400, 651), sends)
    nobodys = {**good, "records": [{"GSW_PHONE": like("+447700900018")}]}
    promise("a record of no attempt is refused with its batch", REFUSALS, nobodys, refused(400, 651), sends)
    endless_id = {**good, "records": [{"GSW_CALL_ATTEMPT_GUID": "a" * 129}]}
    promise("a record of an attempt with an endless id is refused", REFUSALS, endless_id, refused(400, 652), sends)
    unknown = {**good, "GSW_CAMPAIGN_GROUP_NAME": "Nobody@Nowhere"}
    promise("a batch of a campaign group that nobody made is refused", REFUSALS, unknown, refused(404, 604))
    promise("a batch without records is refused", REFUSALS, {**good, "records": []}, refused(400, 651), sends)
    promise("a batch for an unknown channel is refused", REFUSALS, {**good, "media": "fax"}, refused(400, 652), sends)
