"""Checks the records of a large file in processes of their own, one for each core, and gives the results in order.

A worker ends when its pipe does, so that none outlives List Builder, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cxmock.net.ends import killed
from cxmock.net.pickled import packed, receive
from cxmock.reference.services.list_builder.contacts import Checked, Checker
from cxmock.reference.services.list_builder.records import Record

MOST = 4
"""Workers at once."""
WITHIN = 60.0
"""Seconds for one block of records."""


class Worker:
    """One process. What is asked of it is done in turn."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls, checker: Checker) -> Worker:
        """Start a process that checks a file's records."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cxmock.reference.services.list_builder.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=4 * 2**20,
        )
        worker = cls(process)
        await worker._tell(checker)
        return worker

    async def check(self, records: list[Record]) -> Checked:
        """Have records checked."""
        async with self._turn, asyncio.timeout(WITHIN):
            await self._tell([tuple(one) for one in records])
            assert self._process.stdout is not None
            checked: Checked = await receive(self._process.stdout)
        return checked

    async def stop(self) -> None:
        """End the process."""
        await killed(self._process)

    async def _tell(self, what: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(packed(what))
        await self._process.stdin.drain()


class Workers:
    """All of them; each block goes to the next."""

    def __init__(self, workers: list[Worker]) -> None:
        self._workers = workers
        self._asked: deque[tuple[list[Record], asyncio.Task[Checked]]] = deque()

    @property
    def full(self) -> bool:
        """Whether as many blocks are under way as are sound: results are to be taken first."""
        return len(self._asked) > len(self._workers)

    def ask(self, records: list[Record]) -> None:
        """Have a block of records checked."""
        worker = self._workers.pop(0)
        self._workers.append(worker)
        self._asked.append((records, asyncio.create_task(worker.check(records))))

    async def next(self) -> tuple[list[Record], Checked] | None:
        """Return the oldest block and what came of it; None when there is none."""
        if not self._asked:
            return None
        records, task = self._asked.popleft()
        return records, await task

    async def stop(self) -> None:
        """End all processes."""
        for _, task in self._asked:
            task.cancel()
        await asyncio.gather(*(task for _, task in self._asked), return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers))


@asynccontextmanager
async def working(checker: Checker) -> AsyncIterator[Workers]:
    """Give workers for one file; they end with the block."""
    count = max(1, min(MOST, os.cpu_count() or 1))
    started = await asyncio.gather(*(Worker.start(checker) for _ in range(count)), return_exceptions=True)
    workers = Workers([one for one in started if isinstance(one, Worker)])
    try:
        for one in started:
            if isinstance(one, BaseException):
                raise one
        yield workers
    finally:
        await workers.stop()
