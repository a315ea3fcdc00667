"""Holds a testbed to the contracts: its parts arrange the states, its addresses are the targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cxmock.contracts.arranging import arranged_by
from cxmock.contracts.targets import targets_from
from cxmock.contracts.verdicts import RowResult
from cxmock.contracts.verification import Verifier
from cxmock.topology import CONNECTIONS, Component, connection

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed

VERIFY_WITHIN = 300.0


class TestbedVerifier:
    """Verifies contracts against a testbed's parts. Pact's engine stays warm between calls; close it at the end.

    Verification puts the parts into states: what they held before is gone afterwards.
    """

    __test__ = False

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        self._row = 0
        self._verifier = Verifier(
            ca_file=testbed.authority.ca_file,
            targets=targets_from(testbed.env),
            arrange=arranged_by(self._owners),
            fresh=self._fresh,
        )

    @property
    def verifier(self) -> Verifier:
        """The verifier itself; its calls are for the testbed's loop."""
        return self._verifier

    def verify(self, rows: Sequence[int] = ()) -> list[RowResult]:
        """Verify the contracts of ``rows`` (all thirteen when none is named), whose parts have to be started."""
        numbers = rows or [row.number for row in CONNECTIONS]
        self._row = 0
        return self._testbed.run(self._verifier.verify(numbers), within=VERIFY_WITHIN)

    def close(self) -> None:
        """End Pact's engine and every connection."""
        self._testbed.run(self._verifier.close())

    def _owners(self, number: int) -> Iterator[object]:
        """Yield who may know a state of a row: its provider, then the parts behind it."""
        row = connection(number)
        first = [row.provider, *(place.component for place in row.listens)]
        started = self._testbed.started
        for component in dict.fromkeys([*first, *started]):
            if component in started:
                yield self._testbed.part(component)

    async def _fresh(self, number: int) -> None:
        # All that a row's providers need is made fresh once; from then on interactions arrange it as they need it.
        await self._testbed.reset_parts(_components(number), needs=number != self._row)
        self._row = number


def _components(number: int) -> Iterable[Component]:
    row = connection(number)
    return dict.fromkeys([row.provider, *(place.component for place in row.listens)])
