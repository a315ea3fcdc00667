"""``python -m cxmock.contracts.authoring [--check] [FOLDER]``: write the contract files again, or compare them."""

from __future__ import annotations

import sys
from pathlib import Path

from cxmock.contracts.authoring import writing
from cxmock.contracts.library import folder
from cxmock.errors import CxmockError
from cxmock.errors.contracts import ContractsDiffer


def main(arguments: list[str]) -> int:
    """Run; return the exit code: 0 good, 1 the files differ, 2 it could not be done."""
    places = [Path(word) for word in arguments if word != "--check"]
    target = places[0] if places else folder()
    try:
        if "--check" in arguments:
            said = f"{writing.check(target)} contracts, all as authored"
        else:
            said = f"{', '.join(writing.write(target)) or 'nothing'} changed"
    except (CxmockError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1 if isinstance(error, ContractsDiffer) else 2
    sys.stdout.write(f"{target}: {said}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
