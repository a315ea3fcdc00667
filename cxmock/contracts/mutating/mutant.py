"""Mutants: a provider or a consumer with one fault, as it looks from the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxmock.contracts.model import Interaction
from cxmock.wire.http import Response

Answer = Response | Mapping[str, Any]
"""What a provider answered: an HTTP response, or what the caller of an operation observed."""


class Kind(StrEnum):
    """What is wrong."""

    MISSING = "a field is missing"
    TYPE = "another type"
    VALUE = "another value"
    STATUS = "another status"
    HEADER = "a header is missing or another"
    CONTENT_TYPE = "another content type"
    EMPTY = "an empty body"
    CUT = "a body cut off"
    ERROR = "another error"
    ACCEPTED = "accepted where it is refused"
    OTHER = "the answer to another call"
    LATE = "no answer in time"
    UNSERVED = "an operation that is not served"


@dataclass(frozen=True, slots=True)
class Seen:
    """One interaction, and what its provider truly answered when it was verified."""

    number: int
    """The connection."""
    place: int
    """Where the interaction stands in its contract."""
    interaction: Interaction
    operation: str
    """What was asked for: what shares it is about the same operation of the provider."""
    answer: Answer
    values: Mapping[str, Mapping[str, Any]]
    """What each provider state gave, by its template."""

    @property
    def description(self) -> str:
        """The interaction's description."""
        return self.interaction.description


@dataclass(frozen=True, slots=True)
class Mutant:
    """A provider with one fault."""

    seen: Seen
    kind: Kind
    place: str
    """Where in the answer."""
    text: str
    """What is wrong there."""
    answer: Answer | None
    """What it answers; None for nothing, however long one waits."""
    promised: bool = True
    """Whether the contract says anything of the place."""

    def __str__(self) -> str:
        what = " ".join(part for part in (self.place, self.text) if part)
        return f'{self.seen.number} "{self.seen.description}": {what}'

    @property
    def fault(self) -> tuple[Kind, str, str]:
        """What is wrong, whichever interaction shows it."""
        return self.kind, self.place, self.text.partition(", it was ")[0]
