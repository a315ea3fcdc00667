"""A connection to Redis that was closed meanwhile is told as what redis-py tries again for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from cxmock.clients.redis_connection import RedisConnection
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def url() -> Any:
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.REDIS)
        yield testbed.env["CX_REDIS_URL"]


def test_a_connection_that_was_closed_is_replaced(url: str) -> None:
    asyncio.run(_twice(url, cut=True))


def test_as_asyncio_says_it_that_is_told_as_a_closed_connection(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python 3.12 and 3.13 did: the method that writes is there no more."""
    lines = asyncio.StreamWriter.writelines
    gone: list[asyncio.StreamWriter] = []

    def writelines(writer: asyncio.StreamWriter, data: Any) -> None:
        if b"".join(data).find(b"GET") >= 0 and not gone:
            gone.append(writer)
            raise TypeError("'NoneType' object is not callable")
        lines(writer, data)

    monkeypatch.setattr(asyncio.StreamWriter, "writelines", writelines)

    asyncio.run(_twice(url, cut=False))

    assert len(gone) == 1


async def _twice(url: str, *, cut: bool) -> None:
    """Set and read a key, with the connection closed in between."""
    client: Any = Redis.from_url(
        url, connection_class=RedisConnection, protocol=2, decode_responses=True, retry=Retry(NoBackoff(), 1)
    )
    async with client:
        await client.set("held", "yes")
        if cut:
            [kept] = client.connection_pool._available_connections
            writer = kept._writer
            writer.transport.abort()
            await writer.wait_closed()
        assert await client.get("held") == "yes"
