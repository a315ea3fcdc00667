"""``cxmock stub``: a connection's provider, played from a contract alone, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from cxmock.cli.interrupts import Interrupts
from cxmock.cli.saying import say
from cxmock.topology import Component


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("row", type=_row, metavar="N", help="the connection, 1 to 13")
    parser.add_argument("--contract", type=Path, metavar="FILE", help="a Pact file (the connection's own)")
    parser.add_argument("--port", type=int, metavar="P", help="listen at this port of 127.0.0.1, too")
    parser.add_argument("--ports", choices=("auto", "documented", "ephemeral"), default="auto")
    parser.add_argument("--seed", type=int, default=1, help="what generated values follow from (1)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when all is ready, for scripts")


def run(options: argparse.Namespace) -> int:
    """Play the provider, say where it is, and wait for the end."""
    from cxmock.testbed import Options, Testbed
    from cxmock.testbed.announcement import leave
    from cxmock.testbed.stubbing import listen_too, play_row

    with Interrupts() as interrupts, Testbed(Options(ports=options.ports, seed=options.seed)) as testbed:
        interrupts.end(testbed)
        played = play_row(testbed, options.row, options.contract)
        listener = listen_too(testbed, options.row, played, options.port) if options.port is not None else None
        told = leave(testbed, testbed.control(say))
        if options.json:
            print(json.dumps(told), flush=True)
        else:
            _tell(options, told)
        with suppress(KeyboardInterrupt):
            testbed.watch()
        if listener is not None:
            testbed.run(listener.close())
    if not options.json:
        print("Stopped.")
    return 0


def _row(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 13:
        return int(text)
    raise argparse.ArgumentTypeError(f'"{text}" is no connection: they are numbered 1 to 13')


def _tell(options: argparse.Namespace, told: dict[str, Any]) -> None:
    contract = options.contract or f"the contract of connection {options.row}"
    for name, places in told["endpoints"].items():
        urls = [place["url"] for place in places]
        if options.port is not None:
            urls.append(f"127.0.0.1:{options.port}")
        print(f"{Component(name).label} is played from {contract}: {', '.join(urls)}")
    print("Which of several answers is given, a provider state says:")
    print(f"""  curl -d '{{"state": "...", "params": {{}}}}' {told["states"]}/{options.row}""")
    print(
        'In another terminal, eval "$(cxmock env)" sets addresses, credentials and trust. Ctrl-C stops it.', flush=True
    )
