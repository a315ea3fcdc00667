"""Coverage for a terminal: a line for each connection, a column for each who may use or keep its promises."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from cxmock.contracts.coverage.column import Column
from cxmock.contracts.coverage.coverage import Coverage, Share
from cxmock.contracts.coverage.fact import sites
from cxmock.contracts.reports.report import GRADES
from cxmock.topology import CONNECTIONS

if TYPE_CHECKING:
    from rich.console import Console

GRADED = {grade: meaning.split()[0] for grade, meaning in GRADES.items()}
MEANING = (
    "[dim]used: by a consumer. Kept by: our fake, the real store from a wheel or in a container, CX Contact in "
    "miniature, a real system somewhere. -: cannot be.[/dim]"
)


def text(coverage: Coverage) -> str:
    """Return coverage as plain text, 120 columns wide."""
    from rich.console import Console

    console = Console(file=StringIO(), width=120, color_system=None)
    show(console, coverage)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def show(console: Console, coverage: Coverage) -> None:
    """Print coverage."""
    from rich import box
    from rich.table import Table

    count = len(coverage.promises)
    table = Table(
        title=f"{count} promises: who is known to use and to keep them",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 0, 0, 1),
    )
    table.add_column("   provider", no_wrap=True)
    for column in Column:
        table.add_column(column.heading, justify="right", no_wrap=True)
    for row in CONNECTIONS:
        shares = [_cell(coverage.share(column, number=row.number)) for column in Column]
        table.add_row(f"{row.number:>2} {row.provider_name}", *shares)
    table.add_section()
    for grade, name in GRADED.items():
        table.add_row(f" {grade} {name}", *(_cell(coverage.share(column, grade=grade)) for column in Column))
    table.add_section()
    table.add_row("   all", *(_cell(coverage.share(column)) for column in Column))
    table.add_row("", *(_percent(coverage.share(column)) for column in Column))
    console.print(table)
    total = coverage.total()
    lines = [f"In all {total.covered} of {total.of}: {total.percent} %.", MEANING]
    console.print(*lines, sep="\n", highlight=False)
    for site in sites(coverage.facts):
        console.print(f"Real: {site}.", highlight=False, markup=False)
    if coverage.outdated:
        were = "fact is" if coverage.outdated == 1 else "facts are"
        console.print(
            f"{coverage.outdated} {were} about promises that were changed or taken away since, and not counted.",
            style="yellow",
            highlight=False,
        )


def _cell(share: Share) -> str:
    if not share.of:
        return "[dim]-[/dim]"
    style = (
        "red" if share.broken else "green" if share.covered == share.of else "dim" if not share.covered else "yellow"
    )
    broken = f"{share.broken}✘ " if share.broken else ""
    return f"[{style}]{broken}{share.covered}/{share.of}[/{style}]"


def _percent(share: Share) -> str:
    return f"[dim]{share.percent} %[/dim]" if share.of else "[dim]-[/dim]"
