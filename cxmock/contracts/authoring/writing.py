"""Writes the contract files, always the same bytes for the same promises, and compares them with what is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from cxmock.contracts.authoring.row import Row
from cxmock.errors.contracts import ContractsDiffer
from cxmock.topology import CONNECTIONS


def canonical(document: dict[str, Any]) -> str:
    """Return a contract file's text: sorted keys, indented by 2, UTF-8 as it is, a newline at the end."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def authored() -> Iterator[tuple[str, str]]:
    """Yield each contract's file name and text, as ``row_01`` to ``row_13`` write them."""
    for connection in CONNECTIONS:
        row: Row = import_module(f"cxmock.contracts.authoring.row_{connection.number:02}").contract()
        yield connection.contract, canonical(row.document())


def write(folder: Path) -> list[str]:
    """Write every contract into ``folder``; return the names of the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in authored():
        if _differs(folder / name, text):
            (folder / name).write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def check(folder: Path) -> int:
    """Compare the files in ``folder`` with what is authored; return how many there are.

    Raises:
        ContractsDiffer: a file is missing, outdated, or nobody's.
    """
    expected = dict(authored())
    differences = [
        f"{name} is {'outdated' if (folder / name).exists() else 'missing'}"
        for name, text in expected.items()
        if _differs(folder / name, text)
    ]
    differences += [f"{path.name} is authored by nobody" for path in folder.glob("*.json") if path.name not in expected]
    if differences:
        raise ContractsDiffer(sorted(differences))
    return len(expected)


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()
