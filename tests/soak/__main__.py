"""``make soak``: campaigns of 100,000 records while replicas are killed; each record is counted exactly once.

It ends with 0 when nothing is wrong, with 1 when something is, or when it was not done in time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from threading import Event
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cxmock.net.garbage import look_seldom
from cxmock.testbed import Testbed
from cxmock.testbed.seeding import contacts
from cxmock.topology import Component
from tests.bench.measuring import machine
from tests.soak.campaign import Run, options, people
from tests.soak.counting import Report, count
from tests.soak.killing import Killer

VOICE = (Component.COMPLIANCE_MANAGER, Component.CAMPAIGN_MANAGER, Component.API_AGGREGATOR, Component.INGRESS)
TEXTS = (Component.DIAL_MANAGER, Component.COMPLIANCE_MANAGER)
LOOK_EVERY = 0.2
"""Seconds between two looks of the user."""
MESSAGES = 1500
"""Text messages: as many American numbers are kept free."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both campaigns and report; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="records to dial (100000)")
    parser.add_argument("--kills", type=int, default=40, help="replicas to kill meanwhile (40)")
    parser.add_argument("--replicas", type=int, default=2, help="of each service (2)")
    parser.add_argument("--seed", type=int, default=1, help="what moments, victims and outcomes follow from (1)")
    parser.add_argument("--within", type=float, default=300, help="seconds for all of it (300)")
    asked = parser.parse_args(arguments)
    look_seldom()
    console, ends = Console(), perf_counter() + asked.within
    good = True
    with Testbed(options({*VOICE, *TEXTS}, asked.replicas, seed=asked.seed)) as testbed:
        with console.status("starting"):
            testbed.start()
        texts = Run(testbed, contacts(min(MESSAGES, asked.records), "US"), media="sms")
        calls = Run(testbed, people(asked.records))
        for run, services, kills in ((texts, TEXTS, max(1, asked.kills // 10)), (calls, VOICE, asked.kills)):
            killer = Killer(run, services, kills, asked.seed)
            try:
                with console.status(f"preparing {run.records} records"):
                    run.prepare()
                _carry_out(console, run, killer, ends - perf_counter())
                with console.status("counting"):
                    report = count(run)
            except TimeoutError as error:
                console.print(f"[bold red]{error}")
                return 1
            finally:
                run.close()
            _tell(console, run, killer, report)
            good = good and report.good
    console.print("[bold green]Every record is accounted for." if good else "[bold red]Something is wrong: see above.")
    return 0 if good else 1


def _carry_out(console: Console, run: Run, killer: Killer, within: float) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(run.name, total=1.0)

        def meanwhile() -> None:
            killer()
            done = sum(killer.killed.values())
            progress.update(task, completed=run.progress, description=f"{run.name}, {done} replicas killed")
            Event().wait(LOOK_EVERY)

        run.carry_out(meanwhile, within=within)


def _tell(console: Console, run: Run, killer: Killer, report: Report) -> None:
    title = f"{run.name}: {run.records:,} records in {run.seconds:.1f} s"
    table = Table(title=title, caption=machine(), header_style="bold")
    for name in ("what", "how many"):
        table.add_column(name, justify="left" if name == "what" else "right")
    retried = sum(face.retried for face in killer.faces.values())
    sections: list[dict[str, int]] = [
        {f"contacts {name}": number for name, number in report.contacts.most_common()},
        {f"records {name}": number for name, number in report.records.most_common()},
        {f"attempts: {name}": number for name, number in report.attempts.most_common()},
        {"histories kept": report.histories, "histories sent again": run.loaded.history.resent},
        {f"{name} killed": number for name, number in sorted(killer.killed.items())},
        {"requests another replica was asked, too": retried},
        {f"answers to the user: {status}": number for status, number in sorted(run.user.items())},
    ]
    for section in sections:
        for name, number in section.items():
            table.add_row(name, f"{number:,}")
        table.add_section()
    for name, where in report.wrong.items():
        table.add_row(f"[red]{name}", f"[red]{len(where):,}")
        for one in where[:3]:
            table.add_row(f"[red]  {one}", "")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
