"""Lints a folder of contracts: reads every file, makes every check, and counts what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxmock.contracts import library
from cxmock.contracts.authoring import writing
from cxmock.contracts.chosen import row_of
from cxmock.contracts.linting import evidence, examples, identity, secrets, states
from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.linting.states import Known
from cxmock.contracts.model import Contract
from cxmock.contracts.reading import read_contract
from cxmock.errors.base import CxmockError
from cxmock.errors.contracts import ContractEmpty, ContractMissing, ContractsDiffer
from cxmock.errors.verifying import NothingChosen, WhichConnection

CHECKS: Sequence[Callable[[Contract], Iterator[Finding]]] = (
    identity.check,
    evidence.check,
    examples.check,
    secrets.check,
)
"""What is looked at in each contract by itself."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What a lint found."""

    files: int
    promises: int
    findings: tuple[Finding, ...]
    unreadable: tuple[CxmockError, ...]
    """One for each file that could not be read at all, or has nothing in it."""

    @property
    def good(self) -> bool:
        """Whether all could be read, and nothing is wrong."""
        return not self.findings and not self.unreadable


def lint(source: Path, known: Known | None = None, *, foreign: bool = False) -> Linted:
    """Lint a folder of contracts, or one file.

    Args:
        source: the folder or file.
        known: the states that somebody on a connection knows; states are not looked at without it.
        foreign: whether the states of contracts that are not ours are looked at, too.

    Raises:
        ContractMissing: there is no such folder or file.
        NothingChosen: there is no contract in it.
    """
    contracts, unreadable = _read(source)
    findings = [finding for contract in contracts for check in CHECKS for finding in check(contract)]
    findings += identity.check_together(contracts)
    if known is not None:
        for contract in contracts:
            if contract.connection is not None or foreign:
                findings += _of_states(contract, known)
    if source.is_dir() and source.resolve() == library.folder().resolve():
        findings += _not_as_authored(source)
    promises = sum(len(contract.interactions) for contract in contracts)
    return Linted(len(contracts) + len(unreadable), promises, tuple(sorted(findings)), tuple(unreadable))


def _read(source: Path) -> tuple[list[Contract], list[CxmockError]]:
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    if not files:
        raise NothingChosen(f"{source} has no contract (*.json)")
    contracts: list[Contract] = []
    unreadable: list[CxmockError] = []
    for file in files:
        try:
            contract = read_contract(file)
        except ContractMissing:
            raise
        except CxmockError as error:
            unreadable.append(error)
        else:
            if contract.interactions:
                contracts.append(contract)
            else:
                unreadable.append(ContractEmpty(str(file)))
    return contracts, unreadable


def _of_states(contract: Contract, known: Known) -> Iterator[Finding]:
    try:
        yield from states.check(contract, row_of(contract), known)
    except WhichConnection as error:
        file = Path(contract.file).name
        yield Finding(file, "", "state", "does not say which connection it is about", error.expected)


def _not_as_authored(folder: Path) -> Iterator[Finding]:
    try:
        writing.check(folder)
    except ContractsDiffer as error:
        for difference in error.differences:
            file, _, how = difference.partition(" ")
            yield Finding(file, "", "authored", how, error.fix)
