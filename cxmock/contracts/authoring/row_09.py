"""Row 9: GWS has OCS load, start, stop and unload campaigns.

Messages, events and the words of a status are observed; how attributes are spelled, error codes and the bytes are
assumed. One number of the protocol is public: GSW_CM_ReqLoadCampaign is 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxmock.contracts.authoring import (
    Evidence,
    Given,
    Row,
    assumed,
    documented,
    from_state,
    given,
    integer,
    keyed,
    not_empty,
    one_of,
    row_09_traces,
    stated,
    unseen,
)
from cxmock.contracts.authoring.campaign import BEFORE_OR_AFTER, LOADS, MODE, STARTS, told, told_of_loaded

COMMANDS = assumed("messages and events are observed in public clients; how their attributes are spelled is ours")
REFUSALS = assumed("that there is an Error is observed; its codes are ours")
CHANGES = documented("the Outbound Contact deployment guide, dialing modes: which changes there are while dialing")
GOALS = assumed("the ranges of goals are observed, their defaults too; how attributes are spelled is ours")

EVENTS = assumed("that OCS tells of what a campaign does by itself is observed; when, and how it is spelled, is ours")

NOT_LOADED = given("campaign {name} is not loaded", name="Summer")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
PAUSED = given("campaign {name} is paused", name="Summer")
COMPLETING = given("campaign {name} is loaded and completes by itself", name="Summer")

PAIR = {"campaignId": from_state("${campaignId}", 101), "groupId": from_state("${groupId}", 101)}
"""A campaign and the group that works on it, by their DBIDs."""


def contract() -> Row:
    """Return the contract."""
    row = Row(9)
    _commands(row)
    _modes(row)
    _events(row)
    _refusals(row)
    row_09_traces.add_to(row)
    return row


def ask(
    row: Row,
    description: str,
    evidence: Evidence,
    message: str,
    attributes: dict[str, Any],
    answer: tuple[str, dict[str, Any]],
    *states: Given,
    after: Sequence[str] = (),
) -> None:
    """Add a promise about one message and its answer."""
    name, told = answer
    row.operation(
        description,
        evidence,
        "ocs",
        {"message": message, "attributes": attributes},
        {"messages": [{"message": name, "attributes": told}]},
        states=states,
        after=after,
    )


def _commands(row: Row) -> None:
    ask(
        row,
        LOADS,
        COMMANDS,
        "RequestLoadCampaign",
        {**PAIR, "requestProperties": stated({"GSW_AUTO_COMPLETION": 0}, keyed({"GSW_AUTO_COMPLETION": integer(0)}))},
        ("CampaignLoaded", told_of_loaded("Active")),
        NOT_LOADED,
    )
    ask(
        row,
        STARTS,
        COMMANDS,
        "StartDialing",
        PAIR,
        ("DialingStarted", told_of_loaded("Running")),
        LOADED,
        after=[LOADS],
    )
    ask(
        row,
        "a loaded campaign begins to dial in the mode that is said",
        COMMANDS,
        "StartDialing",
        {**PAIR, **MODE},
        ("DialingStarted", told_of_loaded("Running", dialMode=1, optimizeBy=1, optimizeGoal=80)),
        LOADED,
        after=[LOADS],
    )
    ask(
        row,
        "a campaign that dials is stopped",
        COMMANDS,
        "StopDialing",
        PAIR,
        ("DialingStopped", told_of_loaded("Active")),
        DIALING,
        after=[LOADS],
    )
    for description, message, said, status, state in (
        ("a campaign that dials is paused", "PauseDialing", "DialingPaused", "Paused", DIALING),
        ("a campaign that is paused goes on", "ResumeDialing", "DialingStarted", "Running", PAUSED),
        ("a campaign that is paused is stopped", "StopDialing", "DialingStopped", "Active", PAUSED),
        ("a campaign that is paused is unloaded", "UnloadCampaign", "CampaignUnloaded", "NotLoaded", PAUSED),
    ):
        ask(row, description, COMMANDS, message, PAIR, (said, told_of_loaded(status)), state, after=[LOADS])
    ask(
        row,
        "a campaign that dials is told to dial otherwise",
        COMMANDS,
        "SetDialingMode",
        {**PAIR, "dialMode": integer(2), "optimizeBy": integer(3), "optimizeGoal": integer(30)},
        ("CampaignStatus", told_of_loaded("Running", dialMode=2, optimizeBy=3, optimizeGoal=30)),
        DIALING,
        after=[LOADS],
    )
    ask(
        row,
        "a campaign that is paused is told to dial otherwise later",
        COMMANDS,
        "SetDialingMode",
        {**PAIR, "dialMode": integer(3), "optimizeBy": integer(1), "optimizeGoal": integer(80)},
        ("CampaignStatus", told_of_loaded("Paused")),
        PAUSED,
        after=[LOADS],
    )
    ask(
        row,
        "a campaign that does not dial is unloaded",
        COMMANDS,
        "UnloadCampaign",
        PAIR,
        ("CampaignUnloaded", told_of_loaded("NotLoaded")),
        LOADED,
        after=[LOADS],
    )
    ask(
        row,
        "a campaign is unloaded at once, whatever it does",
        COMMANDS,
        "ForceUnloadCampaign",
        PAIR,
        ("CampaignUnloaded", told_of_loaded("NotLoaded")),
        DIALING,
        after=[LOADS],
    )
    for state, answer in (
        (NOT_LOADED, told("NotLoaded")),
        (LOADED, told_of_loaded(BEFORE_OR_AFTER)),
        (DIALING, told_of_loaded("Running")),
        (PAUSED, told_of_loaded("Paused")),
    ):
        ask(
            row,
            f"where a campaign stands: {getattr(answer['status'], 'example', answer['status'])}",
            COMMANDS,
            "GetCampaignStatus",
            PAIR,
            ("CampaignStatus", answer),
            state,
        )


def _modes(row: Row) -> None:
    names = {2: "progressive", 3: "preview", 4: "progressive with seizing", 5: "predictive with seizing", 6: "power"}
    names |= {8: "push preview", 9: "progressive of GVP", 10: "predictive of GVP", 11: "power of GVP"}
    for mode, name in names.items():
        ask(
            row,
            f"a loaded campaign that does not dial yet changes to mode {name}",
            COMMANDS,
            "SetDialingMode",
            {**PAIR, "dialMode": mode},
            ("CampaignStatus", told_of_loaded("Active", dialMode=mode)),
            LOADED,
            after=[LOADS],
        )
    for mode in (2, 3, 6):
        ask(
            row,
            f"a loaded campaign begins to dial in mode {names[mode]}",
            COMMANDS,
            "StartDialing",
            {**PAIR, "dialMode": mode},
            ("DialingStarted", told_of_loaded("Running", dialMode=mode)),
            LOADED,
            after=[LOADS],
        )
    ask(
        row,
        "a campaign that dials predictively goes over to progressive dialing",
        CHANGES,
        "SetDialingMode",
        {**PAIR, "dialMode": 2},
        ("CampaignStatus", told_of_loaded("Running", dialMode=2)),
        DIALING,
        after=[LOADS],
    )
    for by, name, default, most in (
        (1, "busy factor", 80, 100),
        (2, "overdial rate", 5, 100),
        (3, "wait time", 30, 1000),
        (4, "distribution time", 30, 1000),
    ):
        if by > 1:  # the first is the campaign's own
            ask(
                row,
                f"an aim without a goal has its default: {name}",
                GOALS,
                "SetDialingMode",
                {**PAIR, "dialMode": 1, "optimizeBy": by},
                ("CampaignStatus", told_of_loaded("Active", dialMode=1, optimizeBy=by, optimizeGoal=default)),
                LOADED,
                after=[LOADS],
            )
        for goal in (0, most):
            ask(
                row,
                f"a goal at the edge of what can be is fine: {name} {goal}",
                GOALS,
                "SetDialingMode",
                {**PAIR, "dialMode": 1, "optimizeBy": by, "optimizeGoal": goal},
                ("CampaignStatus", told_of_loaded("Active", dialMode=1, optimizeBy=by, optimizeGoal=goal)),
                LOADED,
                after=[LOADS],
            )


def _events(row: Row) -> None:
    def tells(description: str, event: str, message: str, answer: str, status: Any, state: Given) -> None:
        """Add a promise about what OCS says by itself: verification has to bring it about, a journal shows it alone."""
        told = {"message": event, "attributes": told_of_loaded(status)}
        first = {"message": answer, "attributes": told_of_loaded("Running")}
        row.operation(
            description,
            EVENTS,
            "ocs",
            {"message": unseen(message), "attributes": unseen(PAIR), "awaits": unseen(event)},
            {"messages": stated([first, told], [told])},
            states=[state],
        )

    starting = ("StartDialing", "DialingStarted")
    working = stated("Running", one_of("Running", "Active"))
    tells("that nothing is left to dial is told", "CampaignStatus", *starting, working, LOADED)
    tells("a campaign that is done stops by itself", "DialingStopped", *starting, "Active", COMPLETING)
    tells("a campaign that is done is unloaded by itself", "CampaignUnloaded", *starting, "NotLoaded", COMPLETING)


def _refusals(row: Row) -> None:
    def refused(description: str, code: int, message: str, attributes: dict[str, Any], *states: Given) -> None:
        answer = ("Error", {"code": code, "description": not_empty("why")})
        ask(row, description, REFUSALS, message, attributes, answer, *states)

    refused("a campaign does not dial before it is loaded", 9, "StartDialing", PAIR, NOT_LOADED)
    refused("a campaign that is loaded is not loaded again", 9, "RequestLoadCampaign", PAIR, LOADED)
    refused("a campaign that does not dial cannot be stopped", 9, "StopDialing", PAIR, LOADED)
    refused("a campaign that does not dial cannot be paused", 9, "PauseDialing", PAIR, LOADED)
    refused("a campaign that is not paused cannot be resumed", 9, "ResumeDialing", PAIR, DIALING)
    refused("a campaign that is paused is not started", 9, "StartDialing", PAIR, PAUSED)
    refused("a campaign does not stop before it is loaded", 9, "StopDialing", PAIR, NOT_LOADED)
    refused("a campaign is not unloaded before it is loaded", 9, "UnloadCampaign", PAIR, NOT_LOADED)
    refused("a mode is not set before a campaign is loaded", 9, "SetDialingMode", {**PAIR, "dialMode": 1}, NOT_LOADED)
    refused("a mode that there is not is refused", 5, "SetDialingMode", {**PAIR, "dialMode": 99}, LOADED)
    refused("a new mode has to be said", 4, "SetDialingMode", PAIR, LOADED)
    refused("a campaign that dials is not unloaded", 9, "UnloadCampaign", PAIR, DIALING)
    refused(
        "a campaign that nobody made is not loaded",
        6,
        "RequestLoadCampaign",
        {"campaignId": integer(999999), "groupId": integer(101)},
    )
    refused("a command without a group is refused", 4, "StopDialing", {"campaignId": PAIR["campaignId"]}, LOADED)
    refused(
        "a goal that cannot be is refused", 5, "SetDialingMode", {**PAIR, "dialMode": 1, "optimizeGoal": 101}, LOADED
    )
    for by, name, goal in ((2, "overdial rate", 101), (3, "wait time", 1001), (4, "distribution time", 1001)):
        refused(
            f"a goal beyond what can be is refused: {name}",
            5,
            "SetDialingMode",
            {**PAIR, "dialMode": 1, "optimizeBy": by, "optimizeGoal": goal},
            LOADED,
        )
    refused("a goal below nothing is refused", 5, "SetDialingMode", {**PAIR, "dialMode": 1, "optimizeGoal": -1}, LOADED)
    refused(
        "an aim that there is not is refused", 5, "SetDialingMode", {**PAIR, "dialMode": 1, "optimizeBy": 5}, LOADED
    )
    refused("dialing does not begin in a mode that there is not", 5, "StartDialing", {**PAIR, "dialMode": 7}, LOADED)
    for mode, name in ((3, "preview"), (5, "predictive with seizing"), (6, "power")):
        refused(
            f"a campaign that dials does not go over to mode {name}",
            9,
            "SetDialingMode",
            {**PAIR, "dialMode": mode},
            DIALING,
        )
    refused("a campaign that dials is not started again", 9, "StartDialing", PAIR, DIALING)
    refused("a campaign that dials is not loaded again", 9, "RequestLoadCampaign", PAIR, DIALING)
    refused("a campaign that is not loaded is not forced to unload", 9, "ForceUnloadCampaign", PAIR, NOT_LOADED)
    refused(
        "properties that are none are refused",
        5,
        "RequestLoadCampaign",
        {**PAIR, "requestProperties": [1]},
        NOT_LOADED,
    )
    refused("an unknown command is refused", 2, "DanceTango", PAIR, LOADED)
