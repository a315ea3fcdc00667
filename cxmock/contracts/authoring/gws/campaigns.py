"""The campaign API, ``/ocs/v3``."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Given,
    Row,
    assumed,
    documented,
    from_state,
    given,
    like,
    regex,
)
from cxmock.contracts.authoring.campaign import told, told_of_loaded
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused

LOADING = documented("Genesys' generated client of the OCS API v3: load-campaign")
COMMANDS = assumed(
    "that these commands exist is documented, the words of a status are observed; their spelling is ours"
)
REFUSALS = assumed("the codes are observed; which one a fault has, and its HTTP status, are ours")

NOT_LOADED = given("campaign {name} is not loaded", name="Summer")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
IDS = {"campaignId": from_state("${campaignId}", 101), "groupId": from_state("${groupId}", 101)}


def promise(row: Row) -> None:
    """Add this API's promises."""
    row.http(
        "a campaign is loaded for a group",
        LOADING,
        command("load-campaign", requestProperties=like([{"key": "GSW_AUTO_COMPLETION", "value": 1}])),
        done(),
        states=[TOKEN_IS_VALID, NOT_LOADED],
    )
    row.http(
        "a campaign that is loaded is told with its mode and how far it is",
        COMMANDS,
        command("load-campaign", requestProperties=like([{"key": "GSW_AUTO_COMPLETION", "value": 1}])),
        done(told_of_loaded("Active")),
        states=[TOKEN_IS_VALID, NOT_LOADED],
    )
    for description, verb, state, status in (
        ("a loaded campaign begins to dial", "start-dialing", LOADED, "Running"),
        ("a campaign that dials is stopped", "stop-dialing", DIALING, "Active"),
        ("a campaign that does not dial is unloaded", "unload-campaign", LOADED, "NotLoaded"),
        ("a campaign is unloaded at once, whatever it does", "force-unload-campaign", DIALING, "NotLoaded"),
    ):
        row.http(description, COMMANDS, command(verb), done(told_of_loaded(status)), states=[TOKEN_IS_VALID, state])
    mode = {"dialMode": 2, "optimizeBy": 3, "optimizeGoal": 30}
    row.http(
        "a campaign that dials is told to dial otherwise",
        COMMANDS,
        command("set-dialing-mode", **mode),
        done(told_of_loaded("Running", **mode)),
        states=[TOKEN_IS_VALID, DIALING],
    )
    row.http(
        "a campaign that was not loaded has that status",
        COMMANDS,
        command("campaign-status"),
        done(told("NotLoaded")),
        states=[TOKEN_IS_VALID, NOT_LOADED],
    )
    refuse(row, "an unknown campaign cannot be loaded", 404, 604, command("load-campaign", campaignId=999999))
    refuse(row, "a command without a group is refused", 400, 651, command("load-campaign", groupId=None))
    refuse(
        row,
        "a campaign cannot dial before it is loaded",
        409,
        409,
        command("start-dialing"),
        TOKEN_IS_VALID,
        NOT_LOADED,
    )
    for verb in ("stop-dialing", "unload-campaign", "force-unload-campaign", "set-dialing-mode"):
        named = {"dialMode": 1} if verb == "set-dialing-mode" else {}
        refuse(
            row,
            f"{verb} without a group is refused",
            400,
            651,
            command(verb, groupId=None, **named),
            TOKEN_IS_VALID,
            LOADED,
        )
    refuse(
        row,
        "campaigns are not for who has an expired token",
        401,
        601,
        command("load-campaign"),
        TOKEN_HAS_EXPIRED,
        NOT_LOADED,
    )


def command(verb: str, **changes: Any) -> Ask:
    """Return a command to OCS, by the DBID of its application; a None takes a field away."""
    data = {name: value for name, value in {**IDS, **changes}.items() if value is not None}
    path = regex(rf"/ocs/v3/servers/[0-9]+/{verb}", f"/ocs/v3/servers/102/{verb}")
    return Ask("POST", path, headers=WITH_TOKEN, json={"data": data})


def refuse(row: Row, description: str, status: int, code: int, ask: Ask, *states: Given) -> None:
    """Add a promise that something is refused."""
    answer: Answer = refused(status, code)
    row.http(description, REFUSALS, ask, answer, states=states or [TOKEN_IS_VALID, NOT_LOADED])
