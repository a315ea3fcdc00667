"""A contract ready to be held against what happens: its interactions compiled, and found by what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeVar

import msgspec

from cxmock.contracts.matching import (
    MessageMatcher,
    NotComparable,
    RequestMatcher,
    ResponseMatcher,
    RuleFault,
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import AsyncMessage, Contract, HttpInteraction, Interaction, Message, SyncMessage
from cxmock.contracts.operations import (
    PLACES,
    UNASKED,
    is_error,
    name_of,
    says_extensions,
    without_extensions,
)
from cxmock.contracts.verdicts import Mismatch
from cxmock.errors.conformance import RuleUnreadable
from cxmock.journal import Exchange
from cxmock.wire.http import Request, Response

HTTP = "http"
KNOWN_LIMIT = 4096
"""Paths and operations whose promises are remembered."""
_ANY_TRANSPORT = ("", "message", "sync-message", "async-message")
"""What an interaction says that does not say its transport: whatever the connection has."""


class Seen(msgspec.Struct, frozen=True):
    """One exchange in the shape that promises are held against. (One is made for each: structures are made fast.)"""

    transport: str
    request: SeenRequest | Mapping[str, Any]
    response: SeenResponse | Mapping[str, Any] | None = None
    """None where there is no answer yet: only the request is looked at."""
    ok: bool = True
    """False when the answer is an error of the protocol."""
    unknown: Collection[str] = ()
    """Fields of the request that are known only later: promises are not held against them."""

    @classmethod
    def of(cls, exchange: Exchange) -> Seen:
        """Return an exchange of the journal, or of a recording."""
        if exchange.transport == HTTP:
            request, response = exchange.request_message, exchange.response_message
            return cls(
                HTTP,
                SeenRequest.of(request if isinstance(request, Request) else exchange.request),
                SeenResponse.of(response if isinstance(response, Response) else exchange.response),
                exchange.ok,
            )
        return cls(exchange.transport, exchange.request, exchange.response, exchange.ok)

    @property
    def unasked(self) -> bool:
        """Whether a provider said it by itself."""
        return not isinstance(self.request, SeenRequest) and not self.request


@dataclass(frozen=True, slots=True)
class Promise:
    """One interaction, compiled."""

    place: int
    """Where it stands in the file."""
    interaction: Interaction
    name: str | None
    """What is asked for: an operation's name, or an HTTP path; None where a rule leaves it open."""
    request: RequestMatcher | MessageMatcher | None
    """None where the provider is not asked."""
    response: ResponseMatcher | MessageMatcher

    @property
    def description(self) -> str:
        """The interaction's description, its identity."""
        return self.interaction.description

    @property
    def is_error(self) -> bool:
        """Whether the promised answer is an error."""
        if isinstance(self.interaction, HttpInteraction):
            return self.interaction.response.status >= 400
        message = self.interaction.response[0] if isinstance(self.interaction, SyncMessage) else self.interaction
        return is_error(message.contents.content)

    @property
    def unasked(self) -> bool:
        """Whether the provider says it by itself."""
        return self.request is None or self.name == UNASKED

    @property
    def after(self) -> tuple[str, ...]:
        """The descriptions of the promises that have to be used before."""
        return self.interaction.comments.cxmock.after

    def request_mismatches(self, seen: Seen) -> tuple[Mismatch, ...]:
        """Return how a request differs.

        Raises:
            NotComparable: too little is known of it.
        """
        if isinstance(self.request, RequestMatcher):
            assert isinstance(seen.request, SeenRequest)
            return self.request.mismatches(seen.request)
        if self.request is None:
            return ()
        found = self.request.mismatches(self._asked(seen), kind="request")
        return tuple(one for one in found if _field(one.place) not in seen.unknown) if seen.unknown else found

    def response_mismatches(self, seen: Seen) -> tuple[Mismatch, ...]:
        """Return how a response differs.

        Raises:
            NotComparable: too little is known of it.
        """
        if isinstance(self.response, ResponseMatcher):
            assert isinstance(seen.response, SeenResponse)
            return self.response.mismatches(seen.response)
        assert isinstance(seen.response, Mapping)
        return self.response.mismatches(seen.response, kind="response")

    def fits_request(self, seen: Seen) -> bool:
        """Whether a request, for which this promise is a candidate, is the promised one.

        Raises:
            NotComparable: too little is known of it.
        """
        if self.request is None:
            return True
        if isinstance(self.request, RequestMatcher):
            return self.request.fits_beyond_path(seen.request)  # type: ignore[arg-type]
        if seen.unknown:
            return not self.request_mismatches(seen)
        return self.request.fits(self._asked(seen)) or _unless_unkept(
            seen, seen.request, lambda: self.request_mismatches(seen)
        )

    def _asked(self, seen: Seen) -> Mapping[str, Any]:
        """Return what is asked; what goes along with it only where the promise is about that, too."""
        assert isinstance(seen.request, Mapping) and isinstance(self.interaction, SyncMessage)
        if not says_extensions(seen.transport, seen.request):
            return seen.request
        promised = self.interaction.request.contents.content
        return seen.request if says_extensions(seen.transport, promised) else without_extensions(seen.request)

    def fits_response(self, seen: Seen) -> bool:
        """Whether a response is the promised one.

        Raises:
            NotComparable: too little is known of it.
        """
        return self.response.fits(seen.response) or _unless_unkept(  # type: ignore[arg-type]
            seen, seen.response, lambda: self.response_mismatches(seen)
        )


@dataclass(slots=True)
class Promises:
    """All promises of a contract, in its order, indexed.

    Raises:
        RuleUnreadable: a rule of the contract cannot be read, or an example is not what its content type says.
    """

    contract: Contract
    all: tuple[Promise, ...] = ()
    _paths: dict[tuple[str, str], list[Promise]] = field(default_factory=dict)
    _patterns: dict[str, list[Promise]] = field(default_factory=dict)
    _operations: dict[tuple[str, str | None], list[Promise]] = field(default_factory=dict)
    _known: dict[tuple[str, str], tuple[Promise, ...]] = field(default_factory=dict)
    """What was looked for already: the same few things are asked for again and again."""

    def __post_init__(self) -> None:
        self.all = tuple(self._compile(place, one) for place, one in enumerate(self.contract.interactions))
        for promise in self.all:
            self._file(promise)

    def as_meant(self, seen: Seen) -> Seen:
        """Return an exchange where a header that stands in for another one has that one's place, too."""
        request = seen.request
        if not self.contract.stands_in or not isinstance(request, SeenRequest):
            return seen
        meant = {
            other: request.headers[name]
            for name, other in self.contract.stands_in.items()
            if name in request.headers and other not in request.headers
        }
        if not meant:
            return seen
        return msgspec.structs.replace(
            seen, request=msgspec.structs.replace(request, headers={**request.headers, **meant})
        )

    def candidates(self, seen: Seen) -> Sequence[Promise]:
        """Return the promises about what an exchange asks for, whether it fits them or not, in the contract's order."""
        request = seen.request
        key = (
            (request.method, request.path)
            if isinstance(request, SeenRequest)
            else (seen.transport, name_of(seen.transport, request))
        )
        if (found := self._known.get(key)) is None:
            if len(self._known) >= KNOWN_LIMIT:
                self._known.clear()
            about = self._of_path(*key) if isinstance(request, SeenRequest) else self._of_operation(*key)
            found = self._known[key] = tuple(sorted(about, key=lambda promise: promise.place))
        return found

    def _of_path(self, method: str, path: str) -> list[Promise]:
        method = method.upper()
        fitting = [
            promise
            for promise in self._patterns.get(method, ())
            if isinstance(promise.request, RequestMatcher) and promise.request.fits_path(path)
        ]
        return [*self._paths.get((method, path), ()), *fitting]

    def _of_operation(self, transport: str, name: str) -> list[Promise]:
        names = (name,) if name == UNASKED else (name, None)
        keys = {(known, one) for known in (transport, "") for one in names}
        return [promise for key in keys for promise in self._operations.get(key, ())]

    def comparable(self, seen: Seen) -> list[Promise]:
        """Return the promises that are of the same kind as an exchange: over its transport, asked for or not."""
        http = isinstance(seen.request, SeenRequest)
        return [
            promise
            for promise in self.all
            if isinstance(promise.interaction, HttpInteraction) is http
            and promise.unasked is seen.unasked
            and (http or _transport(promise.interaction) in (seen.transport, ""))
        ]

    def _file(self, promise: Promise) -> None:
        if isinstance(promise.request, RequestMatcher):
            method = promise.request.method
            if promise.name is None:
                self._patterns.setdefault(method, []).append(promise)
            else:
                self._paths.setdefault((method, promise.name), []).append(promise)
        else:
            self._operations.setdefault((_transport(promise.interaction), promise.name), []).append(promise)

    def _compile(self, place: int, interaction: Interaction) -> Promise:
        try:
            return _compiled(place, interaction)
        except RuleFault as fault:
            raise _unreadable(self.contract, interaction, fault) from fault
        except ValueError as error:
            raise RuleUnreadable(self.contract.file, interaction.description, "", str(error), "") from error


def check_rules(contract: Contract) -> None:
    """See that all rules of a contract can be read. Its examples are for Pact's engine to judge.

    Raises:
        RuleUnreadable: one cannot.
    """
    for place, interaction in enumerate(contract.interactions):
        try:
            _compiled(place, interaction)
        except RuleFault as fault:
            raise _unreadable(contract, interaction, fault) from fault
        except ValueError:
            continue


def _compiled(place: int, interaction: Interaction) -> Promise:
    """Compile a promise; see :class:`Promises`.

    Raises:
        RuleFault: a rule cannot be read.
        ValueError: an example is not what its content type says.
    """
    if isinstance(interaction, HttpInteraction):
        seen = as_seen(interaction)
        request = compile_request(seen.request)
        return Promise(place, interaction, request.path, request, compile_response(seen.response))
    if isinstance(interaction, SyncMessage):
        seen_message = as_seen(interaction)
        asked = compile_message(seen_message.request, strict=True)
        answered = compile_message(seen_message.response[0])
        return Promise(place, interaction, _name(seen_message), asked, answered)
    return Promise(place, interaction, UNASKED, None, compile_message(_message(interaction)))


def _unreadable(contract: Contract, interaction: Interaction, fault: RuleFault) -> RuleUnreadable:
    return RuleUnreadable(contract.file, interaction.description, fault.place, fault.reason, fault.hint)


Asked = TypeVar("Asked", bound=HttpInteraction | SyncMessage)


def as_seen(interaction: Asked) -> Asked:
    """Return an interaction as a journal has it, where nobody arranged the provider's state.

    Raises:
        ValueError: what the contract says of it cannot be read.
    """
    seen = interaction.comments.cxmock.seen
    if not seen:
        return interaction
    fields = msgspec.to_builtins(interaction) | {side: seen[side] for side in ("request", "response") if side in seen}
    return msgspec.convert(fields, type(interaction))


_UNKEPT = ('{"bytes":', '{"omitted":', '{"binary":')
"""How a value begins of which a journal kept no more than its size."""


def _unless_unkept(seen: Seen, said: object, mismatches: Callable[[], Sequence[Mismatch]]) -> Literal[False]:
    """Return False, that something does not fit, unless all that does not fit is too long to have been kept.

    Raises:
        NotComparable: so it is.
    """
    values = said.get("argv") or said.get("value") if seen.transport == "redis" and isinstance(said, Mapping) else None
    for value in values if isinstance(values, list) else (values,):
        if isinstance(value, Mapping) and all(one.actual.startswith(_UNKEPT) for one in mismatches()):
            raise NotComparable("it was too long to be kept whole")
    return False


def _field(place: str) -> str:
    """Return the first step of a place: ``params`` of ``$.params[0]``."""
    return re.split(r"[.\[]", place.removeprefix("$."), maxsplit=1)[0]


class _Same:
    """A contract as a key of what is remembered: this very one, not one that is equal."""

    __slots__ = ("contract",)

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def __hash__(self) -> int:
        return id(self.contract)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.contract is self.contract


@lru_cache(maxsize=32)
def _promises(key: _Same) -> Promises:
    return Promises(key.contract)


def promises_of(contract: Contract) -> Promises:
    """Return a contract's promises. They are compiled once: that takes as long as thousands of requests do.

    Raises:
        RuleUnreadable: a rule of the contract cannot be read, or an example is not what its content type says.
    """
    return _promises(_Same(contract))


def _transport(interaction: Interaction) -> str:
    return "" if interaction.transport in _ANY_TRANSPORT else interaction.transport


def _name(interaction: SyncMessage) -> str | None:
    """Return the name of the operation that is promised; None where a rule leaves it open."""
    content = interaction.request.contents.content
    rule = interaction.request.matching_rules.body.get(PLACES.get(interaction.transport, ""))
    left_open = rule is not None and any(matcher.get("match") != "equality" for matcher in rule.matchers)
    if not isinstance(content, Mapping) or left_open:
        return None
    return name_of(interaction.transport, content)


def _message(interaction: AsyncMessage) -> Message:
    return Message(interaction.contents, interaction.metadata, interaction.matching_rules, interaction.generators)
