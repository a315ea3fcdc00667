"""Reads the command line, runs a verb, turns its end into an exit code.

What takes long to import is imported where Ctrl-C is expected already.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from cxmock import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

VERBS = {
    "demo": "run one outbound campaign across all thirteen connections",
    "up": "start the testbed and keep it running until Ctrl-C",
    "run": "run a command with a testbed of its own around it",
    "connections": "print the table of thirteen",
    "verify": "hold the testbed, or your own providers, to the contracts",
    "conform": "hold what a service did, as it was recorded, against the contracts",
    "coverage": "count who uses and who keeps which promises",
    "stub": "play a connection's provider from a contract alone",
    "lint": "look for what is wrong with contracts themselves",
    "env": "print the variables of the running testbed, for a shell",
}
"""Verb -> what it does; ``cxmock/cli/<verb>.py`` has ``arguments(parser)`` and ``run(options) -> exit code``."""

GOOD, BROKEN, IMPOSSIBLE = 0, 1, 2
"""Exit codes: all is good; a promise is broken; it could not be done."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 good, 1 a promise is broken, 2 it could not be done.

    Args:
        argv: the words after the program's name; None for those that the program was called with.
    """
    try:
        return _run(argv)
    except KeyboardInterrupt:
        print("cxmock: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # nobody reads what is printed any more
        return IMPOSSIBLE
    finally:
        if argv is None:  # what is left is Python's own end, of which Ctrl-C would only make a traceback
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run(argv: Sequence[str] | None) -> int:
    from cxmock.errors import CxmockError, PromiseBroken
    from cxmock.net.garbage import look_seldom

    options = _parser().parse_args(argv)
    if argv is None:
        look_seldom()
    try:
        code: int = options.run(options)
    except CxmockError as error:
        print(f"cxmock: {error}", file=sys.stderr)
        return BROKEN if isinstance(error, PromiseBroken) else IMPOSSIBLE
    return code


def _parser() -> ArgumentParser:
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="cxmock", description="Mock back ends and contracts for Genesys CX Contact.")
    parser.add_argument("--version", action="version", version=f"cxmock {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    for verb, meaning in VERBS.items():
        module = import_module(f"cxmock.cli.{verb}")
        one = verbs.add_parser(verb, help=meaning, description=meaning[0].upper() + meaning[1:] + ".")
        module.arguments(one)
        one.set_defaults(run=module.run)
    return parser
