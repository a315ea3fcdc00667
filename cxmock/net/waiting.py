"""Waiting for a condition, never for a time: on a loop, in a thread, and from a test that is a coroutine."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from typing import ParamSpec, TypeVar

from cxmock.errors.looking import note_if_it_held_up_a_loop

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that whoever looks for something waits for it, if nothing else is said."""


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


def patiently(look: Callable[[], T], *, within: float, every: float = 0.005) -> T:
    """Return what ``look`` returns, once it no longer says that something is not there. For threads, not for loops.

    Args:
        look: raises an ``AssertionError`` or a ``LookupError`` while there is nothing.
        within: seconds; then what was raised last is raised. 0 looks once.
        every: seconds between two looks.
    """
    deadline = time.monotonic() + within
    never = threading.Event()
    while True:
        try:
            return look()
        except (AssertionError, LookupError) as error:
            left = deadline - time.monotonic()
            if left <= 0:
                if within:
                    note_if_it_held_up_a_loop(error)
                raise
        never.wait(min(left, every))


async def waiting(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Await a call that blocks, and leave the event loop to others meanwhile; under asyncio and under trio.

    Whatever blocks in the testbed's face becomes awaitable so: waits, calls of CX Contact's API, a start.

    >>> async def test() -> str:
    ...     return await waiting(" and ".join, ["asyncio", "trio"])
    >>> asyncio.run(test())
    'asyncio and trio'

    Args:
        call: ``cx_journal.wait_for``, ``cx_contact.post``, ``cx_nexus.message``, ...
        args: its arguments.
        kwargs: its named arguments.

    Raises:
        asyncio.CancelledError: whoever awaits was cancelled; the call itself ends by its own limit.
    """
    calling = partial(call, *args, **kwargs)
    if "trio" in sys.modules and _under_trio():
        import trio

        result: T = await trio.to_thread.run_sync(calling, abandon_on_cancel=True)
        return result
    return await asyncio.to_thread(calling)


def _under_trio() -> bool:
    import trio

    return trio.lowlevel.in_trio_run()
