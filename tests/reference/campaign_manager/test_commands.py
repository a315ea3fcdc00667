"""A campaign group is loaded, started, paused, resumed, stopped and unloaded, and told to dial otherwise."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

import pytest

from cxmock.net.waiting import patiently
from cxmock.reference.runtime import SERVICE_KEY_HEADER
from cxmock.reference.service import API
from cxmock.reference.services.campaign_manager import control
from cxmock.reference.services.campaign_manager.states import ALLOWED, CHANGES
from cxmock.reference.settings import Settings
from cxmock.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult, DialMode
from cxmock.wire.http import Request, Response, to_json
from tests.reference.campaign_manager.conftest import NAME, NUMBER, Desk

REACHED = {
    "NotLoaded": (),
    "Active": ("load",),
    "Running": ("load", "start"),
    "Paused": ("load", "start", "pause"),
}
"""The states that can be waited in, and the commands that lead there."""


def test_a_campaign_group_goes_through_its_whole_life(desk: Desk) -> None:
    path = desk.group()
    for command, state in (
        ("load", "Active"),
        ("start", "Running"),
        ("pause", "Paused"),
        ("resume", "Running"),
        ("pause", "Paused"),
        ("stop", "Active"),
        ("start", "Running"),
        ("stop", "Active"),
        ("unload", "NotLoaded"),
    ):
        assert desk.do(path, command) == state
        assert desk.api.get(path)["status"] == state
        assert [one["status"] for one in desk.api.get("/campaign-groups")] == [state]


def test_a_command_that_makes_no_sense_is_refused_with_the_states_that_allow_it(desk: Desk) -> None:
    """In every state; and whatever it does, it can be unloaded at once. Of a pause nothing is left then."""
    path = desk.group()
    for state, commands in REACHED.items():
        desk.do(path, *commands)
        for command, states in ALLOWED.items():
            if state not in states:
                status, code, message, detail = desk.refused("POST", f"{path}/{command}", {"dialMode": 1})
                assert (status, code, message) == (409, 409, f'"{NAME}" is {state}; it cannot {command}.')
                assert detail.startswith(f"It can when it is {' or '.join(states)}. Now it can: ")
        assert desk.api.get(path)["status"] == state
        if commands:
            assert desk.do(path, "force-unload") == "NotLoaded"


def test_modes_are_changed_while_it_dials_between_the_pairs_that_allow_it(desk: Desk) -> None:
    path = desk.group()
    desk.do(path, "load", "start")
    told = desk.api.post(f"{path}/dial-mode", {"dialMode": "progress"})
    assert (told["status"], told["dialMode"]) == ("Running", DialMode.PROGRESS)
    told = desk.api.post(f"{path}/dial-mode", {"dialMode": "predict", "optimizeBy": "wait-time"})
    assert (told["dialMode"], told["optimizeBy"], told["optimizeGoal"]) == (1, 3, 30)

    for mode in DialMode:
        if mode is not DialMode.PREDICT and {DialMode.PREDICT, mode} not in CHANGES:
            status, code, message, detail = desk.refused("POST", f"{path}/dial-mode", {"dialMode": int(mode)})
            assert (status, code) == (409, 409)
            assert f"it cannot change to {mode.name}" in message
            assert "it can change to PROGRESS (2)." in detail


def test_a_campaign_group_that_is_paused_changes_to_any_mode_and_goes_on_in_it(desk: Desk) -> None:
    path = desk.group()
    desk.do(path, "load", "start", "pause")
    assert desk.do(path, "dial-mode", dialMode="preview") == "Paused"
    assert desk.do(path, "resume") == "Running"
    assert desk.api.get(path)["dialMode"] == DialMode.PREVIEW


NO_MODES: list[tuple[dict[str, Any], int]] = [
    ({}, 651),
    ({"dialMode": "guess"}, 652),
    ({"dialMode": True}, 652),
    ({"dialMode": [1]}, 652),
    ({"dialMode": 1, "optimizeBy": 9}, 652),
    ({"dialMode": 1, "optimizeGoal": "much"}, 652),
    ({"dialMode": 1, "optimizeGoal": 101}, 652),
    ({"dialMode": 2, "optimizeGoal": 50}, 652),
]


def test_a_mode_that_cannot_be_is_refused_and_nothing_changes(desk: Desk) -> None:
    path = desk.group()
    desk.do(path, "load", "start")
    for change, code in NO_MODES:
        assert desk.refused("POST", f"{path}/dial-mode", change)[:2] == (400, code), change
    assert desk.api.get(path)["dialMode"] == DialMode.PREDICT


def test_nobody_commands_a_campaign_group_that_nobody_made(desk: Desk) -> None:
    for command in ALLOWED:
        assert desk.refused("POST", f"/campaign-groups/Nobody@Nowhere/{command}", {})[:2] == (404, 604)
    assert desk.refused("POST", f"{desk.group()}/dance", {})[:2] == (404, 604)


async def asked(testbed: Testbed, method: str, path: str, json: Any = None) -> Response:
    """Return what another replica of Campaign Manager answers."""
    replica = import_module("cxmock.reference.services.campaign_manager").build(
        Settings.from_env(testbed.env), testbed.clock
    )
    headers = {SERVICE_KEY_HEADER: testbed.env["CX_SERVICE_KEY"]}
    try:
        answer: Response = await replica.answer(Request(method, API + path, headers, to_json(json or {})))
        return answer
    finally:
        await replica.aclose()


def test_any_replica_knows_what_another_did(desk: Desk) -> None:
    """Nothing is kept in memory: a pause that one replica was asked for, another ends."""
    path = desk.group()
    desk.do(path, "load", "start", "pause")
    assert desk.testbed.run(asked(desk.testbed, "GET", path)).json()["data"]["status"] == "Paused"
    assert desk.testbed.run(asked(desk.testbed, "POST", f"{path}/resume")).json()["data"]["status"] == "Running"
    assert desk.api.get(path)["status"] == "Running"


def test_of_two_replicas_that_load_campaigns_on_one_list_one_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "UNLOADED_WITHIN", 0)
    spring, autumn = desk.group(), desk.group("Autumn")

    async def both() -> list[Response]:
        return list(await asyncio.gather(*(asked(desk.testbed, "POST", f"{one}/load") for one in (spring, autumn))))

    assert sorted(answer.status for answer in desk.testbed.run(both())) == [200, 409]


def unloaded(desk: Desk, path: str) -> Any:
    """Return what is told of a campaign group of which OCS has pushed that it is unloaded."""
    shown = desk.api.get(path)
    assert shown["pushed"]["status"] == "NotLoaded"
    return shown


def test_a_campaign_is_complete_when_its_records_run_out(desk: Desk) -> None:
    """OCS unloads it then, unless it was told not to; what it did is told afterwards."""
    desk.testbed.part(Component.OCS).outcomes[NUMBER] = [CallResult.ANSWER]
    path = desk.group()
    assert desk.api.post(f"{path}/load")["records"] == 1
    desk.do(path, "start")

    shown = patiently(lambda: unloaded(desk, path), within=5)
    assert (shown["status"], shown["completed"], shown["statistics"]["answered"]) == ("NotLoaded", True, 1)
    assert desk.api.get(f"{path}/statistics")["statistics"]["CampaignAnswers"] == 1
    assert desk.api.post(f"{path}/load")["records"] == 0  # whom it has reached it does not call again
