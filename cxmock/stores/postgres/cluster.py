"""One PostgreSQL server of our own: made once, copied for each testbed, run on a Unix socket in its private folder.

The first start on a machine makes a cluster (``initdb``, our settings, our schema) and keeps it in the cache; every
other start unpacks that and needs some 60 ms. Nothing here is durable, and nothing listens on the network.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

from cxmock.net.processes import Child, Supervisor
from cxmock.stores.postgres import remains, schema
from cxmock.stores.postgres.binaries import find
from cxmock.stores.postgres.connection import Connection, Refused
from cxmock.stores.postgres.identity import choose
from cxmock.stores.postgres.template import Template
from cxmock.stores.sockets import socket_folder
from cxmock.topology import Component, listening_ports
from cxmock.wire.postgres import scram

ADMIN = "postgres"
READY_WITHIN = 20.0
"""Seconds for the server to accept a login."""
COMMAND_WITHIN = 60.0
"""Seconds for initdb, tar."""
(_PLACE,) = listening_ports(Component.POSTGRES)
_STARTING_UP = "57P03"
_BOOTSTRAP = "bootstrap"
"""The file in a fresh copy that holds the administrator's first password; it is changed and removed at once."""

SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 64MB
# Nothing outlives the testbed, so nothing waits for a disk.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 2MB
wal_recycle = off
wal_init_zero = off
# In the data folder and not in /dev/shm, where a killed server would leave them.
dynamic_shared_memory_type = mmap
# Short-lived and small: no helpers, no guesses about the future.
autovacuum = off
max_worker_processes = 0
max_logical_replication_workers = 0
jit = off
# A crash is told, not hidden.
restart_after_crash = off
timezone = 'UTC'
log_timezone = 'UTC'
password_encryption = 'scram-sha-256'
"""
_NEWER_SETTINGS = {18: "io_method = sync\n"}
_ACCESS = "local all all scram-sha-256\n"
_INITDB = (
    "--encoding=UTF8",
    "--locale=C",
    "--wal-segsize=1",
    "--auth=scram-sha-256",
    "--no-sync",
    "--no-instructions",
)
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}


class Cluster:
    """A server, its folder and its administrator.

    Args:
        folder: private; everything is in it.
        supervisor: starts the programs.
        password: what the administrator, role ``postgres``, is to have.

    Raises:
        NoServerFound: there are no programs.
    """

    def __init__(self, folder: Path, supervisor: Supervisor, password: str) -> None:
        self._supervisor = supervisor
        self._password = password
        self._binaries = find()
        self._identity = choose(self._binaries.postgres, folder)
        self._home = folder / "server"
        self._data = self._home / "data"
        self._child: Child | None = None

    async def start(self) -> tuple[Path, Connection]:
        """Start it; return its socket and the administrator's connection to the database.

        Raises:
            PartDied: a program failed; the error tells what it said.
            PartNotReady: the server did not accept a login in time.
        """
        self._identity.own(self._home)
        self._supervisor.run_at_end(self._removal)
        if not self._data.exists():
            template = Template(self._binaries.identity, SETTINGS, _ACCESS, schema.ALL, repr(self._identity))
            await self._unpack(template) if template.there else await self._make(template)
        return await self._serve()

    async def check(self) -> None:
        """Say so if it died.

        Raises:
            PartDied: it did.
        """
        if self._child is not None:
            await self._child.check()

    async def stop(self) -> None:
        """End it; what it holds is lost."""
        await self._end()
        remains.remove(str(self._data))
        self._supervisor.forget(self._removal)

    @property
    def _removal(self) -> list[str]:
        return [sys.executable, "-I", "-S", remains.__file__, str(self._data)]

    async def _end(self) -> None:
        if self._child is not None:
            await self._supervisor.stop(self._child)
            self._child = None

    async def _unpack(self, template: Template) -> None:
        template.used()
        keep_owner = ["--same-owner", "--numeric-owner"] if os.geteuid() == 0 else []
        words: list[str | Path] = ["tar", "--extract", *keep_owner, "--file", template.file, "--directory", self._home]
        await self._supervisor.run(words, name="postgres-unpack", within=COMMAND_WITHIN)

    async def _make(self, template: Template) -> None:
        async with template.making() as file:
            if template.there:  # another process was quicker
                await self._unpack(template)
                return
            await self._initialise()
            if file is not None:
                words: list[str | Path] = ["tar", "--create", "--file", file, "--directory", self._home, "data"]
                await self._supervisor.run(words, name="postgres-pack", within=COMMAND_WITHIN)

    async def _initialise(self) -> None:
        """Make a cluster with our settings and schema, and stop it cleanly."""
        password = secrets.token_urlsafe(18)
        file = self._home / "password"
        self._write(file, password)
        words: list[str | Path] = [
            self._binaries.initdb,
            "--pgdata",
            self._data,
            f"--username={ADMIN}",
            f"--pwfile={file}",
            *_INITDB,
        ]
        await self._supervisor.run(
            [*self._identity.prefix, *words],
            name="postgres-initdb",
            within=COMMAND_WITHIN,
            env=_ENVIRONMENT,
            user=self._identity.user,
            cwd=self._home,
            # That is, by itself, in a moment: its helpers would leave shared memory, and nobody knew whose it is.
            end=signal.SIGCONT,
        )
        file.unlink()
        version = int((self._data / "PG_VERSION").read_text().partition(".")[0])
        newer = "".join(text for since, text in _NEWER_SETTINGS.items() if version >= since)
        self._write(self._data / "postgresql.auto.conf", SETTINGS + newer)
        self._write(self._data / "pg_hba.conf", _ACCESS)
        socket, admin = await self._launch(password, "template1", signal.SIGINT)
        # Renamed and not created: a third of the whole cluster's size less to unpack each time.
        await admin.script(f"ALTER DATABASE postgres RENAME TO {schema.DATABASE}")
        await admin.close()
        admin = await Connection.open(socket, ADMIN, password, schema.DATABASE)
        await admin.script(schema.ALL)
        current = (await admin.query("SELECT pg_walfile_name(pg_current_wal_lsn())")).values[0][0]
        await admin.close()
        await self._end()
        # Files of the log that are only there for later use need not be unpacked each time.
        later = sorted(path for path in (self._data / "pg_wal").iterdir() if path.is_file() and path.name > current)
        for path in later[2:]:
            path.unlink()
        self._write(self._data / _BOOTSTRAP, password)

    async def _serve(self) -> tuple[Path, Connection]:
        bootstrap = self._data / _BOOTSTRAP
        first = bootstrap.read_text() if bootstrap.exists() else ""
        stored = asyncio.create_task(asyncio.to_thread(scram.stored, self._password)) if first else None
        socket, admin = await self._launch(first or self._password, schema.DATABASE, signal.SIGQUIT)
        if stored is not None:
            # Written before the first password is removed: else who ends the server at once cannot start it again.
            await admin.script(f"SET LOCAL synchronous_commit = on; ALTER ROLE {ADMIN} PASSWORD '{await stored}'")
            bootstrap.unlink()
        return socket, admin

    async def _launch(self, password: str, database: str, end: signal.Signals) -> tuple[Path, Connection]:
        """Start the server; return its socket and the administrator's connection to ``database``."""
        folder = socket_folder(self._home, self._supervisor)
        self._identity.own(folder)
        child = await self._supervisor.start(
            [*self._identity.prefix, self._binaries.postgres, "-D", self._data, "-k", folder, "-p", str(_PLACE.port)],
            name="postgres",
            env=_ENVIRONMENT,
            user=self._identity.user,
            cwd=self._home,
            end=end,
        )
        self._child = child
        path = folder / f".s.PGSQL.{_PLACE.port}"
        connections: list[Connection] = []

        async def accepts() -> bool:
            try:
                connections.append(await Connection.open(path, ADMIN, password, database))
            except OSError:
                return False
            except Refused as error:
                if error.sqlstate == _STARTING_UP:
                    return False
                raise
            return True

        await child.ready(accepts, within=READY_WITHIN)
        return path, connections[0]

    def _write(self, path: Path, text: str) -> None:
        """Write a file that only the server may read."""
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(text)
        if self._identity.user is not None:
            os.chown(path, self._identity.user, self._identity.user)
