"""``cxmock demo``: one outbound campaign across all thirteen connections, then every promise checked."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.cli.choosing import played, testbed_arguments
from cxmock.cli.interrupts import Interrupts

if TYPE_CHECKING:
    from cxmock.cli.demo.report import Report
    from cxmock.testbed import Testbed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    testbed_arguments(parser)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the result as data, too")
    parser.add_argument(
        "--record", metavar="FILE", type=Path, help="write the campaign's exchanges, for cxmock conform"
    )
    parser.add_argument("--save", metavar="FILE", type=Path, help="write who kept which promise, for cxmock coverage")


def run(options: argparse.Namespace) -> int:
    """Run the demo, show its result; 0 only if every connection carried traffic and every promise checked held."""
    from rich.console import Console

    from cxmock.cli.demo.story import options as demo_options
    from cxmock.cli.demo.table import show
    from cxmock.contracts.reports.writing import writable
    from cxmock.testbed import Testbed

    console = Console()
    for file in (options.record, options.save):
        if file is not None:
            writable(file)
    began = time.monotonic()
    chosen = demo_options(stores=options.stores, ports=options.ports, seed=options.seed, play=played(options.play))
    with Interrupts() as interrupts, console.status("starting the testbed") as status, Testbed(chosen) as testbed:
        interrupts.end(testbed)
        testbed.start()
        console.print(f"[green]✔[/green] {len(testbed.started)} parts started in {time.monotonic() - began:.2f} s")
        if testbed.notice:
            console.print(testbed.notice, style="yellow")
        titles: list[str] = []

        def told(title: str) -> None:
            titles.append(title)
            status.update(title)

        def result(text: str) -> None:
            mark = "[red]✘[/red]" if text.startswith("failed") else "[green]✔[/green]"
            console.print(f"{mark} {titles[-1]}: [dim]{text}[/dim]", highlight=False)

        report = play(testbed, told=told, result=result, began=began, record=options.record, save=options.save)
        status.update("stopping")
    show(console, report)
    if options.json:
        options.json.write_text(json.dumps(report.facts(), indent=2) + "\n")
    return 0 if report.good else 1


def play(
    testbed: Testbed,
    *,
    told: Callable[[str], None] = lambda title: None,
    result: Callable[[str], None] = lambda text: None,
    began: float | None = None,
    verify: Sequence[int] = (),
    contacts: bytes = b"",
    suppression: bytes = b"",
    record: Path | None = None,
    save: Path | None = None,
) -> Report:
    """Live the story in a started testbed, then verify every contract, and report.

    Args:
        testbed: made with the demo's options, everything started.
        told: told of each step that begins.
        result: told what came of it.
        began: when the demo began, by ``time.monotonic``.
        verify: the connections whose promises are checked; all when none is named.
        contacts: a contact file instead of the shipped one.
        suppression: a suppression file instead of the shipped one.
        record: where the story's exchanges are written to.
        save: where it is written to who kept which promise.
    """
    from cxmock.cli.demo.report import Report, rows_from
    from cxmock.cli.demo.story import Files, Story
    from cxmock.contracts.chosen import choose
    from cxmock.contracts.recording import Recorder
    from cxmock.contracts.reports import Report as Verified
    from cxmock.contracts.reports.writing import write
    from cxmock.errors import CxmockError
    from cxmock.testbed.helpers import Helped
    from cxmock.testbed.verifying import TestbedVerifier

    began = time.monotonic() if began is None else began
    samples = files("cxmock.reference.samples")
    story = Story(
        testbed,
        Files(
            contacts or (samples / "contacts.csv").read_bytes(),
            suppression or (samples / "suppression.csv").read_bytes(),
        ),
    )
    verifier = TestbedVerifier(testbed)
    helped = Helped(testbed, choose(verify))
    started = time.time()

    def failed(number: int, error: CxmockError) -> None:
        story.reasons.setdefault(number, []).append(error.what)

    try:
        story.tell(told, result)
        counts, figures = dict(testbed.journal.counts), story.contacts
        if record is not None:
            with Recorder(record) as recorder:
                recorder.take(testbed.journal)
        results = helped.verify(
            verifier, told=lambda number: told(f"Checking the promises of connection {number}"), failed=failed
        )
        if save is not None:
            write(save, verifier.facts(Verified(results, started)).text())
    finally:
        helped.close()
        verifier.close()
    kept, promised = sum(one.kept for one in results), sum(one.promised for one in results)
    result(f"{kept} of {promised} promises kept" if kept == promised else f"failed: {kept} of {promised} promises kept")
    rows = rows_from(counts, results, {n: why for n, why in story.reasons.items() if not counts.get(n)})
    return Report(rows, figures, tuple(story.failures), time.monotonic() - began)
