"""Runs jobs: those that are due, those that somebody asks for, those that another replica left when it died."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from cxmock.errors.base import CxmockError
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.job_scheduler import store
from cxmock.reference.services.job_scheduler.jobs import FAILED, RETRYING, RUNNING, SKIPPED, Job, Run, Step
from cxmock.reference.services.job_scheduler.schedule import iso
from cxmock.reference.services.job_scheduler.store import Store, Turn, TurnLost
from cxmock.reference.services.job_scheduler.work import Work, watched

LOOK_EVERY = 5.0
"""Real seconds after which a replica looks for what others defined, or left."""
RUN_WITHIN = 3600.0
"""Real seconds that one attempt may take."""
Zone = Callable[[Job], Awaitable[str]]
"""Tells the time zone that a job goes by which names none."""


@dataclass
class Watching:
    """A look-out for jobs that are due."""

    poked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is to look again."""
    ending: bool = False
    task: asyncio.Task[None] | None = None


@dataclass
class Runner:
    """Runs the jobs of one tenant, one of several replicas that do.

    What a clock that is moved far makes due several times, runs once.
    """

    runtime: Runtime
    zone: Zone
    _runs: dict[str, asyncio.Task[Run]] = field(default_factory=dict)
    """What runs in this process, by job."""
    _watching: Watching | None = None

    @property
    def store(self) -> Store:
        """The jobs in Redis."""
        return Store(self.runtime.redis, self.runtime.keys)

    def watch(self) -> None:
        """Begin to look for jobs that are due, unless that is so already."""
        if self._watching is None:
            self._watching = Watching()
            self._watching.task = asyncio.create_task(self._watch(self._watching))

    def poke(self) -> None:
        """Look again: a job was changed."""
        if self._watching is not None:
            self._watching.poked.set()

    def cut_short(self) -> list[asyncio.Task[Any]]:
        """End everything; return what is ending."""
        tasks: list[asyncio.Task[Any]] = list(self._runs.values())
        for task in tasks:
            task.cancel()
        self._runs.clear()
        if self._watching is not None:
            # Asked to end, not cancelled: it may be speaking to Redis.
            self._watching.ending = True
            self._watching.poked.set()
            if self._watching.task is not None:
                tasks.append(self._watching.task)
            self._watching = None
        return tasks

    async def retry_no_more(self, name: str) -> None:
        """Have a job that waits to be tried again not be so: it is about to be defined otherwise."""
        with suppress(Refusal, TurnLost):  # there is none of that name, or somebody runs it
            _, runs = await self.store.read(name)
            if runs and runs[0].state == RETRYING and (turn := await self.store.take(name)):
                runs[0] = replace(runs[0], state=FAILED, next_attempt=None, next_due=None)
                await self.store.end(turn, runs, math.inf)

    async def run_now(self, name: str) -> tuple[Run, asyncio.Task[Run]]:
        """Run a job now; return its run as it begins, and what ends with the run.

        Raises:
            Refusal: there is no such job (604), or it runs already (409).
        """
        await self.store.read(name)
        turn = await self.store.take(name)
        if turn is None:
            raise Refusal(Code.CONFLICT, f'"{name}" runs already.', "Its history tells how it goes.")
        job, run = await self._begun(turn)
        assert run is not None
        return run, self._carry_out(job, run, turn)

    # Looking

    async def _watch(self, watching: Watching) -> None:
        while not watching.ending and not _cancelled():
            watching.poked.clear()
            due: float | None = None
            with suppress(Exception):  # no Redis: whoever asks is told, and later it is tried again
                due = await self._look(watching)
            if not watching.ending:
                await self._rest(watching, due)

    async def _look(self, watching: Watching) -> float | None:
        """Run what is due and what was left; return when the next job is due."""
        now = self.runtime.clock.now()
        scheduled = await self.store.scheduled()
        waiting = {name for name, due in scheduled if due <= now} | set(await self.store.running())
        for name in sorted(waiting - set(self._runs)):
            with suppress(Refusal, TurnLost):  # removed meanwhile, or another replica was faster
                await self._take_up(name, watching)
        return min((due for _, due in scheduled if due > now), default=None)

    async def _take_up(self, name: str, watching: Watching) -> None:
        """Run a job that is due, or go on with one that was left; unless another replica does."""
        if turn := await self.store.take(name):
            job, run = await self._begun(turn, by_schedule=True)
            if run is not None and watching.ending:
                await self.store.give_up(turn)  # another replica goes on with it
            elif run is not None:
                self._carry_out(job, run, turn)

    async def _rest(self, watching: Watching, due: float | None) -> None:
        """Wait until a job is due, something was changed, or it is time to look for what others did."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(watching.poked.wait())]
        if due is not None:
            waits.append(asyncio.create_task(self.runtime.clock.passes(due)))
        try:
            await asyncio.wait(waits, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    # Running

    async def _begun(self, turn: Turn, *, by_schedule: bool = False) -> tuple[Job, Run | None]:
        """Begin a run, or go on with one that was left, or is to be tried again.

        Returns:
            The job, and the run; no run when the job is no longer due by its schedule.
        """
        try:
            now = self.runtime.clock.now()
            job, runs = await self.store.read(turn.job)
            due = await self.store.due(turn.job)
            latest = runs[0] if runs else None
            if latest is not None and latest.state == RUNNING:
                run = latest
            elif by_schedule and due > now:
                await self.store.give_up(turn)
                return job, None
            elif latest is not None and latest.state == RETRYING:
                due = math.inf if latest.next_due is None else latest.next_due
                run = runs[0] = replace(latest, state=RUNNING, ended="", reason="", next_attempt=None, next_due=None)
            else:
                trigger = "schedule" if by_schedule else "request"
                run = Run(RUNNING, iso(now), number=await self.store.next_number(), trigger=trigger)
                runs.insert(0, run)
                if by_schedule:
                    due = job.next_due(now, await self.zone(job))
            await self.store.begin(turn, runs, due)
        except BaseException:
            with suppress(Exception):
                await self.store.give_up(turn)
            raise
        return job, run

    def _carry_out(self, job: Job, run: Run, turn: Turn) -> asyncio.Task[Run]:
        """Have a run go on in the background."""
        task = asyncio.create_task(self._run(job, run, turn))
        self._runs[job.name] = task
        task.add_done_callback(lambda ended: self._over(job.name, ended))
        return task

    def _over(self, name: str, task: asyncio.Task[Run]) -> None:
        if self._runs.get(name) is task:
            del self._runs[name]
        if not task.cancelled():
            task.exception()  # whoever waits for the run is told; nobody else has to ask
        self.poke()

    async def _run(self, job: Job, run: Run, turn: Turn) -> Run:
        """Make one attempt; return the run as it is then.

        Raises:
            TurnLost: another replica goes on with it.
        """
        began = self.runtime.clock.now()
        latest = run

        async def note(so_far: Run, taken: Step | None) -> None:
            nonlocal latest
            latest = so_far
            await self.store.note(turn, await self._runs_with(turn, so_far), taken)

        self.runtime.metrics.count("cxc_js_jobs_running_total")
        try:
            work = asyncio.create_task(self._attempt(job, run, note))
            done = await watched(work, store.TURN_SECONDS / 3, lambda: self.store.keep_up(turn))
        except TurnLost:
            raise
        except BaseException as error:
            if _cancelled() or not isinstance(error, Exception):
                with suppress(Exception):  # whoever comes next goes on with it
                    await self.store.give_up(turn)
                raise
            return await self._ended(turn, latest.with_attempt(began, self.runtime.clock.now(), _reason(error)))
        else:
            return await self._ended(turn, replace(done, state="done", ended=iso(self.runtime.clock.now()), reason=""))
        finally:
            self.runtime.metrics.count("cxc_js_jobs_running_total", -1)

    async def _attempt(self, job: Job, run: Run, note: Any) -> Run:
        try:
            async with asyncio.timeout(RUN_WITHIN):
                return await Work(self.runtime, job, note).do(run, await self.store.taken(job.name))
        except TimeoutError:
            raise Refusal(Code.FAILED, f"The run took longer than {RUN_WITHIN:.0f} s.") from None

    async def _ended(self, turn: Turn, run: Run) -> Run:
        """Note how an attempt ended: for good, or to be made again."""
        runs = await self._runs_with(turn, run)
        now, (job, _) = self.runtime.clock.now(), await self.store.read(turn.job)
        due = await self.store.due(turn.job)
        if run.state == RUNNING:  # it failed
            reason = run.attempts[-1]["reason"]
            if len(run.attempts) <= job.retries:
                again = now + job.pause(len(run.attempts))
                run = runs[0] = run.retrying(now, reason, again, due)
                await self.store.end(turn, runs, again)
                return run
            run = runs[0] = run.failed(now, reason)
        if due <= now and job.overlap == "skip":
            skipped = Run(SKIPPED, iso(now), iso(now), "It was due while the run before was still under way.")
            runs.insert(1, replace(skipped, number=await self.store.next_number(), trigger="schedule"))
            due = job.next_due(now, await self.zone(job))
        await self.store.end(turn, runs, due)
        return run

    async def _runs_with(self, turn: Turn, run: Run) -> list[Run]:
        """Return the job's runs, the first of them as it is now.

        Raises:
            TurnLost: the job is gone.
        """
        try:
            _, runs = await self.store.read(turn.job)
        except Refusal as refusal:
            if refusal.code == Code.NOT_FOUND:
                raise TurnLost from None
            raise
        return [run, *runs[1:]]


def _cancelled() -> bool:
    """Return whether the present task is to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _reason(error: Exception) -> str:
    if isinstance(error, Refusal):
        return f"{error.message} {error.detail}".strip()
    if isinstance(error, CxmockError):
        return f"{error.what} {error.fix}"
    return f"{type(error).__name__}: {error}"
