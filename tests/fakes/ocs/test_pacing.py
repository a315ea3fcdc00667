"""How fast a campaign dials: by its mode, its agents, and what it aims at."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from cxmock.errors.genesys import GenesysRefused
from cxmock.fakes.ocs.crew import Crew
from cxmock.fakes.ocs.pacing import HISTORY_LENGTH, Pacing
from cxmock.wire.genesys.enumerations import CallResult, DialMode, ErrorCode, OptimizeBy

from .conftest import NOON, Stage

ANSWER = int(CallResult.ANSWER)


def lines(mode: DialMode, *, ready: int = 4, aim: OptimizeBy = OptimizeBy.BUSY_FACTOR, goal: int = 100) -> int:
    """Return the lines of a group of fifty channels that half of those who were called answered."""
    return Pacing(mode, aim, goal).lines(50, ready, 2 * HISTORY_LENGTH, HISTORY_LENGTH)


def test_progressive_dialing_makes_one_call_for_each_agent_who_is_ready() -> None:
    assert [lines(DialMode.PROGRESS, ready=ready) for ready in (0, 1, 4)] == [0, 1, 4]
    assert lines(DialMode.PUSH_PREVIEW) == lines(DialMode.PROGRESS_AND_SEIZE) == 4


def test_predictive_dialing_makes_as_many_more_as_are_not_answered() -> None:
    assert lines(DialMode.PREDICT) == lines(DialMode.PREDICT_AND_SEIZE) == 8


def test_predictive_dialing_is_progressive_until_it_knows_the_hit_ratio() -> None:
    pacing = Pacing(DialMode.PREDICT, OptimizeBy.BUSY_FACTOR, 100)
    assert [pacing.lines(50, 4, dialed, dialed // 2) for dialed in (0, HISTORY_LENGTH - 1, HISTORY_LENGTH)] == [4, 4, 8]


def test_power_dialing_waits_for_no_agent_and_in_gvp_modes_ports_take_their_place() -> None:
    for mode in (DialMode.POWER, DialMode.POWER_GVP, DialMode.PROGRESS_GVP, DialMode.PREDICT_GVP):
        assert lines(mode, ready=0) == 50


def test_in_preview_mode_nothing_is_dialed_unasked() -> None:
    assert lines(DialMode.PREVIEW) == 0


def test_nobody_ever_has_more_lines_than_channels() -> None:
    assert Pacing(DialMode.PREDICT, OptimizeBy.OVERDIAL_RATE, 100).lines(7, 6, 1000, 10) == 7


@pytest.mark.parametrize(
    ("aim", "timid", "bold"),
    [
        (OptimizeBy.BUSY_FACTOR, 50, 100),
        (OptimizeBy.OVERDIAL_RATE, 0, 50),
        (OptimizeBy.WAIT_TIME, 900, 0),
        (OptimizeBy.DISTRIBUTION_TIME, 0, 900),
    ],
)
def test_a_bolder_goal_means_more_lines(aim: OptimizeBy, timid: int, bold: int) -> None:
    assert 1 <= lines(DialMode.PREDICT, aim=aim, goal=timid) < lines(DialMode.PREDICT, aim=aim, goal=bold)


def test_who_is_busy_is_ready_again_when_the_time_has_come() -> None:
    now = [100.0]
    crew = Crew(["A1", "A2", "A3"], absent := {"A3"}, lambda: now[0])
    assert (crew.ready, "A3" in crew, "A4" in crew, crew.next_free) == (2, False, False, None)
    assert [crew.engage(60), crew.engage(30), crew.engage(10)] == [True, True, False]
    assert (crew.ready, crew.next_free) == (0, 140)  # the third call waited for the second agent
    absent.clear()
    now[0] = 141
    assert crew.ready == 2
    crew.release("A1")
    assert (crew.ready, crew.next_free) == (3, None)


def most_at_once(stage: Stage, expected: int, **group: Any) -> int:
    """Return how many records are asked for at once while nobody answers: so many, if no more come after them."""
    stage.phones(60)
    stage.contact.hanging = True
    stage.define(treatments=[], **group)
    stage.start()
    stage.wait(lambda: len(stage.contact.asked) >= expected)
    stage.testbed.run(stage.control.status(*stage.ids))
    return len(stage.contact.asked)


def test_three_agents_have_three_calls_in_progressive_mode(stage: Stage) -> None:
    assert most_at_once(stage, 3, dialMode=DialMode.PROGRESS) == 3


def test_ten_channels_have_ten_calls_in_power_mode(stage: Stage) -> None:
    stage.ocs.absent |= {"A1", "A2", "A3"}
    assert most_at_once(stage, 10, dialMode=DialMode.POWER) == 10


def test_without_agents_nothing_is_dialed_until_one_comes(stage: Stage) -> None:
    stage.phones(5)
    stage.ocs.absent |= {"A1", "A2", "A3"}
    stage.define(treatments=[], dialMode=DialMode.PROGRESS)
    campaign = stage.start()
    stage.wait(lambda: campaign._dialer is not None and campaign._dialer.in_hand == 5)
    assert not stage.contact.asked
    stage.ocs.absent.clear()
    stage.testbed.background.call(campaign.poke)
    stage.wait(lambda: campaign.completed)
    assert len(stage.ocs.dialed) == 5


def test_agents_who_talk_for_a_minute_take_three_calls_a_minute(stage: Stage) -> None:
    """Thirty calls take three agents ten minutes of the clock, which jumps over them."""
    for phone in stage.phones(30):
        stage.ocs.outcomes[phone] = [ANSWER]
    stage.define(
        treatments=[], options={**stage.contact.options, "talk-time": 60}, dialMode=DialMode.PROGRESS, numOfChannels=30
    )
    campaign = stage.dial_all()
    began = [attempt.began for attempt in stage.ocs.dialed]
    assert max(began) - NOON == pytest.approx(9 * 60, abs=20)
    assert all(later - earlier >= 59 for earlier, later in pairwise(sorted(began)[::3]))
    assert campaign.statistics.overdialed == 0


def test_a_predictive_campaign_dials_more_than_its_agents_can_take_and_counts_who_had_to_wait(stage: Stage) -> None:
    for phone in stage.phones(400)[200:]:
        stage.ocs.outcomes[phone] = [ANSWER]
    stage.define(
        treatments=[],
        options={**stage.contact.options, "talk-time": 30},
        optMethod=OptimizeBy.OVERDIAL_RATE,
        optMethodValue=100,
        numOfChannels=30,
    )
    campaign = stage.dial_all()
    counted = campaign.statistics.as_attributes()
    assert counted["dialed"] == 400
    assert 0 < counted["overdialed"] < counted["answered"]
    assert counted["overdialRate"] == round(100 * counted["overdialed"] / counted["answered"], 2)


PAIRS = (
    (DialMode.PREDICT, DialMode.PROGRESS),
    (DialMode.PREDICT_AND_SEIZE, DialMode.PROGRESS_AND_SEIZE),
    (DialMode.PREDICT_GVP, DialMode.PROGRESS_GVP),
)


@pytest.mark.parametrize("before", DialMode)
def test_while_it_dials_a_campaign_changes_between_predictive_and_progressive_of_one_kind(before: DialMode) -> None:
    def fine(after: DialMode) -> bool:
        try:
            _pacing(before).expect_change_to(_pacing(after), "spring")
        except Exception as refused:
            assert str(refused).endswith("Stop it first."), refused
            return False
        return True

    partners = {mode for pair in PAIRS if before in pair for mode in pair}
    assert {mode for mode in DialMode if fine(mode)} == partners | {before}


def _pacing(mode: DialMode) -> Pacing:
    return Pacing(mode, OptimizeBy.BUSY_FACTOR, 80)


def test_another_change_is_refused_while_it_dials_and_made_when_it_is_stopped(stage: Stage) -> None:
    stage.define()
    run, control = stage.testbed.run, stage.control
    stage.start()
    assert run(control.set_dialing_mode(*stage.ids, dial_mode=2))["dialMode"] == 2
    with pytest.raises(GenesysRefused, match=r"can change to PREDICT \(1\) only\. Stop it first") as refused:
        run(control.set_dialing_mode(*stage.ids, dial_mode=3))
    assert refused.value.code == ErrorCode.WRONG_ORDER
    assert run(control.status(*stage.ids))["dialMode"] == 2
    run(control.stop_dialing(*stage.ids))
    assert run(control.set_dialing_mode(*stage.ids, dial_mode=3))["dialMode"] == 3
    run(control.start_dialing(*stage.ids))
    with pytest.raises(GenesysRefused, match="can change to no other mode"):
        run(control.set_dialing_mode(*stage.ids, dial_mode=6))


def test_the_status_tells_how_much_is_left(stage: Stage) -> None:
    stage.phones(20)
    stage.define(treatments=[], dialMode=DialMode.PREVIEW)
    campaign = stage.start()
    stage.wait(lambda: campaign.attributes()["remaining"] == 20)
    assert not campaign.completed
