"""Jobs, their runs, and whose turn it is to run them, in Redis (row 5): for any number of replicas.

Whoever runs a job has its **turn**: a key with a secret, which expires unless it is kept up. Whatever is written about
a run is written only while the turn is one's own, in one transaction that fails otherwise. So a replica that was held
up for long, and whose turn another took meanwhile, changes nothing any more.
"""

from __future__ import annotations

import math
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.keys import Keys
from cxmock.reference.services.job_scheduler.jobs import Job, Run, Step, kept_runs
from cxmock.wire.http import from_json, to_json

if TYPE_CHECKING:
    from redis.asyncio import Redis

RUNS_KEPT = 20
TURN_SECONDS = 15
"""How long a turn lasts that is not kept up: after so long another replica takes up what one left that died."""


class TurnLost(Exception):
    """The turn is somebody else's by now, or the job is gone."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to run a job."""

    job: str
    secret: str


class Store:
    """The jobs of one tenant."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    # Jobs

    async def define(self, job: Job, due: float) -> bool:
        """Keep a job, due then; return whether it is a new one. One of that name is replaced and keeps its history."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(self._keys.job(job.name), "definition", to_json(asdict(job)))
        pipe.zadd(self._keys.jobs, {job.name: due})
        _, new = await pipe.execute()
        return bool(new)

    async def forget(self, name: str) -> None:
        """Remove a job with its history; a run that is under way loses its turn."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(self._keys.job(name), self._keys.job_turn(name), self._keys.job_taken(name))
        pipe.srem(self._keys.jobs_running, name)
        pipe.zrem(self._keys.jobs, name)
        await pipe.execute()

    async def names(self) -> list[str]:
        """Return the names of all jobs."""
        return sorted(str(name) for name in await self._redis.zrange(self._keys.jobs, 0, -1))

    async def read(self, name: str) -> tuple[Job, list[Run]]:
        """Return a job and its runs, the latest first.

        Raises:
            Refusal: there is no such job (604).
        """
        kept = await self._redis.hgetall(self._keys.job(name))
        if "definition" not in kept:
            known = ", ".join((await self.names())[:20]) or "none"
            raise Refusal(Code.NOT_FOUND, f'There is no job "{name:.100}".', f"There are: {known}.")
        return Job.kept(str(kept["definition"])), [Run.kept(run) for run in from_json(kept.get("runs", "[]"))]

    async def all(self) -> list[tuple[Job, list[Run]]]:
        """Return all jobs with their runs, by name."""
        found = []
        for name in await self.names():
            with suppress(Refusal):  # removed meanwhile
                found.append(await self.read(name))
        return found

    async def due(self, name: str) -> float:
        """Return when a job is due, in UTC seconds; ``inf`` for never."""
        score = await self._redis.zscore(self._keys.jobs, name)
        return math.inf if score is None else float(score)

    async def scheduled(self) -> list[tuple[str, float]]:
        """Return the jobs that have a time at which they are due, and when it is."""
        found = await self._redis.zrangebyscore(self._keys.jobs, "-inf", "(+inf", withscores=True)
        return [(str(pair[0]), float(pair[1])) for pair in found]

    async def running(self) -> list[str]:
        """Return the jobs that run, or ran when the replica died that ran them."""
        return sorted(str(name) for name in await self._redis.smembers(self._keys.jobs_running))

    async def next_number(self) -> int:
        """Return the number of a new run; none is given twice."""
        return int(await self._redis.incr(self._keys.job_number))

    async def taken(self, name: str) -> dict[str, str]:
        """Return the files on the server that a job has taken, with their sizes."""
        found = await self._redis.hgetall(self._keys.job_taken(name))
        return {str(path): str(size) for path, size in found.items()}

    # Turns

    async def take(self, name: str) -> Turn | None:
        """Take the turn to run a job; None when somebody has it."""
        turn = Turn(name, secrets.token_hex(8))
        taken = await self._redis.set(self._keys.job_turn(name), turn.secret, nx=True, ex=TURN_SECONDS)
        return turn if taken else None

    async def keep_up(self, turn: Turn) -> None:
        """Have a turn last on.

        Raises:
            TurnLost: it is somebody else's.
        """
        if await self._redis.getex(self._keys.job_turn(turn.job), ex=TURN_SECONDS) != turn.secret:
            raise TurnLost

    async def give_up(self, turn: Turn) -> None:
        """Let somebody else take the turn; one that is lost already is let be."""
        with suppress(TurnLost):
            await self._do(turn, [("delete", self._keys.job_turn(turn.job))])

    async def begin(self, turn: Turn, runs: list[Run], due: float) -> None:
        """Note that a run began, and when the job is due next; raises like :meth:`note`."""
        keys = self._keys
        await self._do(
            turn,
            [
                *self._runs(turn, runs),
                ("zadd", keys.jobs, {turn.job: due}),
                ("sadd", keys.jobs_running, turn.job),
            ],
        )

    async def note(self, turn: Turn, runs: list[Run], taken: Step | None = None) -> None:
        """Note how far a run is; with ``taken``, that a file on the server was.

        Raises:
            TurnLost: the turn is somebody else's by now; nothing is noted.
        """
        commands = self._runs(turn, runs)
        if taken is not None:
            commands.append(("hset", self._keys.job_taken(turn.job), taken.path, str(taken.size)))
        await self._do(turn, commands)

    async def end(self, turn: Turn, runs: list[Run], due: float) -> None:
        """Note how a run ended and when the job is due next, and give up the turn; raises like :meth:`note`."""
        keys = self._keys
        await self._do(
            turn,
            [
                *self._runs(turn, runs),
                ("zadd", keys.jobs, {turn.job: due}),
                ("srem", keys.jobs_running, turn.job),
                ("delete", keys.job_turn(turn.job)),
            ],
        )

    def _runs(self, turn: Turn, runs: list[Run]) -> list[tuple[Any, ...]]:
        return [("hset", self._keys.job(turn.job), "runs", kept_runs(runs[:RUNS_KEPT]))]

    async def _do(self, turn: Turn, commands: list[tuple[Any, ...]]) -> None:
        """Do commands together, if the turn is one's own until they are done."""
        from redis.exceptions import WatchError

        key = self._keys.job_turn(turn.job)
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(key)
            if await pipe.get(key) != turn.secret:
                raise TurnLost
            pipe.multi()  # type: ignore[no-untyped-call]
            for name, *arguments in commands:
                getattr(pipe, name)(*arguments)
            try:
                await pipe.execute()
            except WatchError:
                raise TurnLost from None
