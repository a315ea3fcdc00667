"""A service as a process of its own, asked over several connections at full speed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from cxmock.topology import Component
from cxmock.wire.http import from_json

CLIENTS = 16
"""Connections that a caller keeps."""


@contextmanager
def replica(service: Component, settings: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Run a service; give its address and its process id."""
    command = [sys.executable, "-m", "cxmock.reference", str(service)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **settings}) as process:
        assert process.stdout is not None
        try:
            yield from_json(process.stdout.readline())["url"], process.pid
        finally:
            process.terminate()


@contextmanager
def connections_to(url: str) -> Iterator[list[socket.socket]]:
    """Give connections to a service."""
    host, _, port = url.removeprefix("http://").partition(":")
    with ExitStack() as opened:
        yield [opened.enter_context(socket.create_connection((host, int(port)), 30)) for _ in range(CLIENTS)]


def at_full_speed(connections: list[socket.socket], requests: list[bytes], count: int) -> None:
    """Have every connection ask as soon as all have their answers; the requests in turn."""
    for begin in range(0, count, len(connections)):
        for number, connection in enumerate(connections, begin):
            connection.sendall(requests[number % len(requests)])
        for connection in connections:
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200"), answer
