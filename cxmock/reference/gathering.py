"""One question for all who ask at once: what is looked up by name, again and again, costs a statement for many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class Gathering(Generic[V]):
    """Looks things up by their names.

    Who asks while a question is under way waits for the next one, so that nobody is told what was true before asking.

    Args:
        look_up: returns what there is of some names, each of them once.
    """

    def __init__(self, look_up: Callable[[list[str]], Awaitable[Mapping[str, V]]]) -> None:
        self._look_up = look_up
        self._wanted: list[tuple[str, asyncio.Future[V | None]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def find(self, name: str) -> V | None:
        """Return what has that name, or None; whatever goes wrong with the question is raised to all who share it."""
        found: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._wanted.append((name, found))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await found

    async def _ask(self) -> None:
        while self._wanted:
            wanted, self._wanted = self._wanted, []
            try:
                there = await self._look_up(sorted({name for name, _ in wanted}))
            except Exception as error:
                for _, found in wanted:
                    if not found.done():
                        found.set_exception(error)
                continue
            for name, found in wanted:
                if not found.done():
                    found.set_result(there.get(name))
