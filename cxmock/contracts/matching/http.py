"""HTTP interactions, compiled: does a request, does a response keep the promise?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from cxmock.contracts.matching import content_types, generated, rules
from cxmock.contracts.matching.bodies import BodyCheck, Content, check_body, expected_kind
from cxmock.contracts.matching.combining import good
from cxmock.contracts.matching.difference import GOOD, Check, Difference, Found
from cxmock.contracts.matching.generated import Values
from cxmock.contracts.matching.headers import check_header_value, check_headers
from cxmock.contracts.matching.queries import check_fields
from cxmock.contracts.matching.statuses import check_status
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.texts import check_text
from cxmock.contracts.model import Body, HttpRequest, HttpResponse
from cxmock.contracts.verdicts import Mismatch
from cxmock.wire.http import Request, Response

CONTENT_TYPE = "content-type"
QUERY, HEADER, BODY = "query", "request header", "request body"
"""Kinds of mismatches of requests."""

Place = tuple[str, tuple[str | int, ...]]
"""Where a request differs: the kind of mismatch, and the steps from there."""


class SeenRequest(Struct, frozen=True):
    """A request as far as it is known."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: Content

    @classmethod
    def of(cls, request: Request | Mapping[str, Any]) -> SeenRequest:
        """Return a request of the wire, or the facts that a journal keeps of one."""
        if isinstance(request, Request):
            body = Content(request.body, content_type=request.headers.get(CONTENT_TYPE, ""))
            return cls(request.method, request.path, request.query, request.headers, body)
        headers = request.get("headers") or {}
        body = Content(fact=request.get("body"), content_type=headers.get(CONTENT_TYPE, ""))
        return cls(str(request["method"]), str(request["path"]), request.get("query") or {}, headers, body)


class SeenResponse(Struct, frozen=True):
    """A response as far as it is known."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: Content

    @classmethod
    def of(cls, response: Response | Mapping[str, Any]) -> SeenResponse:
        """Return a response of the wire, or the facts that a journal keeps of one."""
        if isinstance(response, Response):
            body = Content(response.body, content_type=response.headers.get(CONTENT_TYPE, ""))
            return cls(response.status, response.headers, body)
        headers = response.get("headers") or {}
        body = Content(fact=response.get("body"), content_type=headers.get(CONTENT_TYPE, ""))
        return cls(int(response["status"]), headers, body)


@dataclass(frozen=True, slots=True)
class RequestMatcher:
    """What is promised of a request, compiled. Keys, fields and query parameters that are not promised are refused."""

    method: str
    path: str | None
    """The path, where it is just that one."""
    fits_path: Callable[[str], bool]
    """Whether a path is one that is promised."""
    checks: Mapping[str, Callable[[SeenRequest], Found]]
    """By kind of mismatch, in the order in which they are told."""
    promised: HttpRequest

    def mismatches(self, request: SeenRequest) -> tuple[Mismatch, ...]:
        """Return how a request differs; empty when it keeps the promise.

        Raises:
            NotComparable: too little is known of its body.
        """
        return _mismatches(self.checks, request)

    def told(self, request: SeenRequest) -> tuple[tuple[Place, Mismatch], ...]:
        """Return how a request differs, and where.

        Raises:
            NotComparable: too little is known of its body.
        """
        return tuple(
            ((kind, one.steps), one.mismatch(kind, _place(kind, one)))
            for kind, check in self.checks.items()
            for one in check(request)
        )

    def fits(self, request: SeenRequest) -> bool:
        """Whether a request keeps the promise.

        Raises:
            NotComparable: too little is known of its body.
        """
        checks = self.checks
        return not (checks["method"](request) or checks["path"](request)) and self.fits_beyond_path(request)

    def fits_beyond_path(self, request: SeenRequest) -> bool:
        """Whether a request, of which method and path are known to fit, keeps the rest of the promise.

        Raises:
            NotComparable: too little is known of its body.
        """
        checks = self.checks
        return not (checks[QUERY](request) or checks[HEADER](request) or checks[BODY](request))


@dataclass(frozen=True, slots=True)
class ResponseMatcher:
    """What is promised of a response, compiled. Keys and headers that are not promised are allowed."""

    checks: Mapping[str, Callable[[SeenResponse], Found]]
    """By kind of mismatch, in the order in which they are told."""

    def mismatches(self, response: SeenResponse) -> tuple[Mismatch, ...]:
        """Return how a response differs; empty when it keeps the promise.

        Raises:
            NotComparable: too little is known of its body.
        """
        return _mismatches(self.checks, response)

    def fits(self, response: SeenResponse) -> bool:
        """Whether a response keeps the promise.

        Raises:
            NotComparable: too little is known of its body.
        """
        checks = self.checks
        return not (checks["status"](response) or checks["header"](response) or checks["body"](response))


def compile_request(request: HttpRequest, values: Values | None = None) -> RequestMatcher:
    """Compile what a request has to be.

    Args:
        request: the promise.
        values: what its provider states gave; None where that is not known.

    Raises:
        RuleFault: a rule cannot be read.
        ValueError: the example is not what its content type says.
    """
    method = request.method.upper()
    path, check_path = _path(request, values)
    query_table = RuleTable(
        generated.named_entries(rules.named(request.matching_rules.query), request.generators.query, values),
        weighed=False,
    )
    query = {
        name: [generated.filled(text, request.generators.query.get(name), values) for text in _texts(texts)]
        for name, texts in request.query.items()
    }
    check_query = check_fields(query, query_table)
    headers, body = _headers_and_body(request, values, strict=True)

    def check_method(seen: SeenRequest) -> Found:
        return GOOD if seen.method == method or seen.method.upper() == method else (_method(method, seen.method),)

    return RequestMatcher(
        method,
        path,
        lambda seen: not check_path(seen),
        {
            "method": check_method,
            "path": lambda seen: check_path(seen.path),
            QUERY: lambda seen: check_query(seen.query),
            HEADER: lambda seen: headers(seen.headers),
            BODY: lambda seen: body(seen.body),
        },
        request,
    )


def compile_response(response: HttpResponse, values: Values | None = None) -> ResponseMatcher:
    """Compile what a response has to be; see :func:`compile_request`."""
    rule = response.matching_rules.status
    status = check_status(response.status, rules.combined(rule, "status") if rule else None)
    headers, body = _headers_and_body(response, values, strict=False)
    return ResponseMatcher(
        {
            "status": lambda seen: status(seen.status),
            "header": lambda seen: headers(seen.headers),
            "body": lambda seen: body(seen.body),
        }
    )


def _mismatches(checks: Mapping[str, Callable[[Any], Found]], seen: Any) -> tuple[Mismatch, ...]:
    found = [one.mismatch(kind, _place(kind, one)) for kind, check in checks.items() for one in check(seen)]
    return tuple(dict.fromkeys(found))


def _place(kind: str, difference: Difference) -> str | None:
    """Return a name where places have names; None where the difference knows its path."""
    if kind.endswith("body"):
        return None
    return str(difference.steps[0]) if difference.steps else ""


def _path(request: HttpRequest, values: Values | None) -> tuple[str | None, Check]:
    """Return the path where it is fixed, and its check."""
    generator, rule = request.generators.path, request.matching_rules.path
    text = generated.filled(request.path, generator, values)
    if rule is not None and rule.matchers:
        return None, check_text(text, rules.combined(rule, "path"))
    if generator is not None and text == request.path:
        return None, check_text(text, generated.fitting(generator, "[^/?&]+"))
    plain = unquote(text)  # what arrives is decoded, too
    return plain, check_text(plain, None)


def _texts(said: Sequence[str] | str) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _headers_and_body(
    message: HttpRequest | HttpResponse, values: Values | None, *, strict: bool
) -> tuple[Check, BodyCheck]:
    """Return the checks of a message's headers and of its body."""
    header_entries = rules.named(message.matching_rules.header, lower=True)
    generators = {name.lower(): one for name, one in message.generators.header.items()}
    table = RuleTable(generated.named_entries(header_entries, generators, values), weighed=False)
    headers = {
        name: [generated.filled(text, generators.get(name.lower()), values) for text in _texts(texts)]
        if name.lower() in generators
        else texts
        for name, texts in message.headers.items()
    }
    said = next((_texts(texts)[0] for name, texts in headers.items() if name.lower() == CONTENT_TYPE and texts), "")
    body = message.body
    if body is not None and values is not None:
        body = generated.filled_body(body, message.generators.body, values)
    entries = rules.entries(message.matching_rules.body)
    body_table = RuleTable(generated.body_entries(entries, message.generators.body, values))
    inner = check_body(body, said, body_table, strict=strict)
    return check_headers(headers, table), _typed(inner, body, said, table) if inner is not None else good


def _typed(inner: BodyCheck, body: Body | None, said: str, headers: RuleTable) -> BodyCheck:
    """Return the check of a body that first looks at its content type."""
    wanted = expected_kind(body, said)
    if wanted is None:
        return inner
    name = str(wanted)
    has_rule = headers.select(("$", CONTENT_TYPE)) is not None
    ruled = check_header_value(CONTENT_TYPE, name, headers)

    def check(actual: Content) -> Found:
        came = actual.kind()
        if (
            came is None
            or wanted.takes(came)
            or content_types.is_any(wanted)
            or content_types.is_any(came)
            or (has_rule and not ruled(str(came)))
        ):
            return inner(actual)
        if body is None or body.content in (None, ""):
            return GOOD
        return (Difference(f"is {came}, not {name}", body.content, actual.raw().decode("utf-8", "replace")),)

    return check


def _method(expected: str, actual: str) -> Difference:
    return Difference(f"is {actual}, not {expected}", expected, actual)
