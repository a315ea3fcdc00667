"""What is to be verified: contracts on their connections, and which of their promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxmock.contracts.library import load
from cxmock.contracts.model import Contract, Interaction
from cxmock.contracts.promises import check_rules
from cxmock.contracts.reading import read_contract
from cxmock.contracts.targets import provider_of, transport_of
from cxmock.errors.contracts import ContractEmpty, ContractMissing
from cxmock.errors.verifying import NothingChosen, WhichConnection
from cxmock.topology import CONNECTIONS

_NUMBERED = re.compile(r"(\d{1,2})-")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Promises of one contract, to be verified on one connection."""

    number: int
    contract: Contract
    places: tuple[int, ...]
    """Where they stand in the file."""

    @property
    def interactions(self) -> Iterator[Interaction]:
        """The promises."""
        return (self.contract.interactions[place] for place in self.places)


def choose(
    rows: Sequence[int] = (), source: Path | None = None, only: str = "", skip: Sequence[str] = ()
) -> list[Chosen]:
    """Return what is to be verified, in the order of the connections.

    Args:
        rows: the connections; all when none is named.
        source: a folder of contracts or one Pact file; the shipped contracts when None.
        only: a key, provider or transport; or else a part of the descriptions, whatever its case.
        skip: parts of descriptions, or of the states that promises need: these are left out, whatever ``only`` says.

    Raises:
        NothingChosen: nothing fits, or nothing is left; or there is nothing of what is to be left out.
        ContractEmpty: a contract has no promises.
        WhichConnection: a file does not say which connection it is about.
        ContractMissing: there is no such folder or file.
        RuleUnreadable: a rule of a contract in ``source`` cannot be read.
    """
    numbers = rows or [row.number for row in CONNECTIONS]
    if source is None:
        contracts = [(number, load(number)) for number in numbers]
    else:
        contracts = sorted(_in(source, rows), key=lambda found: found[0])
        for _, contract in contracts:
            check_rules(contract)
        if missing := set(rows) - {number for number, _ in contracts}:
            raise NothingChosen(f"{source} has no contract of connection {', '.join(map(str, sorted(missing)))}")
    for _, contract in contracts:
        if not contract.interactions:
            raise ContractEmpty(contract.file)
    chosen = [
        Chosen(number, contract, tuple(place for place, _ in _fitting(number, contract, only)))
        for number, contract in contracts
    ]
    if not any(one.places for one in chosen):
        known = [one.description for _, contract in contracts for one in contract.interactions]
        where = f" of connection {', '.join(map(str, rows))}" if rows else ""
        raise NothingChosen(f'"{only}" fits no promise{where}', known, only)
    for text in skip:
        chosen = _without(chosen, text)
    return [one for one in chosen if one.places]


def row_of(contract: Contract, rows: Sequence[int] = ()) -> int:
    """Return the connection that a contract is about, by what it says itself, its file's name, or its participants.

    Args:
        contract: as it was read.
        rows: the connections that were named: a single one is meant where the contract says nothing.

    Raises:
        WhichConnection: none of these tells.
    """
    if contract.connection is not None:
        return contract.connection
    numbered = _NUMBERED.match(Path(contract.file).name)
    if numbered and 1 <= int(numbered[1]) <= len(CONNECTIONS):
        return int(numbered[1])
    if len(rows) == 1:
        return rows[0]
    names = contract.consumer.name, contract.provider.name
    for row in CONNECTIONS:
        if names == (row.consumer_name, row.provider_name):
            return row.number
    raise WhichConnection(contract.file, *names)


def _in(source: Path, rows: Sequence[int]) -> Iterator[tuple[int, Contract]]:
    """Yield the contracts of a folder that are about ``rows`` (all when none is named), or the one in a file."""
    if source.is_dir():
        files = sorted(source.glob("*.json"))
        if not files:
            raise NothingChosen(f"{source} has no contract (*.json)")
        for file in files:
            contract = read_contract(file)
            number = row_of(contract)
            if not rows or number in rows:
                yield number, contract
    elif source.exists():
        contract = read_contract(source)
        # Whoever names one file and one connection means just that.
        yield rows[0] if len(rows) == 1 else row_of(contract, rows), contract
    else:
        raise ContractMissing(str(source))


def _fitting(number: int, contract: Contract, only: str) -> list[tuple[int, Interaction]]:
    """Return the promises, with their places, that ``only`` names; else those whose description it is part of."""
    promises = list(enumerate(contract.interactions))
    named = [(place, one) for place, one in promises if only and only in _names(number, one)]
    return named or [(place, one) for place, one in promises if only.casefold() in one.description.casefold()]


def _without(chosen: list[Chosen], text: str) -> list[Chosen]:
    """Return what is chosen, but not what ``text`` is part of."""
    left = [
        Chosen(one.number, one.contract, tuple(place for place in one.places if not _tells(one, place, text)))
        for one in chosen
    ]
    if left == chosen:
        known = [each.description for one in chosen for each in one.interactions]
        raise NothingChosen(
            f'"{text}" is to be left out, but is in no description or state of what was chosen', known, text
        )
    if not any(one.places for one in left):
        raise NothingChosen(f'Without "{text}" no promise is left')
    return left


def _tells(one: Chosen, place: int, text: str) -> bool:
    promise = one.contract.interactions[place]
    said = [promise.description, *(state.name for state in promise.provider_states)]
    return any(text.casefold() in each.casefold() for each in said)


def _names(number: int, one: Interaction) -> tuple[str, ...]:
    return one.key, str(provider_of(number, one)), transport_of(number, one)
