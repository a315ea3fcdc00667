"""What a job does when it runs, file by file; a run that was cut short goes on where it was."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from cxmock.net.waiting import until
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API
from cxmock.reference.services.job_scheduler.jobs import OF_CONTACTS, Job, Run, Step, counts_of
from cxmock.reference.services.job_scheduler.transfer import chosen, deliver, fetch, logged_in, matching
from cxmock.topology import Component

IMPORT_WITHIN = 300.0
"""Seconds for List Builder to import one file."""
STARTED_FROM = {"NotLoaded": ("load", "start"), "Active": ("start",), "Paused": ("resume",)}
"""Where a campaign group may stand that is to be started, and how it is."""

DEATHS = 4
"""List Builders that may die over one file, before that is taken for the file's fault."""
CUT_SHORT = "cut short"
"""Why an import failed, where List Builder tells that nobody is at work on it any more."""
CANCEL_EVERY = 0.5
"""Seconds after which what did not end is cancelled again."""

_NO_COUNTS = ("id", "began", "ended")
"""Numbers that are told of an import and count nothing."""

Note = Callable[[Run, Step | None], Awaitable[None]]
"""Notes how far a run is, and maybe which file was taken; raises when the run is somebody else's by now."""


class Work:
    """Does what a job is for.

    Args:
        runtime: the ways to others.
        job: what is to be done.
        note: see :data:`Note`; called before and after everything that must not be done twice.
    """

    def __init__(self, runtime: Runtime, job: Job, note: Note) -> None:
        self._runtime = runtime
        self._job = job
        self._note = note
        self._list_builder = runtime.back_end(Component.LIST_BUILDER, within=IMPORT_WITHIN)

    async def do(self, run: Run, taken: dict[str, str]) -> Run:
        """Do what is left of ``run``; return it with what came of it. ``taken`` are the files of earlier runs."""
        async with logged_in(self._job.protocol, self._runtime.settings) as client:
            list_manager = self._runtime.back_end(Component.LIST_MANAGER)
            if self._job.action == "export-results":
                return await self._export(run, client, list_manager)
            if not run.steps:
                await self._expect_list()
                paths = await matching(client, self._job)
                if gone := set(taken) - set(paths):
                    await self._runtime.redis.hdel(self._runtime.keys.job_taken(self._job.name), *sorted(gone))
                run = replace(run, steps=await chosen(client, self._job, paths, taken))
                run = replace(run, files=[step.path for step in run.steps])
                await self._note(run, None)
            for number, step in enumerate(run.steps):
                if not step.done:
                    run = await self._import(run, number, client, list_manager)
        if self._job.campaign_group and (run.steps or self._job.files != "new"):
            await self._start_campaign_group()
        results = [step.result for step in run.steps]
        result = results[0] if len(results) == 1 else {"files": results}
        return replace(run, result=result, counts=counts_of(results))

    async def _import(self, run: Run, number: int, client: Any, list_manager: Caller) -> Run:
        """Fetch and import one file of a run; return the run with that."""
        step = run.steps[number]
        file = f"import/{self._job.name[:40]}-{run.number}-{posixpath.basename(step.path)}"
        result = await self._was_imported(file) if step.asked else None
        if result is None:
            await fetch(client, step.path, list_manager, file)
            run = _with(run, number, replace(step, asked=True))
            await self._note(run, None)
            try:
                result = await self._imported(file, first=number == 0)
            except Refusal as refusal:
                if refusal.code != Code.BACK_END:  # it is known that nothing was imported
                    await self._note(_with(run, number, step), None)
                raise
        done = replace(run.steps[number], done=True, result=result)
        run = _with(run, number, done)
        await self._note(run, done if self._job.files == "new" else None)
        return run

    async def _imported(self, file: str, *, first: bool) -> dict[str, Any]:
        """Have a file of the share imported; return what came of it.

        A List Builder that died over it imported nothing: another is asked, a few times.
        """
        kind, order = self._order(file, first=first)
        for _ in range(DEATHS):
            try:
                result: dict[str, Any] = await self._list_builder.ask("POST", f"{API}/{kind}", json=order)
            except Refusal as refusal:
                if refusal.code != Code.BACK_END or self._job.action not in OF_CONTACTS:
                    raise
                with suppress(Refusal):  # what was refused first is the one to tell
                    if (told := await self._came_of(file)) and told["status"] == "done":
                        return self._result(file, told)
                    if told and told["reason"] == CUT_SHORT:
                        continue
                raise
            return result
        raise Refusal(
            Code.BACK_END,
            f"{DEATHS} List Builders died, one after the other, while they imported {file}.",
            "Their logs may tell why.",
        )

    def _order(self, file: str, *, first: bool) -> tuple[str, dict[str, Any]]:
        """Return what List Builder is asked to import, and how."""
        job = self._job
        order: dict[str, Any] = {"name": job.list, "file": file, "country": job.country, "encoding": job.encoding}
        if job.action not in OF_CONTACTS:
            return "suppression-lists", {
                **order,
                **job.options,
                "type": job.type,
                "channel": job.channel,
                "required": job.required,
            }
        if not job.options:
            return "contact-lists", {**order, "append": job.action == "append-contacts" or not first}
        mode = job.options.get("mode") or ("append" if job.action == "append-contacts" else "create")
        if not first and mode in ("create", "replace"):
            mode = "append"
        return "contact-lists", {**order, **job.options, "mode": mode}

    async def _was_imported(self, file: str) -> dict[str, Any] | None:
        """Return what came of an import that was begun by a run which was cut short; None when nothing came of it.

        An import that is still under way is waited for. Entries of suppression lists can be imported twice.
        """
        if self._job.action not in OF_CONTACTS:
            return None
        told = await self._came_of(file)
        return self._result(file, told) if told and told["status"] == "done" else None

    async def _came_of(self, file: str) -> dict[str, Any] | None:
        """Return what List Builder tells of the imports of a file, once they are over: of one that was done, else of
        the latest; None without any."""
        target = f"{API}/contact-lists/{quote(self._job.list)}/imports"
        found: list[dict[str, Any]] = []

        async def over() -> bool:
            found[:] = [one for one in await self._list_builder.ask("GET", target) if one["file"] == file]
            return all(one["status"] != "running" for one in found)

        await until(over, within=IMPORT_WITHIN, every=0.2)
        return next((one for one in found if one["status"] == "done"), next(iter(found), None))

    def _result(self, file: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the answer to an import would have told, as far as is known later."""
        counts = {name: value for name, value in told.items() if type(value) is int and name not in _NO_COUNTS}
        counts["contacts"] = counts.pop("imported", 0)
        return {"name": self._job.list, "file": file, **counts}

    async def _expect_list(self) -> None:
        """Refuse (604) to append to a suppression list that is not there; of contact lists, List Builder says so."""
        if self._job.action == "append-suppression":
            await self._list_builder.ask("GET", f"{API}/suppression-lists/{quote(self._job.list)}")

    async def _export(self, run: Run, client: Any, list_manager: Caller) -> Run:
        job = self._job
        file = f"export/{job.name[:40]}-{run.number}-{posixpath.basename(job.path)}"
        target = f"{API}/contact-lists/{quote(job.list)}/export"
        result: dict[str, Any] = await self._list_builder.ask("POST", target, json={"file": file})
        size = await deliver(client, job.path, list_manager, file)
        result = {**result, "size": size}
        return replace(run, files=[job.path], result=result, counts=counts_of([result]))

    async def _start_campaign_group(self) -> None:
        """Load and start the campaign group, unless it dials already."""
        manager = self._runtime.back_end(Component.CAMPAIGN_MANAGER)
        path = f"{API}/campaign-groups/{quote(self._job.campaign_group)}"
        stands = (await manager.ask("GET", path))["status"]
        for command in STARTED_FROM.get(stands, ()):
            await manager.ask("POST", f"{path}/{command}", json={})
        if stands not in (*STARTED_FROM, "Running"):
            raise Refusal(
                Code.CONFLICT,
                f'The campaign group "{self._job.campaign_group}" is {stands}; it cannot be started.',
                "The file was imported.",
            )


def _with(run: Run, number: int, step: Step) -> Run:
    """Return the run with another step in that place."""
    steps = list(run.steps)
    steps[number] = step
    return replace(run, steps=steps)


async def watched(work: asyncio.Task[Run], every: float, keep_up: Callable[[], Awaitable[None]]) -> Run:
    """Return what ``work`` returns; meanwhile call ``keep_up`` every so many seconds. What it raises ends the work."""
    try:
        while not work.done():
            await asyncio.wait([work], timeout=every)
            if not work.done():
                await keep_up()
        return work.result()
    finally:
        work.cancel()
        await ended([work])


async def ended(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Wait for tasks that are to end. They are cancelled, again and again if need be.

    A library may take a cancellation for the end of its connection, and go on.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        _, left = await asyncio.wait(left, timeout=CANCEL_EVERY)
        for task in left:
            task.cancel()
