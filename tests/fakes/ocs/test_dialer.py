"""The dialer alone: what it says of a list that is nearly empty."""

from __future__ import annotations

import asyncio
import random
from types import SimpleNamespace
from typing import Any

from cxmock.fakes.ocs.dialer import Dialer, Tools
from cxmock.fakes.ocs.gsw import Attempt, Record
from cxmock.fakes.ocs.outcome import Outcomes
from cxmock.fakes.ocs.setup import CallingList, Options, Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.net.clock import Clock
from cxmock.net.waiting import until

LIST = CallingList(101, "spring", "cl_spring")
SETUP = Setup(
    *(101, "spring@agents", 101, "spring", 101, "agents", 101, "Acme", "", 102, 1, 1, 80, 1, 1, 6),
    lists=(LIST,),
    options=Options(),
)
COLUMNS = {
    **dict.fromkeys(("contact_info_type", "dial_sched_time", "agent_id", "attempt")),
    "record_id": 1,
    "contact_info": "+1",
    "chain_id": 1,
    "chain_n": 0,
    "record_type": 2,
}


class SlowTable:
    """A table of one record. Whoever looks for a second one sees nothing, but only once the first attempt has ended."""

    def __init__(self) -> None:
        self.left = [Record(LIST, dict(COLUMNS))]
        self.ended = asyncio.Event()
        self.written = 0

    async def take(self, *_: Any, **__: Any) -> list[Record]:
        if self.left:
            return [self.left.pop()]
        await self.ended.wait()
        return []

    async def next_due(self, *_: Any, **__: Any) -> float | None:
        return None

    async def write(self, updates: list[Any]) -> None:
        self.written += len(updates)

    async def give_back(self, *_: Any) -> None:
        return None


def test_nothing_is_left_only_when_everything_is_written_back() -> None:
    """An attempt that ends while OCS looks for more records is not forgotten."""

    async def story() -> list[tuple[bool, int]]:
        table = SlowTable()
        told: list[tuple[bool, int]] = []

        def made(attempt: Attempt) -> None:
            table.ended.set()

        async def taken(facts: Any) -> None:
            return None

        tools: Any = Tools(
            *(table, None, None, Outcomes(), Clock(), random.Random(1), set(), made)  # type: ignore[arg-type]
        )
        history: Any = SimpleNamespace(post=taken, full=False)
        dialer = Dialer(SETUP, tools, {}, history, Statistics(), lambda nothing: told.append((nothing, table.written)))
        running = asyncio.create_task(dialer.run())
        assert await until(lambda: any(nothing for nothing, _ in told), within=5)
        dialer.stop()
        await asyncio.wait_for(running, 5)
        return told

    told = asyncio.run(story())
    assert [(nothing, written) for nothing, written in told if nothing] == [(True, 1)]
