"""``cxmock up``: the testbed, running until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.cli.choosing import hosts, testbed_arguments, testbed_options
from cxmock.cli.env import exports
from cxmock.cli.interrupts import Interrupts
from cxmock.cli.saying import say
from cxmock.topology import CONNECTIONS, Component

if TYPE_CHECKING:
    from cxmock.testbed.replicas.counts import Bounds

EVERY = "all"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    testbed_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one line of JSON when all is ready, for scripts")
    parser.add_argument("--record", metavar="FILE", type=Path, help="write every exchange to FILE, for cxmock conform")
    parser.add_argument("--logs", metavar="FOLDER", type=Path, help="keep the logs of CX Contact's services there")
    parser.add_argument(
        "--host",
        metavar="COMPONENT=ADDRESS",
        action="append",
        default=[],
        help="have a component listen at another loopback address than its own; may be repeated",
    )
    parser.add_argument(
        "--strict",
        nargs="*",
        type=_row,
        metavar="N",
        help="refuse what is not promised on these connections, on all when none is named; components stand before it",
    )
    parser.add_argument("components", nargs="*", metavar="COMPONENT", help="start only these, and what they need")


def run(options: argparse.Namespace) -> int:
    """Start the testbed, say where everything is, and wait for the end."""
    from cxmock.testbed import Testbed
    from cxmock.testbed.announcement import leave
    from cxmock.testbed.recording import CAPACITY, LiveRecording

    wanted = [Component(name) for name in _known(options.components)]
    recording = LiveRecording(options.record) if options.record else None
    chosen = replace(testbed_options(options), hosts=hosts(options.host), logs=options.logs)
    if options.strict is not None:
        chosen = replace(chosen, strict=strict_rows(options.strict))
    if recording is not None:
        chosen = replace(chosen, journal=CAPACITY)
    with Interrupts() as interrupts, recording or nullcontext(), Testbed(chosen) as testbed:
        interrupts.end(testbed)
        if recording is not None:
            recording.begin(testbed.journal)
        testbed.start(*wanted)
        testbed.tell = say
        told = leave(testbed, testbed.control(say))
        if options.json:
            print(json.dumps(told), flush=True)
        else:
            _tell(told["endpoints"], told["env"], testbed.notice, testbed.strict, chosen.replicas)
        with suppress(KeyboardInterrupt):
            testbed.watch()
    if recording is not None:
        print(recording.close(), file=sys.stderr)
    if not options.json:
        print("Stopped.")
    return 0


def _row(text: str) -> int | str:
    """Read what --strict names.

    >>> _row("11"), _row("all")
    (11, 'all')
    """
    if text == EVERY:
        return text
    if text.isdecimal() and int(text) in strict_rows([]):
        return int(text)
    raise argparse.ArgumentTypeError(
        f'"{text}" is no connection: they are numbered 1 to {len(CONNECTIONS)}, or say {EVERY}. '
        "Components stand before --strict"
    )


def strict_rows(named: list[int | str]) -> frozenset[int]:
    """Return the connections that are meant: all when none is named."""
    numbers = frozenset(one for one in named if isinstance(one, int))
    return numbers if numbers and EVERY not in named else frozenset(row.number for row in CONNECTIONS)


def _known(names: list[str]) -> list[str]:
    from cxmock.errors.playing import UnknownComponent

    for name in names:
        if name not in list(Component):
            raise UnknownComponent(name)
    return names


def _tell(
    endpoints: dict[str, list[dict[str, object]]],
    env: dict[str, str],
    notice: str,
    strict: Collection[int],
    replicas: Mapping[Component, Bounds],
) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="The testbed is ready", header_style="bold")
    for name in ("component", "address", "connections"):
        table.add_column(name)
    for name, places in endpoints.items():
        component = Component(name)
        rows = [
            f"{row.number} strict" if row.number in strict else str(row.number)
            for row in CONNECTIONS
            if component in {place.component for place in row.listens}
        ]
        label = f"{component.label}, {replicas[component]} replicas" if component in replicas else component.label
        table.add_row(label, "\n".join(str(place["url"]) for place in places), ", ".join(rows))
    console.print(table)
    if strict:
        console.print("Strict: what is not promised there is refused, and the answer explains why.", style="yellow")
    if notice:
        console.print(notice, style="yellow")
    for line in exports(env):
        console.print(line, markup=False, highlight=False, soft_wrap=True, style="dim")
    if Component.INGRESS in endpoints:
        console.print(
            f"\nThe UI is at [bold]{endpoints[Component.INGRESS][0]['url']}/ui/cxcontact/[/bold]\n"
            f"There, and at the API, [bold]{env['CX_USER']}[/bold] may log in with [bold]{env['CX_PASSWORD']}[/bold]."
        )
    console.print(
        'In another terminal, [bold]eval "$(cxmock env)"[/bold] sets the variables above. Ctrl-C stops everything.'
    )
    sys.stdout.flush()
