"""Jobs and their runs: what they are, how a request defines one, and how Redis keeps them (row 5).

Documented: an automation task is a schedule, a directory and credentials on an SFTP or FTP server, and an action.
Assumed: the names of all fields, and that the server and its credentials are the tenant's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cxmock.reference.envelope import Code, Refusal, given, needed, one_of
from cxmock.reference.keys import Keys
from cxmock.reference.names import valid_name
from cxmock.wire.http import from_json, to_json

if TYPE_CHECKING:
    from redis.asyncio import Redis

ACTIONS = ("import-contacts", "append-contacts", "import-suppression", "export-results")
PROTOCOLS = ("sftp", "ftp")
CHANNELS = ("", "voice", "sms", "email")
ENTRY_TYPES = ("Device", "ClientID")
RUNS_KEPT = 20
RUN_SECONDS = 600
"""How long a run may take; then its job may be run again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A list-automation job."""

    name: str
    action: str
    protocol: str
    path: str
    """On the server: a file, or a pattern such as ``/in/leads-*.csv``; for an export, the file to write."""
    list: str
    """The contact or suppression list."""
    at: float | None = None
    """When it is due, in UTC seconds; None when it runs only on demand."""
    encoding: str = ""
    country: str = ""
    """Where numbers are from when a row does not say."""
    type: str = "Device"
    channel: str = ""
    required: bool = False
    """The last three are a suppression list's."""

    def shown(self) -> dict[str, Any]:
        """Return the job as the API tells it."""
        told = {name: value for name, value in asdict(self).items() if value not in ("", None) and name != "at"}
        return told | {"schedule": {"at": iso(self.at)} if self.at is not None else None}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job."""

    state: str
    """``running``, ``done`` or ``failed``."""
    started: str
    ended: str = ""
    reason: str = ""
    """Why it failed."""
    files: list[str] = field(default_factory=list)
    """On the server."""
    result: dict[str, Any] = field(default_factory=dict)
    """What the import or export told."""


def job_of(data: Mapping[str, Any]) -> Job:
    """Return the job that a request defines.

    Raises:
        Refusal: a field is missing or wrong.
    """
    path = needed(data, "path", str)
    if not path.startswith("/") or ".." in path.split("/") or not path.isprintable() or path.endswith("/"):
        raise Refusal(Code.INVALID, f'"path" is "{path:.60}".', "An absolute path of a file, or a pattern of its name.")
    action = one_of("action", needed(data, "action", str), ACTIONS)
    folder, _, file = path.rpartition("/")
    if is_pattern(folder) or (action == "export-results" and is_pattern(file)):
        raise Refusal(
            Code.INVALID, f'"path" is the pattern "{path:.60}".', "Only the name of a file to import can be one."
        )
    return Job(
        name=valid_name("name", needed(data, "name", str)),
        action=action,
        protocol=one_of("protocol", given(data, "protocol", "sftp"), PROTOCOLS),
        path=path,
        list=valid_name("list", needed(data, "list", str)),
        at=_due(data.get("schedule")),
        encoding=given(data, "encoding", ""),
        country=given(data, "country", ""),
        type=one_of("type", given(data, "type", "Device"), ENTRY_TYPES),
        channel=one_of("channel", given(data, "channel", ""), CHANNELS),
        required=given(data, "required", False),
    )


def is_pattern(path: str) -> bool:
    """Return whether ``path`` stands for several.

    >>> is_pattern("/in/leads-*.csv"), is_pattern("/in/leads.csv")
    (True, False)
    """
    return any(sign in path for sign in "*?[")


def _due(schedule: object) -> float | None:
    """Return when a job is due, in UTC seconds."""
    if schedule is None:
        return None
    at = schedule.get("at") if isinstance(schedule, dict) else None
    try:
        when = datetime.fromisoformat(str(at))
    except ValueError:
        raise Refusal(
            Code.INVALID, '"schedule" cannot be read.', '{"at": "2026-03-01T08:00:00Z"}, or null to run on demand.'
        ) from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def iso(when: float) -> str:
    """Return UTC seconds as people read them.

    >>> iso(1_767_225_600)
    '2026-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Jobs:
    """The jobs of one tenant, in Redis."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def define(self, job: Job) -> bool:
        """Keep a job; return whether it is a new one. One of that name is replaced and keeps its history."""
        due = math.inf if job.at is None else job.at
        await self._redis.hset(self._keys.job(job.name), "definition", to_json(asdict(job)))
        return bool(await self._redis.zadd(self._keys.jobs, {job.name: due}))

    async def forget(self, name: str) -> bool:
        """Remove a job with its history; return whether there was one."""
        await self._redis.delete(self._keys.job(name))
        return bool(await self._redis.zrem(self._keys.jobs, name))

    async def names(self) -> list[str]:
        """Return the names of all jobs."""
        return sorted(str(name) for name in await self._redis.zrange(self._keys.jobs, 0, -1))

    async def scheduled(self) -> list[tuple[str, float]]:
        """Return the jobs that wait for their time, and when it is."""
        found = await self._redis.zrangebyscore(self._keys.jobs, "-inf", "(+inf", withscores=True)
        return [(str(pair[0]), float(pair[1])) for pair in found]

    async def claim(self, name: str) -> bool:
        """Take a due job; True for exactly one of all who try."""
        return bool(await self._redis.zadd(self._keys.jobs, {name: math.inf}, xx=True, ch=True))

    async def read(self, name: str) -> tuple[Job, list[Run]]:
        """Return a job and its runs, the latest first.

        Raises:
            Refusal: there is no such job (604).
        """
        kept = await self._redis.hgetall(self._keys.job(name))
        if "definition" not in kept:
            known = ", ".join(await self.names()) or "none"
            raise Refusal(Code.NOT_FOUND, f'There is no job "{name}".', f"There are: {known}.")
        runs = [Run(**run) for run in from_json(kept.get("runs", "[]"))]
        return Job(**from_json(kept["definition"])), runs

    async def begin(self, name: str, run: Run) -> bool:
        """Note that a run began; return False if one is under way."""
        if not await self._redis.set(self._keys.job_turn(name), run.started, nx=True, ex=RUN_SECONDS):
            return False
        _, runs = await self.read(name)
        await self._write(name, [run, *runs])
        return True

    async def end(self, name: str, run: Run) -> None:
        """Note how the latest run ended."""
        _, runs = await self.read(name)
        await self._write(name, [run, *runs[1:]])
        await self._redis.delete(self._keys.job_turn(name))

    async def _write(self, name: str, runs: list[Run]) -> None:
        kept = to_json([asdict(run) for run in runs[:RUNS_KEPT]])
        await self._redis.hset(self._keys.job(name), "runs", kept)


def failed(run: Run, ended: str, reason: str) -> Run:
    """Return ``run`` as it is when it failed."""
    return replace(run, state="failed", ended=ended, reason=reason)
