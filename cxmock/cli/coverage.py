"""``cxmock coverage``: of every promise there is, who uses it, and who has been seen to keep it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.cli.choosing import testbed_arguments, testbed_options
from cxmock.cli.interrupts import Interrupts

if TYPE_CHECKING:
    from cxmock.contracts.coverage import Coverage, Facts


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "sources",
        nargs="*",
        type=Path,
        metavar="FILE",
        help='what is known: files of "cxmock verify --save", recordings of "cxmock up --record", or folders of these',
    )
    parser.add_argument("--no-verify", action="store_true", help="count the files alone; start no testbed")
    parser.add_argument(
        "--fail-under",
        metavar="[COLUMN=]PERCENT",
        action="append",
        default=[],
        type=_limit,
        help="end with 1 below that, in all or in one column: exercised, fake, embedded, container, reference, real",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table", help="of the report (table)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where it is written")
    testbed_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Count and report; 1 when something tried now is broken, or when there is less than was asked for."""
    from cxmock.contracts.coverage import cover
    from cxmock.contracts.coverage.data import text as as_json
    from cxmock.contracts.coverage.gathering import gathered
    from cxmock.contracts.coverage.terminal import show
    from cxmock.contracts.coverage.terminal import text as as_table
    from cxmock.contracts.reports.writing import writable, write
    from cxmock.errors.verifying import NothingChosen

    if options.output is not None:
        writable(options.output)
    facts = gathered(options.sources)
    if options.no_verify and not facts:
        raise NothingChosen("no file is named, and the testbed is not to be asked (--no-verify)")
    if not options.no_verify:
        facts.append(_of_the_testbed(options))
    coverage = cover(facts)
    as_text = as_json if options.format == "json" else as_table
    if options.output is not None:
        write(options.output, as_text(coverage))
    elif options.format == "json":
        sys.stdout.write(as_text(coverage))
    else:
        from rich.console import Console

        show(Console(), coverage)
    broken = not options.no_verify and not all(fact.kept for fact in facts[-1].promises)
    return 1 if _below(coverage, options.fail_under) or broken else 0


def _of_the_testbed(options: argparse.Namespace) -> Facts:
    """Verify the testbed, and return what was found."""
    import time

    from rich.console import Console

    from cxmock.contracts.reports import Report
    from cxmock.testbed import Testbed
    from cxmock.testbed.verifying import TestbedVerifier

    asked = testbed_options(options)
    began = time.time()
    status = Console(stderr=True).status("verifying the testbed")
    with Interrupts() as interrupts, status, Testbed(asked) as testbed:
        interrupts.end(testbed)
        testbed.start()
        verifier = TestbedVerifier(testbed)
        try:
            return verifier.facts(Report(verifier.verify(), began))
        finally:
            verifier.close()


def _below(coverage: Coverage, limits: list[tuple[str, float]]) -> bool:
    """Tell which limits are not reached; return whether one is not."""
    from cxmock.contracts.coverage import Column

    missed = False
    for name, percent in limits:
        share = coverage.share(Column(name)) if name else coverage.total()
        if not share.reaches(percent):
            missed = True
            what = f"{Column(name).heading}: " if name else "in all: "
            print(f"cxmock: {what}{share.percent} %, and {percent:g} % was asked for.", file=sys.stderr)
    return missed


def _limit(text: str) -> tuple[str, float]:
    from cxmock.contracts.coverage.column import Column

    name, _, percent = text.rpartition("=")
    if name and name not in list(Column):
        raise argparse.ArgumentTypeError(f'"{name}" is no column: they are {", ".join(Column)}')
    try:
        wanted = float(percent)
    except ValueError:
        wanted = -1.0
    if not 0.0 <= wanted <= 100.0:
        raise argparse.ArgumentTypeError(f'"{percent}" is no number of per cent between 0 and 100')
    return name, wanted
