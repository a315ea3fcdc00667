"""The autoscaler goes up at once and down after a while, between its bounds, and says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.testbed.replicas.autoscaling import COOL_DOWN, TARGETS, Autoscaler, Load
from cxmock.testbed.replicas.counts import Bounds

BUSY = Load(processor=1.0)
IDLE = Load()


@pytest.mark.parametrize(
    ("load", "wanted", "why"),
    [
        (Load(requests=3 * TARGETS.requests), 3, "requests 7.5e+03 of 2500"),
        (Load(processor=2 * TARGETS.processor), 2, "processor 1.2 of 0.6"),
        (Load(in_flight=1.5 * TARGETS.in_flight), 2, "in_flight 36 of 24"),
        (Load(requests=TARGETS.requests, processor=3 * TARGETS.processor), 3, "processor 1.8 of 0.6"),
        (Load(requests=100 * TARGETS.requests), 4, "requests 2.5e+05 of 2500"),
    ],
)
def test_whichever_figure_asks_for_the_most_decides(load: Load, wanted: int, why: str) -> None:
    assert Autoscaler(Bounds(1, 4)).decide(0.0, 1, load) == (wanted, why)


def test_a_tenth_more_or_less_changes_nothing() -> None:
    autoscaler = Autoscaler(Bounds(1, 4))
    for share in (0.91, 1.0, 1.09):
        assert autoscaler.decide(0.0, 2, Load(processor=share * TARGETS.processor)) == (2, "")


def test_it_goes_down_only_when_fewer_were_enough_for_a_while() -> None:
    autoscaler = Autoscaler(Bounds(1, 4))
    assert autoscaler.decide(0.0, 1, Load(processor=4 * TARGETS.processor))[0] == 4
    for at in (1.0, COOL_DOWN):
        assert autoscaler.decide(at, 4, IDLE) == (4, "")
    assert autoscaler.decide(COOL_DOWN + 0.1, 4, IDLE) == (1, f"little to do for {COOL_DOWN:g} s")


def test_load_that_comes_in_bursts_keeps_its_replicas() -> None:
    autoscaler = Autoscaler(Bounds(1, 4))
    count = 1
    for at in range(40):
        count, _ = autoscaler.decide(float(at), count, BUSY if at % 4 == 0 else IDLE)
        assert count >= 2


def test_it_never_goes_below_the_least() -> None:
    autoscaler = Autoscaler(Bounds(2, 4))
    assert [autoscaler.decide(float(at), 2, IDLE)[0] for at in range(20)] == [2] * 20


@given(
    st.lists(
        st.tuples(st.floats(0, 10), st.builds(Load, *[st.floats(0, 1e6)] * 3)),
        max_size=50,
    )
)
def test_whatever_the_load_it_stays_within_its_bounds(looks: list[tuple[float, Load]]) -> None:
    autoscaler, at, count = Autoscaler(Bounds(2, 5)), 0.0, 2
    for seconds, load in looks:
        at += seconds
        before = count
        count, why = autoscaler.decide(at, count, load)
        assert 2 <= count <= 5
        assert bool(why) == (count != before)
