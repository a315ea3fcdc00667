"""The demo's result for people: thirteen rows, and what became of the contacts."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cxmock.cli.demo.report import Report, Row
from cxmock.topology import connection

STYLES = {"kept": "green", "broken": "red", "no traffic": "red"}
MARKS = {"kept": "✔ kept", "broken": "✘ broken", "no traffic": "✘ no traffic"}


def show(console: Console, report: Report) -> None:
    """Print the report."""
    console.print()
    console.print(_connections(report.rows))
    console.print()
    console.print(_contacts(report))
    for failure in report.failures:
        console.print(Text(f"✘ {failure}", style="red"))
    good = sum(row.verdict == "kept" for row in report.rows)
    promised, kept = sum(row.promised for row in report.rows), sum(row.kept for row in report.rows)
    summary = f"{good} of {len(report.rows)} connections good, {kept} of {promised} promises kept"
    console.print(Text(f"\n{summary}, {report.seconds:.1f} s", style="bold green" if report.good else "bold red"))


def _connections(rows: tuple[Row, ...]) -> RenderableType:
    table = Table(title="One campaign across thirteen connections", title_style="bold", header_style="bold")
    table.add_column("", justify="right")
    table.add_column("from → to", overflow="fold")
    table.add_column("spoken, port", overflow="fold")
    table.add_column("exchanges", justify="right")
    table.add_column("promises", justify="right")
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        style = STYLES[row.verdict]
        who = Text(f"{row.source} → {row.destination}")
        for reason in row.reasons:
            who.append(f"\n{reason}", style="red")
        table.add_row(
            str(row.number),
            who,
            f"{row.wire}, {connection(row.number).port_text}",
            f"{row.exchanges:,}",
            f"{row.kept}/{row.promised}",
            Text(MARKS[row.verdict], style=style),
        )
    return table


def _contacts(report: Report) -> RenderableType:
    """Show each group of figures as bars, so that one look tells the proportions."""
    parts: list[RenderableType] = []
    for title, figures in report.contacts.items():
        if not isinstance(figures, dict) or not figures:
            continue
        grid = Table.grid(padding=(0, 2))
        grid.add_column(min_width=28)
        grid.add_column(justify="right")
        grid.add_column()
        most = max(figures.values()) or 1
        for name, count in figures.items():
            grid.add_row(name, f"{count:,}", Text("━" * round(40 * count / most), style="cyan"))
        parts += [Text(title, style="bold"), grid, Text()]
    return Group(*parts)
