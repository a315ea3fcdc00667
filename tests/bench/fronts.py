"""Redis in Python on the wire: our front over fakeredis' core, beside fakeredis' own server, and a real one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import perf_counter

from cxmock.stores.redis.server import find_server
from cxmock.wire.resp_encoding import encode_command
from tests.bench.measuring import Figure

RUNS = 3
SECONDS = 1.0
MANY = 20
PIPELINED = 200
IDLE = 200

_OURS = """
import asyncio
from cxmock.stores.redis.front import Front
async def main():
    print((await Front("").start())[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
_THEIRS = """
from fakeredis import TcpFakeServer
server = TcpFakeServer(("127.0.0.1", 0))
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def figures() -> Iterator[Figure]:
    """Measure them in turns: with one client, with many, with pipelines; and what clients cost that say nothing."""
    with ExitStack() as running:
        servers = {
            "our front": running.enter_context(_python(_OURS)),
            "fakeredis' TcpFakeServer": running.enter_context(_python(_THEIRS)),
            "a real server": running.enter_context(real_server()),
        }
        for what, count, pipelined in (
            ("one client", 1, 1),
            (f"{MANY} clients", MANY, 1),
            (f"pipelines of {PIPELINED}", 1, PIPELINED),
        ):
            runs = [{name: _rate(*at, count, pipelined) for name, at in servers.items()} for _ in range(RUNS)]
            for name in servers:
                yield Figure(f"{what}: {name}", "requests/s", [run[name][0] for run in runs])
                yield Figure("... of a core, each", "µs", [run[name][1] for run in runs], digits=1)
        for name, at in servers.items():
            yield Figure(f"{IDLE} idle clients: {name}", "% of a core", [_busy(*at) for _ in range(RUNS)])


@contextmanager
def _clients(port: int, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as opened:
        clients = [opened.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(count)]
        for client in clients:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(encode_command("PING"))
            assert client.recv(100) == b"+PONG\r\n"
        yield clients


def _rate(port: int, pid: int, count: int, pipelined: int) -> tuple[float, float]:
    """Return how many SETs a second are answered, and how many microseconds of a core the server takes for one.

    Each client waits for its answers before it goes on.
    """
    request = encode_command("SET", "key", "x" * 20) * pipelined
    with _clients(port, count) as clients:
        done, used, began = 0, _used(pid), perf_counter()
        while (seconds := perf_counter() - began) < SECONDS:
            for client in clients:
                client.sendall(request)
            for client in clients:
                left = 5 * pipelined
                while left:
                    received = len(client.recv(left))
                    assert received, "the server hung up"
                    left -= received
            done += count * pipelined
        return done / seconds, (_used(pid) - used) / done * 1e6


def _busy(port: int, pid: int) -> float:
    """Return how much of a core the server takes in a second in which its clients ask nothing."""
    with _clients(port, IDLE) as [first, *_]:
        before, began = _used(pid), perf_counter()
        first.settimeout(SECONDS)
        with suppress(TimeoutError):
            first.recv(1)
        return 100 * (_used(pid) - before) / (perf_counter() - began)


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _python(script: str) -> Iterator[tuple[int, int]]:
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


@contextmanager
def real_server() -> Iterator[tuple[int, int]]:
    """Run a real server; give its port and process id."""
    program = find_server()
    assert program is not None
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = int(sock.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                next(line for line in process.stdout if "Ready to accept" in line)
                yield port, process.pid
            finally:
                process.kill()
