"""How fast a stub answers, with few and with many interactions, beside Pact's own stub server."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from cxmock.net.background import Background
from cxmock.net.reach import reachable
from cxmock.net.waiting import until
from tests.bench.measuring import Figure

SIZES = (1, 50, 200, 1000)
SECONDS = 1.0
RUNS = 3
PATIENCE = 120.0
"""Seconds for one answer: with a thousand interactions Pact takes its time."""


def figures() -> Iterator[Figure]:
    """Measure both with every size, one client asking for one promise after the other."""
    pact = shutil.which("pact", path=f"{sys.prefix}/bin")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reader-library.json"
        for size in SIZES:
            file.write_text(json.dumps(_pact(size)))
            with _ours(file) as port:
                values = [_asked(port, size) for _ in range(RUNS)]
            yield Figure(f"cxmock stub, {size} interactions", "requests/s", values, digits=1)
            if pact is not None:
                with _theirs(pact, file) as port:
                    values = [_asked(port, size) for _ in range(RUNS)]
                yield Figure(f"Pact's stub server, {size} interactions", "requests/s", values, digits=1)


def _pact(size: int) -> dict[str, Any]:
    def book(number: int) -> dict[str, Any]:
        path = {"combine": "AND", "matchers": [{"match": "regex", "regex": f"^/shelves/\\d+/books/{number}$"}]}
        return {
            "type": "Synchronous/HTTP",
            "description": f"book {number}",
            "request": {"method": "GET", "path": f"/shelves/1/books/{number}", "matchingRules": {"path": path}},
            "response": {
                "status": 200,
                "body": {"content": {"id": number, "title": "Dracula"}, "contentType": "application/json"},
            },
        }

    return {
        "consumer": {"name": "reader"},
        "provider": {"name": "library"},
        "interactions": [book(number) for number in range(size)],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }


@contextmanager
def _ours(file: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "cxmock", "stub", "12", "--contract", str(file), "--json", "--ports", "ephemeral"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["endpoints"]["nexus"][0]["port"]
        finally:
            process.terminate()


@contextmanager
def _theirs(program: str, file: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = int(sock.getsockname()[1])
    command = [program, "stub", "--file", str(file), "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process, Background() as background:
        try:
            background.run(until(lambda: reachable("127.0.0.1", port, within=1), within=20))
            yield port
        finally:
            process.terminate()


def _asked(port: int, size: int) -> float:
    """Return how many requests a second one connection is answered."""
    count = 0
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        began = perf_counter()
        while (seconds := perf_counter() - began) < SECONDS:
            path = f"/shelves/7/books/{count * 7 % size}"
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            answer = b""
            while b"Dracula" not in answer or not answer.rstrip(b"\r\n0").endswith(b"}"):
                received = sock.recv(65536)
                assert received, answer
                answer += received
            assert b" 200 " in answer, answer
            count += 1
    return count / seconds
