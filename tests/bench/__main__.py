"""``make bench``: how fast and how large it is, medians printed with the machine. Nothing here passes or fails."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from cxmock.net.garbage import look_seldom
from tests.bench import (
    answering,
    campaigning,
    conforming,
    containers,
    fronts,
    importing,
    installing,
    keeping,
    parallel,
    running,
    starting,
    stubbing,
    tapping,
    validating,
    verifying,
)
from tests.bench.measuring import Figure, machine

GROUPS = {
    "start": starting.figures,
    "run": running.figures,
    "keep": keeping.figures,
    "install": installing.figures,
    "stub": stubbing.figures,
    "verify": verifying.figures,
    "conform": conforming.figures,
    "tap": tapping.figures,
    "redis": fronts.figures,
    "validate": validating.figures,
    "api": answering.figures,
    "import": importing.figures,
    "campaign": campaigning.figures,
    "parallel": parallel.figures,
    "containers": containers.figures,
}


def main() -> None:
    """Measure what is asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], metavar="GROUP", help=", ".join(GROUPS))
    console = Console()
    look_seldom()  # as the command does
    table = Table(title=f"Medians, {machine()}", header_style="bold")
    for name in ("what", "median", "from", "to", "runs", "aim"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for group in parser.parse_args().groups or GROUPS:
        with console.status(f"measuring: {group}"):
            for figure in GROUPS[group]():
                table.add_row(*_cells(figure))
        table.add_section()
    console.print(table)


def _cells(figure: Figure) -> list[str]:
    aim = "" if figure.aim is None else f"{figure.aim:g} {figure.unit}"
    style = "" if figure.aim is None or figure.median <= figure.aim else "[yellow]"
    numbers = [
        f"{style}{value:.{figure.digits}f} {figure.unit}" for value in (figure.median, figure.least, figure.most)
    ]
    return [figure.name, *numbers, str(len(figure.values)), aim]


if __name__ == "__main__":
    main()
