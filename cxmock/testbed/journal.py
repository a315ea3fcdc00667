"""The testbed's journal: what happened, which can be held against what the contracts promise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.journal import Journal

if TYPE_CHECKING:
    from cxmock.contracts.conformance import Conformance


class TestbedJournal(Journal):
    """A journal that knows the contracts of its connections."""

    __test__ = False  # not a test class, whatever its name looks like to pytest

    def conformance(self, number: int, *, contract: Path | str | None = None, since: int = 0) -> Conformance:
        """Hold what happened on a connection against its contract.

        Args:
            number: a row of the table.
            contract: a Pact file; None for the contract that is shipped.
            since: a :attr:`~cxmock.journal.Journal.mark`: what came before it is passed over, and may be what other
                exchanges have to come after.

        Returns:
            Each exchange judged, and the promises that none of them used; ``raise_unless_good()`` on it raises an error
            that explains unless all that could be checked was promised.

        Raises:
            ExchangesDropped: exchanges are missing: what is not known cannot conform.
            ContractMissing: there is no such file; other errors of contracts: it cannot be used.
        """
        from cxmock.contracts.chosen import choose
        from cxmock.contracts.conformance import of_journal

        [chosen] = choose([number], Path(contract) if contract is not None else None)
        return of_journal(chosen.contract, self, since=since, number=number)
