"""List Builder dies while it imports for a job: the run goes on with another, and imports everything once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from cxmock.net.waiting import patiently
from cxmock.testbed.faces.replicas import ReplicasFace
from cxmock.topology import Component
from tests.reference.job_scheduler.conftest import NUMBERS, Desk
from tests.reference.services.conftest import rows

Hold = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def list_builders(desk: Desk) -> Iterator[ReplicasFace]:
    """Two processes that are List Builder."""
    yield desk.testbed.replicate(Component.LIST_BUILDER, 2)


def test_a_run_goes_on_at_once_when_list_builder_dies_in_the_middle(
    desk: Desk, list_builders: ReplicasFace, held: Hold
) -> None:
    """What the dead one had not committed is gone; its import counts as cut short as soon as its session has ended."""
    desk.put("/in/leads.csv", *NUMBERS[:5])
    desk.define()
    with ThreadPoolExecutor() as pool:
        with held("Leads"):
            running = pool.submit(desk.api.post, "/jobs/nightly/run")
            patiently(lambda: _expect_imports(desk, ["running"]), within=5)
            [busy] = [one.name for one in desk.testbed.part(Component.LIST_BUILDER).fleet.ready if one.in_flight]
            list_builders.kill(busy)
        run = running.result(timeout=8)

    assert (run["state"], run["attempts"], run["result"]["contacts"]) == ("done", [], 5)
    assert (desk.contacts(), desk.imports()) == (5, 1)
    assert [(one["status"], one["reason"]) for one in desk.api.get("/contact-lists/Leads/imports")] == [
        ("done", ""),
        ("failed", "cut short"),
    ]


def test_an_import_that_somebody_is_at_work_on_is_not_given_up(desk: Desk, held: Hold) -> None:
    """Whoever looks on meanwhile is told that it is running, however long it takes."""
    desk.put("/in/leads.csv", *NUMBERS[:5])
    desk.define()
    with ThreadPoolExecutor() as pool:
        with held("Leads"):
            running = pool.submit(desk.api.post, "/jobs/nightly/run")
            patiently(lambda: _expect_imports(desk, ["running"]), within=5)
            for _ in range(3):
                assert [one["status"] for one in desk.api.get("/contact-lists/Leads/imports")] == ["running"]
        assert running.result(timeout=8)["state"] == "done"
    assert [one["status"] for one in desk.api.get("/contact-lists/Leads/imports")] == ["done"]


def _expect_imports(desk: Desk, states: list[str]) -> None:
    assert [row[0] for row in rows(desk.testbed, "SELECT status FROM cxc.import_run ORDER BY id")] == states
