"""Job Scheduler: fetches files from the customer's server and has them imported, and takes results back there."""

from __future__ import annotations

import asyncio
import posixpath
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import quote

from cxmock.errors.base import CxmockError
from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, done, given
from cxmock.reference.paging import Paging
from cxmock.reference.service import API, Runtime
from cxmock.reference.services.job_scheduler.jobs import Job, Jobs, Run, failed, iso, job_of
from cxmock.reference.services.job_scheduler.lists import JOB
from cxmock.reference.services.job_scheduler.transfer import deliver, fetch, logged_in, matching
from cxmock.reference.settings import Settings
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

JOBS = f"{API}/jobs"
IMPORT_WITHIN = 300.0
"""Seconds for List Builder to import one file."""


@dataclass
class JobScheduler:
    """List-automation jobs, as documented: schedule, server, action. Their paths and JSON are assumed.

    Jobs and their history are in Redis. Of several replicas exactly one runs a job that is due.
    """

    runtime: Runtime
    _tasks: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    """What runs or waits in this process, by ``run <job>`` and ``wait <job>``."""
    _looked: bool = False
    _stopping: bool = False

    routes = Routes()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if not self._looked:
            await self._take_up()
        return await self.runtime.answer(self, self.routes, request)

    def reset(self) -> None:
        """Return to the state right after the start; what runs is cut short."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._looked = False
        self.runtime.reset()

    def keep(self) -> RememberedPart:
        """Return what is counted, to be put back later; all else is in Redis, PostgreSQL and Configuration."""
        return RememberedPart(self.reset, self.runtime.counted)

    async def aclose(self) -> None:
        """End what runs, and close every client."""
        self._stopping = True
        tasks = list(self._tasks.values())
        self.reset()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.runtime.aclose()

    @property
    def jobs(self) -> Jobs:
        """The jobs in Redis."""
        return Jobs(self.runtime.redis, self.runtime.keys)

    @routes("GET", JOBS)
    async def list_jobs(self, request: Request) -> Response:
        """List the jobs, each with the state of its latest run."""
        paging, told = Paging.of(request, JOB), []
        for name in await self.jobs.names():
            with suppress(Refusal):  # removed meanwhile
                job, runs = await self.jobs.read(name)
                told.append({**job.shown(), "state": runs[0].state if runs else ""})
        return paging.of_rows(told)

    @routes("POST", JOBS)
    async def define(self, request: Request) -> Response:
        """Define a job: ``name``, ``action``, ``protocol``, ``path``, ``list``, ``schedule``, ..."""
        job = job_of(data_of(request))
        new = await self.jobs.define(job)
        self._wait_for(job.name, job.at)
        return done(job.shown(), status=201 if new else 200)

    @routes("GET", f"{JOBS}/{{name}}")
    async def show(self, request: Request) -> Response:
        """Tell about a job: what it is, and its runs, the latest first."""
        job, runs = await self.jobs.read(request.params["name"])
        state = runs[0].state if runs else ""
        return done({**job.shown(), "state": state, "history": [asdict(run) for run in runs]})

    @routes("DELETE", f"{JOBS}/{{name}}")
    async def remove(self, request: Request) -> Response:
        """Remove a job with its history."""
        name = request.params["name"]
        await self.jobs.read(name)
        self._wait_for(name, None)
        await self.jobs.forget(name)
        return done()

    @routes("POST", f"{JOBS}/{{name}}/run")
    async def run_now(self, request: Request) -> Response:
        """Run a job now. Answers with the run when it has ended; at once with ``"wait": false``."""
        job, _ = await self.jobs.read(request.params["name"])
        run = await self._begin(job)
        if run is None:
            raise Refusal(Code.CONFLICT, f'"{job.name}" runs already.', f"GET {JOBS}/{job.name} tells how it goes.")
        task = self._tasks[f"run {job.name}"]
        if not given(data_of(request), "wait", True):
            return done(asdict(run), code=Code.ACCEPTED)
        await asyncio.wait([task])  # who asked may go away, the run goes on
        if task.cancelled():
            raise Refusal(Code.FAILED, f'The run of "{job.name}" was cut short.', "The Job Scheduler was stopped.")
        return done(asdict(task.result()))

    # Schedules

    async def _take_up(self) -> None:
        """Wait for the jobs that an earlier process was told to run."""
        with suppress(Exception):  # no Redis: whatever was asked will say so, and the next request tries again
            for name, at in await self.jobs.scheduled():
                self._wait_for(name, at)
            self._looked = True

    def _wait_for(self, name: str, at: float | None) -> None:
        """Run a job at ``at`` (UTC seconds), and at no other time that was planned before."""
        if old := self._tasks.pop(f"wait {name}", None):
            old.cancel()
        if at is not None:
            self._keep(f"wait {name}", asyncio.create_task(self._run_at(name, at)))

    async def _run_at(self, name: str, at: float) -> None:
        await self.runtime.clock.reach(at)
        if await self.jobs.claim(name):
            job, _ = await self.jobs.read(name)
            await self._begin(job)

    def _keep(self, key: str, task: asyncio.Task[Any]) -> None:
        def ended(task: asyncio.Task[Any]) -> None:
            if self._tasks.get(key) is task:
                del self._tasks[key]
            if not task.cancelled():
                task.exception()  # told in the job's history, as far as Redis could be reached

        self._tasks[key] = task
        task.add_done_callback(ended)

    # Runs

    async def _begin(self, job: Job) -> Run | None:
        """Begin to run a job; None if a run of it is under way."""
        run = Run("running", iso(self.runtime.clock.now()))
        if not await self.jobs.begin(job.name, run):
            return None
        self._keep(f"run {job.name}", asyncio.create_task(self._run(job, run)))
        return run

    async def _run(self, job: Job, run: Run) -> Run:
        """Run a job to its end, whatever that is, and note it."""
        metrics = self.runtime.metrics
        metrics.count("cxc_js_jobs_running_total", 1)
        try:
            files, result = await self._act(job)
            ended = replace(run, state="done", ended=self._now(), files=files, result=result)
        except Refusal as refusal:
            ended = failed(run, self._now(), f"{refusal.message} {refusal.detail}".strip())
        except CxmockError as error:
            ended = failed(run, self._now(), f"{error.what} {error.fix}")
        except asyncio.CancelledError:
            if self._stopping:
                with suppress(Exception):
                    await self.jobs.end(job.name, failed(run, self._now(), "The Job Scheduler was stopped."))
            raise
        except Exception as error:
            ended = failed(run, self._now(), f"{type(error).__name__}: {error}")
        finally:
            metrics.count("cxc_js_jobs_running_total", -1)
        await self.jobs.end(job.name, ended)
        return ended

    async def _act(self, job: Job) -> tuple[list[str], dict[str, Any]]:
        """Do what the job is for; return the files on the server and what came of them."""
        async with logged_in(job.protocol, self.runtime.settings) as client:
            list_manager = self.runtime.back_end(Component.LIST_MANAGER)
            list_builder = self.runtime.back_end(Component.LIST_BUILDER, within=IMPORT_WITHIN)
            if job.action == "export-results":
                file = f"export/{job.name}-{posixpath.basename(job.path)}"
                target = f"{API}/contact-lists/{quote(job.list)}/export"
                result: dict[str, Any] = await list_builder.ask("POST", target, json={"file": file})
                size = await deliver(client, job.path, list_manager, file)
                return [job.path], {**result, "size": size}
            paths = await matching(client, job.path)
            results = []
            for number, path in enumerate(paths):
                file = f"import/{job.name}-{posixpath.basename(path)}"
                await fetch(client, path, list_manager, file)
                kind, order = _order(job, file, first=number == 0)
                results.append(await list_builder.ask("POST", f"{API}/{kind}", json=order))
            return paths, results[0] if len(results) == 1 else {"files": results}

    def _now(self) -> str:
        return iso(self.runtime.clock.now())


def _order(job: Job, file: str, *, first: bool) -> tuple[str, dict[str, Any]]:
    """Return what List Builder is asked to import, and how."""
    order: dict[str, Any] = {"name": job.list, "file": file, "country": job.country, "encoding": job.encoding}
    if job.action == "import-suppression":
        return "suppression-lists", {**order, "type": job.type, "channel": job.channel, "required": job.required}
    return "contact-lists", {**order, "append": job.action == "append-contacts" or not first}


def build(settings: Settings, clock: Clock) -> JobScheduler:
    """Return the service."""
    return JobScheduler(Runtime(settings, clock, "cxc-job-scheduler", "cxc_js_"))
