"""A Pact V4 contract as data: what a file says, field by field, decoded and checked by msgspec."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Json = Any
"""What JSON can say."""


class MatchingRule(Struct, frozen=True):
    """What may stand at one place: one or several matchers, each a mapping with ``match`` and its own settings."""

    matchers: tuple[Mapping[str, Json], ...]
    combine: Literal["AND", "OR"] = "AND"


class Rules(Struct, frozen=True):
    """The matching rules of one message: by JSONPath in the body, by name elsewhere."""

    path: MatchingRule | None = None
    status: MatchingRule | None = None
    query: dict[str, MatchingRule] = {}
    header: dict[str, MatchingRule] = {}
    metadata: dict[str, MatchingRule] = {}
    body: dict[str, MatchingRule] = {}


class Generators(Struct, frozen=True):
    """How values are made: from a provider state, at random, from the time."""

    path: Mapping[str, Json] | None = None
    status: Mapping[str, Json] | None = None
    query: dict[str, Mapping[str, Json]] = {}
    header: dict[str, Mapping[str, Json]] = {}
    metadata: dict[str, Mapping[str, Json]] = {}
    body: dict[str, Mapping[str, Json]] = {}


class Body(Struct, frozen=True, rename="camel"):
    """A body, or a message's contents."""

    content: Json = None
    content_type: str = ""
    encoded: bool | str = False
    content_type_hint: str = ""

    @property
    def is_base64(self) -> bool:
        """Whether ``content`` is bytes in base64."""
        return isinstance(self.encoded, str) and self.encoded.lower() == "base64"

    def value(self) -> Json:
        """Return the content: bytes where it is base64, JSON or text otherwise.

        >>> Body(content="AAE=", encoded="base64").value()
        b'\\x00\\x01'
        """
        return base64.b64decode(self.content, validate=True) if self.is_base64 else self.content


class HttpRequest(Struct, frozen=True, rename="camel"):
    """What a consumer sends."""

    method: str = "GET"
    path: str = "/"
    query: dict[str, tuple[str, ...]] = {}
    headers: dict[str, tuple[str, ...] | str] = {}
    body: Body | None = None
    matching_rules: Rules = Rules()
    generators: Generators = Generators()


class HttpResponse(Struct, frozen=True, rename="camel"):
    """What a provider answers."""

    status: int = 200
    headers: dict[str, tuple[str, ...] | str] = {}
    body: Body | None = None
    matching_rules: Rules = Rules()
    generators: Generators = Generators()


class Message(Struct, frozen=True, rename="camel"):
    """One message: its contents and its metadata."""

    contents: Body = Body()
    metadata: dict[str, Json] = {}
    matching_rules: Rules = Rules()
    generators: Generators = Generators()


class State(Struct, frozen=True):
    """How the provider must be arranged first: a sentence with holes, and what fills them."""

    name: str
    params: dict[str, Json] = {}

    def __str__(self) -> str:
        """Return the sentence with its holes filled.

        >>> str(State("campaign {name} is {dbid}", {"name": "Spring", "dbid": 101}))
        'campaign Spring is 101'
        """
        text = self.name
        for name, value in self.params.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text


class Notes(Struct, frozen=True):
    """What cxmock keeps beside a promise (``comments.cxmock``)."""

    evidence: str = ""
    """D documented, O observed, A assumed; empty in contracts that others wrote."""
    source: str = ""
    provider: str = ""
    """The component that keeps the promise, where a connection has several."""
    after: tuple[str, ...] = ()
    """The descriptions of promises of which a consumer has to have used one before this one."""
    seen: dict[str, Json] = {}
    """``request`` and ``response`` as a journal has them where nobody arranged the provider's state, as far as they
    differ: what follows from the state is promised by its type, what journals do not keep is left out."""


class Comments(Struct, frozen=True):
    """An interaction's comments, as far as they are read."""

    cxmock: Notes = Notes()


class HttpInteraction(Struct, frozen=True, rename="camel", tag_field="type", tag="Synchronous/HTTP"):
    """A promise about an HTTP request and its response."""

    description: str
    request: HttpRequest
    response: HttpResponse
    key: str = ""
    provider_states: tuple[State, ...] = ()
    pending: bool = False
    transport: str = ""
    comments: Comments = Comments()


class SyncMessage(Struct, frozen=True, rename="camel", tag_field="type", tag="Synchronous/Messages"):
    """A promise about an operation and what its caller observes."""

    description: str
    request: Message
    response: tuple[Message, ...]
    key: str = ""
    provider_states: tuple[State, ...] = ()
    pending: bool = False
    transport: str = ""
    comments: Comments = Comments()


class AsyncMessage(Struct, frozen=True, rename="camel", tag_field="type", tag="Asynchronous/Messages"):
    """A promise about a message that a provider sends without being asked."""

    description: str
    contents: Body = Body()
    metadata: dict[str, Json] = {}
    matching_rules: Rules = Rules()
    generators: Generators = Generators()
    key: str = ""
    provider_states: tuple[State, ...] = ()
    pending: bool = False
    transport: str = ""
    comments: Comments = Comments()


Interaction = HttpInteraction | SyncMessage | AsyncMessage


class Participant(Struct, frozen=True):
    """A consumer or a provider."""

    name: str


class ContractNotes(Struct, frozen=True, rename="camel"):
    """What cxmock keeps about a whole contract (``metadata.cxmock``)."""

    connection: int | None = None
    stands_in: dict[str, str] = {}
    """Headers, in small letters, that may come in place of another: an API key for a session's cookie."""


class Metadata(Struct, frozen=True):
    """A contract's metadata, as far as they are read."""

    cxmock: ContractNotes = ContractNotes()


class Contract(Struct, frozen=True):
    """All promises of one provider to one consumer."""

    consumer: Participant
    provider: Participant
    interactions: tuple[Interaction, ...]
    metadata: Metadata = Metadata()
    file: str = ""
    """Where it was read from, for people."""
    raw: tuple[Mapping[str, Json], ...] = ()
    """The interactions as they stand in the file, in its order: what Pact's engine is given."""

    @property
    def connection(self) -> int | None:
        """The row of the table that it is about, where it says so."""
        return self.metadata.cxmock.connection

    @property
    def stands_in(self) -> Mapping[str, str]:
        """The headers that may come in place of another."""
        return self.metadata.cxmock.stands_in

    def interaction(self, description: str) -> Interaction:
        """Return the interaction with this description.

        Raises:
            LookupError: there is none.
        """
        for one in self.interactions:
            if one.description == description:
                return one
        raise LookupError(f'{self.file} has no interaction "{description}"')
