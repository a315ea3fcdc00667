"""The clock is real, or set, or moved, or jumps."""

from __future__ import annotations

import asyncio
import time

import pytest

from cxmock.net.background import Background
from cxmock.net.clock import Clock


def test_by_default_it_tells_the_real_time() -> None:
    assert Clock().now() == pytest.approx(time.time(), abs=1)


def test_a_jumping_clock_reaches_tomorrow_at_once(background: Background) -> None:
    clock = Clock(start=0, jumping=True)
    background.run(clock.reach(86_400), within=5)

    assert clock.now() == pytest.approx(86_400, abs=1)


def test_a_jumping_clock_does_not_pass_its_horizon(background: Background) -> None:
    """Beyond it, it is a clock that stands still until somebody moves it."""
    clock = Clock(start=0, jumping=True, horizon=3600)

    async def beyond() -> bool:
        waiting = asyncio.ensure_future(clock.reach(7200))
        await asyncio.wait([waiting], timeout=0.05)
        early = waiting.done()
        clock.advance(7200)
        async with asyncio.timeout(5):
            await waiting
        return early

    assert background.run(beyond(), within=10) is False


@pytest.mark.parametrize("start", [None, 1000.0])
def test_reset_returns_to_where_it_began(start: float | None) -> None:
    clock = Clock(start)
    began = clock.now()
    clock.advance(86_400)

    clock.reset()

    assert clock.now() == pytest.approx(began, abs=1)


def test_whoever_waits_goes_on_when_the_clock_is_moved(background: Background) -> None:
    clock = Clock(start=0)

    async def moved() -> float:
        waiting = asyncio.ensure_future(clock.reach(3600))
        await asyncio.wait([waiting], timeout=0.01)
        clock.set(3600)
        async with asyncio.timeout(5):
            await waiting
        return clock.now()

    assert background.run(moved(), within=10) == pytest.approx(3600, abs=1)


def test_whoever_only_keeps_pace_does_not_make_the_clock_jump(background: Background) -> None:
    clock = Clock(start=0, jumping=True)

    async def paced() -> bool:
        pacing = asyncio.ensure_future(clock.passes(3600))
        await asyncio.wait([pacing], timeout=0.02)
        early = pacing.done()
        await clock.reach(7200)
        async with asyncio.timeout(5):
            await pacing
        return early

    assert background.run(paced(), within=10) is False
    assert clock.now() == pytest.approx(7200, abs=1)


def test_whoever_waits_goes_on_when_another_thread_moves_the_clock(background: Background) -> None:
    """Nothing else happens on the loop, which would wake it."""
    clock = Clock(start=0)
    waiting = asyncio.run_coroutine_threadsafe(clock.reach(3600), background.loop)
    background.call(lambda: None)

    clock.advance(3600)

    waiting.result(5)


def test_who_is_cancelled_while_the_clock_moves_is_cancelled() -> None:
    async def cancelled() -> bool:
        clock = Clock(start=0)
        waiting = asyncio.ensure_future(clock.passes(3600))
        await asyncio.wait([waiting], timeout=0.01)
        clock.advance(60)
        waiting.cancel()
        await asyncio.wait([waiting], timeout=0.1)
        return waiting.cancelled()

    assert asyncio.run(cancelled())
