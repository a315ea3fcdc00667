"""The one background event loop, with a synchronous face."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from cxmock.errors.background import TooSlow
from cxmock.errors.looking import note_if_it_held_up_a_loop

T = TypeVar("T")


class Background:
    """An event loop in a thread of its own.

    >>> async def answer() -> int:
    ...     return 42
    >>> with Background() as background:
    ...     background.run(answer())
    42
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._interrupted = False
        self._interruptible: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._main, name="cxmock", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], *, within: float | None = None) -> T:
        """Run a coroutine on the loop and return its result.

        Args:
            work: the coroutine.
            within: seconds after which it is cancelled; None waits for ever.

        Raises:
            TooSlow: it did not end in time.
            KeyboardInterrupt: :meth:`interrupt` was called.
        """
        if self._interrupted:
            self._interrupted = False
            work.close()
            raise KeyboardInterrupt
        try:
            return self._result(self._interrupting(work), within, getattr(work, "__qualname__", "a background call"))
        except concurrent.futures.CancelledError:
            if not self._interrupted:
                raise
            self._interrupted = False
            raise KeyboardInterrupt from None

    def run_to_its_end(self, work: Coroutine[Any, Any, T], *, within: float) -> T:
        """Run a coroutine that :meth:`interrupt` does not concern, because it clears up."""
        return self._result(work, within, getattr(work, "__qualname__", "a background call"))

    def interrupt(self) -> None:
        """Have the call of :meth:`run` that waits now, or else the next one, raise KeyboardInterrupt.

        What it waits for is cancelled, and has ended by then. May be called from a signal handler: nothing is raised
        in the middle of whatever the thread was doing.
        """
        self._interrupted = True
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._cancel, self._interruptible)

    def call(self, function: Callable[[], T], *, within: float | None = None) -> T:
        """Call a plain function on the loop's thread and return its result."""

        async def calling() -> T:
            return function()

        return self.run(calling(), within=within)

    @property
    def running(self) -> bool:
        """Whether the loop still runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Cancel what still runs, end the loop and join its thread. Harmless when repeated."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def __enter__(self) -> Background:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _result(self, work: Coroutine[Any, Any, T], within: float | None, name: str) -> T:
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(within)
        except TimeoutError:
            if future.done():
                raise
            future.cancel()
            slow = TooSlow(name, within or 0)
            note_if_it_held_up_a_loop(slow)
            raise slow from None
        except BaseException:
            future.cancel()
            raise

    async def _interrupting(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work``, unless an interrupt comes, or came after :meth:`run` had looked."""
        if self._interrupted:
            work.close()
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None
        self._interruptible.add(task)
        try:
            return await work
        finally:
            self._interruptible.discard(task)

    @staticmethod
    def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
        for task in tasks:
            task.cancel()

    def _main(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
