"""What pytest-xdist costs and brings: a thousand small tests on eight workers, and each further worker."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from tests.bench.measuring import Figure, family, proportional_megabytes

TESTS = 1000
RUNS = 3
EVERY = 0.2
"""Seconds between two looks at memory."""
SMALL = '''
import secrets

import pytest


@pytest.mark.parametrize("number", range({count}))
def test_small(cx_redis, cx_sftp, cx_gws, cx_nexus, number):
    """Use four parts; nothing of another test, or of another worker's, may be there."""
    word = secrets.token_hex(8)
    assert cx_redis.keys() == []
    cx_redis.call("SET", "word", word)
    assert cx_redis.call("GET", "word") == word
    assert "in/word.txt" not in cx_sftp.tree()
    cx_sftp.put("/in/word.txt", word.encode())
    assert cx_sftp.read("/in/word.txt") == word.encode()
    assert not cx_gws.tokens
    assert not cx_nexus.sent
'''


def figures() -> Iterator[Figure]:
    """Measure whole runs of pytest."""
    rates = [TESTS / _run(TESTS, 8)[0] for _ in range(RUNS)]
    yield Figure(f"pytest -n 8, {TESTS} tests with four parts each", "tests/s", rates)
    pairs = [(_run(8, 1)[0], _run(8, 5)[0]) for _ in range(RUNS)]
    each = [(five - one) / 4 * 1000 for one, five in pairs]
    yield Figure("... each further worker, of the whole run", "ms", each, aim=150)
    sizes = [(_run(100, 1, looking=True)[1], _run(500, 5, looking=True)[1]) for _ in range(RUNS)]
    yield Figure("... each further worker, at its largest", "MB", [(five - one) / 4 for one, five in sizes], aim=60)


def _run(count: int, workers: int, *, looking: bool = False) -> tuple[float, float]:
    """Return the seconds of a run, all of whose tests pass, and if it is looked at, its largest size in MB."""
    largest = 0.0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        file = Path(folder) / "test_small.py"
        file.write_text(SMALL.format(count=count))
        words = ["-m", "pytest", "-q", "-n", str(workers), "-p", "no:cacheprovider", "-c", "/dev/null", str(file)]
        began = perf_counter()
        with subprocess.Popen([sys.executable, *words], stdout=output, cwd=folder) as process:
            while looking and process.poll() is None:
                largest = max(largest, _size(process.pid))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(EVERY)
        seconds = perf_counter() - began
        output.seek(0)
        said = output.read().decode()
    assert process.returncode == 0 and f"{count} passed" in said, said
    return seconds, largest


def _size(pid: int) -> float:
    try:
        return proportional_megabytes(family(pid))
    except OSError:  # one of them has just ended
        return 0.0
