"""A store while it runs: whoever runs it, and the testbed's own connection to it, past the tap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar

from cxmock.net.relay import Backend


class Closable(Protocol):
    """A connection."""

    async def close(self) -> None:
        """Close it."""


C = TypeVar("C", bound=Closable)
Way = TypeVar("Way", covariant=True)


class Store(Protocol[Way]):
    """One way to run a store."""

    async def start(self) -> tuple[Backend, Way]:
        """Start it, ready for use; return where it listens, and the testbed's own connection."""

    async def check(self) -> None:
        """Raise what is to be said if it died."""

    async def stop(self) -> None:
        """End it."""


class Running(Generic[C]):
    """A store that was started, until it is stopped."""

    def __init__(self) -> None:
        self._store: Store[C] | None = None
        self._own: C | None = None

    async def start(self, store: Store[C]) -> tuple[Backend, C]:
        """Start ``store``; return where it listens, and the testbed's own connection."""
        self._store = store
        address, self._own = await store.start()
        return address, self._own

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[C]:
        """Give the testbed's own connection; say so when the store has died of what is asked, or before.

        Raises:
            PartDied: it did.
        """
        assert self._own is not None and self._store is not None, "start() comes first"
        try:
            yield self._own
        except OSError:
            await self._store.check()
            raise

    async def stop(self) -> None:
        """Close the connection, and end the store."""
        if self._own is not None:
            await self._own.close()
            self._own = None
        if self._store is not None:
            await self._store.stop()
            self._store = None
