"""Conformance: what a consumer really did on a connection, held against what the contract promises.

Every exchange is judged. One is *promised* when its request and its response both fit one interaction; *mismatched*
when there are promises about what it asks for, and it fits none; *unpromised* when there are none; and *unchecked* when
too little of it is known. Promises that no exchange used are told too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from cxmock.contracts.explaining import Explanation, explain, out_of_order
from cxmock.contracts.matching import NotComparable, SeenRequest
from cxmock.contracts.model import Contract, Interaction
from cxmock.contracts.promises import Promise, Seen, promises_of
from cxmock.contracts.together import Together
from cxmock.errors.conformance import (
    DoesNotConform,
    ExchangesDropped,
    NothingChecked,
    NothingExchanged,
    PredecessorUnknown,
)
from cxmock.journal import Exchange, Journal
from cxmock.wire.http import Request, Response

EXPLAINED = 200
"""Exchanges that are explained; further ones are judged and counted. Each costs milliseconds, and people read few."""

REMEMBERED = 1000
"""Responses of which it is remembered what they fit."""
REMEMBERED_BODY = 4096
"""Bytes of their bodies at most."""

BESIDE = 1000
"""How often a promise that nothing fitted yet is looked at beside one that an exchange fits."""


class Judged(StrEnum):
    """What became of an exchange, the good ones first."""

    PROMISED = "promised"
    UNCHECKED = "could not be checked"
    MISMATCHED = "mismatched"
    UNPROMISED = "unpromised"


class Judgement(Struct, frozen=True):
    """The verdict on one exchange."""

    index: int
    """The exchange's place in its journal."""
    operation: str
    judged: Judged
    promise: str = ""
    """The description of the promise that it fits, or is nearest to; empty where there is none."""
    explanation: Explanation | None = None
    """Why it is not promised; for the first :data:`EXPLAINED` of them."""
    reason: str = ""
    """Why it could not be checked."""

    @property
    def wrong(self) -> bool:
        """Whether it is what nobody promised."""
        return self.judged in (Judged.MISMATCHED, Judged.UNPROMISED)


@dataclass(frozen=True, slots=True)
class Conformance:
    """What was found of one connection."""

    number: int
    """The connection; 0 where the contract does not say."""
    contract: Contract
    judgements: tuple[Judgement, ...]
    """In the order of the exchanges."""
    unexercised: tuple[Interaction, ...]
    """Promises that no exchange used, in the contract's order."""

    @property
    def counts(self) -> Counter[Judged]:
        """How many exchanges were judged how."""
        return Counter(one.judged for one in self.judgements)

    @property
    def exercised(self) -> Counter[str]:
        """How often each promise was used, by its description."""
        return Counter(one.promise for one in self.judgements if one.judged is Judged.PROMISED)

    @property
    def wrong(self) -> tuple[Judgement, ...]:
        """What nobody promised."""
        return tuple(one for one in self.judgements if one.wrong)

    @property
    def good(self) -> bool:
        """Whether something was promised and nothing is wrong. What could not be checked is neither."""
        counts = self.counts
        return counts[Judged.PROMISED] > 0 and not counts[Judged.MISMATCHED] and not counts[Judged.UNPROMISED]

    def raise_unless_good(self) -> None:
        """Raise an error that explains, unless something was promised and nothing is wrong.

        Raises:
            DoesNotConform: something is not promised.
            NothingExchanged: nothing happened, which is not the same as nothing wrong.
            NothingChecked: something happened, but too little is known of any of it.
        """
        if wrong := self.wrong:
            told = [str(one.explanation) for one in wrong[:3] if one.explanation is not None]
            raise DoesNotConform(self.number, self.contract.consumer.name, len(wrong), len(self.judgements), told)
        if not self.judgements:
            raise NothingExchanged([self.number], "The journal")
        if not self.good:
            raise NothingChecked(self.number, len(self.judgements), self.judgements[0].reason)


class Judge:
    """Judges exchanges one by one: for recordings that are read, and for traffic while it happens.

    Args:
        contract: the promises.
        explained: how many of the wrong ones are explained.
        midway: whether the exchanges begin in the middle: what has to come first may have come before them.

    Raises:
        RuleUnreadable: a rule of the contract cannot be read.
        PredecessorUnknown: a promise is to come after one that the contract does not have.
    """

    def __init__(self, contract: Contract, *, explained: int = EXPLAINED, midway: bool = False) -> None:
        self.promises = promises_of(contract)
        self.used: set[str] = set()
        """The promises that some exchange fitted so far, by their descriptions."""
        self._explained = explained
        self._midway = midway
        self._answers: dict[object, frozenset[int]] = {}
        self._beside: Counter[int] = Counter()
        known = [one.description for one in contract.interactions]
        for promise in self.promises.all:
            for before in promise.after:
                if before not in known:
                    raise PredecessorUnknown(contract.file, promise.description, before, known)

    def judge(self, exchange: Exchange) -> Judgement:
        """Judge one exchange; those before it have been judged already."""
        if exchange.transport == "tcp" or exchange.operation == "undecodable":
            reason = "only its size and time are known" if exchange.transport == "tcp" else "it could not be decoded"
            return Judgement(exchange.index, exchange.operation, Judged.UNCHECKED, reason=reason)
        seen = self.promises.as_meant(Seen.of(exchange))
        candidates = self.promises.candidates(seen)
        answering = self._answering(candidates, seen, exchange)
        fitting, unknown = self._fitting(candidates, seen, answering)
        if not fitting and not unknown:
            fitting, unknown = self._fitting_together(candidates, seen, answering)
        if fitting:
            return self._promised(fitting, exchange, seen)
        if unknown:
            return Judgement(exchange.index, exchange.operation, Judged.UNCHECKED, reason=unknown)
        judged = Judged.MISMATCHED if candidates else Judged.UNPROMISED
        return self._wrong(exchange, judged, lambda: explain(self.promises, seen, exchange.operation))

    @property
    def unused(self) -> tuple[Interaction, ...]:
        """Promises that no exchange used so far, in the contract's order."""
        return tuple(one.interaction for one in self.promises.all if one.description not in self.used)

    def refusal(self, seen: Seen, operation: str) -> Explanation | None:
        """Explain why a request alone is not promised; None when it is, or when that cannot be told.

        This is for whoever answers: it is asked before there is a response.
        """
        seen = self.promises.as_meant(seen)
        candidates = self.promises.candidates(seen)
        try:
            if any(promise.fits_request(seen) for promise in candidates) or _together(candidates, seen):
                return None
        except NotComparable:
            return None
        return explain(self.promises, seen, operation)

    def _answering(self, candidates: Sequence[Promise], seen: Seen, exchange: Exchange) -> frozenset[int] | None:
        """Return the places of the candidates that promise the response; None where that is not remembered.

        Whatever a consumer asks, a provider says the same few things again and again.
        """
        request, response = exchange.request_message, exchange.response_message
        if not isinstance(request, Request) or not isinstance(response, Response):
            return None
        if len(response.body) > REMEMBERED_BODY:
            return None
        key = request.method, request.path, response.status, tuple(response.raw_headers), response.body
        if (known := self._answers.get(key)) is None:
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            try:
                known = frozenset(promise.place for promise in candidates if promise.fits_response(seen))
            except NotComparable:
                return None
            self._answers[key] = known
        return known

    def _promised(self, fitting: list[Promise], exchange: Exchange, seen: Seen) -> Judgement:
        """Judge an exchange that fits promises: one of them has to be in its turn."""
        in_turn = [one for one in fitting if self._midway or not one.after or not self.used.isdisjoint(one.after)]
        if in_turn:
            self.used.update(one.description for one in in_turn)
            return Judgement(exchange.index, exchange.operation, Judged.PROMISED, in_turn[0].description)
        early = fitting[0]
        return self._wrong(
            exchange,
            Judged.MISMATCHED,
            lambda: out_of_order(self.promises, seen, exchange.operation, early.description, early.after),
        )

    def _fitting(
        self, candidates: Sequence[Promise], seen: Seen, answering: frozenset[int] | None
    ) -> tuple[list[Promise], str]:
        """Return the promises that an exchange fits; else why that could not be told of one of them.

        Once it fits one, only those are looked at that nothing fitted yet, and not for ever.

        Args:
            candidates: the promises about what was asked for.
            seen: the exchange.
            answering: the places of those whose response it fits, where that is known.
        """
        fitting: list[Promise] = []
        unknown = ""
        for promise in candidates:
            if answering is not None and promise.place not in answering:
                continue
            if fitting and not fitting[0].after:
                if promise.description in self.used or self._beside[promise.place] >= BESIDE:
                    continue
                self._beside[promise.place] += 1
            try:
                if promise.fits_request(seen) and (answering is not None or promise.fits_response(seen)):
                    fitting.append(promise)
            except NotComparable as reason:
                unknown = str(reason)
        return fitting, unknown

    def _fitting_together(
        self, candidates: Sequence[Promise], seen: Seen, answering: frozenset[int] | None
    ) -> tuple[list[Promise], str]:
        """Return the promises of which a request has all, where others have the rest; or why that cannot be told.

        The answer has to be one of those that are promised of what was asked for: no single promise tells which.
        """
        try:
            if not (found := _together(candidates, seen)):
                return [], ""
            answered = any(one.fits_response(seen) for one in candidates) if answering is None else bool(answering)
        except NotComparable as reason:
            return [], str(reason)
        return found if answered else [], ""

    def _wrong(self, exchange: Exchange, judged: Judged, explained: Callable[[], Explanation]) -> Judgement:
        if self._explained <= 0:
            return Judgement(exchange.index, exchange.operation, judged)
        self._explained -= 1
        explanation = explained()
        near = explanation.nearest[0].description if explanation.nearest else ""
        return Judgement(exchange.index, exchange.operation, judged, near, explanation)


def conformance(
    contract: Contract,
    exchanges: Iterable[Exchange],
    *,
    dropped: int = 0,
    number: int | None = None,
    midway: bool = False,
) -> Conformance:
    """Hold exchanges of a connection against its contract.

    Args:
        contract: the promises.
        exchanges: what happened, oldest first; those of other connections are passed over.
        dropped: how many exchanges are known to be missing.
        number: the connection, where the contract does not say it.
        midway: whether they begin in the middle: what has to come first may have come before them.

    Raises:
        ExchangesDropped: exchanges are missing: what is not known cannot conform.
        RuleUnreadable: a rule of the contract cannot be read.
        PredecessorUnknown: a promise is to come after one that the contract does not have.
    """
    contracts = {number or contract.connection or 0: contract}
    [found] = all_conformances(contracts, exchanges, dropped=dropped, midway=midway)
    return found


def all_conformances(
    contracts: Mapping[int, Contract], exchanges: Iterable[Exchange], *, dropped: int = 0, midway: bool = False
) -> list[Conformance]:
    """Hold exchanges of several connections against their contracts; see :func:`conformance`.

    The exchanges are looked at one by one and not kept: a recording may be larger than memory.

    Args:
        contracts: by connection; under 0, the contract of whatever connection there is.
        exchanges: what happened, oldest first; those of other connections are passed over.
        dropped: how many exchanges are known to be missing.
        midway: whether they begin in the middle: what has to come first may have come before them.
    """
    if dropped:
        raise ExchangesDropped(dropped)
    judges = {number: Judge(contract, midway=midway) for number, contract in contracts.items()}
    found: dict[int, list[Judgement]] = {number: [] for number in judges}
    for one in exchanges:
        number = one.connection if one.connection in judges else 0
        if number in judges:
            found[number].append(judges[number].judge(one))
    return [
        Conformance(number, judge.promises.contract, tuple(found[number]), judge.unused)
        for number, judge in judges.items()
    ]


def of_journal(contract: Contract, journal: Journal, *, since: int = 0, number: int | None = None) -> Conformance:
    """Hold what a journal has of a connection against its contract; see :func:`conformance`."""
    kept = journal.exchanges()
    oldest = kept[0].index if kept else journal.mark
    missing = max(0, min(journal.dropped, oldest - since))
    exchanges = (one for one in kept if one.index >= since)
    return conformance(contract, exchanges, dropped=missing, number=number, midway=since > 0)


def _together(candidates: Sequence[Promise], seen: Seen) -> list[Promise]:
    return Together(candidates, seen.request).promises if isinstance(seen.request, SeenRequest) else []
