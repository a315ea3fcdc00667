"""Provider-state values: what a state gives (a token, an id) takes the place of examples in a request.

Pact's verifier does this itself for HTTP. A message's request it passes on unfilled, with its generators: whoever
performs the operation fills it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cxmock.contracts import places
from cxmock.errors.contracts import NoStateValue

HOLE = re.compile(r"\$\{([^}]+)\}")


def fill(expression: str, values: Mapping[str, Any]) -> Any:
    """Return ``expression`` with its holes filled; one that is a single hole keeps its value's type.

    >>> fill("Bearer ${token}", {"token": "T-9"}), fill("${dbid}", {"dbid": 101})
    ('Bearer T-9', 101)

    Raises:
        NoStateValue: the state gave no such value.
    """

    def value(name: str) -> Any:
        if name not in values:
            raise NoStateValue(name, expression, list(values))
        return values[name]

    if whole := HOLE.fullmatch(expression):
        return value(whole[1])
    return HOLE.sub(lambda hole: str(value(hole[1])), expression)


def fill_all(document: Any, generators: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> Any:
    """Return ``document`` with the provider-state values put in where ``generators``, by JSONPath, say so."""
    for path, generator in generators.items():
        if generator.get("type") == "ProviderState":
            filled = fill(str(generator.get("expression", "")), values)
            document = places.put(document, places.read(path), filled)
    return document


def pattern(expression: str, hole: str = "[^/?&]+") -> str:
    """Return a regular expression that fits whatever fills ``expression``.

    >>> pattern("/users/${id}.json")
    '/users/[^/?&]+\\\\.json'
    """
    return hole.join(re.escape(part) for part in HOLE.split(expression)[::2])
