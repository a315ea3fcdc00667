"""What is kept of OCS: outcomes, attempts, and which campaigns were loaded, how they stood and what they had counted.

A dialer at work cannot be wound back. So a campaign is loaded anew, with its figures, and dials on if it dialed: as
after a restart of OCS, which makes ready again what was retrieved.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.campaign import PAUSED, RUNNING, Campaign
from cxmock.fakes.ocs.control import Control
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.serving.keeping import Remembered


@dataclass(frozen=True, slots=True)
class _KeptCampaign:
    campaign: int
    group: int
    properties: dict[str, Any]
    status: str
    completed: bool
    problem: str
    mode: tuple[int, int, int]
    statistics: Statistics

    @classmethod
    def of(cls, one: Campaign) -> _KeptCampaign:
        return cls(
            *(one.setup.campaign, one.setup.group, dict(one.properties), one.status, one.completed, one.problem),
            (int(one.pacing.mode), int(one.pacing.aim), one.pacing.goal),
            deepcopy(one.statistics),
        )

    async def load(self, control: Control) -> None:
        """Load the campaign as it was."""
        one = await control.load_pair(self.campaign, self.group, dict(self.properties))
        one.statistics = deepcopy(self.statistics)
        if self.status in (RUNNING, PAUSED):
            one.start(*self.mode)
            if self.status == PAUSED:
                one.pause()
        else:
            one.set_mode(*self.mode)
        one.completed, one.problem = self.completed, self.problem


class KeptOcs:
    """The state of OCS.

    Args:
        control: the campaigns.
        tools: what they work with.
        reset: unloads everything.
        state: what is in memory beside; see :class:`Remembered`.
    """

    def __init__(
        self,
        control: Control,
        tools: Tools,
        reset: Callable[[], Awaitable[None]],
        *state: tuple[object, tuple[str, ...]],
    ) -> None:
        self._control = control
        self._tools = tools
        self._reset = reset
        self._state = Remembered(*state, (control, ("_last",)), (tools, ("forbidden",)))
        self._random = tools.random.getstate()
        self._campaigns = [_KeptCampaign.of(one) for one in control.campaigns.values()]

    async def put_back(self) -> None:
        """Unload everything, put the state back, and load what was loaded."""
        await self._reset()
        self._state.put_back()
        self._tools.random.setstate(self._random)
        for one in self._campaigns:
            await one.load(self._control)

    async def forget(self) -> None:
        """Memory is given up with this object."""
