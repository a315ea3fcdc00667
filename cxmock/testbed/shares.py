"""What is to be verified, cut up into shares: whoever has time takes the next one, and all comes together in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from cxmock.contracts.chosen import Chosen
from cxmock.contracts.verdicts import RowResult, Verdict

SHARE = 20
"""Promises of a share, where there are shares: few enough that nobody waits long for whoever takes the last one."""


class Shares:
    """Promises to be verified. The testbed that the user has takes them from the front, its helpers from the end.

    >>> from cxmock.contracts.chosen import choose
    >>> shares = Shares(choose([3, 12]), 12)
    >>> [(one.number, len(one.places)) for one in (shares.last(), shares.first(), shares.last()) if one]
    [(12, 5), (3, 9), (12, 12)]

    Args:
        chosen: by connection.
        size: promises of a share at most; 0 for one share for each connection.
    """

    def __init__(self, chosen: Sequence[Chosen], size: int = 0) -> None:
        self._chosen = list(chosen)
        self._waiting = deque(share for one in chosen for share in _cut(one, size))
        self._verdicts: dict[int, dict[int, Verdict]] = {}
        self._seconds: dict[int, float] = {}

    def first(self) -> Chosen | None:
        """Take the first share that waits; None when there is none."""
        return self._waiting.popleft() if self._waiting else None

    def last(self) -> Chosen | None:
        """Take the last share that waits; None when there is none."""
        return self._waiting.pop() if self._waiting else None

    def give_back(self, share: Chosen) -> None:
        """Have somebody else take a share: it was not verified."""
        self._waiting.appendleft(share)

    def drop(self, number: int) -> None:
        """Verify nothing more of a connection, and have no result of it."""
        self._chosen = [one for one in self._chosen if one.number != number]
        self._waiting = deque(one for one in self._waiting if one.number != number)

    def done(self, share: Chosen, verdicts: Sequence[Verdict], seconds: float) -> None:
        """Take what came of a share, and how long it took."""
        self._verdicts.setdefault(share.number, {}).update(zip(share.places, verdicts, strict=True))
        self._seconds[share.number] = self._seconds.get(share.number, 0.0) + seconds
        if verdicts[-1].unanswered:
            self._join(share.number)

    def results(self) -> list[RowResult]:
        """Return what came of every connection, in order."""
        return [
            RowResult(
                one.number,
                one.contract,
                tuple(self._verdicts[one.number][place] for place in one.places),
                self._seconds[one.number],
                len(one.contract.interactions) - len(one.places),
            )
            for one in self._chosen
        ]

    def _join(self, number: int) -> None:
        """Make what waits of a connection one share: its provider hangs, and is not asked for each share anew."""
        waiting = [one for one in self._waiting if one.number == number]
        if len(waiting) > 1:
            places = tuple(place for one in waiting for place in one.places)
            rest = (one for one in self._waiting if one.number != number)
            self._waiting = deque([Chosen(number, waiting[0].contract, places), *rest])


def _cut(chosen: Chosen, size: int) -> list[Chosen]:
    step = size or len(chosen.places)
    cuts = range(0, len(chosen.places), step)
    return [Chosen(chosen.number, chosen.contract, chosen.places[at : at + step]) for at in cuts]
