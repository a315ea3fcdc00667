"""Row 8: OCS asks CX Contact before each attempt, and tells it what became of each.

What OCS sends and what it makes of the answer is documented; the paths are ours (OCS has them as options), and so is
whatever CX Contact answers to what OCS would not send.
"""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Answer,
    Row,
    assumed,
    documented,
    given,
    integer,
    like,
    null_or,
    one_of,
    row_08_replicas,
)
from cxmock.contracts.authoring.contact import done, refused
from cxmock.contracts.authoring.records import CAMPAIGN, RECORD, WHO
from cxmock.contracts.authoring.row_08_digital import about_digital
from cxmock.contracts.authoring.row_08_shared import ENVELOPE, REFUSALS, TENANT, post
from cxmock.contracts.authoring.row_08_validation import about_rules, about_validation

HISTORY = documented("OCS 8.1.5 deployment guide, history: two posts an attempt, kept until 200; the path is ours")
STATES = documented("OCS 8.1.5 deployment guide, campaign group states; the path is ours")
AGENTS = assumed("GSW_AGENT_ID is documented, result 47 observed; when OCS tells which is ours")


def contract() -> Row:
    """Return the contract."""
    row = Row(8)
    about_validation(row)
    about_rules(row)
    _history(row)
    _states(row)
    about_digital(row)
    row_08_replicas.promise(row)
    return row


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
