"""What is kept of Redis: every key as DUMP gives it, with the time it had left to live, and the functions."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cxmock.errors.stores import StoreRefused
from cxmock.wire.resp import ErrorReply

Words = tuple[str | bytes | float, ...]
Calls = Callable[[Sequence[Words]], Awaitable[list[Any]]]
"""Performs commands in one go; errors are values."""


class KeptRedis:
    """The state of Redis. It is put back in one transaction: no client sees half of it.

    Args:
        calls: how Redis is asked.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._commands: list[Words] = []

    async def take(self) -> None:
        """Read everything."""
        info, functions = await self._calls([("INFO", "keyspace"), ("FUNCTION", "DUMP")])
        commands: list[Words] = [("FLUSHALL",)]
        for number in re.findall(r"db(\d+):", info if isinstance(info, str) else bytes(info).decode()):
            keys = _values(await self._calls([("SELECT", number), ("KEYS", "*"), ("SELECT", 0)]))[1]
            asked: list[Words] = [words for key in keys for words in (("DUMP", key), ("PTTL", key))]
            _, *answers, _ = _values(await self._calls([("SELECT", number), *asked, ("SELECT", 0)]))
            commands.append(("SELECT", number))
            for key, dump, left in zip(keys, answers[::2], answers[1::2], strict=True):
                if dump is not None:  # else it expired meanwhile
                    commands.append(("RESTORE", key, max(0, left), dump))
        commands.append(("SELECT", 0))
        if not isinstance(functions, ErrorReply):  # fakeredis, and servers before 7, have none
            commands.append(("FUNCTION", "RESTORE", functions, "FLUSH"))
        self._commands = commands

    async def put_back(self) -> None:
        """Replace everything by what was kept; clients stay connected, logged in and subscribed.

        Raises:
            StoreRefused: Redis does not take it, for example because it would be too much for its memory.
        """
        *_, done = _values(await self._calls([("MULTI",), *self._commands, ("EXEC",)]))
        _values(done)

    async def forget(self) -> None:
        """Give up what is kept."""
        self._commands = []


def _values(answers: list[Any]) -> list[Any]:
    """Return the answers, none of which is an error."""
    for one in answers:
        if isinstance(one, ErrorReply):
            raise StoreRefused("Redis", "a snapshot", one.text)
    return answers
