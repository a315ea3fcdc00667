"""Every provider state is known to somebody who has to bring it about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.model import Contract
from cxmock.errors.base import nearest

Known = Callable[[int], Collection[str]]
"""Gives the states that somebody on a connection knows."""


def check(contract: Contract, number: int, known: Known) -> Iterator[Finding]:
    """Yield the states that nobody on connection ``number`` knows."""
    templates = sorted(known(number))
    for one in contract.interactions:
        for state in one.provider_states:
            if state.name not in templates:
                yield Finding(
                    Path(contract.file).name,
                    one.description,
                    "state",
                    f'needs the state "{state.name}", which nobody on connection {number} knows',
                    nearest(state.name, templates) if templates else "Nobody there knows any: give them with --states.",
                )
