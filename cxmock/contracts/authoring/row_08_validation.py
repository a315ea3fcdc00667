"""Row 8, pre-dial validation: OCS asks before each attempt, and each kind of rule has its say.

That 200 dials and 409 does not is documented, the result in a 409 is observed; which result a rule gives is assumed.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Given,
    Row,
    assumed,
    documented,
    given,
    integer,
    like,
    not_empty,
    observed,
    stated,
)
from cxmock.contracts.authoring.contact import refused
from cxmock.contracts.authoring.records import MEDIA, NEEDED, properties
from cxmock.contracts.authoring.row_08_shared import ENVELOPE, FREE, REFUSALS, TENANT, post

VALIDATION = documented("OCS 8.1.5 deployment guide, pre-dial validation: 200 dials, 409 does not; the path is ours")
RESULT = observed("public integrations: the body of a 409 may name the call result, 51 is Do Not Call")
RULE = assumed("GSW_BLOCKING_RULE is documented for history; that a 409 names it is ours")
KINDS = documented(
    "CX Contact guide, compliance rules: attempts, location, dates, times, external validation, required or not,"
    " priority 1 first; OCS guide: 409 does not dial. The path is ours"
)
NAMED = assumed("that compliance rules are of these kinds is documented; which result a record gets by each is ours")


def about_validation(row: Row) -> None:
    """Add what OCS hears of a record."""
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


def about_rules(row: Row) -> None:
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
