"""What conformance costs a fake: each request asked of the judge before it is answered, each exchange judged after."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

from cxmock.contracts.conformance import of_journal
from cxmock.contracts.library import load
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component
from cxmock.wire.http import form_body
from tests.bench.measuring import Figure

ROW = 11
SESSIONS = 200
"""In one run, with conformance and without."""
PAIRS = 15
"""Runs of each, in turn: many short ones, since whatever else the machine does then meets both."""
CALLS = (
    "/auth/v3/ping",
    "/environment/v3/contact-centers",
    "/configuration/v3/objects/campaigns?name=Spring",
    "/environment/v3/environments",
    "/environment/v3/contact-centers",
    "/configuration/v3/objects/campaigns?name=Autumn",
    "/voice/v3/calls",
    "/auth/v3/ping",
    "/configuration/v3/objects/campaigns?name=Spring",
)
"""What is asked with each token. None is the same as in another session."""
REQUESTS = SESSIONS * (1 + len(CALLS))
AIM = 0.7


def figures() -> Iterator[Figure]:
    """Measure GWS, a run without and a run with conformance in turn."""
    with _gws() as gws:
        gws.run(conforming=False)
        measured = [(gws.run(conforming=False), gws.run(conforming=True)) for _ in range(PAIRS)]
    off, on = [REQUESTS / seconds for seconds, _ in measured], [REQUESTS / seconds for _, seconds in measured]
    yield Figure("GWS, conformance off", "requests/CPU s", off)
    yield Figure("GWS, conformance on", "requests/CPU s", on)
    ratios = [100 * with_it / without for without, with_it in zip(off, on, strict=True)]
    yield Figure(f"on against off (at least {AIM:.0%})", "%", ratios)


class _Gws:
    """GWS in a process of its own, which tells what it took, and a consumer that does what is promised."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        told = self._read()
        self._client, self._secret = told["client"], told["secret"]
        self._socket = socket.create_connection((told["host"], told["port"]), 30)

    def run(self, *, conforming: bool) -> float:
        """Return the CPU seconds that the fake's process took for a run."""
        self._tell("begin", conforming)
        for _ in range(SESSIONS):
            self._session()
        return float(self._tell("end", conforming)["seconds"])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _session(self) -> None:
        body = form_body({"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._secret})
        head = "Content-Type: application/x-www-form-urlencoded\r\n"
        token = json.loads(self._ask("POST", "/auth/v3/oauth/token", head, body))["access_token"]
        for target in CALLS:
            self._ask("GET", target, f"Authorization: Bearer {token}\r\n")

    def _ask(self, method: str, target: str, head: str, body: bytes = b"") -> bytes:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._socket.sendall(f"{method} {target} HTTP/1.1\r\nHost: gws\r\n{head}{length}\r\n".encode() + body)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._socket.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 "), received
        size = int(received[:end].lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(received) < end + 4 + size:
            received += self._socket.recv(65536)
        return received[end + 4 :]

    def _tell(self, verb: str, conforming: bool) -> Any:
        assert self._process.stdin is not None
        print(verb, int(conforming), file=self._process.stdin, flush=True)
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def _gws() -> Iterator[_Gws]:
    command = [sys.executable, "-m", "tests.bench.strictness"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        gws = _Gws(process)
        try:
            yield gws
        finally:
            gws.close()
            assert process.stdin is not None
            process.stdin.close()


def serve() -> None:
    """Serve GWS until standard input ends; begin and end runs as it says."""
    with Testbed(Options(journal=2 * REQUESTS)) as testbed:
        testbed.start(Component.GWS)
        place, client = testbed.directory.endpoint(Component.GWS), testbed.directory.credentials.gws_client
        _say({"host": place.host, "port": place.port, "client": client.name, "secret": client.secret})
        began = 0.0
        for line in sys.stdin:
            verb, conforming = line.split()
            if verb == "begin":
                testbed.reset()
                testbed.part(Component.CONFSERV).campaign_exists("Spring")
                if conforming == "1":
                    testbed.be_strict(ROW)
                _say({})
                began = process_time()
                continue
            if conforming == "1":
                found = of_journal(load(ROW), testbed.journal, number=ROW)
                assert found.exercised.total() == REQUESTS, found.wrong[:1]
            _say({"seconds": process_time() - began})


def _say(facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
