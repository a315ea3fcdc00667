"""What a tap makes of a stream: operations with their answers, whatever the protocol."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct


class Factual(Protocol):
    """A message that can tell itself as JSON; it does so only when somebody looks."""

    def facts(self) -> Mapping[str, Any]:
        """Return the message as JSON."""


Message = Mapping[str, Any] | Factual
"""A request or a response, in the shape that the contracts of its transport use, or in its own."""


def facts_of(message: Message) -> Mapping[str, Any]:
    """Return a message in the shape that contracts use."""
    return message if isinstance(message, Mapping) else message.facts()


# A struct, not a dataclass: there is one for every command that passes, and it costs a tenth.
class Observed(Struct, frozen=True, gc=False):
    """One operation and its answer, as a client would describe them."""

    operation: str
    """Short, for people: ``HSET``, ``READ /in/leads.csv``, ``SELECT``."""
    request_message: Message
    response_message: Message
    ok: bool = True
    """False when the answer is an error of the protocol."""
    source: str = ""
    """Who asked, where the protocol tells: a login role, an application's name."""
    began: float = 0.0
    """When the request was seen, on the observer's own clock (:attr:`Decoder.now`), in seconds."""

    @property
    def request(self) -> Mapping[str, Any]:
        """The request in the shape that contracts use, so that it can be held against what was promised."""
        return facts_of(self.request_message)

    @property
    def response(self) -> Mapping[str, Any]:
        """The response in the shape that contracts use."""
        return facts_of(self.response_message)


class Objection(Protocol):
    """Who objects to requests before they reach a provider. False while nobody does."""

    def __bool__(self) -> bool: ...

    def __call__(self, asked: Observed, unknown: Collection[str] = ()) -> str:
        """Return why a request is not to be performed, in one or several lines; empty where it is.

        Args:
            asked: the request; there is no response yet.
            unknown: fields of the request that are known only later.
        """


class Screen(Protocol):
    """Stands between a client and a provider, and replaces requests to which there is an objection.

    What takes their place is answered by the provider with an error, so that answers keep their order and the provider
    knows. Like a decoder it never raises; what it cannot read it passes on.
    """

    def upstream(self, data: bytes) -> bytes:
        """Return what is said to the provider instead of ``data``."""

    def downstream(self, data: bytes) -> bytes:
        """Return what is said to the consumer instead of ``data``."""


class Decoder(Protocol):
    """Watches both directions of one client connection. It must never raise, whatever the bytes are.

    A decoder that loses its way (garbage, an unknown message) stops decoding and yields one last ``Observed`` whose
    operation is ``undecodable`` and whose request says why; the stream itself goes on undisturbed.
    """

    def upstream(self, data: bytes) -> Iterable[Observed]:
        """Take bytes on their way to the provider."""

    def downstream(self, data: bytes) -> Iterable[Observed]:
        """Take bytes on their way to the consumer; yields the exchanges which they complete."""
