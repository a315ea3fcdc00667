"""Descriptions and keys tell promises apart, in one file and between files; asynchronous messages say something.

Reading a file refuses most of this already; here it is told of contracts that were not read from one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.model import AsyncMessage, Body, Contract


def check(contract: Contract) -> Iterator[Finding]:
    """Yield promises that cannot be told apart, or that promise nothing."""
    file, ours = Path(contract.file).name, contract.connection is not None
    for what, fix in {"description": "Say what sets them apart.", "key": "Leave keys to the authoring."}.items():
        counted = Counter(getattr(one, what) for one in contract.interactions)
        for text in (text for text, count in counted.items() if text and count > 1):
            yield Finding(file, "", "identity", f'has two promises with the {what} "{text}"', fix)
    for one in contract.interactions:
        if ours and not one.key:
            yield Finding(file, one.description, "identity", "has no key", "Leave keys to the authoring.")
        if isinstance(one, AsyncMessage) and one.contents == Body():
            yield Finding(
                file, one.description, "contents", "is a message without contents: Pact calls any good", "Give them."
            )


def check_together(contracts: Sequence[Contract]) -> Iterator[Finding]:
    """Yield keys that stand in several files: evidence about one would count for the other."""
    files: dict[str, list[str]] = {}
    for contract in contracts:
        for one in contract.interactions:
            if one.key:
                files.setdefault(one.key, []).append(Path(contract.file).name)
    for key, names in files.items():
        if len(set(names)) > 1:
            others = ", ".join(sorted(set(names))[1:])
            yield Finding(min(names), "", "identity", f'shares the key "{key}" with {others}', "Make it another one.")
