"""Pact's verifier, kept warm in a child process: it must not be forked, and its output and environment are its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
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
NO_CERTIFICATES = "none"
"""An empty folder beside the child's files: Pact would try each of those as a certificate, for every interaction."""
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


Begun = asyncio.Future[dict[str, Any]]
"""A job that the engine works on."""


class Engine:
    """The child process and the conversation with it. It works on two jobs at a time; others wait their turn.

    Args:
        ca_file: the one CA file that is trusted (PEM). One file, because Pact reads the whole store for every request.
            It is in a testbed's folder: the child's own is made beside it, and goes with it however the testbed ends.
    """

    def __init__(self, ca_file: Path) -> None:
        self._ca_file = ca_file
        self._turn = asyncio.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._said: IO[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._begun: dict[int, Begun] = {}

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
        self._folder = Path(tempfile.mkdtemp(prefix="engine-", dir=self._ca_file.parent))
        (self._folder / NO_CERTIFICATES).mkdir()
        self._said = (self._folder / "said").open("ab+")
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn(self._ca_file, self._folder, theirs, self._said)
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=ANSWER_LIMIT)
        self._listening = asyncio.create_task(self._listen(reader))

    async def begin(self, job: Job) -> Begun:
        """Have a job begun; :meth:`ended` waits for its end."""
        async with self._turn:
            await self._start()
            assert self._writer is not None and self._said is not None
            if not self._begun:
                os.ftruncate(self._said.fileno(), 0)
            number = next(self._numbers)
            begun = self._begun[number] = asyncio.get_running_loop().create_future()
            with contextlib.suppress(OSError):  # whoever listens there tells what became of it
                self._writer.write(to_json({"number": number, **_question(job)}) + b"\n")
                await self._writer.drain()
        return begun

    async def ended(self, begun: Begun, *, about: str, within: float) -> dict[str, Any]:
        """Return Pact's results of a job that was begun; ``about`` names it in errors.

        Raises:
            EngineDied: the child ended.
            EngineSilent: there was no result within ``within`` seconds; the child is ended.
        """
        try:
            async with asyncio.timeout(within):
                answer = await asyncio.shield(begun)  # close() is to end it, and tells why
        except TimeoutError as error:
            await self.close()
            raise EngineSilent(about, within) from error
        except asyncio.CancelledError:
            await self.close()  # nobody waits for its answer any more
            raise
        if "fault" in answer:
            raise EngineDied(answer["fault"], self._last_words())
        results: dict[str, Any] = answer["results"]
        return results

    async def run(self, job: Job, *, about: str, within: float) -> dict[str, Any]:
        """Return Pact's results of ``job``; see :meth:`ended`."""
        return await self.ended(await self.begin(job), about=about, within=within)

    async def close(self) -> None:
        """End the child and remove its folder. Harmless when repeated."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
        self._tell_all(EngineDied("it was closed", []))
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None
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

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Give every job its answer; when the child ends, all are told."""
        reason = "the connection to it was closed"
        try:
            while (line := await reader.readline()).endswith(b"\n"):
                answer = from_json(line)
                if (begun := self._begun.pop(answer["number"], None)) is not None:
                    begun.set_result(answer)
        except (OSError, ValueError) as error:
            reason = str(error)
        self._tell_all(await self._death(reason))

    async def _death(self, reason: str) -> EngineDied:
        process = self._process
        assert process is not None
        if not await until(lambda: process.poll() is not None, within=1.0):
            process.kill()
            await until(lambda: process.poll() is not None, within=_END_WITHIN)
            return EngineDied(reason, self._last_words())
        return EngineDied(_end(process.returncode), self._last_words())

    def _tell_all(self, death: EngineDied) -> None:
        while self._begun:
            _, begun = self._begun.popitem()
            begun.set_exception(death)
            begun.exception()  # nobody has to have waited for it

    def _last_words(self) -> list[str]:
        if self._said is None:
            return []
        self._said.seek(0)
        return self._said.read(64 * 1024).decode("utf-8", "replace").splitlines()[-_LAST_LINES:]


def _question(job: Job) -> dict[str, Any]:
    return {
        "pact": job.pact,
        "host": job.host,
        "transports": [asdict(one) for one in job.transports],
        "states": job.states,
        "within_ms": max(1, round(job.within * 1000)),
    }


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


def _environment(ca_file: Path, folder: Path) -> dict[str, str]:
    """Return the child's environment.

    Telemetry is off by this very spelling. The certificate folder is one without certificates. Proxies are taken away:
    Pact would send even what is for loopback addresses to them, whatever ``NO_PROXY`` says. It does one thing at a
    time, so one thread is enough, and none of its errors needs to know where in it it came up: each costs a tenth.
    """
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}
    return inherited | {
        "PACT_DO_NOT_TRACK": "true",
        "SSL_CERT_FILE": str(ca_file),
        "SSL_CERT_DIR": str(folder / NO_CERTIFICATES),
        "TOKIO_WORKER_THREADS": "1",
        "RUST_LIB_BACKTRACE": "0",
    }
