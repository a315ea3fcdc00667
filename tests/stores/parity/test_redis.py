"""Redis in each of its ways: the same promises kept, and the same answers to random commands."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from cxmock.testbed import Testbed

from .contracts import broken_promises
from .legs import REDIS, Leg, parameters, searching
from .redis_machine import Machine

OTHERS = parameters(REDIS[1:])


@pytest.mark.parametrize("redis_leg", OTHERS, indirect=True)
def test_each_way_keeps_the_promises(redis_leg: tuple[Leg, Testbed]) -> None:
    assert broken_promises(redis_leg[1], 5) == {}


@pytest.mark.parametrize("redis_leg", OTHERS, indirect=True)
def test_each_way_answers_as_the_embedded_one(reference: Testbed, redis_leg: tuple[Leg, Testbed]) -> None:
    leg, testbed = redis_leg
    run_state_machine_as_test(lambda: Machine(reference, testbed), settings=searching(leg))  # type: ignore[arg-type]


def test_somebody_elses_answers_as_the_embedded_one(reference: Testbed, external: Testbed) -> None:
    """Through the gate."""
    run_state_machine_as_test(lambda: Machine(reference, external), settings=searching())  # type: ignore[arg-type]


def test_somebody_elses_keeps_the_promises(external: Testbed) -> None:
    assert broken_promises(external, 5) == {}
