"""``cxmock verify``: the testbed, held to the contracts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cxmock.cli.choosing import played, testbed_arguments
from cxmock.topology import connection

if TYPE_CHECKING:
    from rich.console import Console

    from cxmock.contracts.verdicts import RowResult


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    testbed_arguments(parser)
    parser.add_argument("rows", nargs="*", type=_row, metavar="N", help="connections, 1 to 13; all when none is named")


def run(options: argparse.Namespace) -> int:
    """Start the testbed, verify, print a verdict for each row; 1 when a promise is broken."""
    from rich.console import Console

    from cxmock.testbed import Options, Testbed
    from cxmock.testbed.verifying import TestbedVerifier

    console = Console()
    rows = sorted(set(options.rows)) or list(range(1, 14))
    chosen = Options(stores=options.stores, ports=options.ports, seed=options.seed, play=played(options.play))
    with Testbed(chosen) as testbed:
        testbed.start()
        verifier = TestbedVerifier(testbed)
        try:
            results = []
            for number in rows:
                with console.status(f"verifying connection {number}: {connection(number).destination}"):
                    results += verifier.verify([number])
        finally:
            verifier.close()
    _tell(console, results)
    return 0 if all(result.good for result in results) else 1


def _row(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 13:
        return int(text)
    raise argparse.ArgumentTypeError(f'"{text}" is no connection: they are numbered 1 to 13')


def _tell(console: Console, results: list[RowResult]) -> None:
    from rich.table import Table

    table = Table(title="Promises", header_style="bold")
    table.add_column("", justify="right")
    for name in ("consumer / provider", "kept", "evidence", "seconds"):
        table.add_column(name, justify="left" if name.startswith("consumer") else "right")
    for result in results:
        row = connection(result.number)
        grades = [verdict.interaction.comments.cxmock.evidence for verdict in result.verdicts]
        counted = " ".join(f"{grade}{grades.count(grade)}" for grade in "DOA" if grade in grades)
        style = "green" if result.good else "red"
        table.add_row(
            str(result.number),
            f"{row.consumer_name} / {row.provider_name}",
            f"[{style}]{result.kept}/{result.promised}[/{style}]",
            counted,
            f"{result.seconds:.2f}",
        )
    console.print(table)
    console.print("[dim]Evidence: D documented, O observed in public code, A assumed by us.[/dim]")
    for result in results:
        for verdict in result.verdicts:
            if not verdict.kept:
                console.print(f"\n[red]{result.number}[/red] {verdict.interaction.description}")
                for mismatch in verdict.mismatches:
                    console.print(f"  {mismatch}", markup=False, highlight=False)
