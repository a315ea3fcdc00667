"""Several promises about one answer: a provider's answer keeps them all, and so does a stub's."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cxmock.contracts.model import Body, Contract, Generators, HttpInteraction, HttpResponse
from cxmock.wire.http import to_json


def answers(contract: Contract) -> list[HttpResponse | None]:
    """Return what is answered for each interaction, by its place; None for what is not HTTP.

    Promises with the same request, in the same states, with the same status are about one answer. Where they speak of
    the same thing, the first in the file is heard.
    """
    whole: dict[bytes, HttpResponse] = {}
    keys: list[bytes | None] = []
    for interaction, raw in zip(contract.interactions, contract.raw, strict=True):
        if not isinstance(interaction, HttpInteraction):
            keys.append(None)
            continue
        response = interaction.response
        key = to_json([raw.get("request"), raw.get("providerStates"), response.status])
        whole[key] = _merged(whole[key], response) if key in whole else response
        keys.append(key)
    return [None if key is None else whole[key] for key in keys]


def _merged(first: HttpResponse, other: HttpResponse) -> HttpResponse:
    known = {name.lower() for name in first.headers}
    headers = {name: values for name, values in other.headers.items() if name.lower() not in known}
    return replace(
        first,
        headers={**first.headers, **headers},
        body=_body(first.body, other.body),
        generators=_generators(first.generators, other.generators),
    )


def _generators(first: Generators, other: Generators) -> Generators:
    return replace(first, header={**other.header, **first.header}, body={**other.body, **first.body})


def _body(first: Body | None, other: Body | None) -> Body | None:
    if first is None or other is None:
        return first or other
    if isinstance(first.content, dict) and isinstance(other.content, dict):
        return replace(first, content=_content(first.content, other.content))
    return first


def _content(first: Any, other: Any) -> Any:
    """Return JSON with what is in either; of what cannot be put together, the first.

    >>> _content({"a": 1, "b": {"c": 2}}, {"a": 9, "b": {"d": 3}})
    {'a': 1, 'b': {'c': 2, 'd': 3}}
    """
    if not isinstance(first, dict) or not isinstance(other, dict):
        return first
    both = {name: _content(value, other[name]) for name, value in first.items() if name in other}
    return {**first, **other, **both}
