"""Waiting for a condition, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable


async def until(
    happened: Callable[[], bool] | Callable[[], Awaitable[bool]], *, within: float, every: float = 0.002
) -> bool:
    """Wait until ``happened()`` is true, looking every ``every`` seconds for at most ``within`` seconds.

    Returns:
        Whether it happened. ``happened`` may be a coroutine function.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        result = happened()
        if await result if isawaitable(result) else result:
            return True
        if loop.time() >= deadline:
            return False
        tick: asyncio.Future[None] = loop.create_future()
        handle = loop.call_later(every, _done, tick)
        try:
            await tick
        finally:
            handle.cancel()


def _done(tick: asyncio.Future[None]) -> None:
    if not tick.done():
        tick.set_result(None)
