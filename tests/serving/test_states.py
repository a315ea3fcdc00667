"""Provider states are sentences with holes, arranged by the part that knows them."""

from __future__ import annotations

import pytest

from cxmock.errors.states import UnknownState
from cxmock.net.background import Background
from cxmock.serving import States


class Door:
    """Can be arranged."""

    states = States()

    def __init__(self) -> None:
        self.position = "shut"

    @states("the door is {position}")
    async def is_in(self, position: str) -> dict[str, str]:
        """Move it."""
        self.position = position
        return {"seen": position.upper()}

    @states("nothing special")
    def nothing(self) -> None:
        """Leave it."""


def test_a_state_is_arranged_and_gives_its_values(background: Background) -> None:
    door = Door()

    values = background.run(Door.states.arrange(door, "the door is {position}", {"position": "open"}))

    assert (door.position, values) == ("open", {"seen": "OPEN"})


def test_a_state_without_values_gives_none(background: Background) -> None:
    assert background.run(Door.states.arrange(Door(), "nothing special", {})) == {}


def test_an_unknown_state_names_the_nearest(background: Background) -> None:
    with pytest.raises(UnknownState, match="Door does not know the provider state") as caught:
        background.run(Door.states.arrange(Door(), "the dor is {position}", {}))

    assert 'Did you mean "the door is {position}"?' in str(caught.value)
