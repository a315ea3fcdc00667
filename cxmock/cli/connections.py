"""``cxmock connections``: the table of thirteen."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from cxmock.topology import CONNECTIONS, Connection


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the table as data")
    form.add_argument("--markdown", action="store_true", help="print it as Markdown")


def run(options: argparse.Namespace) -> int:
    """Print the table."""
    if options.json:
        print(json.dumps([_facts(row) for row in CONNECTIONS], indent=2))
    elif options.markdown:
        print(markdown())
    else:
        _print_table()
    return 0


def markdown() -> str:
    """Return the table as Markdown, as it stands in the README.

    >>> print(markdown().splitlines()[7])
    | 6 | CXC | Network file share | 2049 | TCP | NFSv3 | import/export files of contact and suppression lists |
    """
    head = ["| no | source | destination | port | documented as | spoken | carries |", "|---|---|---|---|---|---|---|"]
    return "\n".join(
        head
        + [
            f"| {row.number} | {row.source} | {row.destination} | {row.port_text} | {row.protocol} | {row.wire} "
            f"| {row.carries} |"
            for row in CONNECTIONS
        ]
    )


def _facts(row: Connection) -> dict[str, Any]:
    return {**asdict(row), "contract": row.contract}


def _print_table() -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="The thirteen connections of CX Contact", header_style="bold", show_lines=True)
    table.add_column("", justify="right")
    for name in ("from / to", "port", "spoken / documented as", "carries"):
        table.add_column(name, overflow="fold")
    for row in CONNECTIONS:
        table.add_row(
            f"[bold]{row.number}[/bold]",
            f"{row.source}\n[bold]{row.destination}[/bold]",
            row.port_text,
            f"{row.wire}\n[dim]{row.protocol}[/dim]",
            row.carries + (f"\n[dim]{row.remark}[/dim]" if row.remark else ""),
        )
    Console().print(table)
