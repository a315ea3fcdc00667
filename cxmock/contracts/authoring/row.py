"""A connection's contract while it is being written: interactions are added, the Pact V4 document comes out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cxmock.contracts.authoring.evidence import Evidence
from cxmock.contracts.authoring.shaping import Shaped, Side
from cxmock.contracts.authoring.terms import Term
from cxmock.errors.base import nearest
from cxmock.errors.contracts import DuplicateInteraction, NoEvidence, NotExpressible
from cxmock.topology import Component, Connection, connection

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

NOTHING = object()
"""No body is promised: whatever comes is good."""


@dataclass(frozen=True, slots=True)
class Given:
    """A provider state: its template word for word, and what fills the holes."""

    template: str
    params: Mapping[str, Any]


def given(template: str, /, **params: Any) -> Given:
    """Return a provider state, ``given("campaign {name} is {dbid}", name="Spring", dbid=101)``."""
    return Given(template, params)


@dataclass(frozen=True, slots=True)
class Ask:
    """An HTTP request. ``json``, ``form`` and ``text`` exclude one another; ``text=""`` promises an empty body."""

    method: str
    path: Any
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    json: Any = NOTHING
    form: Mapping[str, Any] | None = None
    text: Any = None
    content_type: str = "text/plain"
    """Of ``text``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response. Without ``json`` and ``text`` any body is good; ``text=""`` promises an empty one.

    A body is promised with its content type; parameters such as ``charset`` may be added to it.
    """

    status: int
    headers: Mapping[str, Any] = field(default_factory=dict)
    json: Any = NOTHING
    text: Any = None
    content_type: str = "text/plain"
    """Of ``text``."""


class Row:
    """The contract of one connection.

    >>> row = Row(11)
    >>> row.http("a ping", Evidence("D", "Authentication API v3"), Ask("GET", "/auth/v3/ping"), Answer(200))
    >>> [one["description"] for one in row.document()["interactions"]]
    ['a ping']
    """

    def __init__(self, number: int) -> None:
        self.connection: Connection = connection(number)
        self._interactions: dict[str, dict[str, Any]] = {}
        self._stands_in: dict[str, str] = {}

    def http(
        self,
        description: str,
        evidence: Evidence,
        ask: Ask,
        answer: Answer,
        *,
        states: Sequence[Given] = (),
        provider: Component | None = None,
        after: Sequence[str] = (),
    ) -> None:
        """Add a promise about an HTTP request.

        Args:
            description: what happens, unique in the contract: its identity.
            evidence: how it is known.
            ask: the request.
            answer: the response.
            states: how the provider is arranged first.
            provider: who keeps it, where the connection has several providers.
            after: the descriptions of promises of which a consumer has to use one before.
        """

        def shaped(seen: bool) -> dict[str, Any]:
            return {"request": _ask(description, ask, seen=seen), "response": _answer(description, answer, seen=seen)}

        interaction = {"type": "Synchronous/HTTP", **shaped(False)}
        self._add(description, evidence, interaction, shaped(True), states, after, provider)

    def operation(
        self,
        description: str,
        evidence: Evidence,
        transport: str,
        request: Mapping[str, Any],
        observed: Mapping[str, Any] | Term,
        *,
        states: Sequence[Given] = (),
        after: Sequence[str] = (),
    ) -> None:
        """Add a promise about an operation over another protocol.

        Args:
            description: what happens, unique in the contract: its identity.
            evidence: how it is known.
            transport: ``redis``, ``postgresql``, ``sftp``, ``ftp``, ``nfs``, ``ocs`` or ``confserv``.
            request: the operation.
            observed: what its caller observes.
            states: how the provider is arranged first.
            after: the descriptions of promises of which a consumer has to use one before.
        """
        if transport not in self.connection.transports:
            raise NotExpressible(
                description,
                "transport",
                f'connection {self.connection.number} has no transport "{transport}"',
                f"Use one of: {', '.join(self.connection.transports)}.",
            )

        def shaped(side: Side, content: Any, *, seen: bool = False) -> dict[str, Any]:
            message = Shaped(description, side, seen)
            return message.into({"contents": _contents(message.body(content))})

        interaction = {
            "type": "Synchronous/Messages",
            "transport": transport,
            "request": shaped("request", request),
            "response": [shaped("observed", observed)],
        }
        seen = {
            "request": shaped("request", request, seen=True),
            "response": [shaped("observed", observed, seen=True)],
        }
        self._add(description, evidence, interaction, seen, states, after, None)

    def stands_in(self, header: str, other: str) -> None:
        """Say that all promises with header ``other`` hold for requests that have ``header`` in its place, too.

        Conformance, strict mode and stubs go by it; verification has no use for it.
        """
        self._stands_in[header.lower()] = other.lower()

    def document(self) -> dict[str, Any]:
        """Return the Pact V4 document, interactions sorted by their descriptions.

        Raises:
            NotExpressible: a promise is to come after one that there is not.
        """
        row = self.connection
        notes: dict[str, Any] = {"connection": row.number}
        if self._stands_in:
            notes["standsIn"] = self._stands_in
        for name, one in self._interactions.items():
            for before in one["comments"]["cxmock"].get("after", ()):
                if before not in self._interactions:
                    hint = nearest(before, list(self._interactions))
                    raise NotExpressible(name, "after", f'there is no promise "{before}"', hint)
        return {
            "consumer": {"name": row.consumer_name},
            "provider": {"name": row.provider_name},
            "interactions": [self._interactions[name] for name in sorted(self._interactions)],
            "metadata": {"pactSpecification": {"version": "4.0"}, "cxmock": notes},
        }

    def _add(
        self,
        description: str,
        evidence: Evidence,
        interaction: dict[str, Any],
        seen: Mapping[str, Any],
        states: Sequence[Given],
        after: Sequence[str],
        provider: Component | None,
    ) -> None:
        if evidence.grade not in ("D", "O", "A") or not evidence.source.strip():
            raise NoEvidence(description, evidence.grade, evidence.source)
        if description in self._interactions:
            raise DuplicateInteraction(self.connection.contract, "description", description)
        notes: dict[str, Any] = {"evidence": evidence.grade, "source": evidence.source}
        if after:
            notes["after"] = list(after)
        if differently := {side: message for side, message in seen.items() if message != interaction[side]}:
            notes["seen"] = differently
        if provider is not None:
            notes["provider"] = str(provider)
        if states:
            interaction["providerStates"] = [{"name": one.template, "params": dict(one.params)} for one in states]
        self._interactions[description] = interaction | {
            "description": description,
            "key": _key(self.connection.number, description),
            "pending": False,
            "comments": {"cxmock": notes},
        }


def _key(number: int, description: str) -> str:
    """Return the interaction's stable key: it follows from the row and the description alone."""
    return hashlib.sha256(f"{number}:{description}".encode()).hexdigest()[:16]


def _contents(content: Any) -> dict[str, Any]:
    return {"content": content, "contentType": JSON, "encoded": False}


def _ask(description: str, ask: Ask, *, seen: bool) -> dict[str, Any]:
    shaped = Shaped(description, "request", seen)
    headers = shaped.named("header", ask.headers)
    request: dict[str, Any] = {"method": ask.method, "path": shaped.single("path", ask.path)}
    if ask.query:
        request["query"] = shaped.named("query", ask.query)
    if ask.json is not NOTHING:
        request["body"] = _contents(shaped.body(ask.json))
    elif ask.form is not None:
        request["body"] = {"content": urlencode(shaped.form(ask.form)), "contentType": FORM, "encoded": False}
    elif ask.text == "":
        request["body"] = {"content": ""}
    elif ask.text is not None:
        request["body"] = {"content": shaped.body(ask.text), "contentType": ask.content_type, "encoded": False}
    if request.get("body", {}).get("contentType"):
        headers.setdefault("Content-Type", [request["body"]["contentType"]])
    if headers:
        request["headers"] = headers
    return shaped.into(request)


def _answer(description: str, answer: Answer, *, seen: bool) -> dict[str, Any]:
    shaped = Shaped(description, "response", seen)
    response: dict[str, Any] = {"status": answer.status}
    headers = shaped.named("header", answer.headers)
    if answer.json is not NOTHING:
        response["body"] = _contents(shaped.body(answer.json))
    elif answer.text == "":
        response["body"] = {"content": ""}
    elif answer.text is not None:
        response["body"] = {
            "content": shaped.body(answer.text),
            "contentType": answer.content_type,
            "encoded": False,
        }
    if said := response.get("body", {}).get("contentType"):
        headers.setdefault("Content-Type", [said])
    if headers:
        response["headers"] = headers
    return shaped.into(response)
