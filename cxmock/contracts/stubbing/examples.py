"""How much of a promise's example a request repeats: where several promises are about it, the most tells which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from cxmock.contracts.matching import Content, SeenRequest
from cxmock.contracts.model import Body, HttpInteraction, HttpRequest, Interaction, SyncMessage


def repeated(interaction: Interaction, request: SeenRequest | Mapping[str, Any]) -> int:
    """Return how many parts of a promise's example a request has, too: path, query parameters, headers, body."""
    if isinstance(request, SeenRequest):
        return sum(_parts(interaction.request, request)) if isinstance(interaction, HttpInteraction) else 0
    return isinstance(interaction, SyncMessage) and interaction.request.contents.content == request


def _parts(promised: HttpRequest, request: SeenRequest) -> Iterator[bool]:
    yield request.path in (promised.path, unquote(promised.path))
    for name, values in promised.query.items():
        yield list(request.query.get(name, ())) == list(values)
    for name, header in promised.headers.items():
        yield request.headers.get(name.lower()) == (header if isinstance(header, str) else ", ".join(header))
    if promised.body is not None:
        yield _is_content(promised.body, request.body)


def _is_content(promised: Body, body: Content) -> bool:
    content = promised.value()
    if isinstance(content, (str, bytes)):
        return body.raw() == (content.encode() if isinstance(content, str) else content)
    try:
        return bool(body.json() == content)
    except ValueError:
        return False
