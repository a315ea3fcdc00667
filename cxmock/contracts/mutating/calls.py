"""Mutants of consumers: what becomes of a call that was really made when the consumer has one fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from msgspec import structs

from cxmock.contracts import places
from cxmock.contracts.model import AsyncMessage, HttpInteraction, HttpRequest, SyncMessage
from cxmock.contracts.mutating import headers
from cxmock.contracts.mutating.documents import changes
from cxmock.contracts.mutating.mutant import ConsumerMutant, Kind
from cxmock.contracts.mutating.said import Promised, Said
from cxmock.contracts.operations import PLACES
from cxmock.contracts.promises import Promise
from cxmock.journal import Exchange

NOBODYS = "nobodys"
"""A name that no contract knows."""
_FORM = "application/x-www-form-urlencoded"
_OTHER_METHODS = {"GET": "POST", "POST": "PUT", "PUT": "POST", "DELETE": "GET", "PATCH": "PUT"}


def of_consumer(number: int, promise: Promise, exchange: Exchange) -> Iterator[ConsumerMutant]:
    """Yield the mutants of one call.

    Args:
        number: the connection.
        promise: the promise that the call keeps.
        exchange: the call, with its answer.
    """
    call = _Call(number, promise.description, exchange)
    interaction = promise.interaction
    if isinstance(interaction, HttpInteraction):
        yield from _of_http(call, interaction.request)
    elif isinstance(interaction, SyncMessage):
        yield from _of_operation(call, interaction)
    if promise.after and not isinstance(interaction, AsyncMessage):
        yield replace(call.mutant(Kind.ORDER, "", "comes first", exchange.request), first=True)


class _Call:
    """A call that was made, and the way to make mutants of it."""

    def __init__(self, number: int, description: str, exchange: Exchange) -> None:
        self._number = number
        self._description = description
        self._exchange = exchange
        self.request = dict(exchange.request)
        self.transport = exchange.transport

    def mutant(
        self, kind: Kind, place: str, text: str, request: Mapping[str, Any], said: Said = Said.VALUE
    ) -> ConsumerMutant:
        """Return a mutant that sends ``request`` instead."""
        made = structs.replace(self._exchange, request_message=request, response_message=self._exchange.response)
        promised = said is not Said.NOTHING
        return ConsumerMutant(self._number, self._description, kind, place, text, promised, made)


def _of_operation(call: _Call, interaction: SyncMessage) -> Iterator[ConsumerMutant]:
    request = call.request
    if name := PLACES.get(call.transport):
        other = places.put(request, places.read(name), NOBODYS)
        yield call.mutant(Kind.OPERATION, name, f"is {NOBODYS}", other)
    elif "sql" in request:
        other = {**request, "sql": f"VACUUM {NOBODYS}"}
        yield call.mutant(Kind.OPERATION, "$.sql", "is another statement", other)
    yield call.mutant(Kind.EXTRA, f"$.{NOBODYS}", "is there", {**request, NOBODYS: 1})
    asked = interaction.request
    for changed in changes(request, Promised.of(asked.contents, asked.matching_rules)):
        if isinstance(changed.document, Mapping):
            yield call.mutant(changed.kind, changed.place, changed.text, changed.document, changed.said)


def _of_http(call: _Call, promised: HttpRequest) -> Iterator[ConsumerMutant]:
    request = call.request
    method, path = str(request["method"]), str(request["path"])
    other = _OTHER_METHODS.get(method, "POST")
    yield call.mutant(Kind.OPERATION, "method", f"is {other}, it was {method}", {**request, "method": other})
    for elsewhere in (f"/{NOBODYS}", f"{path.rstrip('/')}/{NOBODYS}"):
        yield call.mutant(Kind.OPERATION, "path", f"is {elsewhere}, it was {path}", {**request, "path": elsewhere})
    yield from _of_query(call, request)
    yield from _of_headers(call, request, promised)
    yield from _of_body(call, request, promised)


def _of_query(call: _Call, request: Mapping[str, Any]) -> Iterator[ConsumerMutant]:
    query: Mapping[str, Sequence[str]] = request.get("query") or {}
    for name in query:
        less = {one: texts for one, texts in query.items() if one != name}
        yield call.mutant(Kind.QUERY, f"query {name}", "is missing", {**request, "query": less})
    more = {**query, NOBODYS: ["1"]}
    yield call.mutant(Kind.QUERY, f"query {NOBODYS}", "is there", {**request, "query": more})


def _of_headers(call: _Call, request: Mapping[str, Any], promised: HttpRequest) -> Iterator[ConsumerMutant]:
    """Yield calls with another header among those that the contract names: the others are a client's own affair."""
    shown = {name.lower() for name in promised.headers}
    raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in (request.get("headers") or {}).items()]
    for changed in headers.changes(raw, promised):
        if changed.place.removeprefix("header ") in shown:
            told = {name.decode("latin-1"): text.decode("latin-1") for name, text in changed.raw_headers}
            yield call.mutant(changed.kind, changed.place, changed.text, {**request, "headers": told})


def _of_body(call: _Call, request: Mapping[str, Any], promised: HttpRequest) -> Iterator[ConsumerMutant]:
    body = request.get("body")
    if body is None:
        return
    yield call.mutant(Kind.EMPTY, "body", "is empty", {**request, "body": None})
    said = str((request.get("headers") or {}).get("content-type", ""))
    if said.startswith(_FORM) and isinstance(body, str):
        fields = dict(parse_qsl(body, keep_blank_values=True))
        for name in fields:
            less = urlencode({one: text for one, text in fields.items() if one != name})
            yield call.mutant(Kind.MISSING, f"body {name}", "is missing", {**request, "body": less})
        more = urlencode({**fields, NOBODYS: "1"})
        yield call.mutant(Kind.EXTRA, f"body {NOBODYS}", "is there", {**request, "body": more})
    elif isinstance(body, (dict, list)):
        if isinstance(body, dict):
            yield call.mutant(Kind.EXTRA, f"body $.{NOBODYS}", "is there", {**request, "body": {**body, NOBODYS: 1}})
        for changed in changes(body, Promised.of(promised.body, promised.matching_rules)):
            other = {**request, "body": changed.document}
            yield call.mutant(changed.kind, f"body {changed.place}", changed.text, other, changed.said)
