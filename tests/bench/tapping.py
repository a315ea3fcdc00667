"""What the taps cost: a round trip of Redis and PostgreSQL with and without, and how fast large files pass."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import redis

from cxmock.clients.nfs import NfsClient
from tests.bench.measuring import RUNS, Figure

TRIPS = 2000
MEGABYTES = 64


def figures() -> Iterator[Figure]:
    """Measure beside each other what passes the tap and what goes to the server's own socket."""
    with _up("redis", "postgres", "share") as told:
        folder = Path(told["ca"]).parent
        yield from _redis(told["env"]["CX_REDIS_URL"], folder / "redis" / "redis.sock")
        yield from _postgres(told["env"]["CX_POSTGRES_URL"], folder / "postgres" / "server")
        share = told["env"]["CX_SHARE_URL"]
        with _up("share", "--play", f"share={share.rstrip('/')}") as other:
            yield from _nfs(share, other["env"]["CX_SHARE_URL"])


def _redis(url: str, socket: Path) -> Iterator[Figure]:
    tapped = redis.Redis.from_url(url)
    password = tapped.connection_pool.connection_kwargs["password"]
    plain = redis.Redis(unix_socket_path=str(socket), password=password)
    plain.set("a", "1")
    yield from _compared("a GET of Redis", lambda: plain.get("a"), lambda: tapped.get("a"))
    plain.close()
    tapped.close()


def _postgres(url: str, folder: Path) -> Iterator[Figure]:
    with psycopg.connect(url) as tapped, psycopg.connect(url, host=str(folder)) as plain:
        yield from _compared(
            "a SELECT of PostgreSQL",
            lambda: plain.execute("SELECT 1").fetchone(),
            lambda: tapped.execute("SELECT 1").fetchone(),
        )


def _compared(name: str, plain: Callable[[], object], tapped: Callable[[], object]) -> Iterator[Figure]:
    values = [(_trip(plain), _trip(tapped)) for _ in range(RUNS)]
    yield Figure(f"{name}, to the server's socket", "µs", [one for one, _ in values])
    yield Figure("... through the tap, more", "µs", [two - one for one, two in values], aim=100)


def _trip(work: Callable[[], object]) -> float:
    """Return the microseconds of one round trip."""
    began = perf_counter()
    for _ in range(TRIPS):
        work()
    return (perf_counter() - began) / TRIPS * 1e6


def _nfs(plain: str, tapped: str) -> Iterator[Figure]:
    data = bytes(MEGABYTES << 20)

    async def measure() -> list[tuple[float, float]]:
        async with await NfsClient.open(plain) as one, await NfsClient.open(tapped) as two:
            await one.write("/large", data)
            return [
                (await _rate(lambda: one.read("/large")), await _rate(lambda: two.read("/large"))) for _ in range(RUNS)
            ]

    values = asyncio.run(measure())
    yield Figure(f"{MEGABYTES} MB read from the share", "MB/s", [one for one, _ in values])
    yield Figure("... through a tap, of that", "%", [two / one * 100 for one, two in values])


async def _rate(read: Callable[[], Awaitable[bytes]]) -> float:
    """Return megabytes a second."""
    began = perf_counter()
    assert len(await read()) == MEGABYTES << 20
    return MEGABYTES / (perf_counter() - began)


@contextmanager
def _up(*words: str) -> Iterator[Mapping[str, Any]]:
    """Run a testbed in a process of its own, as users have it; give what it says."""
    with subprocess.Popen(
        [sys.executable, "-m", "cxmock", "up", "--json", *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()
