"""PostgreSQL and Redis to ready: embedded, beside testcontainers used plainly.

It needs a container engine: ``sh .ci/with-engine .venv .venv/bin/python -m tests.bench containers`` brings one. The
reaper of testcontainers is left out, since its image comes from a registry; that is to their advantage.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

from tests.bench.measuring import RUNS, Figure

OURS = """
from cxmock.testbed import Testbed
from cxmock.topology import Component

with Testbed() as testbed:
    testbed.start(Component.REDIS, Component.POSTGRES)
    print("ready", flush=True)
"""
PLAINLY = """
from concurrent.futures import ThreadPoolExecutor

from testcontainers.community.postgres import PostgresContainer
from testcontainers.community.redis import RedisContainer

stores = [PostgresContainer("postgres:16-alpine"), RedisContainer("redis:7-alpine")]
with ThreadPoolExecutor() as pool:
    list(pool.map(lambda store: store.start(), stores))
print("ready", flush=True)
for store in stores:
    store.stop()
"""


def figures() -> Iterator[Figure]:
    """Measure whole processes, from their start to ready; nothing where there is no engine."""
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode != 0:
        return
    pairs = [(_ready(OURS), _ready(PLAINLY)) for _ in range(RUNS)]
    yield Figure("a process with Redis and PostgreSQL, embedded", "ms", [ours for ours, _ in pairs])
    yield Figure("... by testcontainers, plainly", "ms", [theirs for _, theirs in pairs])
    yield Figure("... times as long", "", [theirs / ours for ours, theirs in pairs], digits=1)


def _ready(script: str) -> float:
    began = perf_counter()
    environment = {**os.environ, "TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1"}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        seconds = perf_counter() - began
    assert said == b"ready\n"
    return seconds * 1000
