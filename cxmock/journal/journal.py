"""The bounded record of all exchanges, and waiting for one of them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Protocol

from cxmock.errors import NothingSeen
from cxmock.errors.looking import note_if_it_held_up_a_loop
from cxmock.journal.exchange import Exchange
from cxmock.wire.observed import Message

CAPACITY = 10_000
"""Exchanges kept. Older ones are dropped, and counted."""


class Bell(Protocol):
    """How the journal waits: given by whoever has threads (``cxmock.net.bell``)."""

    def ring(self) -> None:
        """Something happened."""

    def wait(self, happened: Callable[[], bool], within: float) -> bool:
        """Wait until ``happened()`` or until ``within`` seconds passed; return whether it happened."""


class Journal:
    """What happened on each connection, oldest first.

    Recording is safe from any thread. ``counts`` never forgets; the exchanges themselves are the latest ``capacity``.
    """

    def __init__(self, now: Callable[[], float], bell: Bell, *, capacity: int = CAPACITY) -> None:
        self._now = now
        self._bell = bell
        self._kept: deque[Exchange] = deque(maxlen=capacity)
        self._recording = Lock()
        self._next = 0
        self._cleared = 0
        self.counts: Counter[int | None] = Counter()
        """Exchanges seen since the start, by connection (None: outside the table)."""
        self.failed: Counter[int | None] = Counter()
        """Those of them that were answered by an error."""

    @property
    def dropped(self) -> int:
        """How many exchanges were seen but are no longer kept."""
        return self._next - self._cleared - len(self._kept)

    @property
    def mark(self) -> int:
        """Where the journal stands: pass it as ``since`` to look at what came later."""
        return self._next

    def record(
        self,
        connection: int | None,
        transport: str,
        operation: str,
        request: Message,
        response: Message,
        *,
        seconds: float,
        ok: bool = True,
        source: str = "",
        secure: bool = False,
    ) -> None:
        """Add an exchange that has just ended, ``seconds`` after it began."""
        at = self._now() - seconds
        with self._recording:
            self._kept.append(
                Exchange(
                    self._next,
                    connection,
                    at,
                    seconds,
                    transport,
                    operation,
                    request,
                    response,
                    ok,
                    source,
                    secure,
                )
            )
            self._next += 1
            self.counts[connection] += 1
            if not ok:
                self.failed[connection] += 1
        self._bell.ring()

    def exchanges(
        self,
        connection: int | None = None,
        *,
        operation: str | None = None,
        since: int = 0,
        where: Callable[[Exchange], bool] | None = None,
    ) -> list[Exchange]:
        """Return the exchanges kept, oldest first.

        Args:
            connection: a row of the table; None for all of them.
            operation: what the operation starts with, such as ``POST /auth/v3`` or ``HSET``.
            since: a :attr:`mark`.
            where: any further condition.
        """
        return [
            exchange
            for exchange in tuple(self._kept)
            if exchange.index >= since
            and (connection is None or exchange.connection == connection)
            and (operation is None or exchange.operation.startswith(operation))
            and (where is None or where(exchange))
        ]

    def wait_for(
        self,
        connection: int,
        *,
        operation: str | None = None,
        since: int = 0,
        where: Callable[[Exchange], bool] | None = None,
        within: float = 5.0,
    ) -> Exchange:
        """Return the first such exchange, waiting for it at most ``within`` seconds.

        Raises:
            NothingSeen: none came in time; the error tells what was seen instead.
        """

        def found() -> list[Exchange]:
            return self.exchanges(connection, operation=operation, since=since, where=where)

        if self._bell.wait(lambda: bool(found()), within):
            return found()[0]
        seen = [str(exchange) for exchange in self.exchanges(connection, since=since)]
        nothing = NothingSeen(connection, operation, within, seen)
        note_if_it_held_up_a_loop(nothing)
        raise nothing

    def clear(self) -> None:
        """Forget everything; the counts start again, the indices go on."""
        self._kept.clear()
        self._cleared = self._next
        self.counts.clear()
        self.failed.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)
