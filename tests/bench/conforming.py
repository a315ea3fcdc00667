"""How fast our matcher is, beside Pact's engine; and what it takes to hold a large recording against the contracts."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from cxmock.contracts.library import load
from cxmock.contracts.matching import SeenResponse, compile_response
from cxmock.contracts.model import Body, HttpInteraction, HttpResponse, Rules
from cxmock.contracts.recording import Recorder
from cxmock.journal import Journal
from cxmock.wire.http import Request, Response, to_json
from tests.bench import strictness
from tests.bench.measuring import RUNS, Figure
from tests.verified.pact_oracle import Oracle

JSON = "application/json"
CAMPAIGN = {
    "DBID": 101,
    "name": "Spring outbound",
    "state": "CFGEnabled",
    "tenant": {"DBID": 1, "name": "Acme"},
    "lists": [{"DBID": 7, "share": 10}],
    "callback": "http://127.0.0.1:8888/receipts",
    "created": "2026-01-14T15:00:00Z",
    "flags": {"auto": True, "rank": 1.5},
}
RULES: dict[str, Any] = {
    "$.data": {"matchers": [{"match": "type", "min": 1}]},
    "$.data[*].DBID": {"matchers": [{"match": "integer"}]},
    "$.data[*].state": {"matchers": [{"match": "regex", "regex": "^(?:CFGEnabled|CFGDisabled)$"}]},
    "$.data[*].created": {"matchers": [{"match": "datetime", "format": "yyyy-MM-dd'T'HH:mm:ssXXX"}]},
}
TIMES = 5_000
EXCHANGES = 100_000
ROWS = (5, 6, 8, 11, 12)
"""Connections whose promises, as exchanges, make up the recording."""


def figures() -> Iterator[Figure]:
    """Measure one match, by both; the command, on a recording of what the contracts show; and a fake that is strict."""
    arrived = {"status": {"code": 0}, "data": [CAMPAIGN, {**CAMPAIGN, "DBID": 102, "name": "Autumn outbound"}]}
    promised = {"status": {"code": 0}, "data": [CAMPAIGN]}
    size = len(to_json(arrived))
    yield Figure(f"our matcher, a response of {size} bytes", "µs", _ours(promised, arrived), 50, digits=1)
    with Oracle() as oracle:
        assert not oracle.contents(promised, RULES, arrived)
        values = [oracle.timed(promised, RULES, arrived, 300) * 1e6 for _ in range(RUNS)]
    yield Figure("Pact's engine through FFI, the same body", "µs", values, digits=1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.jsonl"
        _record(file)
        measured = [_conform(file) for _ in range(3)]
    name = f"cxmock conform, {EXCHANGES:,} exchanges"
    yield Figure(name, "s", [seconds for seconds, _ in measured], 10, digits=1)
    yield Figure(f"{name}, at its largest", "MB", [megabytes for _, megabytes in measured], 200)
    yield from strictness.figures()


def _ours(promised: Any, arrived: Any) -> list[float]:
    rules = msgspec.convert({"body": RULES}, Rules)
    matcher = compile_response(HttpResponse(200, {"Content-Type": JSON}, Body(promised, JSON), rules))
    raw, data = [(b"Content-Type", JSON.encode())], to_json(arrived)
    assert matcher.fits(SeenResponse.of(Response(200, raw, data)))
    values = []
    for _ in range(RUNS):
        began = process_time()
        for _ in range(TIMES):
            matcher.fits(SeenResponse.of(Response(200, raw, data)))
        values.append((process_time() - began) / TIMES * 1e6)
    return values


def _record(file: Path) -> None:
    """Write a recording in which every promise comes again and again."""
    journal = Journal(lambda: 0.0, _Silent(), capacity=1000)
    shown = [one for number in ROWS for one in _exchanges(number)]
    with Recorder(file) as recorder:
        recorder.take(journal)
        for count, (number, transport, request, response) in enumerate(
            itertools.islice(itertools.cycle(shown), EXCHANGES), 1
        ):
            journal.record(number, transport, f"operation {count % len(shown)}", request, response, seconds=0.001)
            if count % 1000 == 0:
                recorder.take(journal)


def _exchanges(number: int) -> Iterator[tuple[int, str, Any, Any]]:
    """Yield the examples of a contract as exchanges."""
    for one in load(number).interactions:
        if isinstance(one, HttpInteraction):
            body = b"" if one.request.body is None else _sent(one.request.body)
            headers = {name: ", ".join(values) for name, values in one.request.headers.items()}
            answer = b"" if one.response.body is None else _sent(one.response.body)
            query = urlencode([(name, value) for name, several in one.request.query.items() for value in several])
            request = Request(one.request.method, f"{quote(one.request.path)}?{query}", headers, body)
            yield number, "http", request, Response(one.response.status, {"Content-Type": JSON}, answer)
        else:
            asked, answered = one.request, one.response[0]  # type: ignore[union-attr]
            yield number, one.transport, asked.contents.content, answered.contents.content


def _sent(body: Body) -> bytes:
    return to_json(body.content) if body.content_type == JSON else str(body.content).encode()


def _conform(file: Path) -> tuple[float, float]:
    """Return the seconds of a core that the command took, and the MB that it had at its largest."""
    command = [sys.executable, "-m", "cxmock", "conform", str(file), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


class _Silent:
    def ring(self) -> None: ...

    def wait(self, happened: Callable[[], bool], within: float) -> bool:
        return happened()
