"""Verification on several cores: each helper is a process with a testbed of its own, where it verifies shares.

A helper ends when its pipe does, and its testbed with it, so that none outlives the testbed that it helps. What it
does not do is done without it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxmock.contracts.chosen import Chosen
from cxmock.contracts.verdicts import Mismatch, RowResult, Verdict
from cxmock.errors.base import CxmockError
from cxmock.net.ends import killed
from cxmock.net.pickled import packed, receive
from cxmock.net.waiting import until
from cxmock.testbed.options import Options
from cxmock.testbed.shares import SHARE, Shares

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed
    from cxmock.testbed.verifying import TestbedVerifier

MOST = 3
"""Helpers at once."""
WORTH = 200
"""Promises for which a helper is started: its start takes it the time of fifty."""
SHARE_WITHIN = 600.0
"""Seconds for a share; a helper that hangs has given up before."""
_END_WITHIN = 5.0

Found = tuple[str, bool, tuple[Mismatch, ...], float, str]
"""A helper's verdict: the provider, whether the promise is kept, mismatches, seconds, where the provider was asked."""


class Helped:
    """Verifies what is chosen in a testbed, with a helper for each further core that there is; close it at the end.

    Helpers begin at once. They help where a testbed of their own is the same as this one: what somebody else plays or
    runs, there is but once, and what is unplugged here is not there.

    Args:
        testbed: the one that is verified.
        chosen: promises of the shipped contracts.
        most: helpers at most.
    """

    def __init__(self, testbed: Testbed, chosen: Sequence[Chosen], *, most: int = MOST) -> None:
        self._testbed = testbed
        promises = sum(len(one.places) for one in chosen)
        count = min(most, _cores() - 1, promises // WORTH) if alike(testbed) else 0
        self._shares = Shares(chosen, SHARE if count > 0 else 0)
        self._tasks: list[asyncio.Task[None]] = []
        self._helpers: list[Helper] = []
        if count > 0:
            testbed.background.call(lambda: self._begin(count))

    def verify(
        self,
        verifier: TestbedVerifier,
        *,
        told: Callable[[int], None] = lambda number: None,
        failed: Callable[[int, CxmockError], None] | None = None,
    ) -> list[RowResult]:
        """Verify all of it; return what came of each connection, in order.

        Args:
            verifier: of this testbed.
            told: told which connection is verified now.
            failed: told why a connection could not be verified; without it, that is raised.
        """
        gc.freeze()  # what is there now stays: to look through it again and again takes a tenth of the time
        try:
            while share := self._next():
                told(share.number)
                try:
                    result = verifier.verify_chosen(share)
                except CxmockError as error:
                    if failed is None:
                        raise
                    self._shares.drop(share.number)
                    failed(share.number, error)
                else:
                    self._shares.done(share, result.verdicts, result.seconds)
        finally:
            gc.unfreeze()
        return self._shares.results()

    def close(self) -> None:
        """End the helpers."""
        self._testbed.run(self._close())

    def _next(self) -> Chosen | None:
        """Take the next share; when there is none, wait for what helpers may give back."""
        if (share := self._shares.first()) is None and self._helpers:
            done = until(lambda: not any(one.share for one in self._helpers), within=SHARE_WITHIN)
            self._testbed.run(done, within=SHARE_WITHIN + _END_WITHIN)
            share = self._shares.first()
        return share

    def _begin(self, count: int) -> None:
        self._helpers = [Helper(self._testbed.options) for _ in range(count)]
        self._tasks = [asyncio.create_task(one.help(self._shares), name="helper") for one in self._helpers]

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await _all(self._tasks)
        await asyncio.gather(*(one.end() for one in self._helpers))


class Helper:
    """A process that verifies one share after the other.

    Args:
        options: how its testbed is to be.
    """

    def __init__(self, options: Options) -> None:
        self._options = replace(options, logs=None)
        self.share: Chosen | None = None
        """What it works at."""
        self._process: asyncio.subprocess.Process | None = None

    async def help(self, shares: Shares) -> None:
        """Take shares from the end, as long as there are any, and nothing goes wrong."""
        with suppress(OSError, EOFError, TimeoutError):  # whoever it helps goes on alone
            try:
                await self._ask(self._options)
                while (share := shares.last()) is not None:
                    self.share = share
                    found = await self._ask((share.number, share.places))
                    if found is None:
                        break
                    verdicts, seconds = read(share, found)
                    shares.done(share, verdicts, seconds)
                    self.share = None
            finally:
                if self.share is not None:
                    shares.give_back(self.share)
                    self.share = None
                if self._process is not None and self._process.stdin is not None:
                    self._process.stdin.close()

    async def end(self) -> None:
        """See the process to its end, which it comes to by itself."""
        if self._process is not None:
            try:
                async with asyncio.timeout(_END_WITHIN):
                    await self._process.wait()
            except TimeoutError:
                await killed(self._process)

    async def _ask(self, what: object) -> Any:
        """Tell the process something; return its answer."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "cxmock.testbed.helper"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # a terminal's Ctrl-C is for who started it
            )
        sink, source = self._process.stdin, self._process.stdout
        assert sink is not None and source is not None
        sink.write(packed(what))
        async with asyncio.timeout(SHARE_WITHIN):
            await sink.drain()
            return await receive(source)


def told_of(result: RowResult) -> tuple[list[Found], float]:
    """Return what a helper tells of a share."""
    found = [(one.provider, one.kept, one.mismatches, one.seconds, one.at) for one in result.verdicts]
    return found, result.seconds


def read(share: Chosen, told: tuple[list[Found], float]) -> tuple[list[Verdict], float]:
    """Return what a helper told of a share: verdicts, and the seconds that they took."""
    found, seconds = told
    verdicts = [
        Verdict(share.number, interaction, provider, kept, mismatches, took, at)
        for interaction, (provider, kept, mismatches, took, at) in zip(share.interactions, found, strict=True)
    ]
    return verdicts, seconds


def alike(testbed: Testbed) -> bool:
    """Return whether another testbed of the same options is like this one, and nobody else has a part in it."""
    options = testbed.options
    alone = not (options.play or options.hosts or options.replicas)
    return alone and testbed.as_chosen and options.stores == "embedded" and options.redis == "standalone"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
