"""How long all thirteen contract files take to be verified, by us and by pact-python used plainly, in turns."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import IO, Any

from cxmock.contracts.library import folder
from cxmock.testbed import Testbed
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import CONNECTIONS
from tests.bench import pact_plainly
from tests.bench.measuring import Figure, cpu_seconds, family

ROUNDS = 3
PLAINLY = {
    "functions": "pact-python, functions for messages and their states",
    "urls": "pact-python, URLs of the testbed's control address for all",
}


def figures() -> Iterator[Figure]:
    """Verify everything, states included, again and again; each time by all."""
    ours: list[tuple[float, float]] = []
    theirs: dict[str, list[dict[str, Any]]] = {how: [] for how in PLAINLY}
    with Testbed() as testbed:
        testbed.start()
        verifier = TestbedVerifier(testbed)
        with _plainly(testbed) as process:
            results = verifier.verify()
            for how in PLAINLY:
                _ask(process, how)  # warms up
            gc.freeze()  # as the command does
            for _ in range(ROUNDS):
                for how, found in theirs.items():
                    ours.append(_verify(verifier))
                    found.append(_ask(process, how))
            assert process.stdin is not None
            process.stdin.close()
        gc.unfreeze()
        verifier.close()
    promised, kept = sum(one.promised for one in results), sum(one.kept for one in results)
    yield Figure(f"verify all rows, warm: {kept} of {promised} kept", "s", [one for one, _ in ours], 1.5, digits=2)
    yield Figure("... for each promise", "ms", [one / promised * 1000 for one, _ in ours], digits=1)
    yield Figure("... seconds of a core, the engine's included", "s", [used for _, used in ours], digits=2)
    for place, (how, name) in enumerate(PLAINLY.items()):
        seconds = [one["seconds"] for one in theirs[how]]
        kept = min(one["kept"] for one in theirs[how])
        yield Figure(f"{name}: {kept} kept", "s", seconds, digits=2)
        beside = [our for our, _ in ours[place :: len(PLAINLY)]]
        ratios = [their / our for their, our in zip(seconds, beside, strict=True)]
        yield Figure("... of our time (5 is the aim)", "times", ratios, digits=1)


def _verify(verifier: TestbedVerifier) -> tuple[float, float]:
    """Return the seconds that a verification takes, and those of a core, of this process and its children."""
    children = family(os.getpid())[1:]
    used, began = process_time() + cpu_seconds(children), perf_counter()
    results = verifier.verify()
    seconds = perf_counter() - began
    assert all(one.good for one in results)
    return seconds, process_time() + cpu_seconds(children) - used


def _plainly(testbed: Testbed) -> subprocess.Popen[str]:
    # Certificates as the system has them; and Pact would send what is for loopback addresses to proxies, too.
    taken = ("SSL_CERT_FILE", "SSL_CERT_DIR")
    environment = {
        name: value for name, value in os.environ.items() if name not in taken and not name.lower().endswith("_proxy")
    }
    command = [sys.executable, "-P", str(Path(pact_plainly.__file__))]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment, "PACT_DO_NOT_TRACK": "true"},
    )
    files = {str(row.number): str(folder() / row.contract) for row in CONNECTIONS}
    _write(process.stdin, json.dumps({**testbed.control(), "files": files}))
    return process


def _ask(process: subprocess.Popen[str], how: str) -> dict[str, Any]:
    assert process.stdout is not None
    _write(process.stdin, how)
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def _write(file: IO[str] | None, line: str) -> None:
    assert file is not None
    file.write(line + "\n")
    file.flush()
