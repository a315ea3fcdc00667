"""The background loop: its results, its limits in time, and interrupts that tear nothing."""

from __future__ import annotations

import asyncio
import math
import signal
import threading
from collections.abc import Iterator

import pytest

from cxmock.errors.background import TooSlow
from cxmock.net.background import Background
from cxmock.net.waiting import until


@pytest.fixture
def background() -> Iterator[Background]:
    with Background() as background:
        yield background


async def forever() -> None:
    await until(lambda: False, within=math.inf)


def test_what_takes_too_long_is_cancelled_and_named(background: Background) -> None:
    with pytest.raises(TooSlow, match=r"forever did not end within 0.01 s and was cancelled") as caught:
        background.run(forever(), within=0.01)

    assert "Look for a provider that hangs" in str(caught.value)


def test_a_time_out_of_the_work_itself_is_its_own(background: Background) -> None:
    async def late() -> None:
        raise TimeoutError("my own")

    with pytest.raises(TimeoutError, match="my own"):
        background.run(late(), within=5)


def test_an_interrupt_ends_the_wait_when_the_work_has_cleared_up(background: Background) -> None:
    """Whoever is interrupted can rely on nothing being under way any more."""
    told: list[str] = []
    began = threading.Event()

    async def clears_up() -> None:
        try:
            began.set()
            await forever()
        finally:
            await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(told.append, "cleared up"))])

    def interrupt() -> None:
        began.wait(5)
        background.interrupt()

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        background.run(clears_up(), within=5)

    assert told == ["cleared up"]


def test_an_interrupt_while_nobody_waits_is_for_the_next_wait(background: Background) -> None:
    """Once: after it, work goes on, such as that which clears up."""
    background.interrupt()

    with pytest.raises(KeyboardInterrupt):
        background.run(forever(), within=5)
    assert background.call(lambda: 42) == 42


def test_what_clears_up_is_not_interrupted(background: Background) -> None:
    background.interrupt()

    assert background.run_to_its_end(asyncio.to_thread(lambda: 42), within=5) == 42


def test_an_interrupt_may_come_from_a_signal_handler_at_any_time(background: Background) -> None:
    """Also before the wait has begun, and after the loop was closed."""
    before = signal.signal(signal.SIGALRM, lambda number, frame: background.interrupt())
    try:
        for moment in (0.0001, 0.001, 0.01):
            signal.setitimer(signal.ITIMER_REAL, moment)
            with pytest.raises(KeyboardInterrupt):
                while True:
                    background.run(until(lambda: False, within=0.0005), within=5)
        background.close()
        signal.raise_signal(signal.SIGALRM)
    finally:
        signal.signal(signal.SIGALRM, before)
