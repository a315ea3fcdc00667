"""Row 8: OCS asks CX Contact before each attempt, and tells it what became of each.

What OCS sends and what it makes of the answer is documented; the paths are ours (OCS has them as options), and so is
whatever CX Contact answers to what OCS would not send.
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
    documented,
    each_like,
    given,
    integer,
    like,
    not_empty,
    null_or,
    observed,
    one_of,
    row_08_replicas,
    stated,
    uuid,
)
from cxmock.contracts.authoring.contact import done, refused
from cxmock.contracts.authoring.records import CAMPAIGN, MEDIA, NEEDED, RECORD, WHO, properties
from cxmock.topology import Component

VALIDATION = documented("OCS 8.1.5 deployment guide, pre-dial validation: 200 dials, 409 does not; the path is ours")
RESULT = observed("public integrations: the body of a 409 may name the call result, 51 is Do Not Call")
RULE = assumed("GSW_BLOCKING_RULE is documented for history; that a 409 names it is ours")
HISTORY = documented("OCS 8.1.5 deployment guide, history: two posts an attempt, kept until 200; the path is ours")
STATES = documented("OCS 8.1.5 deployment guide, campaign group states; the path is ours")
LATER = assumed(
    "that OCS keeps records until it is answered is documented for history; for the digital dialer it is ours"
)
DIGITAL = assumed("that OCS has a digital dialer's callback is documented by the name of its option; all else is ours")
AGENTS = assumed("GSW_AGENT_ID is documented, result 47 observed; when OCS tells which is ours")
KINDS = documented(
    "CX Contact guide, compliance rules: attempts, location, dates, times, external validation, required or not,"
    " priority 1 first; OCS guide: 409 does not dial. The path is ours"
)
NAMED = assumed("that compliance rules are of these kinds is documented; which result a record gets by each is ours")
REFUSALS = assumed("what CX Contact answers to what lacks something is not public")
ENVELOPE = assumed("that OCS goes by the status is documented; what the body says beside it is ours")

TENANT = given("the tenant is known")
FREE = given("no rule is set and nobody is suppressed or was tried")


def contract() -> Row:
    """Return the contract."""
    row = Row(8)
    _validation(row)
    _rules(row)
    _history(row)
    _states(row)
    _digital(row)
    row_08_replicas.promise(row)
    return row


def post(
    row: Row,
    description: str,
    evidence: Evidence,
    path: str,
    body: Any,
    answer: Answer,
    *states: Given,
) -> None:
    """Add a promise of Compliance Manager."""
    row.http(
        description,
        evidence,
        Ask("POST", path, json=body),
        answer,
        states=states or [TENANT],
        provider=Component.COMPLIANCE_MANAGER,
    )


def _validation(row: Row) -> None:
    path = "/ocs/validation"
    suppressed = given("device {device} is on suppression list {name}", device="+12025550143", name="bankrupt")
    london = {"GSW_TZ_NAME": like("Europe/London"), "GSW_TZ_OFFSET": integer(0)}
    nobodys = {**properties("+442079460018", MEDIA), **london}
    theirs = properties("+12025550143", MEDIA)
    post(row, "a record that no rule forbids is dialed", VALIDATION, path, nobodys, Answer(200))
    little = {**NEEDED, **london, "GSW_PHONE": like("+442079460018")}
    post(row, "a record of which little is told is dialed, too", ENVELOPE, path, little, Answer(200))
    post(
        row, "a record of a suppressed device is not dialed", VALIDATION, path, theirs, Answer(409), TENANT, suppressed
    )
    post(
        row,
        "a record that is not dialed has the result do-not-call",
        RESULT,
        path,
        theirs,
        Answer(409, json={"GSW_CALL_RESULT": 51}),
        TENANT,
        suppressed,
    )
    post(
        row,
        "a record that is not dialed has the rule that forbids it",
        RULE,
        path,
        theirs,
        Answer(409, json={"GSW_BLOCKING_RULE": stated("bankrupt"), "GSW_BLOCKING_RULE_TYPE": not_empty("suppression")}),
        TENANT,
        suppressed,
    )
    post(
        row,
        "a record without a device is refused",
        REFUSALS,
        path,
        {name: value for name, value in theirs.items() if name != "GSW_PHONE"},
        refused(400, 651),
    )


def _rules(row: Row) -> None:
    """Add what each kind of rule forbids: nobody knows of a recording which rules there were, but in which case."""
    path = "/ocs/validation"
    ada, group = "+12025550143", "Spring@Outbound agents"
    theirs = {**NEEDED, "GSW_PHONE": like(ada), "media": MEDIA}
    tried = given("device {device} was tried {count} times", device=ada, count=3)
    choice = '{"rules":[],"suppressionLists":[]}'

    def rule(name: str, said: str) -> Given:
        return given("rule {name} is {rule}", name=name, rule=said)

    for what, kind, result, states in (
        (
            "was tried enough today",
            "attempts",
            46,
            (rule("three", '{"type":"attempts","limit":3,"by":"device"}'), tried),
        ),
        (
            "was tried enough in the last hours, with such a result",
            "attempts",
            46,
            (rule("three", '{"type":"attempts","limit":3,"seconds":7200,"results":[7]}'), tried),
        ),
        ("is where nobody is called", "location", 51, (rule("here", '{"type":"location","prefixes":["1202"]}'),)),
        ("is never to be called at such a time", "times", 46, (rule("never", '{"type":"times","prefixes":["1202"]}'),)),
        (
            "is one about whom somebody else says nothing",
            "external",
            3,
            (rule("ask", '{"type":"external","url":"http://127.0.0.1:1/","milliseconds":50}'),),
        ),
        (
            "is forbidden by a required rule, whatever the campaign chose",
            "location",
            51,
            (
                rule("here", '{"type":"location","prefixes":["1202"],"required":true}'),
                given("campaign group {name} chose {choice}", name=group, choice=choice),
            ),
        ),
    ):
        description = f"a record whose device {what}"
        # Of an external validation that does not answer the guide says nothing.
        evidence = NAMED if kind == "external" else KINDS
        post(row, f"{description} is not dialed", evidence, path, theirs, Answer(409), TENANT, FREE, *states)
        told = {"GSW_CALL_RESULT": result, "GSW_BLOCKING_RULE_TYPE": stated(kind)}
        post(row, f"{description} is told why", NAMED, path, theirs, Answer(409, json=told), TENANT, FREE, *states)
    both = (
        rule("second", '{"type":"location","prefixes":["1202"],"priority":2}'),
        rule("first", '{"type":"location","prefixes":["1"],"priority":1}'),
    )
    highest = Answer(409, json={"GSW_BLOCKING_RULE": stated("first")})
    post(row, "of two rules the one of priority 1 forbids a record", NAMED, path, theirs, highest, TENANT, FREE, *both)
    for what, states in (
        (
            "whose campaign did not choose the rule is dialed",
            (
                rule("here", '{"type":"location","prefixes":["1202"],"required":false}'),
                given("campaign group {name} chose {choice}", name=group, choice=choice),
            ),
        ),
        ("whose device was tried less than a rule allows is dialed", (rule("four", FOUR), tried)),
        ("that was tried with other results than a rule counts is dialed", (rule("busy", BUSY), tried)),
    ):
        post(row, f"a record {what}", KINDS, path, theirs, Answer(200), TENANT, FREE, *states)
    for what, wrong, status, code in (
        ("of another tenant", {"GSW_TENANT_CCID": "00000000-0000-0000-0000-000000000000"}, 403, 603),
        ("for an unknown channel", {"media": "fax"}, 400, 652),
        ("with a device longer than any", {"GSW_PHONE": "1" * 256}, 400, 652),
    ):
        post(row, f"a record {what} is refused", REFUSALS, path, {**theirs, **wrong}, refused(status, code))


FOUR = '{"type":"attempts","limit":4,"by":"device"}'
BUSY = '{"type":"attempts","limit":1,"by":"device","results":[6]}'


def _history(row: Row) -> None:
    path = "/ocs/history"
    begun = {**RECORD, "GSW_HIST_SEQUENCE_NUM": 0, "GSW_START_PROCESSING": integer(1767225600)}
    happened = ("GSW_DIALING", "GSW_RINGING", "GSW_ANSWERED", "GSW_RELEASED")
    ended = {
        **begun,
        "GSW_HIST_SEQUENCE_NUM": 1,
        "GSW_CALL_RESULT": integer(33),
        "GSW_CALL_TIME": integer(1767225605),
        **{name: null_or(integer(1767225605)) for name in happened},
        "GSW_COMPLETE_PROCESSING": integer(1767225660),
    }
    blocked = {**ended, "GSW_BLOCKING_RULE": like("bankrupt"), "GSW_BLOCKING_RULE_TYPE": like("suppression")}
    post(row, "the beginning of an attempt is kept", HISTORY, path, begun, Answer(200))
    post(row, "the end of an attempt is kept", HISTORY, path, ended, Answer(200))
    post(row, "the end of an attempt that a rule forbade is kept", HISTORY, path, blocked, Answer(200))
    nobody = {**ended, "GSW_CALL_RESULT": 47, **dict.fromkeys(happened)}
    asked_for = {**ended, "GSW_AGENT_ID": like("A1")}
    post(row, "the end of an attempt that an agent asked for is kept", AGENTS, path, asked_for, Answer(200))
    post(row, "the end of a callback whose agent was away is kept", AGENTS, path, nobody, Answer(200))
    post(row, "that an attempt is kept is told in an envelope", ENVELOPE, path, ended, done())
    for name in ("GSW_CALL_ATTEMPT_GUID", "GSW_HIST_SEQUENCE_NUM", "GSW_TENANT_NAME", "GSW_TENANT_CCID"):
        post(
            row,
            f"history without {name} is refused",
            REFUSALS,
            path,
            {key: value for key, value in begun.items() if key != name},
            refused(400, 651),
        )
    for what, wrong in (
        ("neither begins nor ends an attempt", {"GSW_HIST_SEQUENCE_NUM": 2}),
        ("ends with what is no call result", {**ended, "GSW_CALL_RESULT": "busy"}),
        ("ends before there was time", {**ended, "GSW_CALL_TIME": -1}),
        ("ends after all time", {**ended, "GSW_CALL_TIME": 2147483648}),
    ):
        post(row, f"history that {what} is refused", REFUSALS, path, {**begun, **wrong}, refused(400, 652))
    post(
        row,
        "history of another tenant is refused",
        REFUSALS,
        path,
        {**begun, "GSW_TENANT_CCID": "00000000-0000-0000-0000-000000000000"},
        refused(403, 603),
    )


def _states(row: Row) -> None:
    path = "/ocs/campaign-group-states"
    state = {
        **WHO,
        **CAMPAIGN,
        "GSW_CAMPAIGN_GROUP_STATE": one_of("Active", "Running", "Paused", "NotLoaded", "WaitingUnload"),
        "GSW_CAMPAIGN_GROUP_COMPLETED": integer(0),
        "GSW_DIAL_MODE": integer(1),
        "GSW_OPTIMIZE_BY": integer(1),
        "GSW_OPTIMIZE_GOAL": integer(80),
        "GSW_STAT_BUSY_FACTOR": integer(0),
        "GSW_STAT_HIT_RATIO": integer(0),
        "GSW_STAT_OVERDIAL_RATE": integer(0),
        "GSW_STAT_TIME_TO_COMPLETE": null_or(integer(60)),
    }
    known = given("campaign group {name} has told its state", name="Spring@Outbound agents")
    post(row, "the state of a campaign group is kept", STATES, path, state, Answer(200), TENANT, known)
    post(
        row,
        "the state of a campaign group that dials, with its figures, is kept",
        STATES,
        path,
        {
            **state,
            "GSW_CAMPAIGN_GROUP_STATE": "Running",
            "GSW_DIAL_MODE": integer(2),
            "GSW_OPTIMIZE_BY": integer(3),
            "GSW_STAT_OVERDIAL_RATE": integer(4),
            "GSW_STAT_TIME_TO_COMPLETE": integer(3600),
        },
        Answer(200),
        TENANT,
        known,
    )
    post(row, "that a state is kept is told in an envelope", ENVELOPE, path, state, done(), TENANT, known)
    elsewhere = {**state, "GSW_TENANT_CCID": "00000000-0000-0000-0000-000000000000"}
    post(row, "a state of another tenant's is refused", REFUSALS, path, elsewhere, refused(403, 603))
    long = {**state, "GSW_CAMPAIGN_GROUP_NAME": "x" * 256}
    post(row, "a state of a campaign group with an endless name is refused", REFUSALS, path, long, refused(400, 652))
    post(
        row,
        "a state of nobody's is refused",
        REFUSALS,
        path,
        {name: value for name, value in state.items() if name != "GSW_CAMPAIGN_GROUP_NAME"},
        refused(400, 651),
    )


def _digital(row: Row) -> None:
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
