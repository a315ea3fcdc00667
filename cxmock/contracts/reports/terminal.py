"""The report for a terminal: a table of the connections, then each broken promise with what was wrong."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from cxmock.contracts.reports.report import GRADES, Report, grades
from cxmock.contracts.verdicts import Verdict
from cxmock.topology import Component, connection

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def text(report: Report) -> str:
    """Return the report as plain text, 120 columns wide."""
    from rich.console import Console

    console = Console(file=StringIO(), width=120, color_system=None)
    show(console, report)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def show(console: Console, report: Report) -> None:
    """Print the report."""
    console.print(_table(report))
    if any(grades(result.verdicts) for result in report.results):
        meaning = ", ".join(f"{grade} {words}" for grade, words in GRADES.items())
        console.print(f"[dim]Evidence: {meaning}.[/dim]")
    for verdict in report.broken:
        _explain(console, verdict)
    console.print(report.sentence, style="green" if report.good else "red", highlight=False)


def _table(report: Report) -> Table:
    from rich.table import Table

    table = Table(title="Promises", header_style="bold")
    table.add_column("", justify="right")
    table.add_column("consumer / provider")
    for name in ("kept", "evidence", "seconds"):
        table.add_column(name, justify="right")
    for result in report.results:
        row = connection(result.number)
        style = "green" if result.good else "red"
        of = f" [dim](of {result.promised + result.left_out})[/dim]" if result.left_out else ""
        table.add_row(
            str(result.number),
            f"{row.consumer_name} / {row.provider_name}",
            f"[{style}]{result.kept}/{result.promised}[/{style}]{of}",
            " ".join(f"{grade}{count}" for grade, count in grades(result.verdicts).items()) or "-",
            f"{result.seconds:.2f}",
        )
    return table


def _explain(console: Console, verdict: Verdict) -> None:
    from rich.markup import escape

    one = verdict.interaction
    said = f"[red]✘ {verdict.number}[/red] [bold]{escape(_harmless(one.description))}[/bold]"
    console.print(f"\n{said}", highlight=False)
    asked = f"{Component(verdict.provider).label} at {verdict.at}" if verdict.at else Component(verdict.provider).label
    lines = [f"asked: {asked}", *(f"given: {state}" for state in one.provider_states), *map(str, verdict.mismatches)]
    for line in lines:
        console.print(f"    {_harmless(line)}", markup=False, highlight=False)


def _harmless(text: str) -> str:
    r"""Return text without what a terminal would obey.

    >>> print(_harmless("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
