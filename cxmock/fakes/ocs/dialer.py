"""Takes records and has them dialed, as fast as the pacing lets it, and writes back what became of them.

One task feeds: it writes back what is finished, then takes as many records as the channels can use. Each attempt is a
task of its own, begun when there is a line for it. Records for the digital dialer need no line and go in batches.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from cxmock.fakes.ocs.attempting import Attempting, Tools, personal
from cxmock.fakes.ocs.callbacks import History, hand_over
from cxmock.fakes.ocs.crew import Crew
from cxmock.fakes.ocs.gsw import Attempt, Facts, Record, validation
from cxmock.fakes.ocs.pacing import Pacing
from cxmock.fakes.ocs.records import Update
from cxmock.fakes.ocs.setup import CallingList, Setup
from cxmock.fakes.ocs.statistics import Statistics
from cxmock.fakes.ocs.treatments import answered
from cxmock.wire.genesys.enumerations import CallResult

T = TypeVar("T")
One = TypeVar("One")
PUT_OFF_TOLD = 5
"""How often the digital dialer puts off the same records before the campaign's status says so (assumed)."""
LOOK_FOR_CALLBACKS: float = 60
"""Seconds, by the testbed's clock, between two looks for callbacks that are due and cannot be dialed yet."""
GATHER: float = 10
"""Seconds, by a clock that jumps, between two looks for records that are due."""
Key = tuple[str, int]
"""A calling list and the ``record_id`` of a record in it."""


class Dialer:
    """Dials one campaign group until it is stopped.

    Args:
        setup: the campaign group.
        tools: what all dialers share.
        facts: the ``GSW_`` keys of the campaign group.
        history: where attempts are told.
        statistics: what is counted.
        exhausted: told, each time it changes, whether nothing is left to dial.
        pacing: tells how the campaign group dials now.
    """

    def __init__(
        self,
        setup: Setup,
        tools: Tools,
        facts: Facts,
        history: History,
        statistics: Statistics,
        exhausted: Callable[[bool], None],
        pacing: Callable[[], Pacing],
    ) -> None:
        self._setup = setup
        self._tools = tools
        self._facts = facts
        self._history = history
        self._statistics = statistics
        self._exhausted = exhausted
        self._pacing = pacing
        self._crew = Crew(setup.agents, tools.absent, tools.clock.now)
        self._attempting = Attempting(setup, tools, facts, history, statistics, self._crew)
        self._tasks: asyncio.TaskGroup | None = None
        self._waiting: deque[Record] = deque()
        self._aside: deque[Record] = deque()
        self._held: dict[Key, Attempt] = {}
        self._finished: list[Update] = []
        self._under_way = 0
        self._changed = asyncio.Event()
        self._stopping = False
        self._halted = asyncio.Event()
        self._callback = math.inf
        self._began, self._before, self._ready = tools.clock.now(), statistics.finished, 0
        self.in_hand = 0
        """Records taken and not finished."""
        self.next_due: float | None = None
        """While it rests: when the next record may be dialed, in UTC seconds."""
        self.put_off = ""
        """What the digital dialer says as long as it takes nothing; empty: it does, or has been asked few times."""

    @property
    def busy_factor(self) -> int:
        """Per cent of the channels that have something to do."""
        return min(100, 100 * self.in_hand // self._setup.channels)

    @property
    def remaining(self) -> int:
        """Records that are left of those that were there when it began (an estimate)."""
        return max(0, self._ready - (self._statistics.finished - self._before))

    @property
    def time_to_complete(self) -> int | None:
        """Seconds that what is left will take at the pace so far; None before there is one (the formula is assumed)."""
        done = self._statistics.finished - self._before
        return round(self.remaining * (self._tools.clock.now() - self._began) / done) if done else None

    def poke(self) -> None:
        """Have the dialer look again whether there is something to do."""
        self._changed.set()

    def stop(self) -> None:
        """Dial no further records; attempts under way are finished, and agents give back what they only looked at."""
        self._stopping = True
        self._halted.set()
        self.in_hand -= len(self._waiting) + len(self._aside) + len(self._held)
        for attempt in self._held.values():
            self._crew.release(attempt.agent or "")
        for records in (self._waiting, self._aside, self._held):
            records.clear()
        self.poke()

    async def run(self) -> None:
        """Dial until :meth:`stop`; then give back what was not dialed."""
        records, setup = self._tools.records, self._setup
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._count()
                await self._feed()
        finally:
            try:
                await self._write()
            finally:
                for calling_list in setup.lists:
                    await records.give_back(calling_list, setup.campaign, setup.group)

    # Previews: an agent asks for a record, looks at it, and says what is to become of it

    async def preview(self, agent: str) -> Attempt | None:
        """Return the attempt that an agent is to make next, or None when there is nothing to dial now.

        An agent who has a record gets it again. Personal callbacks of others are set aside for them (assumed).
        """
        for held in self._held.values():
            if held.agent == agent:
                return held
        self._under_way += 1  # so that nobody says meanwhile that nothing is left
        try:
            return await self._look(agent)
        finally:
            self._under_way -= 1
            self.poke()

    async def _look(self, agent: str) -> Attempt | None:
        while not self._stopping and not self._history.full:
            if (record := await self._next_for(agent)) is None:
                break
            attempt = self._attempting.attempt(record, agent)
            allowed = await self._attempting.validate(attempt)
            if not allowed:
                await self._attempting.begin(attempt)
                await self._end(attempt)
            elif self._stopping:
                self.in_hand -= 1
                self.poke()
            else:
                self._held[_key(record)] = attempt
                self._crew.engage(math.inf, agent)
                return attempt
        return None

    async def process(self, key: Key, result: int | None) -> Attempt | None:
        """Make the attempt that an agent has in hand; without a result the model tells how it ends."""
        if (attempt := self._held.pop(key, None)) is None:
            return None
        await self._attempting.begin(attempt)
        self._answer(attempt)
        if result is not None:
            attempt.result = result
        await self._end(attempt)
        return attempt

    def release(self, key: Key) -> bool:
        """Take a record out of an agent's hands; return False when nobody has it."""
        if (attempt := self._held.pop(key, None)) is None:
            return False
        self.in_hand -= 1
        self._crew.release(attempt.agent or "")
        self.poke()
        return True

    def expect_callback(self, when: float) -> None:
        """Look for callbacks at that moment, in UTC seconds."""
        self._callback = min(self._callback, when)
        self.poke()

    async def _next_for(self, agent: str) -> Record | None:
        for record in self._aside:
            if personal(record) == agent:
                self._aside.remove(record)
                return record
        while (taken := await self._take(1)) and not self._stopping:
            self._exhausted(False)
            self.in_hand += len(taken)
            for record in taken:
                if personal(record) not in ("", agent) and personal(record) in self._crew:
                    self._aside.append(record)
                else:
                    return record
        return None

    # Pacing

    @property
    def _digital(self) -> bool:
        return self._setup.options.media != "voice"

    @property
    def _room(self) -> int:
        """How many records to take now."""
        if self._digital:
            return 0 if self.in_hand else self._setup.options.digital_dialer_batch
        if self._pacing().on_request or self.in_hand > self._setup.channels * self._setup.minimum:
            return 0
        return self._setup.channels * self._setup.optimum - self.in_hand

    def _dial(self) -> None:
        """Begin attempts while there are lines for them."""
        if not self._waiting or self._tasks is None:
            return
        counted = self._statistics
        lines = self._pacing().lines(self._setup.channels, self._crew.ready, counted.dialed, counted.answered)
        while self._waiting and self._under_way < lines:
            self._under_way += 1
            self._tasks.create_task(self._make(self._waiting.popleft()))

    # Feeding

    async def _feed(self) -> None:
        while True:
            self._changed.clear()
            self._dial()
            if self._finished and (self._room or self._stopping or not self._under_way):
                await self._write()
            elif self._stopping:
                if not self.in_hand:
                    return
                await self._changed.wait()
            elif self._room and not self._history.full and (taken := await self._take(self._room)):
                self._exhausted(False)
                self._serve(taken)
            elif self.in_hand or self._finished or self._history.full:
                await self._progress()
            else:
                await self._rest()

    async def _write(self) -> None:
        """Write back what is finished; it is forgotten only when that is done."""
        if finished := self._finished[:]:
            await self._tools.records.write(finished)
            del self._finished[: len(finished)]

    async def _count(self) -> None:
        """See how much is left, and when the first callback is due."""
        left = [await self._tools.records.left(one) for one in self._setup.lists]
        self._ready = sum(one.ready for one in left)
        self._began, self._before = self._tools.clock.now(), self._statistics.finished
        self._callback = min((one.callback for one in left if one.callback is not None), default=math.inf)

    async def _take(self, room: int) -> list[Record]:
        """Take records of every calling list, by its share; callbacks come first (assumed)."""
        taken: list[Record] = []
        if self._callback <= self._tools.clock.now():
            taken = await self._take_callbacks(room)
        shares = sum(one.share for one in self._setup.lists)
        for calling_list in self._setup.lists:
            if (left := room - len(taken)) > 0:
                part = min(left, max(1, room * calling_list.share // shares))
                taken += await self._take_from(calling_list, part)
        return taken

    async def _take_callbacks(self, room: int) -> list[Record]:
        taken: list[Record] = []
        records, now = self._tools.records, self._tools.clock.now()
        for calling_list in self._setup.lists:
            missed = await records.miss(calling_list, now - self._setup.options.callback_tolerance)
            self._statistics.missed += missed
            self._statistics.finished += missed
            if room > len(taken):
                taken += await self._take_from(calling_list, room - len(taken), callbacks=True)
        await self._count_callbacks(now)
        return taken

    async def _count_callbacks(self, now: float) -> None:
        dues = [(await self._tools.records.left(one)).callback for one in self._setup.lists]
        due = min((one for one in dues if one is not None), default=math.inf)
        self._callback = max(due, now + LOOK_FOR_CALLBACKS)

    async def _take_from(self, calling_list: CallingList, room: int, *, callbacks: bool = False) -> list[Record]:
        setup, tools = self._setup, self._tools
        owner = (setup.campaign, setup.group, setup.application)
        return await tools.records.take(
            calling_list, room, now=tools.clock.now(), zones=tools.zones, owner=owner, callbacks=callbacks
        )

    def _serve(self, taken: list[Record]) -> None:
        if self._stopping or self._tasks is None:
            return  # it was stopped while they were taken: they are given back in the end
        self.in_hand += len(taken)
        if self._digital:
            self._tasks.create_task(self._hand_over(taken))
        else:
            self._waiting.extend(taken)

    async def _progress(self) -> None:
        """Wait until something ends, or, where all agents are busy and nothing else happens, until one is free."""
        self._dial()  # some may have become free while records were taken
        free = self._crew.next_free
        if self._waiting and not self._under_way and free is not None:
            await _first(self._tools.clock.reach(free), self._changed.wait())
        else:
            await self._changed.wait()

    async def _rest(self) -> None:
        """Wait until the next record may be dialed, or until somebody pokes."""
        clock, records, zones = self._tools.clock, self._tools.records, self._tools.zones
        dues = [await records.next_due(one, now=clock.now(), zones=zones) for one in self._setup.lists]
        known = [due for due in dues if due is not None]
        self._exhausted(not known and not self.in_hand and not self._under_way)
        if known and not (self._pacing().on_request and min(known) <= clock.now()):
            self.next_due = min(known)
            # A clock that jumps gathers what is due soon: to look for each record by itself takes the square of them.
            gathered = max(self.next_due, clock.now() + GATHER)
            jumps = clock.jumping and (clock.horizon is None or gathered <= clock.horizon)
            await _first(clock.reach(gathered if jumps else self.next_due), self._changed.wait())
            self.next_due = None
        else:
            await self._changed.wait()

    # Attempts

    async def _make(self, record: Record) -> None:
        """Make one attempt."""
        attempt = self._attempting.attempt(record)
        await self._attempting.begin(attempt)
        if await self._attempting.validate(attempt):
            self._answer(attempt)
        self._under_way -= 1
        await self._end(attempt)

    def _answer(self, attempt: Attempt) -> None:
        """Have the model tell how a call ends; who answers gets an agent, who is busy for a while."""
        record, seconds = attempt.record, self._setup.options.talk_time
        attempt.dialed = True
        attempt.result = self._tools.outcomes.of(record.phone, attempt.number, record.calling_list.name)
        if seconds and answered(attempt.result) and self._pacing().needs_agents:
            waited = not self._crew.engage(seconds, attempt.agent or personal(record))
            self._statistics.overdialed += waited

    async def _end(self, attempt: Attempt) -> None:
        """End an attempt, and make room for the next."""
        update = await self._attempting.end(attempt)
        self._finished.append(update)
        if update.again is not None and personal(attempt.record):
            self._callback = min(self._callback, update.again)
        self.in_hand -= 1
        self._dial()
        if self._room or self._stopping or not self._under_way:  # else there is nothing to do but to go on dialing
            self.poke()

    async def _hand_over(self, taken: list[Record]) -> None:
        """Give a batch of records to the digital dialer."""

        async def begin(record: Record) -> tuple[Attempt, bool]:
            attempt = self._attempting.attempt(record)
            await self._attempting.begin(attempt)
            return attempt, await self._attempting.validate(attempt)

        begun = await _side_by_side(begin, taken, self._setup.channels)
        allowed = [attempt for attempt, fine in begun if fine]
        options = self._setup.options
        if allowed:
            records = [validation(self._facts, attempt, options.media) for attempt in allowed]
            body = {**self._facts, "media": options.media, "records": records}
            results = await self._handed_over(body)
            for attempt in allowed:
                attempt.dialed = True
                attempt.result = results.get(attempt.guid, CallResult.GENERAL_ERROR)
        await _side_by_side(self._end, [attempt for attempt, _ in begun], self._setup.channels)

    async def _handed_over(self, body: Facts) -> dict[str, int]:
        """Hand records over until the digital dialer has taken them; one that is stopped asks no more."""
        for tries in itertools.count(1):
            handed = await hand_over(self._tools.poster, self._setup.options.digital_dialer_uri, body)
            self.put_off = "" if handed.again is None or tries < PUT_OFF_TOLD else handed.said
            if handed.again is None or self._halted.is_set():
                break
            # Real time: how soon a server comes back has nothing to do with the testbed's clock.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(handed.again):
                    await self._halted.wait()
        return handed.results


def _key(record: Record) -> Key:
    return record.calling_list.name, int(record.columns["record_id"])


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
