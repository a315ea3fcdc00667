"""Gathers what is known from files: facts that were saved, and recordings of consumers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cxmock.contracts.coverage.exercised import exercised
from cxmock.contracts.coverage.fact import Facts, is_facts, read_facts
from cxmock.errors.verifying import FactsUnreadable, NothingChosen


def gathered(sources: Iterable[Path]) -> list[Facts]:
    """Return the facts in files; of a folder, those in all its files.

    Raises:
        FactsUnreadable: a file is not there, or neither facts nor a recording.
        NothingChosen: a folder is empty.
        CxmockError: a recording cannot be read.
    """
    found = []
    for source in sources:
        files = sorted(one for one in source.iterdir() if one.is_file()) if source.is_dir() else [source]
        if not files:
            raise NothingChosen(f"{source} has no file")
        found += [_read(file) for file in files]
    return found


def _read(file: Path) -> Facts:
    if is_facts(file) or not file.is_file():
        return read_facts(file)
    with file.open("rb") as opened:
        if not opened.read(32).startswith(b'{"cxmock recording"'):
            raise FactsUnreadable(str(file), "it begins neither as facts nor as a recording does")
    return exercised(file)
