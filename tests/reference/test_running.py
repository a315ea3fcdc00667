"""A service as a process of its own: it says when it is ready, answers, and ends clean when it is told to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest

from cxmock.errors.running import CannotListen, UnknownService
from cxmock.net.clock import Clock
from cxmock.reference.running import SERVICES, bound, build, main
from cxmock.reference.settings import Settings
from tests.reference.test_settings import FULL

WITHIN = 20


@contextmanager
def running(*arguments: str, pass_fds: tuple[int, ...] = ()) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run a service; give the process and what it said when it was ready."""
    command = [sys.executable, "-m", "cxmock.reference", *arguments]
    environment = {"PATH": os.environ["PATH"], **FULL}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, pass_fds=pass_fds) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_a_service_runs_until_it_is_told_to_end() -> None:
    with running("list-builder") as (process, ready):
        assert ready["ready"] is True
        with urlopen(f"{ready['url']}/health/live", timeout=WITHIN) as answer:
            assert json.load(answer)["service"] == "cxc-list-builder"
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0


def test_a_service_can_be_given_its_socket() -> None:
    with bound("127.0.0.1:0") as sock:
        sock.set_inheritable(True)
        with running("ui", "--fd", str(sock.fileno()), pass_fds=(sock.fileno(),)) as (_, ready):
            assert ready["url"] == f"http://127.0.0.1:{sock.getsockname()[1]}"
            with urlopen(f"{ready['url']}/ui/cxcontact/", timeout=WITHIN) as answer:
                assert b"CX Contact" in answer.read()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_of_the_reference_can_be_built(name: str) -> None:
    service = build(name, Settings.from_env(FULL), Clock())
    service.reset()


def test_what_a_reset_cuts_short_has_ended_when_it_is_done() -> None:
    """Who is cut short in a transaction ends it first: a store that is then emptied finds nothing open."""
    service = build("dial-manager", Settings.from_env(FULL), Clock())
    ended: list[str] = []

    async def in_a_transaction(begun: asyncio.Event) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(ended.append, "rolled back")

    async def story() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(in_a_transaction(begun))
        await begun.wait()
        service.runtime.end([task])
        await service.renew()
        assert ended == ["rolled back"]

    asyncio.run(story())


def test_an_unknown_service_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UnknownService) as raised:
        build("list-bilder", Settings.from_env(FULL), Clock())
    assert 'Did you mean "list-builder"?' in str(raised.value)


@pytest.mark.parametrize("place", ["0.0.0.0:3008", "192.0.2.1:80", "localhost:80", "127.0.0.1:http", "127.0.0.1:70000"])
def test_a_service_listens_on_loopback_only(place: str) -> None:
    with pytest.raises(CannotListen) as raised:
        bound(place)
    assert f"cannot listen at {place}" in str(raised.value)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as raised:
            bound(f"127.0.0.1:{port}")
    assert "in use" in str(raised.value)


def test_a_service_that_is_not_configured_says_what_is_missing_and_exits_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["ui"], {}) == 2
    assert "CX_GWS_URL: where GWS is" in capsys.readouterr().err
