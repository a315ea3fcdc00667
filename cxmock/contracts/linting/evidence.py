"""Every promise of ours says how it is known: a grade and a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.model import Contract
from cxmock.errors.base import nearest

GRADES = ("D", "O", "A")


def check(contract: Contract) -> Iterator[Finding]:
    """Yield the promises without evidence; contracts of others are not asked for any."""
    if contract.connection is None:
        return
    file = Path(contract.file).name
    for one in contract.interactions:
        notes = one.comments.cxmock
        if notes.evidence not in GRADES:
            said = f'has the grade of evidence "{notes.evidence}"' if notes.evidence else "has no grade of evidence"
            fix = f"Say how it is known. {nearest(notes.evidence, list(GRADES))}"
            yield Finding(file, one.description, "evidence", said, fix)
        if not notes.source.strip():
            yield Finding(file, one.description, "evidence", "has no source of evidence", "Say where it is known from.")
