"""Several Job Schedulers on one store: one runs a job that is due, another goes on when that one dies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cxmock.net.waiting import patiently
from cxmock.reference.runtime import SERVICE_KEY_HEADER
from cxmock.reference.service import API
from cxmock.reference.services.job_scheduler import JobScheduler, build, store
from cxmock.reference.services.job_scheduler.jobs import Run
from cxmock.reference.services.job_scheduler.store import Store, TurnLost
from cxmock.reference.settings import Settings
from cxmock.wire.http import Request
from tests.reference.job_scheduler.conftest import NUMBERS, Desk

Hold = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def replicas(desk: Desk) -> Iterator[list[JobScheduler]]:
    """Two more Job Schedulers beside the one behind the ingress."""
    settings = Settings.from_env(desk.testbed.env)
    others = [build(settings, desk.testbed.clock) for _ in range(2)]

    async def begin() -> None:
        headers = {SERVICE_KEY_HEADER: desk.testbed.env["CX_SERVICE_KEY"]}
        for one in others:
            assert (await one.answer(Request("GET", f"{API}/jobs", headers))).status == 200

    desk.testbed.run(begin())
    yield others
    for one in others:
        desk.testbed.run(one.aclose())


def test_of_three_replicas_exactly_one_runs_each_job_that_is_due(desk: Desk, replicas: list[JobScheduler]) -> None:
    names = [f"job {number}" for number in range(6)]
    desk.put("/in/leads.csv", *NUMBERS[:2])
    for name in names:
        desk.define(name, list=name, schedule={"cron": "0 8 * * *"})

    desk.testbed.clock.advance(60)

    for name in names:
        desk.ran(1, name)
    assert desk.imports() == len(names)


def test_what_a_replica_leaves_that_dies_another_takes_up_and_nothing_is_imported_twice(
    desk: Desk, replicas: list[JobScheduler], held: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies while List Builder is at work for it: whoever goes on asks what came of that."""
    monkeypatch.setattr(store, "TURN_SECONDS", 1)
    victim = replicas[0]
    for number in (1, 2):
        desk.put(f"/in/leads-{number}.csv", NUMBERS[number])
    desk.define(path="/in/leads-*.csv")
    with held("Leads"):
        desk.testbed.run(victim.runner.run_now("nightly"))
        patiently(lambda: _expect_import_under_way(desk), within=5)
        desk.testbed.run(_dies(victim, monkeypatch))
        assert desk.history()[0]["state"] == "running"

    run = desk.ran(1)
    assert (run["files"], desk.contacts()) == (["/in/leads-1.csv", "/in/leads-2.csv"], 2)
    assert desk.imports() == 2


def _expect_import_under_way(desk: Desk) -> None:
    from tests.reference.services.conftest import rows

    assert rows(desk.testbed, "SELECT count(*) FROM cxc.import_run WHERE status = 'running'") == [(1,)]


async def _dies(victim: JobScheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    """End a replica as SIGKILL does: it tells nobody."""

    async def nothing(self: Store, turn: Any) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(Store, "give_up", nothing)
        await asyncio.gather(*victim.runner.cut_short(), return_exceptions=True)


def test_a_replica_that_is_stopped_leaves_its_run_to_another_at_once(
    desk: Desk, replicas: list[JobScheduler], held: Hold
) -> None:
    desk.put("/in/leads.csv", NUMBERS[0])
    desk.define()
    with held("Leads"):
        desk.testbed.run(replicas[0].runner.run_now("nightly"))
        patiently(lambda: _expect_import_under_way(desk), within=5)
        desk.testbed.run(replicas[0].aclose())
    assert desk.ran(1)["state"] == "done"
    assert (desk.contacts(), desk.imports()) == (1, 1)


def test_a_replica_that_was_held_up_for_long_writes_nothing_any_more(desk: Desk) -> None:
    """Its turn has ended, another has it: what it still wants to note is not noted."""
    desk.define()
    scheduler = desk.testbed.run(_another(desk))

    async def story() -> None:
        jobs = scheduler.store
        slow = await jobs.take("nightly")
        assert slow is not None and await jobs.take("nightly") is None
        await jobs.begin(slow, [Run("running", "2026-01-12T08:00:00Z", number=1)], float("inf"))
        await jobs.give_up(slow)
        quick = await jobs.take("nightly")
        assert quick is not None
        for late in (jobs.note(slow, [], None), jobs.end(slow, [], 0.0), jobs.keep_up(slow)):
            with pytest.raises(TurnLost):
                await late
        await jobs.give_up(slow)  # takes nothing from the other
        await jobs.keep_up(quick)
        _, runs = await jobs.read("nightly")
        assert [run.number for run in runs] == [1]
        await jobs.end(quick, runs, float("inf"))
        await scheduler.aclose()

    desk.testbed.run(story())


async def _another(desk: Desk) -> JobScheduler:
    return build(Settings.from_env(desk.testbed.env), desk.testbed.clock)
