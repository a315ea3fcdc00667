"""Job Scheduler: fetches files from the customer's server and has them imported, and takes results back there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from cxmock.net.clock import Clock
from cxmock.reference.account import account
from cxmock.reference.envelope import Code, Refusal, data_of, done, given
from cxmock.reference.paging import Paging
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.job_scheduler.jobs import Job, Run, job_of
from cxmock.reference.services.job_scheduler.lists import HISTORY, JOB
from cxmock.reference.services.job_scheduler.runner import Runner
from cxmock.reference.services.job_scheduler.schedule import iso
from cxmock.reference.services.job_scheduler.store import Store, TurnLost
from cxmock.reference.services.job_scheduler.work import ended
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

JOBS = f"{API}/jobs"


@dataclass
class JobScheduler(Service):
    """List-automation jobs, as documented: schedule, server, action. Their paths and JSON are assumed.

    Jobs and their history are in Redis. Of several replicas exactly one runs a job that is due, and another goes on
    with what one leaves that dies.
    """

    runner: Runner = field(init=False)

    routes = Routes()

    def __post_init__(self) -> None:
        self.runner = Runner(self.runtime, self._zone)

    def begin(self) -> None:
        """Look for jobs that are due from now on, though nobody has asked for anything yet."""
        self.runner.watch()

    def reset(self) -> None:
        """Return to the state right after the start; what runs is cut short."""
        for task in self.runner.cut_short():
            self.runtime.see_end(task)
        super().reset()

    async def aclose(self) -> None:
        """Leave what runs to another replica, and close every client."""
        ending = self.runner.cut_short()
        self.runtime.reset()
        await ended(ending)
        await super().aclose()

    @property
    def store(self) -> Store:
        """The jobs in Redis."""
        return self.runner.store

    @routes("GET", JOBS)
    async def list_jobs(self, request: Request) -> Response:
        """List the jobs, each with the state of its latest run."""
        paging = Paging.of(request, JOB)
        return paging.of_rows([{**job.shown(), "state": _state(runs)} for job, runs in await self.store.all()])

    @routes("POST", JOBS)
    async def define(self, request: Request) -> Response:
        """Define a job, or define one of that name otherwise: it keeps its history."""
        job = job_of(data_of(request))
        await self._expect_campaign_group(job)
        new = await self._define(job)
        return done(await self._shown(job), status=201 if new else 200)

    @routes("GET", f"{JOBS}/{{name}}")
    async def show(self, request: Request) -> Response:
        """Tell about a job: what it is, when it is due, and its runs, the latest first."""
        job, runs = await self.store.read(request.params["name"])
        return done({**await self._shown(job), "state": _state(runs), "history": [run.shown() for run in runs]})

    @routes("PUT", f"{JOBS}/{{name}}")
    async def redefine(self, request: Request) -> Response:
        """Set all of a job's fields: what is not given has its default."""
        name, data = request.params["name"], data_of(request)
        await self.store.read(name)
        if data.get("name") not in (None, name):
            raise Refusal(Code.INVALID, f'"name" is {data["name"]!r:.60}, the path says "{name:.60}".')
        job = job_of({**data, "name": name})
        await self._expect_campaign_group(job)
        await self._define(job)
        return done(await self._shown(job))

    @routes("DELETE", f"{JOBS}/{{name}}")
    async def remove(self, request: Request) -> Response:
        """Remove a job with its history; a run that is under way is cut short."""
        name = request.params["name"]
        await self.store.read(name)
        await self.store.forget(name)
        return done()

    @routes("GET", f"{JOBS}/{{name}}/history")
    async def history(self, request: Request) -> Response:
        """List a job's runs, the latest first, with what became of each."""
        paging = Paging.of(request, HISTORY)
        _, runs = await self.store.read(request.params["name"])
        return paging.of_rows([{"name": str(run.number), **run.shown()} for run in runs])

    @routes("POST", f"{JOBS}/{{name}}/enable")
    async def enable(self, request: Request) -> Response:
        """Have a job's schedule hold."""
        return await self._switch(request, enabled=True)

    @routes("POST", f"{JOBS}/{{name}}/disable")
    async def disable(self, request: Request) -> Response:
        """Have a job's schedule hold no more; it still runs when somebody asks for it."""
        return await self._switch(request, enabled=False)

    @routes("POST", f"{JOBS}/{{name}}/run")
    async def run_now(self, request: Request) -> Response:
        """Run a job now. Answers with the run when its attempt has ended; at once with ``"wait": false``."""
        name = request.params["name"]
        wait = given(data_of(request), "wait", True)
        run, ending = await self.runner.run_now(name)
        if not wait:
            return done(run.shown(), code=Code.ACCEPTED)
        await asyncio.wait([ending])  # who asked may go away, the run goes on
        try:
            return done(ending.result().shown())
        except (TurnLost, asyncio.CancelledError):
            raise Refusal(
                Code.FAILED, f'The run of "{name}" was cut short.', "Its history tells whether another went on with it."
            ) from None

    # Inside

    async def _define(self, job: Job) -> bool:
        """Keep a job; return whether it is a new one."""
        await self.runner.retry_no_more(job.name)
        new = await self.store.define(job, job.first_due(self.runtime.clock.now(), await self._zone(job)))
        self.runner.poke()
        return new

    async def _switch(self, request: Request, *, enabled: bool) -> Response:
        job, _ = await self.store.read(request.params["name"])
        job = replace(job, enabled=enabled)
        await self._define(job)
        return done(await self._shown(job))

    async def _shown(self, job: Job) -> dict[str, object]:
        due = await self.store.due(job.name)
        return {**job.shown(), "nextRun": None if due == float("inf") else iso(due)}

    async def _expect_campaign_group(self, job: Job) -> None:
        """Refuse (604) a campaign group that is not there."""
        if job.campaign_group:
            target = f"{API}/campaign-groups/{quote(job.campaign_group)}"
            await self.runtime.back_end(Component.CAMPAIGN_MANAGER).ask("GET", target)

    async def _zone(self, job: Job) -> str:
        """Return the account's time zone, if the job goes by it."""
        if job.schedule is None or not job.schedule.cron or job.schedule.zone:
            return "UTC"
        return str((await account(self.runtime))["timeZone"])


def _state(runs: list[Run]) -> str:
    return runs[0].state if runs else ""


def build(settings: Settings, clock: Clock) -> JobScheduler:
    """Return the service."""
    return JobScheduler(Runtime(settings, clock, "cxc-job-scheduler", "cxc_js_"))
