"""Pact's verifier, kept warm in a child process: it must not be forked, and its output and environment are its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from cxmock.contracts import engine_child
from cxmock.errors.contracts import EngineDied, EngineSilent
from cxmock.net.waiting import until
from cxmock.wire.http import from_json, to_json

ANSWER_LIMIT = 64 * 2**20
"""Bytes of one result that are read."""
_END_WITHIN = 5.0
_LAST_LINES = 6
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


@dataclass(frozen=True, slots=True)
class Transport:
    """Where Pact's verifier sends the requests of a transport."""

    protocol: str
    """``http``, or the name that interactions carry as ``transport``."""
    port: int
    path: str | None = None
    scheme: str = "http"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of Pact's verifier."""

    pact: Mapping[str, Any]
    """A Pact document."""
    host: str
    transports: Sequence[Transport]
    states: str
    """The URL that arranges provider states; empty where there are none (Pact would call it even so)."""
    within: float
    """Seconds for each request that the verifier makes."""


class Engine:
    """The child process and the conversation with it. One job at a time; others wait their turn.

    Args:
        ca_file: the one CA file that is trusted (PEM). One file, because Pact reads the whole store for every request.
    """

    def __init__(self, ca_file: Path) -> None:
        self._ca_file = ca_file
        self._turn = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._said: IO[bytes] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def running(self) -> bool:
        """Whether the child is there."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start the child, so that it is warm when the first job comes. Harmless when it runs."""
        async with self._turn:
            await self._start()

    async def _start(self) -> None:
        if self.running:
            return
        await self.close()
        self._folder = _private_folder()
        self._said = (self._folder / "said").open("ab+")
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn(self._ca_file, self._folder, theirs, self._said)
        self._reader, self._writer = await asyncio.open_connection(sock=ours, limit=ANSWER_LIMIT)

    async def run(self, job: Job, *, about: str, within: float) -> dict[str, Any]:
        """Return Pact's results of ``job``; ``about`` names it in errors.

        Raises:
            EngineDied: the child ended.
            EngineSilent: there was no result within ``within`` seconds; the child is ended.
        """
        async with self._turn:
            await self._start()
            try:
                async with asyncio.timeout(within):
                    return await self._converse(job)
            except TimeoutError as error:
                await self.close()
                raise EngineSilent(about, within) from error
            except asyncio.CancelledError:
                await self.close()  # its answer would be taken for that of the next job
                raise

    async def close(self) -> None:
        """End the child and remove its folder. Harmless when repeated."""
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
            self._writer = self._reader = None
        if (process := self._process) is not None:
            with contextlib.suppress(OSError):
                process.kill()
            await until(lambda: process.poll() is not None, within=_END_WITHIN)
            self._process = None
        if self._said is not None:
            self._said.close()
            self._said = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def _converse(self, job: Job) -> dict[str, Any]:
        assert self._reader is not None and self._writer is not None and self._said is not None
        os.ftruncate(self._said.fileno(), 0)
        question = {
            "pact": job.pact,
            "host": job.host,
            "transports": [asdict(one) for one in job.transports],
            "states": job.states,
            "within_ms": max(1, round(job.within * 1000)),
        }
        try:
            self._writer.write(to_json(question) + b"\n")
            await self._writer.drain()
            line = await self._reader.readline()
        except (OSError, ValueError) as error:
            raise await self._death(str(error)) from error
        if not line.endswith(b"\n"):
            raise await self._death("the connection to it was closed")
        answer = from_json(line)
        if "fault" in answer:
            raise EngineDied(answer["fault"], self._last_words())
        results: dict[str, Any] = answer["results"]
        return results

    async def _death(self, reason: str) -> EngineDied:
        process = self._process
        assert process is not None
        await until(lambda: process.poll() is not None, within=1.0)
        words = self._last_words()
        end = reason if process.returncode is None else _end(process.returncode)
        await self.close()
        return EngineDied(end, words)

    def _last_words(self) -> list[str]:
        if self._said is None:
            return []
        self._said.seek(0)
        return self._said.read(64 * 1024).decode("utf-8", "replace").splitlines()[-_LAST_LINES:]


def _spawn(ca_file: Path, folder: Path, channel: socket.socket, said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: a file of the user's in the working folder must not pass for a module.
        [sys.executable, "-P", engine_child.__file__, str(channel.fileno()), str(folder)],
        env=_environment(ca_file, folder),
        pass_fds=[channel.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        cwd=folder,
        start_new_session=True,
    )


def _end(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    return f"killed by signal {-status} ({signal.Signals(-status).name})"


def _private_folder() -> Path:
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK | os.X_OK) else None
    return Path(tempfile.mkdtemp(prefix="cxmock-engine-", dir=parent))


def _environment(ca_file: Path, folder: Path) -> dict[str, str]:
    """Return the child's environment.

    Telemetry is off by this very spelling. The certificate folder is one without certificates. Proxies are taken away:
    Pact would send even what is for loopback addresses to them, whatever ``NO_PROXY`` says.
    """
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}
    return inherited | {
        "PACT_DO_NOT_TRACK": "true",
        "SSL_CERT_FILE": str(ca_file),
        "SSL_CERT_DIR": str(folder),
    }
