"""Every example satisfies its own rules: else a stub that answers with it breaks the contract, and a consumer that was
tested against it sends what no provider promised to understand.

The one seam to a matcher: :func:`differences` says how an interaction's examples differ from its rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.matching import (
    Content,
    NotComparable,
    RuleFault,
    SeenRequest,
    SeenResponse,
    compile_message,
    compile_request,
    compile_response,
)
from cxmock.contracts.model import AsyncMessage, Body, Contract, HttpInteraction, HttpRequest, HttpResponse, Interaction
from cxmock.contracts.model import Message as ContractMessage
from cxmock.contracts.promises import as_seen
from cxmock.contracts.verdicts import Mismatch
from cxmock.wire.http import to_json

FIX = "Correct the example or the rule."


def check(contract: Contract) -> Iterator[Finding]:
    """Yield the examples that break their own rules, and the rules that cannot be read."""
    file = Path(contract.file).name
    for one in contract.interactions:
        try:
            for side, mismatch in differences(one):
                yield Finding(
                    file, one.description, "example", f"has an example in its {side} that {_says(mismatch)}", FIX
                )
        except RuleFault as error:
            yield Finding(file, one.description, "example", f"has a rule that cannot be read: {error}", FIX)
        except (NotComparable, ValueError) as error:
            yield Finding(file, one.description, "example", f"has an example that cannot be read: {error}", FIX)


def differences(one: Interaction) -> Iterator[tuple[str, Mismatch]]:
    """Yield how an interaction's examples differ from its own rules, with the side on which they stand.

    Both those that verification goes by and, where they are others, those that recordings are held against.

    Raises:
        RuleFault: a rule cannot be read.
        NotComparable: an example cannot be compared.
        ValueError: an example is not what its content type says.
    """
    yield from _of_interaction(one)
    if one.comments.cxmock.seen and not isinstance(one, AsyncMessage):
        yield from ((f"{side} as it is seen", found) for side, found in _of_interaction(as_seen(one)))


def _of_interaction(one: Interaction) -> Iterator[tuple[str, Mismatch]]:
    if isinstance(one, HttpInteraction):
        yield from (("request", found) for found in compile_request(one.request).mismatches(_asked(one.request)))
        yield from (("response", found) for found in compile_response(one.response).mismatches(_answered(one.response)))
    elif isinstance(one, AsyncMessage):
        message = ContractMessage(one.contents, one.metadata, one.matching_rules, one.generators)
        yield from (("contents", found) for found in _of_message(message))
    else:
        yield from (("request", found) for found in _of_message(one.request))
        for response in one.response:
            yield from (("response", found) for found in _of_message(response))


def _says(mismatch: Mismatch) -> str:
    where = f" at {mismatch.place}" if mismatch.place else ""
    return f"breaks its own rule ({mismatch.kind}{where} {mismatch.text})"


def _asked(request: HttpRequest) -> SeenRequest:
    headers = _headers(request.headers)
    query = {name: [texts] if isinstance(texts, str) else list(texts) for name, texts in request.query.items()}
    return SeenRequest(request.method, request.path, query, headers, _content(request.body, headers))


def _answered(response: HttpResponse) -> SeenResponse:
    headers = _headers(response.headers)
    return SeenResponse(response.status, headers, _content(response.body, headers))


def _of_message(message: ContractMessage) -> tuple[Mismatch, ...]:
    return compile_message(message).mismatches(_content(message.contents, {}), message.metadata, "contents")


def _headers(said: dict[str, tuple[str, ...] | str]) -> dict[str, str]:
    return {name.lower(): texts if isinstance(texts, str) else ", ".join(texts) for name, texts in said.items()}


def _content(body: Body | None, headers: dict[str, str]) -> Content:
    """Return an example as it would arrive."""
    if body is None or body == Body():
        return Content(b"")
    kind = body.content_type or headers.get("content-type", "")
    value = body.value()
    if isinstance(value, bytes):
        return Content(value, content_type=kind)
    if isinstance(value, str) and "json" not in kind:
        return Content(value.encode(), content_type=kind)
    return Content(to_json(value), content_type=kind)
