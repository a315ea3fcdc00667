"""Each connection really carries the campaign: unplug one, and its row fails, and only what depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from cxmock.cli import main
from cxmock.cli.conform import held
from cxmock.cli.demo import play
from cxmock.cli.demo.report import Report
from cxmock.cli.demo.story import options
from cxmock.contracts.conformance import Judged
from cxmock.testbed import Testbed
from cxmock.topology import CONNECTIONS

CARRYING = frozenset(range(1, 14))
"""The connections that carry the demo's campaign. This list may only grow."""

AFTER_LOGIN = {2, 3, 6, 7, 8, 9, 10, 12, 13}
CALLING = {8, 9, 12, 13}

FEW = ("--fail-under", "exercised=15", "--fail-under", "reference=100", "--fail-under", "embedded=100")
"""What even a small demo uses and keeps, in per cent."""

SILENT_WITH: dict[int, set[int]] = {
    1: set(range(2, 14)),  # nobody comes in, so nothing is asked of anybody
    2: CALLING,  # no contact file, no list, no campaign
    3: set(),  # without compliance data, List Builder imports all the same
    4: set(),
    5: AFTER_LOGIN,  # no session can be kept
    6: CALLING,  # the file does not reach List Builder
    7: CALLING,  # the contacts have nowhere to go
    8: {12},  # Dial Manager is not told of the messages to send
    9: {8, 12, 13},  # OCS is not told to load
    10: CALLING,  # no calling list is written
    11: AFTER_LOGIN,  # nobody can log in
    12: set(),
    13: {8, 12},  # OCS has no records
}
"""What falls silent with a connection, besides itself."""
BY_ITSELF = {11: {5}}
"""What may carry something though nobody does anything: Job Scheduler looks for jobs that are due."""


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed(options()) as testbed:
        testbed.start()
        yield testbed


def few(name: str, step: int) -> bytes:
    """Return a thinned-out sample file."""
    header, *lines = (files("cxmock.reference.samples") / name).read_bytes().splitlines(keepends=True)
    return b"".join([header, *lines[::step]])


@pytest.fixture
def demo(testbed: Testbed) -> Iterator[Testbed]:
    yield testbed
    testbed.reset()


def run(
    testbed: Testbed, verify: Sequence[int] = (), *, record: Path | None = None, save: Path | None = None
) -> Report:
    contacts, suppression = few("contacts.csv", 15), few("suppression.csv", 5)
    return play(testbed, verify=verify, contacts=contacts, suppression=suppression, record=record, save=save)


def test_with_everything_plugged_in_every_connection_carries_traffic_and_keeps_its_promises(
    demo: Testbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And whatever anybody did on the way was promised: nothing in a contract is missing, or otherwise than it is."""
    record, save = tmp_path / "demo.recording", tmp_path / "demo.json"
    report = run(demo, record=record, save=save)

    assert {row.number for row in report.rows if row.exchanges} >= CARRYING
    assert report.failures == ()
    assert [row.number for row in report.rows if row.verdict != "kept"] == []
    assert report.good

    found = held(record, [], None)
    assert [str(one.explanation) for row in found for one in row.wrong] == []
    assert {row.number: list(row.counts) for row in found} == {row.number: [Judged.PROMISED] for row in report.rows}
    assert all(one.counts[Judged.PROMISED] >= row.exchanges for one, row in zip(found, report.rows, strict=True))

    assert main(["coverage", "--no-verify", str(tmp_path), *FEW]) == 0
    assert main(["coverage", "--no-verify", str(tmp_path), "--fail-under", "real=1"]) == 1
    assert f"{report.rows[10].kept}/{report.rows[10].promised}" in capsys.readouterr().out


@pytest.mark.parametrize("number", [row.number for row in CONNECTIONS])
def test_unplugged_a_connection_fails_and_only_what_depends_on_it(demo: Testbed, number: int) -> None:
    demo.unplug(number)

    report = run(demo, verify=[number])

    row = report.rows[number - 1]
    assert not report.good
    assert row.verdict == "no traffic"
    assert row.kept < row.promised
    assert row.reasons
    silent = {row.number for row in report.rows if not row.exchanges}
    assert silent - BY_ITSELF.get(number, set()) == {number} | SILENT_WITH[number]
