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
    from_state,
    given,
    integer,
    keyed,
    not_empty,
    one_of,
    stated,
    unseen,
)
from cxmock.contracts.authoring.campaign import LOADS, MODE, STARTS, told, told_of_loaded

COMMANDS = assumed("messages and events are observed in public clients; how their attributes are spelled is ours")
REFUSALS = assumed("that there is an Error is observed; its codes are ours")

EVENTS = assumed("that OCS tells of what a campaign does by itself is observed; when, and how it is spelled, is ours")

NOT_LOADED = given("campaign {name} is not loaded", name="Summer")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
COMPLETING = given("campaign {name} is loaded and completes by itself", name="Summer")

PAIR = {"campaignId": from_state("${campaignId}", 101), "groupId": from_state("${groupId}", 101)}
"""A campaign and the group that works on it, by their DBIDs."""


def contract() -> Row:
    """Return the contract."""
    row = Row(9)
    _commands(row)
    _events(row)
    _refusals(row)
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
        (LOADED, told_of_loaded("Active")),
        (DIALING, told_of_loaded("Running")),
    ):
        ask(
            row,
            f"where a campaign stands: {answer['status']}",
            COMMANDS,
            "GetCampaignStatus",
            PAIR,
            ("CampaignStatus", answer),
            state,
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
    refused("an unknown command is refused", 2, "DanceTango", PAIR, LOADED)
