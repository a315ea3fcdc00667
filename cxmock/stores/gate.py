"""A gate before a store that somebody else runs: clients log in as at any testbed, and arrive as whom it knows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from cxmock.errors.stores import StoreRefused

CHUNK = 64 * 1024
CONNECT_WITHIN = 5.0
"""Seconds for the store to accept, and to be greeted."""


class Translator(Protocol):
    """What is between one client and the store."""

    def upstream(self, data: bytes) -> tuple[bytes, bytes]:
        """Take what the client says; return what goes to the store, and what the client is told at once."""


Greet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Speaks with the store before the client does."""


async def nothing(answers: asyncio.StreamReader, store: asyncio.StreamWriter) -> None:
    """Say nothing before the client does."""


class Gate:
    """Listens on a loopback port of its own.

    Args:
        store: where the store listens.
        translator: makes the translator of a connection.
        greet: what is said to the store before; if it fails, the connection ends.
    """

    def __init__(self, store: tuple[str, int], translator: Callable[[], Translator], greet: Greet = nothing) -> None:
        self._store = store
        self._translator = translator
        self._greet = greet
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> tuple[str, int]:
        """Begin to serve; return host and port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        return host, port

    async def stop(self) -> None:
        """Drop every client and stop. Harmless when repeated."""
        if self._server is not None:
            self._server.close()
            for task in self._connections:
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, client))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _carry(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, StoreRefused):
                async with asyncio.timeout(CONNECT_WITHIN):
                    answers, store = await asyncio.open_connection(*self._store)
                try:
                    async with asyncio.timeout(CONNECT_WITHIN):
                        await self._greet(answers, store)
                    await self._both_ways(reader, client, answers, store)
                finally:
                    store.transport.abort()
        finally:
            client.transport.abort()

    async def _both_ways(
        self,
        reader: asyncio.StreamReader,
        client: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        store: asyncio.StreamWriter,
    ) -> None:
        translator = self._translator()

        async def upstream() -> None:
            while data := await reader.read(CHUNK):
                onward, told = translator.upstream(data)
                client.write(told)
                store.write(onward)
                await store.drain()
            store.write_eof()

        async def downstream() -> None:
            while data := await answers.read(CHUNK):
                client.write(data)
                await client.drain()
            client.close()
            await client.wait_closed()

        # The store has the last word: what it still answers to a client that has said all is delivered.
        up = asyncio.create_task(upstream())
        try:
            await downstream()
        finally:
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
