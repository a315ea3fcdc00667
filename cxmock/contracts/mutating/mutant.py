"""Mutants: a provider or a consumer with one fault, as it looks from the other side of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxmock.contracts.model import Interaction
from cxmock.journal import Exchange
from cxmock.wire.http import Response

Answer = Response | Mapping[str, Any]
"""What a provider answered: an HTTP response, or what the caller of an operation observed."""


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "a field is missing"
    EXTRA = "a field more"
    TYPE = "another type"
    VALUE = "another value"
    STATUS = "another status"
    HEADER = "a header"
    CONTENT_TYPE = "the content type"
    QUERY = "a query parameter"
    EMPTY = "an empty body"
    CUT = "a body cut off"
    ERROR = "another error"
    ACCEPTED = "accepted where it is refused"
    OTHER = "the answer to another call"
    LATE = "no answer in time"
    OPERATION = "another operation"
    ORDER = "another order"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One interaction, and what its provider truly answered when it was verified."""

    number: int
    """The connection."""
    place: int
    """Where the interaction stands in its contract."""
    interaction: Interaction
    operation: str
    """What was asked for: interactions that share it are about the same operation of the provider."""
    answer: Answer
    values: Mapping[str, Mapping[str, Any]]
    """What each provider state gave, by its template."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault."""

    number: int
    """The connection."""
    description: str
    """The promise that it breaks."""
    kind: Kind
    place: str
    """Where, in the answer or in the call."""
    text: str
    """What is wrong there."""
    promised: bool
    """Whether the contract says anything of the place."""

    def __str__(self) -> str:
        what = " ".join(part for part in (self.place, self.text) if part)
        return f'{self.number} "{self.description}": {what}'


@dataclass(frozen=True, slots=True)
class ProviderMutant(Mutant):
    """A provider with one fault."""

    recorded: Recorded
    answer: Answer | None
    """What it answers; None for nothing, however long one waits."""

    @property
    def fault(self) -> tuple[Kind, str, str]:
        """What is wrong, whichever interaction shows it."""
        return self.kind, self.place, self.text.partition(", it was ")[0]


@dataclass(frozen=True, slots=True)
class ConsumerMutant(Mutant):
    """A consumer with one fault in one of its calls."""

    exchange: Exchange
    """The call that it makes, with the answer that was given to the right one."""
    first: bool = False
    """Whether it comes before anything else, though the contract says after what it has to come."""
