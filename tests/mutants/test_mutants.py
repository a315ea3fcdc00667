"""A sample of all mutants: verification and conformance notice nearly all of them. ``make mutants`` runs every one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxmock.testbed import Testbed
from tests.mutants.gaps import mutants_nobody_notices
from tests.mutants.recording import Said, record
from tests.mutants.replaying import Replay
from tests.mutants.running import Consumers, Providers, Verdict, sample
from tests.mutants.telling import good, sentence, survivors

COUNT = 300
SEED = 20260114


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        yield testbed


@pytest.fixture(scope="module")
def said(testbed: Testbed) -> Said:
    """What is truly said while every contract is verified."""
    return record(testbed)


def test_verification_notices_mutants_of_providers(
    testbed: Testbed, said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    async def running() -> list[Verdict]:
        replay = Replay(testbed.authority.ca_file)
        try:
            runner = Providers(said.answers, mutants_nobody_notices(testbed, said.answers), replay)
            return await runner.verdicts(sample(runner.mutants, COUNT, SEED))
        finally:
            await replay.close()

    _judge("providers", testbed.run(running(), within=120), capsys)


def test_conformance_notices_mutants_of_consumers(said: Said, capsys: pytest.CaptureFixture[str]) -> None:
    consumers = Consumers(said.calls)

    _judge("consumers", consumers.verdicts(sample(consumers.mutants, COUNT, SEED)), capsys)


def test_what_was_truly_said_survives(testbed: Testbed, said: Said) -> None:
    """Else every mutant would be noticed, whatever is wrong with it."""

    async def running() -> None:
        replay = Replay(testbed.authority.ca_file)
        try:
            await Providers(said.answers, [], replay).check_truth(COUNT, SEED)
        finally:
            await replay.close()

    testbed.run(running(), within=60)


def _judge(what: str, verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{sentence(f'{what} (a sample)', verdicts)}")  # noqa: T201
    assert good(verdicts), "\n".join(survivors(verdicts))
