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
    integer,
    regex,
    stated,
)
from cxmock.contracts.authoring.campaign import BEFORE_OR_AFTER, LOADS, STARTS, told, told_of_loaded
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused

LOADING = documented("Genesys' generated client of the OCS API v3: load-campaign")
COMMANDS = assumed(
    "that these commands exist is documented, the words of a status are observed; their spelling is ours"
)
REFUSALS = assumed("the codes are observed; which one a fault has, and its HTTP status, are ours")

NOT_LOADED = given("campaign {name} is not loaded", name="Summer")
LOADED = given("campaign {name} is loaded", name="Summer")
DIALING = given("campaign {name} is dialing", name="Summer")
PAUSED = given("campaign {name} is paused", name="Summer")
IDS = {"campaignId": from_state("${campaignId}", 101), "groupId": from_state("${groupId}", 101)}


def promise(row: Row) -> None:
    """Add this API's promises."""
    properties = [{"key": stated("GSW_AUTO_COMPLETION"), "value": integer(1)}]
    row.http(
        LOADS,
        LOADING,
        command("load-campaign", requestProperties=properties),
        done(),
        states=[TOKEN_IS_VALID, NOT_LOADED],
    )
    row.http(
        "a campaign that is loaded is told with its mode and how far it is",
        COMMANDS,
        command("load-campaign", requestProperties=properties),
        done(told_of_loaded("Active")),
        states=[TOKEN_IS_VALID, NOT_LOADED],
    )
    for description, verb, state, status in (
        (STARTS, "start-dialing", LOADED, "Running"),
        ("a campaign that dials is stopped", "stop-dialing", DIALING, "Active"),
        ("a campaign that dials is paused", "pause-dialing", DIALING, "Paused"),
        ("a campaign that is paused goes on", "resume-dialing", PAUSED, "Running"),
        ("a campaign that is paused is stopped", "stop-dialing", PAUSED, "Active"),
        ("a campaign that is paused is unloaded", "unload-campaign", PAUSED, "NotLoaded"),
        ("a campaign that does not dial is unloaded", "unload-campaign", LOADED, "NotLoaded"),
        ("a campaign is unloaded at once, whatever it does", "force-unload-campaign", DIALING, "NotLoaded"),
    ):
        answer = done(told_of_loaded(status))
        row.http(description, COMMANDS, command(verb), answer, states=[TOKEN_IS_VALID, state], after=[LOADS])
    mode = {"dialMode": 2, "optimizeBy": 3, "optimizeGoal": 30}
    said = {name: integer(value) for name, value in mode.items()}
    row.http(
        "a campaign that dials is told to dial otherwise",
        COMMANDS,
        command("set-dialing-mode", **said),
        done(told_of_loaded("Running", **mode)),
        states=[TOKEN_IS_VALID, DIALING],
        after=[LOADS],
    )
    row.http(
        "a campaign that is paused is told to dial otherwise later",
        COMMANDS,
        command("set-dialing-mode", dialMode=integer(3), optimizeBy=integer(1), optimizeGoal=integer(80)),
        done(told_of_loaded("Paused")),
        states=[TOKEN_IS_VALID, PAUSED],
        after=[LOADS],
    )
    for status, told_then, state in (
        ("NotLoaded", told("NotLoaded"), NOT_LOADED),
        ("Active", told_of_loaded(BEFORE_OR_AFTER), LOADED),
        ("Running", told_of_loaded("Running"), DIALING),
        ("Paused", told_of_loaded("Paused"), PAUSED),
    ):
        row.http(
            f"where a campaign stands: {status}",
            COMMANDS,
            command("campaign-status"),
            done(told_then),
            states=[TOKEN_IS_VALID, state],
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
            f"{verb} is refused before a campaign is loaded",
            409,
            409,
            command(verb, **named),
            TOKEN_IS_VALID,
            NOT_LOADED,
        )
    for verb, state, what in (
        ("pause-dialing", LOADED, "loaded"),
        ("resume-dialing", DIALING, "dialing"),
        ("start-dialing", PAUSED, "paused"),
    ):
        description = f"{verb} is refused while a campaign is {what}"
        refuse(row, description, 409, 409, command(verb), TOKEN_IS_VALID, state)
    refuse(
        row,
        "a campaign that is loaded is not loaded again",
        409,
        409,
        command("load-campaign"),
        TOKEN_IS_VALID,
        LOADED,
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
