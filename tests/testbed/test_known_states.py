"""The states that are known without anything running are those that a running testbed knows."""

from __future__ import annotations

import pytest

from cxmock.contracts.library import load
from cxmock.serving import States
from cxmock.testbed import Options, Testbed
from cxmock.testbed.known_states import PLAYERS, known_states
from cxmock.topology import CONNECTIONS


def test_every_part_that_knows_states_is_listed() -> None:
    with Testbed(Options(stores="fakeredis")) as testbed:
        testbed.start()
        found = {}
        for component in testbed.started:
            part = testbed.part(component)
            if isinstance(states := getattr(part, "states", None), States) and states.table:
                found[component] = type(part)

    assert {component: f"{type_.__name__}" for component, type_ in found.items()} == {
        component: player.partition(":")[2] for component, player in PLAYERS.items() if component in found
    }
    assert set(found) <= set(PLAYERS)


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_every_state_of_a_contract_is_known(number: int) -> None:
    needed = {state.name for one in load(number).interactions for state in one.provider_states}

    assert needed <= known_states(number)


def test_a_connection_knows_no_states_of_parts_that_it_does_not_reach() -> None:
    assert "file {path} holds {text}" in known_states(2)
    assert "file {path} holds {text}" not in known_states(12)
