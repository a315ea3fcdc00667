"""A loaded campaign group: its status, from loading to unloading, and what it tells CX Contact of that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any, Final
from uuid import UUID

from cxmock.errors import CxmockError
from cxmock.fakes.ocs.attempting import Tools
from cxmock.fakes.ocs.callbacks import History, StatePosts
from cxmock.fakes.ocs.dialer import Dialer, Key
from cxmock.fakes.ocs.gsw import Attempt, campaign_facts
from cxmock.fakes.ocs.pacing import Pacing
from cxmock.fakes.ocs.setup import Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.fakes.ocs.traces import command_trace
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import DialMode, ErrorCode, OptimizeBy

NOT_LOADED: Final = "NotLoaded"
ACTIVE: Final = "Active"
RUNNING: Final = "Running"
WAITING_UNLOAD: Final = "WaitingUnload"
"""Status words (observed); ``UnloadInProgress``, ``Unloading`` and ``InActive`` are known, but not used here."""
PAUSED: Final = "Paused"
"""Of a campaign group that dials no more until it is resumed (that this can be is documented, the word is assumed)."""

STATE_EVERY: Final = 10.0
"""Seconds, by the testbed's clock, between two states of a campaign group that is loaded (documented)."""
LAST_WORDS_WITHIN: Final = 2.0
"""Seconds, real ones, for CX Contact to take the last states of a campaign group that is unloaded."""
UNLOAD_WITHIN: Final = 0.5
"""Seconds, real ones, for attempts under way to end, before the answer to an unload is that it waits."""

Told = Callable[["Campaign", str], None]
"""Told of a campaign and of an event that nobody asked for."""


class Campaign:
    """One campaign for one group.

    Args:
        setup: what Configuration Server says of it.
        tools: what all campaigns share.
        properties: what was said when it was loaded. ``GSW_AUTO_COMPLETION`` 1 unloads it once nothing is left to dial
            (the key is documented, this meaning is assumed).
        resend_every: real seconds between two tries to send history.
        told: see :data:`Told`.
    """

    def __init__(
        self, setup: Setup, tools: Tools, properties: Mapping[str, Any], *, resend_every: float, told: Told
    ) -> None:
        self.setup = setup
        self.properties = dict(properties)
        self.status = ACTIVE
        self.completed = False
        """Whether nothing is left to dial."""
        self.problem = ""
        """Why dialing stopped by itself, if it did."""
        self.pacing = Pacing(DialMode(setup.dial_mode), OptimizeBy(setup.optimize_by), setup.optimize_goal)
        self.statistics = Statistics()
        self._tools = tools
        self._told = told
        self._facts = campaign_facts(setup, str(UUID(int=tools.random.getrandbits(128), version=4)))
        self._freed = asyncio.Event()
        self.history = History(tools.poster, setup.options.history_uri, every=resend_every, freed=self._free)
        self._states = StatePosts(tools.poster, setup.options.campaigngroup_states_uri, tools.log)
        self._dialer: Dialer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None

    # What campaign control asks

    async def load(self) -> None:
        """Take possession of the calling lists: what an earlier run left retrieved is ready again."""
        for calling_list in self.setup.lists:
            await self._tools.records.give_back(calling_list, self.setup.campaign, self.setup.group)
            await self._tools.zones.learn(await self._tools.records.zones_of(calling_list))
        self._tools.forbidden |= await self._tools.records.do_not_call(self.setup.tenant)
        self._post_state()
        self._spawn(self._keep_telling())

    def start(self, dial_mode: int | None = None, aim: int | None = None, goal: int | None = None) -> None:
        """Dial, in this mode if one is given (see :meth:`set_mode`)."""
        self._expect("started", ACTIVE)
        self.pacing = self.pacing.changed(dial_mode, aim, goal)
        self._start()

    def pause(self) -> None:
        """Dial no more until :meth:`resume`; attempts under way are finished."""
        self._expect("paused", RUNNING)
        self._stop(PAUSED)

    def resume(self) -> None:
        """Dial again, in the mode that it had or was given meanwhile."""
        self._expect("resumed", PAUSED)
        self._start()

    def stop(self) -> None:
        """Dial no more; attempts under way are finished."""
        self._expect("stopped", RUNNING, PAUSED)
        self._stop()

    def set_mode(self, dial_mode: int, aim: int | None = None, goal: int | None = None) -> None:
        """Change how it dials: the mode, what it optimizes, and the goal of that. None leaves things as they are.

        Raises:
            Refused: there is no such mode, the goal does not fit what is optimized, or it has to be stopped first.
        """
        chosen = self.pacing.changed(dial_mode, aim, goal)
        if self.status == RUNNING:
            self.pacing.expect_change_to(chosen, self.setup.name)
        self.pacing = chosen
        self.poke()
        self._post_state()

    async def unload(self) -> bool:
        """Unload it; return False when something is still under way: then it unloads later, and tells."""
        self._expect("unloaded", ACTIVE, PAUSED)
        if self._running is not None:
            await asyncio.wait([self._running], timeout=UNLOAD_WITHIN)
        if self._busy:
            self.status = WAITING_UNLOAD
            self._spawn(self._unload_later(), of_command=True)
            return False
        await self.close()
        return True

    async def close(self, *, quietly: bool = False) -> None:
        """Unload it at once: attempts under way are given up, history that waits is lost.

        Args:
            quietly: whether CX Contact is not even told that it is unloaded.
        """
        self.status = NOT_LOADED
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not quietly:
            self._post_state()
        await self.history.close()
        await self._states.close(within=0 if quietly else LAST_WORDS_WITHIN)

    async def preview(self, agent: str) -> Attempt | None:
        """Return the attempt that an agent is to make next, or None when there is nothing to dial now.

        Raises:
            Refused: it does not dial, or not in preview mode, or the agent is none of the group's.
        """
        self._expect("previewed", RUNNING)
        if not self.pacing.on_request or self._dialer is None:
            raise Refused(
                ErrorCode.WRONG_ORDER,
                f"{self.setup.name} dials in mode {self.pacing.mode.name}; records are asked for in mode PREVIEW.",
            )
        if agent not in self.setup.agents or agent in self._tools.absent:
            known = ", ".join(one for one in self.setup.agents if one not in self._tools.absent) or "nobody"
            raise Refused(
                ErrorCode.NOT_FOUND,
                f"Agent {agent!r} does not work on {self.setup.name}; who does: {known}.",
            )
        return await self._dialer.preview(agent)

    async def process(self, key: Key, result: int | None) -> Attempt | None:
        """Make the attempt that an agent has in hand; None when nobody has that record."""
        return await self._dialer.process(key, result) if self._dialer is not None else None

    def release(self, key: Key) -> bool:
        """Take a record out of an agent's hands; return False when nobody has it."""
        return self._dialer is not None and self._dialer.release(key)

    def expect_callback(self, when: float) -> None:
        """Look for callbacks at that moment, in UTC seconds."""
        if self._dialer is not None:
            self._dialer.expect_callback(when)

    def poke(self) -> None:
        """Look again whether there is something to dial."""
        if self._dialer is not None:
            self._dialer.poke()

    def attributes(self) -> dict[str, Any]:
        """Return what ``CampaignStatus`` and its kin say."""
        return {
            "campaignId": self.setup.campaign,
            "groupId": self.setup.group,
            "campaignGroupId": self.setup.dbid,
            "campaignGroupName": self.setup.name,
            "status": self.status,
            **self._modes("dialMode", "optimizeBy", "optimizeGoal"),
            "completed": self.completed,
            "remaining": self._dialer.remaining if self._dialer else None,
            "nextDue": self._dialer.next_due if self._dialer else None,
            "problem": self.problem or (self._dialer.put_off if self._dialer else ""),
            "statistics": self.statistics.as_attributes(),
        }

    # Inside

    @property
    def _busy(self) -> bool:
        return bool(self.history.waiting) or (self._running is not None and not self._running.done())

    def _expect(self, verb: str, *allowed: str) -> None:
        if self.status not in allowed:
            raise Refused(
                ErrorCode.WRONG_ORDER,
                f"{self.setup.name} is {self.status}; only what is {' or '.join(allowed)} can be {verb}.",
            )

    def _modes(self, *names: str) -> dict[str, int]:
        """Return mode, aim and goal under these names."""
        return dict(zip(names, (int(self.pacing.mode), int(self.pacing.aim), self.pacing.goal), strict=True))

    def _start(self) -> None:
        self.status, self.problem, self.completed = RUNNING, "", False
        self._dialer = Dialer(
            *(self.setup, self._tools, self._facts, self.history, self.statistics, self._exhausted),
            lambda: self.pacing,
        )
        self._running = self._spawn(self._run(self._dialer, self._running))
        self._post_state()

    def _stop(self, status: str = ACTIVE) -> None:
        self.status = status
        if self._dialer is not None:
            self._dialer.stop()
        self._post_state()

    async def _run(self, dialer: Dialer, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await dialer.run()
        except Exception as error:
            self.problem = _told_of(error)
            if self.status == RUNNING:
                self.status = ACTIVE
                self._post_state()
                self._told(self, "DialingStopped")

    def _exhausted(self, nothing_left: bool) -> None:
        if nothing_left == self.completed:
            return
        self.completed = nothing_left
        if not nothing_left:
            return
        if str(self.properties.get("GSW_AUTO_COMPLETION", 0)) == "1" and self.status == RUNNING:
            self._stop()
            self._told(self, "DialingStopped")
            self.status = WAITING_UNLOAD
            self._spawn(self._unload_later())
        else:
            self._post_state()
            self._told(self, "CampaignStatus")

    async def _unload_later(self) -> None:
        if self._running is not None:
            await asyncio.wait([self._running])
        while self.history.waiting:
            self._freed.clear()
            await self._freed.wait()
        await self.close()
        self._told(self, "CampaignUnloaded")

    async def _keep_telling(self) -> None:
        """Tell the state every ten seconds of the clock, without moving a clock that jumps; and see what is new."""
        clock = self._tools.clock
        while True:
            await clock.passes(clock.now() + STATE_EVERY)
            self._post_state()
            self.poke()

    def _free(self) -> None:
        self._freed.set()
        self.poke()

    def _post_state(self) -> None:
        self._states.post(
            {
                **self._facts,
                "GSW_CAMPAIGN_GROUP_STATE": self.status,
                "GSW_CAMPAIGN_GROUP_COMPLETED": int(self.completed),
                **self._modes("GSW_DIAL_MODE", "GSW_OPTIMIZE_BY", "GSW_OPTIMIZE_GOAL"),
                "GSW_STAT_BUSY_FACTOR": self._dialer.busy_factor if self._dialer is not None else 0,
                "GSW_STAT_HIT_RATIO": round(self.statistics.hit_ratio or 0),
                "GSW_STAT_OVERDIAL_RATE": round(self.statistics.overdial_rate or 0),
                "GSW_STAT_TIME_TO_COMPLETE": self._dialer.time_to_complete if self._dialer is not None else None,
            },
            command_trace.get(),
        )

    def _spawn(self, work: Any, *, of_command: bool = False) -> asyncio.Task[None]:
        """Have ``work`` go on by itself; what it tells is the present command's only where it is said to be."""
        context = copy_context()
        if not of_command:
            context.run(command_trace.set, "")
        task: asyncio.Task[None] = asyncio.create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _told_of(error: BaseException) -> str:
    """Return what people are told of an error; of a group, its first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error.what if isinstance(error, CxmockError) else f"{type(error).__name__}: {error}"
