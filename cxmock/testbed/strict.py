"""Strict mode: who judges the requests on which connections, made from their contracts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from cxmock.contracts.conformance import Judge
from cxmock.contracts.explaining import Explanation
from cxmock.contracts.library import load
from cxmock.contracts.matching import SeenRequest
from cxmock.contracts.model import Contract
from cxmock.contracts.promises import Seen
from cxmock.contracts.reading import read_contract
from cxmock.errors.strict import NoSuchRow, OneContractOneRow
from cxmock.serving import guard
from cxmock.topology import CONNECTIONS
from cxmock.wire.http import Request


def judges(numbers: Sequence[int], contract: Path | Contract | None = None) -> dict[int, guard.Judge]:
    """Return who judges the requests on connections.

    Args:
        numbers: rows of the table; all when none is named.
        contract: one of the user's own, in place of the shipped one.

    Raises:
        NoSuchRow: a number is none of the table.
        OneContractOneRow: it is not clear which connection the contract is about.
        CxmockError: a contract cannot be used.
    """
    known = [row.number for row in CONNECTIONS]
    for number in numbers:
        if number not in known:
            raise NoSuchRow(number)
    if contract is None:
        return {number: _judge(load(number)) for number in numbers or known}
    chosen = read_contract(contract) if isinstance(contract, Path) else contract
    rows = numbers or ([chosen.connection] if chosen.connection else [])
    if len(rows) != 1:
        raise OneContractOneRow(chosen.file, list(rows))
    return {rows[0]: _judge(chosen)}


def _judge(contract: Contract) -> guard.Judge:
    judge = Judge(contract)

    def refusal(transport: str, operation: str, request: guard.Asked, unknown: Collection[str]) -> Explanation | None:
        asked = SeenRequest.of(request) if isinstance(request, Request) else request
        return judge.refusal(Seen(transport, asked, unknown=unknown), operation)

    return refusal
