"""What verification finds: a verdict on each promise, and on each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.contracts.model import Contract, Interaction
from cxmock.errors.contracts import NotKept
from cxmock.topology import Component

_KINDS = {
    "BodyMismatch": "body",
    "BodyTypeMismatch": "body",
    "HeaderMismatch": "header",
    "MetadataMismatch": "metadata",
    "StatusMismatch": "status",
}


@dataclass(frozen=True, slots=True, order=True)
class Mismatch:
    """One difference between what was promised and what came."""

    kind: str
    """``status``, ``header``, ``body``, ``metadata``; ``call`` where there was no answer to look at."""
    place: str
    """A JSONPath in a body, a name elsewhere; empty for the whole."""
    text: str
    """In words."""
    expected: str = ""
    actual: str = ""

    def __str__(self) -> str:
        return f"{' '.join(part for part in (self.kind, self.place) if part)}: {self.text}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one promise is kept."""

    number: int
    """The connection."""
    interaction: Interaction
    provider: str
    """Who was asked: a component's name."""
    kept: bool
    mismatches: tuple[Mismatch, ...]
    """Sorted; empty when the promise is kept."""
    seconds: float
    at: str = ""
    """The URL where the provider was asked, without any login."""

    @property
    def unanswered(self) -> bool:
        """Whether there was no answer to look at."""
        return not self.kept and all(one.kind == "call" for one in self.mismatches)

    def raise_unless_kept(self) -> None:
        """Raise :class:`~cxmock.errors.contracts.NotKept`, which explains, unless the promise is kept."""
        if not self.kept:
            label = Component(self.provider).label
            raise NotKept(self.number, self.interaction.description, label, [str(one) for one in self.mismatches])


@dataclass(frozen=True, slots=True)
class RowResult:
    """The verdicts on one connection's contract, in the file's order."""

    number: int
    contract: Contract
    verdicts: tuple[Verdict, ...]
    seconds: float
    left_out: int = 0
    """How many promises of the contract were not chosen."""

    @property
    def promised(self) -> int:
        """How many promises the contract has, without those that were left out."""
        return len(self.contract.interactions) - self.left_out

    @property
    def kept(self) -> int:
        """How many of them are kept."""
        return sum(verdict.kept for verdict in self.verdicts)

    @property
    def good(self) -> bool:
        """Whether every promise was checked and is kept, and there is at least one."""
        return 0 < self.promised == self.kept


def mismatches_of(result: Mapping[str, Any], explanations: Sequence[str] = ()) -> tuple[Mismatch, ...]:
    """Return the mismatches of one of Pact's interaction results, in an order that does not change.

    ``explanations`` say why a provider state or an operation failed; Pact itself tells only that it did.

    >>> mismatches_of({"mismatch": {"type": "mismatches", "mismatches": [
    ...     {"type": "StatusMismatch", "expected": 200, "actual": 503, "mismatch": "expected 200 but was 503"}]}})
    (Mismatch(kind='status', place='', text='expected 200 but was 503', expected='200', actual='503'),)
    """
    mismatch = result.get("mismatch") or {}
    found = [
        Mismatch(
            _KINDS.get(one.get("type", ""), "call"),
            str(one.get("key") or one.get("path") or ""),
            str(one.get("mismatch", "")),
            _text(one.get("expected")),
            _text(one.get("actual")),
        )
        for one in mismatch.get("mismatches", ())
    ]
    if explanations:
        found += [Mismatch("call", "", text) for text in explanations]
    elif not found:
        found.append(Mismatch("call", "", str(mismatch.get("message") or "no explanation")))
    return tuple(sorted(set(found)))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
