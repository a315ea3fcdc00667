"""Helpers verify in testbeds of their own, on other cores; what comes of it is what would have come of it without."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cxmock.contracts.chosen import choose
from cxmock.contracts.verdicts import Mismatch, RowResult, Verdict
from cxmock.net.folders import parents
from cxmock.net.waiting import until
from cxmock.testbed import Options, Testbed, helpers
from cxmock.testbed.helpers import Helped, Helper, read, told_of
from cxmock.testbed.shares import Shares
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import Component


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        testbed.start(Component.NEXUS, Component.COMPLIANCE_PROVIDER)
        yield testbed


@pytest.fixture
def verifier(testbed: Testbed) -> Iterator[TestbedVerifier]:
    verifier = TestbedVerifier(testbed)
    yield verifier
    verifier.close()


def test_a_helper_verifies_in_a_testbed_of_its_own(testbed: Testbed) -> None:
    shares = Shares(choose([3, 12]), 6)
    helper = Helper(testbed.options)
    testbed.run(helper.help(shares), within=60)
    testbed.run(helper.end())

    results = shares.results()
    assert [one.good for one in results] == [True, True]
    ours = testbed.addresses.host(Component.NEXUS)
    assert {ours in verdict.at for one in results for verdict in one.verdicts} == {False}


@pytest.mark.parametrize("when", ["at the start", "later"])
def test_what_a_helper_does_not_do_is_done_without_it(
    testbed: Testbed, verifier: TestbedVerifier, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(helpers, "WORTH", 1)
    monkeypatch.setattr(helpers, "_cores", lambda: 2)
    if when == "at the start":
        monkeypatch.setattr(helpers, "sys", SimpleNamespace(executable="/bin/false"))
    helped = Helped(testbed, choose([12]))
    if when == "later":
        [helper] = helped._helpers
        assert testbed.run(until(lambda: helper._process is not None, within=10))
        assert helper._process is not None
        helper._process.kill()
    results = helped.verify(verifier)
    helped.close()

    assert [one.good for one in results] == [True]


def test_broken_promises_are_told_by_a_helper_as_they_are() -> None:
    [chosen] = choose([3])
    broken = Mismatch("status", "", "expected 200 but was 503", "200", "503")
    verdicts = tuple(
        Verdict(3, one, "compliance-provider", place % 2 == 0, (broken,) * (place % 2), 0.25, "https://127.14.0.9")
        for place, one in enumerate(chosen.interactions)
    )

    assert read(chosen, told_of(RowResult(3, chosen.contract, verdicts, 2.5))) == (list(verdicts), 2.5)


@pytest.mark.parametrize(
    ("like", "options"),
    [
        (True, Options(tls="mutual", seed=3, ports="ephemeral")),
        (False, Options(play={Component.NEXUS: "http://127.0.0.1:1"})),
        (False, Options(hosts={Component.NEXUS: "127.0.0.2"})),
        (False, Options(stores="external")),
        (False, Options(redis="cluster")),
    ],
)
def test_what_there_is_but_once_is_verified_by_nobody_else(like: bool, options: Options) -> None:
    with Testbed(options) as testbed:
        assert helpers.alike(testbed) is like


def test_a_testbed_that_was_changed_since_is_verified_by_nobody_else(testbed: Testbed) -> None:
    changes: list[Callable[[], None]] = [
        lambda: testbed.unplug(12),
        lambda: testbed.play(Component.NEXUS, contract=12),
        lambda: testbed.be_strict(12),
    ]
    for change in changes:
        assert helpers.alike(testbed)
        change()
        assert not helpers.alike(testbed)
        testbed.reset()


def test_few_promises_are_verified_alone(testbed: Testbed, verifier: TestbedVerifier) -> None:
    told: list[int] = []
    helped = Helped(testbed, choose([3, 12]))

    assert not helped._helpers
    assert [one.good for one in helped.verify(verifier, told=told.append)] == [True, True]
    assert told == [3, 12]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_helper_ends_when_whom_it_helps_is_killed() -> None:
    """Whoever is killed has no moment to clear up: its helper sees that the pipe has ended."""
    with subprocess.Popen([sys.executable, "-m", "cxmock", "verify", "1"], stdout=subprocess.DEVNULL) as process:
        try:
            assert asyncio.run(until(lambda: len(_folders(process.pid)) == 2, within=30))
        finally:
            folders = _folders(process.pid)
            os.kill(process.pid, signal.SIGKILL)

    assert asyncio.run(until(lambda: not any(folder.exists() for folder in folders), within=15)), folders


def _folders(pid: int) -> list[Path]:
    """Return the folders of the testbeds of a process and of its children."""
    kin = {str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    kin |= {child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()}
    return [folder for parent in parents() for one in kin for folder in parent.glob(f"cxmock-{one}-*")]
