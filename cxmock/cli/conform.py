"""``cxmock conform``: what a service under test did, as it was recorded, held against the contracts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxmock.topology import connection

if TYPE_CHECKING:
    from rich.console import Console

    from cxmock.contracts.conformance import Conformance, Judgement

SHOWN = 5
"""Wrong exchanges of one connection that are explained in the terminal."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("recording", metavar="FILE", type=Path, help="what cxmock up --record FILE wrote")
    parser.add_argument("rows", nargs="*", type=_row, metavar="N", help="connections, 1 to 13; all when none is named")
    parser.add_argument("--contracts", metavar="PATH", type=Path, help="a folder of contracts of your own, or one Pact")
    parser.add_argument(
        "--midway",
        action="store_true",
        help="the recording begins midway: what has to come first may have come before it",
    )
    parser.add_argument("--json", action="store_true", help="print the result as data")
    parser.add_argument(
        "--all", action="store_true", help=f"explain every wrong exchange, not {SHOWN} of each connection"
    )


def run(options: argparse.Namespace) -> int:
    """Judge every exchange; 0 when all were promised, 1 when one was not."""
    found = held(options.recording, sorted(set(options.rows)), options.contracts, midway=options.midway)
    if options.json:
        print(json.dumps([facts(one) for one in found], indent=2))
    else:
        from rich.console import Console

        _tell(Console(), found, explain_all=options.all)
    return 0 if not any(one.wrong for one in found) else 1


def held(file: Path, rows: list[int], contracts: Path | None, *, midway: bool = False) -> list[Conformance]:
    """Hold a recording against contracts; ``midway`` where it does not begin at the beginning.

    Raises:
        NothingExchanged: it has no exchange of these connections.
        CxmockError: the recording or a contract cannot be read, or exchanges are missing.
    """
    from cxmock.contracts.chosen import choose
    from cxmock.contracts.conformance import all_conformances
    from cxmock.contracts.recording import Recording
    from cxmock.errors.conformance import NothingExchanged

    recording = Recording(file)
    chosen = {one.number: one.contract for one in choose(rows, contracts)}
    found = all_conformances(chosen, recording, dropped=recording.dropped, midway=midway)
    if not any(one.judgements for one in found):
        raise NothingExchanged(sorted(chosen), str(file))
    return found


def facts(found: Conformance) -> dict[str, Any]:
    """Return what was found of one connection as data."""
    return {
        "connection": found.number,
        "consumer": found.contract.consumer.name,
        "provider": found.contract.provider.name,
        "exchanges": {str(judged): count for judged, count in sorted(found.counts.items())},
        "wrong": [_judgement(one) for one in found.wrong],
        "exercised": dict(sorted(found.exercised.items())),
        "unexercised": [one.description for one in found.unexercised],
    }


def _judgement(one: Judgement) -> dict[str, Any]:
    said: dict[str, Any] = {"index": one.index, "operation": one.operation, "judged": str(one.judged)}
    if one.explanation is not None:
        said["what"] = one.explanation.what
        said["nearest"] = [
            {
                "promise": near.description,
                "differences": [
                    {name: getattr(difference, name) for name in ("kind", "place", "text", "expected", "actual")}
                    for difference in near.mismatches
                ],
            }
            for near in one.explanation.nearest
        ]
        said["fix"] = one.explanation.fix
    return said


def _row(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 13:
        return int(text)
    raise argparse.ArgumentTypeError(f'"{text}" is no connection: they are numbered 1 to 13')


def _tell(console: Console, found: list[Conformance], *, explain_all: bool) -> None:
    from rich.table import Table

    from cxmock.contracts.conformance import Judged

    table = Table(title="What was promised of what happened", header_style="bold")
    table.add_column("", justify="right")
    table.add_column("consumer / provider", overflow="fold")
    for judged in Judged:
        table.add_column("unchecked" if judged is Judged.UNCHECKED else str(judged), justify="right", no_wrap=True)
    table.add_column("used", justify="right", no_wrap=True)
    for one in found:
        row = connection(one.number)
        counts = one.counts
        used = len(one.contract.interactions) - len(one.unexercised)
        style = "red" if one.wrong else "green" if one.good else "dim"
        table.add_row(
            str(one.number),
            f"{row.consumer_name} / {row.provider_name}",
            *(f"{counts[judged]:,}" if counts[judged] else "-" for judged in Judged),
            f"{used}/{len(one.contract.interactions)}",
            style=style,
        )
    console.print(table)
    console.print("[dim]Used: how many of a contract's promises occurred.[/dim]")
    for one in found:
        _explain(console, one, explain_all=explain_all)


def _explain(console: Console, found: Conformance, *, explain_all: bool) -> None:
    """Print the explanations of one connection, each distinct one once."""
    distinct = {one.explanation.what: one.explanation for one in found.wrong if one.explanation is not None}
    shown = list(distinct.values()) if explain_all else list(distinct.values())[:SHOWN]
    for explanation in shown:
        console.print()
        console.print(str(explanation), markup=False, highlight=False, soft_wrap=True)
    if len(shown) < len(distinct):
        console.print(f"\n{len(distinct) - len(shown)} more kinds on connection {found.number}: --all shows them.")
