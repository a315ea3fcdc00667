"""Named objects are found by as few statements as there have to be, and every caller gets what was asked for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cxmock.reference.objects import Objects
from cxmock.reference.runtime import Runtime


class Database:
    """Answers each statement when it is let."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.answers = asyncio.Event()
        self.broken = False

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        self.asked.append(sorted(values[-1]))
        await self.answers.wait()
        if self.broken:
            raise ConnectionError("gone")
        return [(name, 1, 0, 0, {}) for name in values[-1] if name != "nobody"]


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def objects(database: Database) -> Objects:
    runtime = SimpleNamespace(settings=SimpleNamespace(ccid="4711"), postgres=database)
    return Objects(cast("Runtime", runtime), "labels")


async def asking(objects: Objects, *names: str) -> list[asyncio.Task[Any]]:
    """Ask for some objects at once; the statement for them is under way when this returns."""
    tasks = [asyncio.create_task(objects.find(name)) for name in names]
    for _ in range(3):
        await asyncio.wait(tasks, timeout=0)
    return tasks


@pytest.mark.asyncio
async def test_who_asks_at_once_shares_a_statement(objects: Objects, database: Database) -> None:
    first = await asking(objects, "a", "b", "b", "nobody")
    later = await asking(objects, "a", "c")
    database.answers.set()

    found = await asyncio.gather(*first, *later)
    assert [one and one.name for one in found] == ["a", "b", "b", None, "a", "c"]
    assert database.asked == [["a", "b", "nobody"], ["a", "c"]]


@pytest.mark.asyncio
async def test_who_asks_later_sees_what_was_written_meanwhile(objects: Objects, database: Database) -> None:
    """A statement that is under way is not waited for by who comes after it: it may be too old."""
    await asking(objects, "a")
    await asking(objects, "a")
    database.answers.set()
    await objects.find("a")
    assert len(database.asked) >= 2


@pytest.mark.asyncio
async def test_who_goes_away_takes_nobody_along(objects: Objects, database: Database) -> None:
    gone, stays = await asking(objects, "a", "b")
    gone.cancel()
    database.answers.set()
    assert (await stays).name == "b"


@pytest.mark.asyncio
async def test_a_failure_is_told_to_all_who_asked_and_to_nobody_else(objects: Objects, database: Database) -> None:
    database.broken = True
    tasks = await asking(objects, "a", "b")
    database.answers.set()
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [ConnectionError] * 2
    database.broken = False
    found = await objects.find("a")
    assert found is not None
