"""``cxmock stub``: one command, and a connection's provider is there."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cxmock.cli import main
from cxmock.contracts.library import folder

COMMAND = [sys.executable, "-m", "cxmock", "stub"]


@contextmanager
def stub(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``cxmock stub``; give the process and its first line."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def send(url: str, body: object = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or "null")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def test_a_provider_is_there_at_its_own_address_and_at_any_port_until_sigterm() -> None:
    port = free_port()
    with stub("12", "--json", "--port", str(port)) as (process, line):
        told = json.loads(line)
        assert list(told["endpoints"]) == ["nexus"]
        (place,) = told["endpoints"]["nexus"]
        assert told["env"]["CX_NEXUS_URL"] == place["url"]
        assert send(f"http://127.0.0.1:{port}/nexus/v3/x")[0] == 501
        assert send(f"http://{place['host']}:{place['port']}/nexus/v3/x")[0] == 501

        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1)


def test_states_are_chosen_from_outside_as_by_any_pact_verifier() -> None:
    port = free_port()
    pact = str(Path(__file__).parent.parent / "contracts" / "pacts" / "webshop-library-v2.json")
    with stub("12", "--json", "--contract", pact, "--port", str(port)) as (_, line):
        states = f"{json.loads(line)['states']}/12"
        books = f"http://127.0.0.1:{port}/books?sort=title&limit=10"
        headers = {"Accept": "application/json", "Authorization": "Bearer x"}
        assert send(books, **headers)[1]["total"] == 1

        assert send(states, {"state": "there are no books"}) == (200, {})
        assert send(books, **headers) == (404, None)

        assert send(states, {"action": "teardown"}) == (200, {})
        assert send(states, {"state": "there are books"}) == (200, {})
        assert send(books, **headers)[1]["total"] == 1


def test_people_are_told_where_it_is() -> None:
    with stub("5") as (_, line):
        assert line.startswith("Redis is played from the contract of connection 5: redis://127.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["7"], "PostgreSQL cannot be played from a contract."),
        (["8", "--port", "1"], "Connection 8 leads to 2 components, and --port is one port."),
        (["12", "--port", "99999"], "Nexus cannot be played at 127.0.0.1:99999: there is no such port."),
        (["12", "--contract", "nowhere.json"], "There is no contract nowhere.json."),
        (["12", "--contract", str(folder() / "11-contact-gws.json")], "has nothing that Nexus could answer over http."),
    ],
)
def test_what_cannot_be_is_told_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["stub", *arguments]) == 2

    assert said in capsys.readouterr().err


def test_a_port_that_is_taken_is_told_with_who_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert main(["stub", "12", "--port", str(port)]) == 2

    assert f"Nexus cannot be played at 127.0.0.1:{port}: Address already in use, by " in capsys.readouterr().err
