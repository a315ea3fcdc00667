"""Campaign control: load, start, stop, unload, in that order, and what is told of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from cxmock.errors.genesys import GenesysRefused
from cxmock.fakes.ocs import Ocs
from cxmock.wire.genesys.enumerations import DialMode, ErrorCode, RecordStatus
from cxmock.wire.http import Response

from .conftest import Stage


def refused(code: ErrorCode, text: str) -> Any:
    return pytest.raises(GenesysRefused, match=text, check=lambda error: error.code == code)


def test_a_campaign_is_loaded_started_stopped_and_unloaded(stage: Stage) -> None:
    stage.define(dialMode=2)
    run, control = stage.testbed.run, stage.control
    assert run(control.status(*stage.ids))["status"] == "NotLoaded"
    loaded = run(control.load(*stage.ids))
    assert (loaded["status"], loaded["dialMode"], loaded["campaignGroupName"]) == ("Active", 2, stage.name)
    assert run(control.start_dialing(*stage.ids, dial_mode=1))["status"] == "Running"
    assert run(control.status(*stage.ids))["dialMode"] == 1
    assert run(control.stop_dialing(*stage.ids))["status"] == "Active"
    assert run(control.unload(*stage.ids))["status"] == "NotLoaded"
    assert stage.ocs.campaigns == {}


def test_what_nobody_configured_is_not_found(stage: Stage) -> None:
    stage.define()
    campaign, group = stage.ids
    other = stage.confserv.create("AgentGroup", {"name": "Others"})
    with refused(ErrorCode.NOT_FOUND, "There is no campaign 4711"):
        stage.testbed.run(stage.control.load(4711, group))
    with refused(ErrorCode.NOT_FOUND, f"Group {other} is not assigned to campaign {campaign}"):
        stage.testbed.run(stage.control.load(campaign, other))
    with refused(ErrorCode.NOT_FOUND, "There is no campaign 4711"):
        stage.testbed.run(stage.control.status(4711, group))
    failed = [one for one in stage.testbed.journal.exchanges(9) if not one.ok]
    assert [one.operation for one in failed] == ["RequestLoadCampaign", "RequestLoadCampaign", "GetCampaignStatus"]


def test_the_wrong_order_is_refused_with_the_state_it_is_in(stage: Stage) -> None:
    stage.define()
    run, control = stage.testbed.run, stage.control
    for early in (control.start_dialing, control.stop_dialing, control.unload, control.force_unload):
        with refused(ErrorCode.WRONG_ORDER, "spring@Outbound agents is not loaded: send RequestLoadCampaign first"):
            run(early(*stage.ids))
    run(control.load(*stage.ids))
    with refused(ErrorCode.WRONG_ORDER, "is loaded already: it is Active"):
        run(control.load(*stage.ids))
    with refused(ErrorCode.WRONG_ORDER, "is Active; only what is Running or Paused can be stopped"):
        run(control.stop_dialing(*stage.ids))
    run(control.start_dialing(*stage.ids))
    with refused(ErrorCode.WRONG_ORDER, "is Running; only what is Active can be started"):
        run(control.start_dialing(*stage.ids))
    with refused(ErrorCode.WRONG_ORDER, "is Running; only what is Active or Paused can be unloaded"):
        run(control.unload(*stage.ids))


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ({"dial_mode": 7}, "dialMode 7 is none of 1, 2, 3, 4, 5, 6, 8, 9, 10, 11"),
        ({"dial_mode": 1, "optimize_by": 5}, "optimizeBy 5 is none of 1, 2, 3, 4"),
        (
            {"dial_mode": 1, "optimize_by": 1, "optimize_goal": 101},
            "optimizeGoal 101 does not fit BUSY_FACTOR: 0 to 100",
        ),
        ({"dial_mode": 1, "optimize_by": 3, "optimize_goal": 1001}, "does not fit WAIT_TIME: 0 to 1000"),
    ],
)
def test_a_mode_that_cannot_be_is_refused_and_nothing_changes(stage: Stage, mode: dict[str, int], text: str) -> None:
    stage.define()
    stage.testbed.run(stage.control.load(*stage.ids))
    with refused(ErrorCode.INVALID, text):
        stage.testbed.run(stage.control.set_dialing_mode(*stage.ids, **mode))
    with refused(ErrorCode.INVALID, text):
        stage.testbed.run(stage.control.start_dialing(*stage.ids, **mode))
    status = stage.testbed.run(stage.control.status(*stage.ids))
    assert (status["status"], status["dialMode"], status["optimizeBy"], status["optimizeGoal"]) == ("Active", 1, 1, 80)


def test_a_new_aim_without_a_goal_gets_its_default(stage: Stage) -> None:
    stage.define()
    stage.testbed.run(stage.control.load(*stage.ids))
    status = stage.testbed.run(stage.control.set_dialing_mode(*stage.ids, dial_mode=5, optimize_by=2))
    assert (status["dialMode"], status["optimizeBy"], status["optimizeGoal"]) == (5, 2, 5)


def test_a_request_that_leaves_something_out_says_what(stage: Stage) -> None:
    async def ask(name: str, attributes: dict[str, Any]) -> dict[str, Any]:
        return await stage.control.client.perform({"message": name, "attributes": attributes})

    for name in ("RequestLoadCampaign", "UnloadCampaign", "StartDialing", "GetCampaignStatus"):
        [answer] = stage.testbed.run(ask(name, {"campaignId": 101}))["messages"]
        assert answer["attributes"] == {
            "code": ErrorCode.MISSING,
            "description": f"{name} needs groupId, a DBID.",
        }
    [answer] = stage.testbed.run(ask("UnloadCampain", {}))["messages"]
    assert 'Did you mean "UnloadCampaign"' in answer["attributes"]["description"]


def test_a_list_without_a_table_cannot_be_loaded(stage: Stage) -> None:
    stage.define()
    stage.database.execute("DROP TABLE cl_spring")
    with refused(ErrorCode.FAILED, 'OCS cannot use table "cl_spring": relation "cl_spring" does not exist'):
        stage.testbed.run(stage.control.load(*stage.ids))
    assert stage.ocs.campaigns == {}


def test_a_table_that_breaks_meanwhile_ends_dialing_and_the_status_says_why(stage: Stage) -> None:
    stage.phones(5)
    stage.define()
    stage.testbed.run(stage.control.load(*stage.ids))
    stage.database.execute("ALTER TABLE cl_spring DROP COLUMN chain_n")
    stage.testbed.run(stage.control.start_dialing(*stage.ids))
    stage.wait(lambda: bool(stage.campaign.problem))
    status = stage.testbed.run(stage.control.status(*stage.ids))
    assert status["status"] == "Active"
    assert 'OCS cannot use table "cl_spring": column' in status["problem"]
    assert stage.testbed.journal.exchanges(9, operation="DialingStopped")


def test_stopping_gives_back_what_was_not_dialed(stage: Stage) -> None:
    stage.phones(50)
    stage.contact.hanging = True
    stage.define(options={**stage.contact.options, "validation-timeout": 0.2}, treatments=[], dialMode=DialMode.POWER)
    stage.start()
    stage.wait(lambda: len(stage.contact.asked) == 10)
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))
    stage.wait(lambda: not any(row["record_status"] == RecordStatus.RETRIEVED for row in stage.rows()))

    statuses = [row["record_status"] for row in stage.rows()]
    assert (statuses.count(RecordStatus.UPDATED), statuses.count(RecordStatus.READY)) == (10, 40)


def test_a_campaign_that_was_stopped_goes_on_where_it_was(stage: Stage) -> None:
    stage.phones(100)
    stage.define(treatments=[])
    stage.start()
    stage.wait(lambda: len(stage.ocs.dialed) > 5)
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))
    stage.testbed.run(stage.control.start_dialing(*stage.ids))
    campaign = stage.campaign
    stage.wait(lambda: campaign.completed)
    assert len(stage.ocs.dialed) == len({attempt.phone for attempt in stage.ocs.dialed}) == 100


def test_unloading_waits_for_history_that_was_not_taken_yet(stage: Stage) -> None:
    stage.phones(3)
    stage.contact.history_status = 503
    stage.define(treatments=[])
    stage.dial_all()
    stage.testbed.run(stage.control.stop_dialing(*stage.ids))
    assert stage.testbed.run(stage.control.unload(*stage.ids))["status"] == "WaitingUnload"

    stage.contact.history_status = 200
    stage.wait(lambda: not stage.ocs.campaigns)
    assert stage.testbed.run(stage.control.status(*stage.ids))["status"] == "NotLoaded"
    [event] = stage.testbed.journal.exchanges(9, operation="CampaignUnloaded")
    assert event.request == {}


def test_a_forced_unload_waits_for_nothing(stage: Stage) -> None:
    stage.phones(20)
    stage.contact.hanging = True
    stage.define(dialMode=DialMode.POWER)
    stage.start()
    stage.wait(lambda: len(stage.contact.asked) == 10)
    assert stage.testbed.run(stage.control.force_unload(*stage.ids))["status"] == "NotLoaded"
    assert {row["record_status"] for row in stage.rows()} == {RecordStatus.READY}


def test_what_was_dialed_when_a_campaign_is_forced_to_unload_is_not_dialed_again(stage: Stage) -> None:
    """Results that wait to be written are written before what was not dialed is given back."""
    stage.phones(60)
    stage.define(treatments=[], dialMode=DialMode.POWER)
    stage.testbed.run(stage.control.load(*stage.ids))

    def hang(body: dict[str, Any]) -> Response:
        stage.contact.hanging = len(stage.contact.asked) >= 5
        return Response(200)

    stage.contact.validation = hang
    stage.testbed.run(stage.control.start_dialing(*stage.ids))
    stage.wait(lambda: len(stage.ocs.dialed) >= 5)
    stage.testbed.run(stage.control.force_unload(*stage.ids))
    done = {row["contact_info"] for row in stage.rows() if row["record_status"] == RecordStatus.UPDATED}
    assert done == {attempt.phone for attempt in stage.ocs.dialed}


def test_with_auto_completion_a_campaign_unloads_when_nothing_is_left(stage: Stage) -> None:
    stage.phones(10)
    stage.define(treatments=[])
    stage.start(GSW_AUTO_COMPLETION=1)
    stage.wait(lambda: not stage.ocs.campaigns)
    status = stage.testbed.run(stage.control.status(*stage.ids))
    assert (status["status"], status["completed"], status["statistics"]["finished"]) == ("NotLoaded", True, 10)


def test_without_auto_completion_it_goes_on_and_finds_what_is_added(stage: Stage) -> None:
    stage.phones(3)
    stage.define(treatments=[])
    campaign = stage.dial_all()
    assert campaign.status == "Running"
    stage.records({"contact_info": "+1", "chain_id": 99})
    stage.testbed.background.call(lambda: stage.testbed.clock.advance(11))
    stage.wait(lambda: len(stage.ocs.dialed) == 4)


def test_states_are_posted_at_every_change(stage: Stage) -> None:
    stage.define()
    run, control = stage.testbed.run, stage.control
    run(control.load(*stage.ids))
    run(control.start_dialing(*stage.ids))
    run(control.set_dialing_mode(*stage.ids, dial_mode=2))
    stage.wait(lambda: stage.campaign.completed)
    run(control.stop_dialing(*stage.ids))
    run(control.unload(*stage.ids))

    stage.wait(lambda: stage.contact.states[-1]["GSW_CAMPAIGN_GROUP_STATE"] == "NotLoaded")
    told = [(state["GSW_CAMPAIGN_GROUP_STATE"], state["GSW_DIAL_MODE"]) for state in stage.contact.states]
    assert set(told) >= {("Active", 1), ("Running", 1), ("Running", 2), ("Active", 2), ("NotLoaded", 2)}
    assert told[0] == ("Active", 1)
    assert {state["GSW_TENANT_CCID"] for state in stage.contact.states} == {stage.testbed.directory.credentials.ccid}
    assert len({state["GSW_CAMPAIGN_GROUP_GUID"] for state in stage.contact.states}) == 1


def test_a_loaded_campaign_tells_its_state_every_ten_seconds_of_the_clock(stage: Stage) -> None:
    stage.testbed.clock.jumping = False
    stage.define()
    stage.testbed.run(stage.control.load(*stage.ids))
    for count in (1, 2, 3):
        stage.wait(partial(_told, stage, count))
        stage.testbed.background.call(lambda: stage.testbed.clock.advance(10))
    stage.wait(partial(_told, stage, 4))


def _told(stage: Stage, count: int) -> bool:
    return len(stage.contact.states) == count


def test_a_second_client_is_told_of_what_the_first_does(stage: Stage) -> None:
    from cxmock.clients.genesys import GenesysClient
    from cxmock.topology import Component

    place = stage.testbed.directory.endpoint(Component.OCS)
    told: list[tuple[str, str]] = []

    async def listen() -> GenesysClient:
        client = await GenesysClient.connect(place.host, place.port, application="gws")
        for event in ("CampaignLoaded", "DialingStarted", "CampaignUnloaded"):
            client.on(event, lambda message: told.append((message.name, message.attributes["status"])))
        return client

    stage.define()
    other = stage.testbed.run(listen())
    stage.start()
    stage.testbed.run(stage.control.force_unload(*stage.ids))
    stage.wait(lambda: len(told) == 3)
    assert told == [("CampaignLoaded", "Active"), ("DialingStarted", "Running"), ("CampaignUnloaded", "NotLoaded")]
    stage.testbed.run(other.aclose())


def test_what_ocs_says_by_itself_can_be_waited_for(stage: Stage) -> None:
    """So that it can be verified: a client does something, and sees what comes of it beside the answer."""
    from cxmock.clients.genesys import GenesysClient
    from cxmock.errors.genesys import GenesysSilent
    from cxmock.topology import Component

    place = stage.testbed.directory.endpoint(Component.OCS)
    client = GenesysClient(place.host, place.port, application="gws", within=0.5)
    ids = stage.testbed.run(Ocs.states.arrange(stage.ocs, "campaign {name} is loaded", {"name": "Done"}))
    pair = {"campaignId": ids["campaignId"], "groupId": ids["groupId"]}
    start = {"message": "StartDialing", "attributes": pair, "awaits": "CampaignStatus"}

    told = stage.testbed.run(client.perform(start))["messages"]
    assert [one["message"] for one in told] == ["DialingStarted", "CampaignStatus"]
    with pytest.raises(GenesysSilent, match="CampaignUnloaded"):
        stage.testbed.run(client.perform({**start, "message": "StopDialing", "awaits": "CampaignUnloaded"}))
    stage.testbed.run(client.aclose())


def test_a_reset_forgets_everything_while_clients_stay(stage: Stage) -> None:
    stage.phones(20)
    stage.ocs.outcomes["+1"] = [6]
    stage.contact.hanging = True
    stage.define()
    stage.start()
    stage.wait(lambda: bool(stage.contact.asked))
    stage.testbed.run(stage.ocs.reset())
    assert (stage.ocs.campaigns, len(stage.ocs.dialed), len(stage.ocs.outcomes)) == ({}, 0, 0)
    assert stage.testbed.run(stage.control.status(*stage.ids))["status"] == "NotLoaded"


def test_after_a_reset_a_table_of_the_same_name_may_have_other_columns(stage: Stage) -> None:
    """No plan made for the old table is used on the new one."""
    stage.phones(200)
    stage.define(treatments=[])
    stage.dial_all()
    stage.testbed.reset()
    stage.create_table()
    stage.database.execute("ALTER TABLE cl_spring ADD COLUMN c_shoe_size integer")
    stage.phones(200)
    stage.define(treatments=[])
    stage.dial_all()
    assert len(stage.ocs.dialed) == 200


def test_a_reset_keeps_the_connection_to_the_lists_while_no_plans_are_kept_with_it(stage: Stage) -> None:
    """Another one takes as long as all else that a reset does."""

    def sessions() -> list[str]:
        found = stage.database.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'ocs'")
        return [pid for (pid,) in found]

    stage.testbed.run(stage.ocs.reset())
    stage.define()
    stage.testbed.run(stage.control.load(*stage.ids))
    before = sessions()
    stage.testbed.run(stage.ocs.reset())
    assert before and sessions() == before


def test_a_wrong_option_is_refused_when_the_campaign_is_loaded(stage: Stage) -> None:
    stage.define(options={"history-uri": "compliance:8888"})
    with refused(ErrorCode.INVALID, "Option history-uri is 'compliance:8888'"):
        stage.testbed.run(stage.control.load(*stage.ids))


def test_an_option_of_ocs_itself_is_for_every_campaign(stage: Stage) -> None:
    stage.records({"contact_info": "+1"})
    ocs = stage.confserv.named("Application", "ocs")["DBID"]
    stage.confserv.update("Application", ocs, {"options": {"OServer": stage.contact.options}})
    stage.contact.validation = lambda body: Response(409)
    stage.define(options={})
    stage.dial_all()
    assert len(stage.ocs.blocked) == 1


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("campaign {name} is not loaded", "NotLoaded"),
        ("campaign {name} is loaded", "Active"),
        ("campaign {name} is loaded and completes by itself", "Active"),
        ("campaign {name} is dialing", "Running"),
    ],
)
def test_provider_states_bring_campaigns_about_from_wherever_they_are(stage: Stage, state: str, status: str) -> None:
    async def arrange(template: str) -> dict[str, Any]:
        return await Ocs.states.arrange(stage.ocs, template, {"name": "autumn"})

    for template in ("campaign {name} is dialing", state, state):
        made = stage.testbed.run(arrange(template))
    found = stage.testbed.run(stage.control.status(made["campaignId"], made["groupId"]))
    assert found["status"] == status
