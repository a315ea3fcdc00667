"""Tells what became of mutants: a table by connection, and each survivor with its reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cxmock.topology import connection
from tests.mutants.running import ANOTHER, ANOTHERS, Verdict

AIM = 0.95
"""The share of faults that has to be noticed."""
FAULTS = 0.88
"""The share of mutants that has to be faults; with more that are promised calls, the promises would be too lax."""


def good(verdicts: Sequence[Verdict]) -> bool:
    """Return whether the promises notice enough."""
    return figure(verdicts) >= AIM and len(faults(verdicts)) >= FAULTS * len(verdicts)


def faults(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the mutants that are faults: what another promise is about is a call like any other."""
    return [one for one in verdicts if one.how != ANOTHERS]


def figure(verdicts: Sequence[Verdict]) -> float:
    """Return the share of faults that was noticed; 1 where there is none."""
    found = faults(verdicts)
    return sum(one.noticed for one in found) / len(found) if found else 1.0


def sentence(what: str, verdicts: Sequence[Verdict]) -> str:
    """Return the figure as a sentence."""
    found = faults(verdicts)
    noticed = sum(one.noticed for one in found)
    rest = len(verdicts) - len(found)
    others = f" {rest:,} more are calls that other promises are about." if rest else ""
    return f"{noticed:,} of {len(found):,} faults of {what} are noticed: {figure(verdicts):.1%}.{others}"


def show(console: Console, what: str, verdicts: Sequence[Verdict]) -> None:
    """Print a table of what became of the mutants of ``what``, and the survivors."""
    rows: dict[int, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        rows[one.mutant.number].append(one)
    table = Table(title=f"Mutants of {what}", header_style="bold")
    table.add_column("", justify="right")
    table.add_column("consumer / provider", no_wrap=True)
    for name in ("mutants", "promised, too", "noticed", "by others", "survived", "figure"):
        table.add_column(name, justify="right")
    for number, found in sorted(rows.items()):
        row = connection(number)
        wrong = faults(found)
        noticed = sum(one.noticed for one in wrong)
        by_others = sum(one.how == ANOTHER for one in wrong)
        cells = (len(found), len(found) - len(wrong), noticed, by_others, len(wrong) - noticed)
        style = "" if figure(found) >= AIM else "yellow"
        table.add_row(
            str(number),
            f"{row.consumer_name} / {row.provider_name}",
            *(f"{count:,}" for count in cells),
            f"{figure(found):.1%}",
            style=style,
        )
    console.print(table)
    console.print(sentence(what, verdicts))
    for line in survivors(verdicts):
        console.print(Text(line))


def survivors(verdicts: Iterable[Verdict]) -> list[str]:
    """Return the survivors in lines: what is alike stands in one."""
    counted = Counter(
        (one.mutant.number, one.how, one.mutant.description, one.mutant.place or one.mutant.text)
        for one in verdicts
        if not one.noticed
    )
    return [
        f'{number} {how}: "{description}" {place}' + (f" ({count} times)" if count > 1 else "")
        for (number, how, description, place), count in sorted(counted.items())
    ]
