"""The dialer alone: what it says of a list that is nearly empty."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from cxmock.fakes.ocs.dialer import Dialer, _side_by_side
from cxmock.fakes.ocs.gsw import Attempt, Record
from cxmock.fakes.ocs.outcome import Outcomes
from cxmock.fakes.ocs.pacing import Pacing
from cxmock.fakes.ocs.records import Left
from cxmock.fakes.ocs.setup import CallingList, Options, Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.net.clock import Clock
from cxmock.net.waiting import until
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy

LIST = CallingList(101, "spring", "cl_spring")
SETUP = Setup(
    *(101, "spring@agents", 101, "spring", 101, "agents", 101, "Acme", "", 102, 1, 1, 80, 1, 1, 6),
    lists=(LIST,),
    options=Options(),
    agents=("A1",),
)
PACING = Pacing(DialMode.PREDICT, OptimizeBy.BUSY_FACTOR, 80)
COLUMNS = {
    **dict.fromkeys(("contact_info_type", "dial_sched_time", "agent_id", "attempt")),
    "record_id": 1,
    "contact_info": "+1",
    "chain_id": 1,
    "chain_n": 0,
    "record_type": 2,
}


class Table:
    """A table of one record. Whoever looks for a second one sees nothing, but only once the first attempt has ended."""

    def __init__(self, *, opened: bool) -> None:
        self.left_over = [Record(LIST, dict(COLUMNS))]
        self.opened = asyncio.Event()
        """Until it is set, the first record cannot be taken."""
        self.ended = asyncio.Event()
        self.asked = self.written = 0
        if opened:
            self.opened.set()

    async def take(self, *_: Any, **__: Any) -> list[Record]:
        self.asked += 1
        if self.left_over:
            await self.opened.wait()
            return [self.left_over.pop()]
        await self.ended.wait()
        return []

    async def left(self, *_: Any) -> Left:
        return Left(len(self.left_over), None)

    async def next_due(self, *_: Any, **__: Any) -> float | None:
        return None

    async def write(self, updates: list[Any]) -> None:
        self.written += len(updates)

    async def give_back(self, *_: Any) -> None:
        return None


def dialer_on(table: Table, exhausted: Callable[[bool], None]) -> Dialer:
    async def taken(facts: Any) -> None:
        return None

    def made(attempt: Attempt) -> None:
        table.ended.set()

    history: Any = SimpleNamespace(post=taken, full=False)
    tools: Any = SimpleNamespace(
        records=table,
        zones=None,
        outcomes=Outcomes(),
        clock=Clock(),
        random=random.Random(1),
        forbidden=set(),
        made=made,
        absent=set(),
    )
    return Dialer(SETUP, tools, {}, history, Statistics(), exhausted, lambda: PACING)


def test_nothing_is_left_only_when_everything_is_written_back() -> None:
    """An attempt that ends while OCS looks for more records is not forgotten."""

    async def story() -> list[int]:
        table = Table(opened=True)
        written: list[int] = []
        dialer = dialer_on(table, lambda nothing: written.append(table.written) if nothing else None)
        running = asyncio.create_task(dialer.run())
        assert await until(lambda: bool(written), within=5)
        dialer.stop()
        async with asyncio.timeout(5):
            await running
        return written

    assert asyncio.run(story()) == [1]


def test_what_is_being_taken_when_dialing_is_stopped_is_not_dialed() -> None:
    async def story() -> bool:
        table = Table(opened=False)
        dialer = dialer_on(table, lambda nothing: None)
        running = asyncio.create_task(dialer.run())
        assert await until(lambda: table.asked == 1, within=5)
        dialer.stop()
        table.opened.set()
        async with asyncio.timeout(5):
            await running
        return table.ended.is_set()

    assert asyncio.run(story()) is False


def test_attempts_that_wait_for_a_channel_are_given_up_without_a_trace() -> None:
    """A reset in the middle of a batch leaves nothing that was begun and never awaited."""
    begun: list[str] = []

    async def attempt(phone: str) -> None:
        begun.append(phone)
        await asyncio.Event().wait()

    async def cut_short() -> None:
        batch = asyncio.ensure_future(_side_by_side(attempt, ["+1", "+2"], 1))
        assert await until(lambda: bool(begun), within=5)
        batch.cancel()
        await asyncio.wait([batch])

    asyncio.run(cut_short())
    gc.collect()
    assert begun == ["+1"]
