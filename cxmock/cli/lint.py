"""``cxmock lint``: what can be wrong with contracts before anybody is held to them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxmock.contracts.linting import Linted


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "source",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="a folder of contracts, or one file; ours when none is named",
    )
    parser.add_argument("--states", metavar="MODULE", help="states that you bring about: module, or module:attribute")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the findings (text)")


def run(options: argparse.Namespace) -> int:
    """Lint, and tell what was found; 0 when nothing is wrong, 1 when something is, 2 when a file cannot be read."""
    from cxmock.contracts.arranging_by_functions import functions_in
    from cxmock.contracts.library import folder
    from cxmock.contracts.linting import lint
    from cxmock.testbed.known_states import known_states

    own = functions_in(options.states).known if options.states else ()
    linted = lint(options.source or folder(), lambda number: known_states(number) | set(own), foreign=bool(own))
    if options.format == "json":
        print(json.dumps(_facts(linted), indent=2))
    else:
        _tell(linted)
    if linted.unreadable:
        return 2
    return 0 if linted.good else 1


def _tell(linted: Linted) -> None:
    for finding in linted.findings:
        print(finding)
    for error in linted.unreadable:
        print(f"cxmock: {error}", file=sys.stderr)
    files = f"{linted.files} contract{'' if linted.files == 1 else 's'}, {linted.promises} promises"
    wrong = len(linted.findings) + len(linted.unreadable)
    print(f"{files}: {wrong} finding{'' if wrong == 1 else 's'}." if wrong else f"{files}: nothing wrong.")


def _facts(linted: Linted) -> dict[str, object]:
    return {
        "good": linted.good,
        "contracts": linted.files,
        "promises": linted.promises,
        "findings": [
            {"file": one.file, "promise": one.promise, "check": one.check, "text": one.text, "fix": one.fix}
            for one in linted.findings
        ],
        "unreadable": [str(error) for error in linted.unreadable],
    }
