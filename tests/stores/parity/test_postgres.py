"""PostgreSQL in each of its ways: the same promises kept, and the same answers to random statements."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from cxmock.testbed import Testbed

from .contracts import broken_promises
from .legs import POSTGRES, Leg, parameters, searching
from .postgres_machine import Machine

OTHERS = parameters(POSTGRES[1:])


@pytest.mark.parametrize("postgres_leg", OTHERS, indirect=True)
def test_each_way_keeps_the_promises(postgres_leg: tuple[Leg, Testbed]) -> None:
    """Those of CX Contact's connection and those of OCS's."""
    assert broken_promises(postgres_leg[1], 7, 13) == {}


@pytest.mark.parametrize("postgres_leg", OTHERS, indirect=True)
def test_each_way_answers_as_the_embedded_one(reference: Testbed, postgres_leg: tuple[Leg, Testbed]) -> None:
    leg, testbed = postgres_leg
    run_state_machine_as_test(lambda: Machine(reference, testbed), settings=searching(leg))  # type: ignore[arg-type]


def test_somebody_elses_answers_as_the_embedded_one(reference: Testbed, external: Testbed) -> None:
    """Through the gate, with the rights of an ordinary role."""
    run_state_machine_as_test(lambda: Machine(reference, external), settings=searching())  # type: ignore[arg-type]


def test_somebody_elses_keeps_the_promises(external: Testbed) -> None:
    assert broken_promises(external, 7, 13) == {}
