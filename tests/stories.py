"""Async tests, told on a loop of their own."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import ParamSpec

P = ParamSpec("P")


def story(tell: Callable[P, Coroutine[None, None, None]]) -> Callable[P, None]:
    """Run an async test on a loop of its own, for ten seconds at most."""

    @functools.wraps(tell)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def within() -> None:
            async with asyncio.timeout(10):
                await tell(*args, **kwargs)

        asyncio.run(within())

    return run
