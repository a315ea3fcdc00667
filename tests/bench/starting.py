"""How long the testbed takes to be ready, and how large it is then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from time import perf_counter

from tests.bench.measuring import RUNS, Figure, family, proportional_megabytes


def figures() -> Iterator[Figure]:
    """Measure ``cxmock up --json`` as a whole process, from its start to its one line."""
    _up()  # fills the caches
    everything = [_up() for _ in range(RUNS)]
    yield Figure("cxmock up, all parts ready, warm", "ms", [one[0] for one in everything], aim=600)
    yield Figure("... idle, all its processes", "MB", [one[1] for one in everything], aim=150)
    yield Figure(
        "a process that starts only Redis and PostgreSQL, warm", "ms", [_stores() for _ in range(RUNS)], aim=250
    )
    cold = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as empty:
            cold.append(_up(cache=empty)[0])
    yield Figure("cxmock up, all parts, cold caches", "ms", cold, aim=2000)


def _stores() -> float:
    """Return milliseconds from the start of a Python that needs just the stores, as a test session may, to ready."""
    script = (
        "from cxmock.testbed import Testbed; from cxmock.topology import Component as C; t = Testbed(); "
        "t.start(C.REDIS, C.POSTGRES); print('ready', flush=True); t.stop()"
    )
    began = perf_counter()
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return (perf_counter() - began) * 1000


def _up(cache: str = "") -> tuple[float, float]:
    """Return milliseconds to ready, and megabytes then."""
    environment = {**os.environ, **({"XDG_CACHE_HOME": cache} if cache else {})}
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "cxmock", "up", "--json"], stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        ready = (perf_counter() - began) * 1000
        size = proportional_megabytes(family(process.pid))
        process.terminate()
    assert told["ready"]
    return ready, size
