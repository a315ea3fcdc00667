"""``cxmock verify``: the testbed, or your own providers, held to the contracts."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.cli.choosing import testbed_arguments, testbed_options
from cxmock.cli.interrupts import Interrupts

if TYPE_CHECKING:
    from cxmock.contracts.chosen import Chosen
    from cxmock.contracts.coverage import Facts
    from cxmock.contracts.reports import Report
    from cxmock.contracts.targets import Target

SUFFIXES = {".html": "html", ".htm": "html", ".json": "json", ".xml": "junit"}
"""Of an output file -> the format that it stands for."""
WITHIN = 5.0
"""Seconds for each request, state and operation, unless said otherwise."""
REASONS = 3
"""Promises that could not be tried, of which the error says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("rows", nargs="*", type=_row, metavar="N", help="connections, 1 to 13; all when none is named")
    parser.add_argument(
        "--target",
        metavar="N[:COMPONENT]=URL",
        action="append",
        default=[],
        help="where your own provider of connection N is; may be repeated. What has a target is not started",
    )
    parser.add_argument(
        "--states",
        metavar="URL|MODULE",
        help="who brings about your provider's states: a URL (Pact's protocol), module, or module:attribute",
    )
    parser.add_argument("--contracts", metavar="PATH", type=Path, help="a folder of contracts of your own, or one Pact")
    parser.add_argument("--only", metavar="TEXT", default="", help="promises with TEXT in their description")
    parser.add_argument(
        "--skip",
        metavar="TEXT",
        action="append",
        default=[],
        help="but not those with TEXT in their description or in a state that they need; may be repeated",
    )
    parser.add_argument("--ca", metavar="FILE", type=Path, help="who signs your targets' certificates (PEM)")
    parser.add_argument("--within", metavar="SECONDS", type=_seconds, default=WITHIN, help="for each request (5)")
    parser.add_argument("--format", choices=("table", "json", "junit", "html"), help="of the report (table)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where it is written; its suffix tells the format")
    saving = parser.add_argument_group("to count with cxmock coverage")
    saving.add_argument("--save", metavar="FILE", type=Path, help="keep who keeps which promises in a small file")
    saving.add_argument("--who", metavar="TEXT", default="", help="who looked")
    saving.add_argument("--where", metavar="TEXT", default="", help="where the system is (its host)")
    saving.add_argument("--release", metavar="TEXT", default="", help="the system's name and version")
    testbed_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Verify, and report; 0 only when every promise that was chosen is kept, 1 when one is broken.

    Raises:
        PromisesUntried: none is broken, but some could not be tried; the report is there even so.
    """
    from cxmock.contracts.aiming import targets_of
    from cxmock.contracts.chosen import choose
    from cxmock.contracts.reports import written
    from cxmock.contracts.reports.writing import writable, write
    from cxmock.errors.verifying import PromisesUntried, TargetNotMeant

    output: Path | None = options.output
    form = options.format or (SUFFIXES.get(output.suffix, "table") if output else "table")
    targets = targets_of(options.target, host_key=os.environ.get("CX_SFTP_HOST_KEY", ""))
    rows = sorted(set(options.rows)) or sorted(targets)
    if unused := sorted(set(targets) - set(rows)):
        raise TargetNotMeant(unused[0], rows)
    chosen = choose(rows, options.contracts, options.only, options.skip)
    for file in (output, options.save):
        if file is not None:
            writable(file)
    report, facts = _verified(options, chosen, targets)
    if options.save is not None:
        write(options.save, facts.text())
    if output is not None:
        write(output, written(report, form))
        print(f"{report.sentence} Written to {output}.", file=sys.stderr)
    elif form == "table":
        from rich.console import Console

        from cxmock.contracts.reports.terminal import show

        show(Console(), report)
    else:
        sys.stdout.write(written(report, form))
        sys.stdout.flush()
    if report.broken and len(report.untried) == len(report.broken):
        raise PromisesUntried(len(report.untried), report.promised, _reasons(report))
    return 0 if report.good else 1


def _reasons(report: Report) -> list[str]:
    """Return why promises could not be tried, of the first few."""
    return [
        f"{one.number} {one.interaction.description}: {'; '.join(mismatch.text for mismatch in one.mismatches)}"
        for one in report.untried[:REASONS]
    ]


def _verified(options: argparse.Namespace, chosen: list[Chosen], targets: dict[int, Target]) -> tuple[Report, Facts]:
    """Verify; return what came of it, and what it says about who keeps which promises."""
    from rich.console import Console

    from cxmock.contracts.arrangers import arranger_of
    from cxmock.contracts.reports import Report
    from cxmock.testbed import Testbed
    from cxmock.testbed.helpers import MOST, Helped
    from cxmock.testbed.trusting import trusted_file, trusting
    from cxmock.testbed.verifying import TestbedVerifier
    from cxmock.topology import connection

    asked = testbed_options(options)
    console = Console(stderr=True)
    began = time.time()
    with Interrupts() as interrupts, Testbed(asked) as testbed:
        interrupts.end(testbed)
        trusted = trusted_file(testbed, options.ca, others=_secure(targets, options.states))
        states = (
            arranger_of(options.states, context=trusting(trusted), within=options.within) if options.states else None
        )
        verifier = TestbedVerifier(testbed, targets=targets, states=states, ca_file=trusted, within=options.within)
        plain = not targets and states is None and options.contracts is None and options.within == WITHIN
        helped = Helped(testbed, chosen, most=MOST if plain else 0)
        try:
            for one in chosen:
                verifier.ready(one)
            with console.status("starting what is needed"):
                verifier.start(chosen)
            with console.status("verifying") as status:

                def told(number: int) -> None:
                    status.update(f"verifying connection {number}: {connection(number).destination}")

                report = Report(helped.verify(verifier, told=told), began)
            return report, verifier.facts(report, who=options.who, where=options.where, release=options.release)
        finally:
            helped.close()
            verifier.close()


def _secure(targets: dict[int, Target], states: str | None) -> bool:
    """Return whether anybody outside the testbed is asked over TLS."""
    urls = [url for target in targets.values() for url in target.urls.values()]
    return any(url.startswith("https:") for url in [*urls, states or ""])


def _row(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 13:
        return int(text)
    raise argparse.ArgumentTypeError(f'"{text}" is no connection: they are numbered 1 to 13')


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= 600.0:
        raise argparse.ArgumentTypeError(f'"{text}" is no number of seconds between 0 and 600')
    return seconds
