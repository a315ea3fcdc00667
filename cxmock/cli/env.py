"""``cxmock env``: the variables of the running testbed."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Mapping

from cxmock.errors.playing import NoTestbed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--json", action="store_true", help="print them as data")


def run(options: argparse.Namespace) -> int:
    """Print the variables of the testbed that ``cxmock up`` runs, for ``eval "$(cxmock env)"``."""
    from cxmock.testbed.announcement import found

    running = found()
    if not running:
        raise NoTestbed
    variables = running[0]["env"]
    if options.json:
        print(json.dumps(variables, indent=2))
    else:
        print("\n".join(exports(variables)))
    return 0


def exports(variables: Mapping[str, str]) -> list[str]:
    """Return the lines that set ``variables`` in a shell.

    >>> exports({"CX_USER": "Ada L"})
    ["export CX_USER='Ada L'"]
    """
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
