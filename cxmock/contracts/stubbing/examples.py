"""Whether a request is the very example of a promise: where several promises are about it, that one is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from cxmock.contracts.matching import Content, SeenRequest
from cxmock.contracts.model import Body, HttpInteraction, HttpRequest, Interaction, SyncMessage


def repeats(interaction: Interaction, request: SeenRequest | Mapping[str, Any]) -> bool:
    """Say whether a request that fits a promise has its example's values, too."""
    if isinstance(request, SeenRequest):
        return isinstance(interaction, HttpInteraction) and _is_example(interaction.request, request)
    return isinstance(interaction, SyncMessage) and interaction.request.contents.content == request


def _is_example(promised: HttpRequest, request: SeenRequest) -> bool:
    return (
        request.path in (promised.path, unquote(promised.path))
        and all(list(request.query.get(name, ())) == list(values) for name, values in promised.query.items())
        and all(request.headers.get(name.lower()) == _joined(values) for name, values in promised.headers.items())
        and (promised.body is None or _is_content(promised.body, request.body))
    )


def _joined(values: tuple[str, ...] | str) -> str:
    return values if isinstance(values, str) else ", ".join(values)


def _is_content(promised: Body, body: Content) -> bool:
    content = promised.value()
    if isinstance(content, (str, bytes)):
        return body.raw() == (content.encode() if isinstance(content, str) else content)
    try:
        return bool(body.json() == content)
    except ValueError:
        return False
