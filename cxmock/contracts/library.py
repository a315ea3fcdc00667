"""Where the contracts are, and reading them: a checkout's own folder first, else what came with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cxmock.contracts.model import Contract
from cxmock.contracts.reading import read_contract
from cxmock.topology import connection

_PACKAGE = Path(__file__).resolve().parent


def folder() -> Path:
    """Return the folder of the contract files.

    In a checkout they are in ``contracts/`` beside ``pyproject.toml``; a copy inside the package would go stale there.
    """
    root = _PACKAGE.parent.parent
    return root / "contracts" if (root / "pyproject.toml").is_file() else _PACKAGE / "files"


@cache
def load(number: int) -> Contract:
    """Return the contract of connection ``number``, 1 to 13.

    Raises:
        CxmockError: the file is missing or malformed.
    """
    return read_contract(folder() / connection(number).contract)
