"""Which promises consumers use: found in recordings, by holding what they did against the contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cxmock.contracts.conformance import Judge
from cxmock.contracts.coverage.column import Column
from cxmock.contracts.coverage.fact import Fact, Facts, digest_of
from cxmock.contracts.library import load
from cxmock.contracts.model import Contract
from cxmock.contracts.recording import Recording
from cxmock.topology import CONNECTIONS


def exercised(file: Path, contracts: Callable[[int], Contract] = load) -> Facts:
    """Return the promises that the exchanges of a recording use.

    A recording that lost exchanges, or begins midway, still shows what it shows: coverage counts what was seen.

    Args:
        file: the recording.
        contracts: gives a connection's contract.

    Raises:
        CxmockError: the recording cannot be read.
    """
    recording = Recording(file)
    judges = {row.number: Judge(contracts(row.number), explained=0, midway=True) for row in CONNECTIONS}
    latest = 0.0
    for exchange in recording:
        latest = max(latest, exchange.at)
        if exchange.connection in judges:
            judges[exchange.connection].judge(exchange)
    facts = tuple(
        Fact(row.number, interaction.description, digest_of(raw), Column.EXERCISED, True)
        for row in CONNECTIONS
        for interaction, raw in zip(contracts(row.number).interactions, contracts(row.number).raw, strict=True)
        if interaction.description in judges[row.number].used
    )
    when = datetime.fromtimestamp(latest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Facts(where=file.name, when=when, promises=facts)
