"""Takes records, asks whether they may be dialed, dials them, tells what became of them.

One task feeds: it writes back what is finished, then takes as many records as the channels can use. Each channel is a
task that makes one attempt at a time. Records for the digital dialer skip the channels and go in batches.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from cxmock.fakes.ocs.callbacks import History, Poster, Verdict, hand_over, validate
from cxmock.fakes.ocs.gsw import Attempt, Facts, Record, history, validation
from cxmock.fakes.ocs.outcome import Outcomes
from cxmock.fakes.ocs.records import Records, Update
from cxmock.fakes.ocs.setup import Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.fakes.ocs.treatments import Next, decide
from cxmock.fakes.ocs.zones import Zones
from cxmock.net.clock import Clock
from cxmock.wire.genesys.enumerations import CallResult, RecordType

T = TypeVar("T")
One = TypeVar("One")


@dataclass
class Tools:
    """What the dialers of all campaigns share."""

    records: Records
    zones: Zones
    poster: Poster
    outcomes: Outcomes
    clock: Clock
    random: random.Random
    forbidden: set[str]
    """Phone numbers and customer ids on the do-not-call list."""
    made: Callable[[Attempt], None]
    """Told of every attempt that has ended."""


class Dialer:
    """Dials one campaign group until it is stopped.

    Args:
        setup: the campaign group.
        tools: what all dialers share.
        facts: the ``GSW_`` keys of the campaign group.
        history: where attempts are told.
        statistics: what is counted.
        exhausted: told, each time it changes, whether nothing is left to dial.
    """

    def __init__(
        self,
        setup: Setup,
        tools: Tools,
        facts: Facts,
        history: History,
        statistics: Statistics,
        exhausted: Callable[[bool], None],
    ) -> None:
        self._setup = setup
        self._tools = tools
        self._facts = facts
        self._history = history
        self._statistics = statistics
        self._exhausted = exhausted
        self._waiting: asyncio.Queue[Record] = asyncio.Queue()
        self._finished: list[Update] = []
        self._changed = asyncio.Event()
        self._stopping = False
        self.in_hand = 0
        """Records taken and not finished."""
        self.next_due: float | None = None
        """While it rests: when the next record may be dialed, in UTC seconds."""

    @property
    def busy_factor(self) -> int:
        """Per cent of the channels that have something to do."""
        return min(100, 100 * self.in_hand // self._setup.channels)

    def poke(self) -> None:
        """Have the dialer look again whether there is something to do."""
        self._changed.set()

    def stop(self) -> None:
        """Dial no further records; attempts under way are finished."""
        self._stopping = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
            self.in_hand -= 1
        self.poke()

    async def run(self) -> None:
        """Dial until :meth:`stop`; then give back what was not dialed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                channels = [tasks.create_task(self._channel()) for _ in range(self._channels)]
                try:
                    await self._feed(tasks)
                finally:
                    for channel in channels:
                        channel.cancel()
        finally:
            for calling_list in self._setup.lists:
                await self._tools.records.give_back(calling_list, self._setup.campaign, self._setup.group)

    # Pacing. Every dial mode keeps all channels busy so far: predictive algorithms, which would look at agents and at
    # the hit ratio to aim at optimize_goal, belong here.

    @property
    def _channels(self) -> int:
        return 0 if self._digital else self._setup.channels

    @property
    def _digital(self) -> bool:
        return self._setup.options.media != "voice"

    @property
    def _room(self) -> int:
        """How many records to take now."""
        if self._digital:
            return 0 if self.in_hand else self._setup.options.digital_dialer_batch
        if self.in_hand > self._setup.channels * self._setup.minimum:
            return 0
        return self._setup.channels * self._setup.optimum - self.in_hand

    # Feeding

    async def _feed(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._changed.clear()
            finished, self._finished = self._finished, []
            if finished:
                await self._tools.records.write(finished)
            elif self._stopping:
                if not self.in_hand:
                    return
                await self._changed.wait()
            elif self._room and not self._history.full and (taken := await self._take()):
                self._exhausted(False)
                self._serve(taken, tasks)
            elif self.in_hand or self._finished or self._history.full:
                await self._changed.wait()
            else:
                await self._rest()

    async def _take(self) -> list[Record]:
        """Take records of every calling list, by its share."""
        room, taken = self._room, list[Record]()
        shares = sum(one.share for one in self._setup.lists)
        owner = (self._setup.campaign, self._setup.group, self._setup.application)
        for calling_list in self._setup.lists:
            part = max(1, room * calling_list.share // shares)
            taken += await self._tools.records.take(
                calling_list, part, now=self._tools.clock.now(), zones=self._tools.zones, owner=owner
            )
        return taken

    def _serve(self, taken: list[Record], tasks: asyncio.TaskGroup) -> None:
        if self._stopping:
            return  # it was stopped while they were taken: they are given back in the end
        self.in_hand += len(taken)
        if self._digital:
            tasks.create_task(self._hand_over(taken))
        else:
            for record in taken:
                self._waiting.put_nowait(record)

    async def _rest(self) -> None:
        """Wait until the next record may be dialed, or until somebody pokes."""
        clock, records, zones = self._tools.clock, self._tools.records, self._tools.zones
        dues = [await records.next_due(one, now=clock.now(), zones=zones) for one in self._setup.lists]
        known = [due for due in dues if due is not None]
        self._exhausted(not known)
        if known:
            self.next_due = min(known)
            await _first(clock.reach(self.next_due), self._changed.wait())
            self.next_due = None
        else:
            await self._changed.wait()

    # Attempts

    async def _channel(self) -> None:
        while True:
            record = await self._waiting.get()
            attempt, verdict = await self._begin(record)
            if verdict.allowed:
                attempt.dialed = True
                attempt.result = self._tools.outcomes.of(record.phone, attempt.number, record.calling_list.name)
            await self._end(attempt)

    async def _hand_over(self, taken: list[Record]) -> None:
        """Give a batch of records to the digital dialer."""
        begun = await _side_by_side(self._begin, taken, self._setup.channels)
        allowed = [attempt for attempt, verdict in begun if verdict.allowed]
        options = self._setup.options
        if allowed:
            records = [validation(self._facts, attempt, options.media) for attempt in allowed]
            body = {**self._facts, "media": options.media, "records": records}
            results = await hand_over(self._tools.poster, options.digital_dialer_uri, body)
            for attempt in allowed:
                attempt.dialed = True
                attempt.result = results.get(attempt.guid, CallResult.GENERAL_ERROR)
        await _side_by_side(self._end, [attempt for attempt, _ in begun], self._setup.channels)

    async def _begin(self, record: Record) -> tuple[Attempt, Verdict]:
        """Begin an attempt: tell it, and ask whether it may be made."""
        guid = str(UUID(int=self._tools.random.getrandbits(128), version=4))
        attempt = Attempt(record, guid, int(self._tools.clock.now()), record.attempts + 1)
        await self._history.post(history(self._facts, attempt, 0))
        verdict = await self._verdict(attempt)
        attempt.result, attempt.rule = verdict.result, verdict.rule
        return attempt, verdict

    async def _verdict(self, attempt: Attempt) -> Verdict:
        forbidden, record = self._tools.forbidden, attempt.record
        if forbidden and (record.phone in forbidden or record.columns.get("c_client_id") in forbidden):
            return Verdict(allowed=False)
        options = self._setup.options
        if not options.validation_uri:
            return Verdict(allowed=True)
        return await validate(
            self._tools.poster,
            options.validation_uri,
            validation(self._facts, attempt, options.media),
            within=options.validation_timeout,
            otherwise=options.validation_timeout_call_result,
        )

    async def _end(self, attempt: Attempt) -> None:
        """End an attempt: tell it, and decide what becomes of the record."""
        attempt.ended = int(self._tools.clock.now())
        await self._history.post(history(self._facts, attempt, 1))
        self._finished.append(self._update(attempt))
        self._tools.made(attempt)
        self.in_hand -= 1
        self.poke()

    def _update(self, attempt: Attempt) -> Update:
        record, counted = attempt.record, self._statistics
        kept = record.calling_list
        decision = decide(kept.treatments, attempt.result, attempt.number, kept.most_attempts)
        later = attempt.ended + decision.seconds
        retry = decision.next is Next.RETRY
        counted.results[attempt.result] += 1
        counted.dialed += attempt.dialed
        counted.blocked += not attempt.dialed
        counted.rescheduled += retry
        counted.finished += not retry
        kind = int(record.columns["record_type"])
        if retry:
            kind = RecordType.CAMPAIGN_RESCHEDULED
        elif attempt.result == CallResult.DO_NOT_CALL:
            kind = RecordType.NO_CALL
        return Update(
            record,
            result=attempt.result,
            called=attempt.ended,
            kind=kind,
            attempts=attempt.number,
            again=later if retry else None,
            chain_ends=decision.next is Next.DONE,
            chain_after=later if decision.next is Next.NEXT_DEVICE and decision.seconds else None,
        )


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait for the first of several waits; the others are given up."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _side_by_side(work: Callable[[One], Awaitable[T]], items: Iterable[One], limit: int) -> list[T]:
    """Do ``work`` with each of ``items``, so many at once, and return the results in order."""
    turns = asyncio.Semaphore(limit)

    async def do(item: One) -> T:
        async with turns:
            return await work(item)

    return await asyncio.gather(*map(do, items))
