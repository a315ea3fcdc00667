"""Turns: Pact's engine may begin with an interaction while the one before it is tried, and waits at its first state."""

from __future__ import annotations

import asyncio
import itertools


class Turns:
    """Numbers for the interactions that the engine was given, and who of them may go on.

    >>> turns = Turns()
    >>> first, second = turns.take(), turns.take()
    >>> turns.come(first)
    >>> turns.over(second)
    >>> [asyncio.run(turns.wait(number)) for number in (first, second)]
    [True, False]
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._come: dict[int, asyncio.Event] = {}

    def take(self) -> int:
        """Return a number whose turn is still to come."""
        number = next(self._numbers)
        self._come[number] = asyncio.Event()
        return number

    def come(self, number: int) -> None:
        """Let whoever waits, or will wait, with this number go on."""
        self._come[number].set()

    def over(self, number: int) -> None:
        """Send whoever waits, or will wait, with this number away. Harmless when repeated."""
        if (come := self._come.pop(number, None)) is not None:
            come.set()

    async def wait(self, number: int) -> bool:
        """Wait for a turn; return whether it came."""
        if (come := self._come.get(number)) is not None:
            await come.wait()
        return number in self._come
