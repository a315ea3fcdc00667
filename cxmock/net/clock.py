"""The testbed's clock: real time by default, set and moved by whoever tests."""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import time
from pathlib import Path
from typing import Self

LOOK_EVERY = 0.1
"""Seconds between two looks of who waits by a clock that another process moves."""


class Clock:
    """UTC time in seconds, which can be set, advanced, and made to jump over waits.

    >>> clock = Clock(start=1_767_225_600)
    >>> clock.advance(60)
    >>> round(clock.now()) >= 1_767_225_660
    True

    Args:
        start: the UTC time to begin at; None for the real one.
        jumping: when True, :meth:`reach` moves the clock instead of waiting. A campaign of a day then takes seconds.
        horizon: how far it jumps, in UTC seconds; who wants to go beyond waits.
    """

    def __init__(self, start: float | None = None, *, jumping: bool = False, horizon: float | None = None) -> None:
        self.jumping = jumping
        self.horizon = horizon
        self._start = start
        self._ahead: list[float] | memoryview[float] = [0.0 if start is None else start - time.time()]
        self._followed = False
        self._waiting: set[_Waiter] = set()

    @classmethod
    def following(cls, file: str | Path) -> Self:
        """Return a clock that goes with the one that shares itself in ``file``, in another process."""
        clock = cls()
        with Path(file).open("rb") as shared:
            clock._ahead = memoryview(mmap.mmap(shared.fileno(), 8, access=mmap.ACCESS_READ)).cast("d")
        clock._followed = True
        return clock

    def share(self, file: Path) -> None:
        """Have clocks of other processes follow this one: by how much it is ahead stands in ``file`` from now on."""
        file.write_bytes(bytes(8))
        with file.open("r+b") as shared:
            ahead = memoryview(mmap.mmap(shared.fileno(), 8)).cast("d")
        ahead[0] = self._ahead[0]
        self._ahead = ahead

    def now(self) -> float:
        """Return the time, in UTC seconds."""
        return time.time() + self._ahead[0]

    @property
    def ahead(self) -> float:
        """Seconds by which it is ahead of the real time."""
        return self._ahead[0]

    def set(self, when: float) -> None:
        """Make it ``when`` now."""
        self.advance(when - self.now())

    def reset(self) -> None:
        """Return to the time it began at, or to the real one."""
        self.set(time.time() if self._start is None else self._start)

    def advance(self, seconds: float) -> None:
        """Move the clock. Whoever waits for a moment that has thereby come goes on. May be called from any thread."""
        self._ahead[0] += seconds
        for waiter in tuple(self._waiting):
            waiter.look_again()

    async def reach(self, when: float) -> None:
        """Return when it is ``when`` (UTC seconds): by waiting, or at once by jumping."""
        left = when - self.now()
        if left > 0 and self.jumping and (self.horizon is None or when <= self.horizon):
            self.advance(left)
        else:
            await self.passes(when)

    async def passes(self, when: float) -> None:
        """Return when it is ``when``, by waiting: for who keeps pace with the clock but must not move it."""
        while (left := when - self.now()) > 0:
            waiter = _Waiter()
            self._waiting.add(waiter)
            try:
                # Not wait_for: before Python 3.12 that loses a cancellation which comes together with the event.
                async with asyncio.timeout(min(left, LOOK_EVERY) if self._followed else left):
                    await waiter.moved.wait()
            except TimeoutError:
                if not self._followed:
                    return
            finally:
                self._waiting.discard(waiter)


class _Waiter:
    """Somebody who waits on a loop for the clock."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def look_again(self) -> None:
        """Have the waiter look at the clock; an event may be set on its own loop only."""
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self.moved.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self.moved.set)
