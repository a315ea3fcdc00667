"""Values that are made, not written: by a provider state, at random, from the time.

Where the provider state's values are known they take the examples' places. Where they are not, whatever fits the
expression will do, or whatever is of the example's type: else no consumer that uses a real token could conform.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from cxmock.contracts import state_values
from cxmock.contracts.matching import paths
from cxmock.contracts.matching.rules import TYPE, Combined, Entry, Kind, Rule
from cxmock.contracts.model import Body

Generator = Mapping[str, Any]
Values = Mapping[str, Any]
"""What a provider state gave, by name."""


def body_entries(entries: Iterable[Entry], generators: Mapping[str, Generator], values: Values | None) -> list[Entry]:
    """Return a body's rules, and one for each generated value that has none of its own."""
    known = list(entries)
    ruled = {path for path, _ in known}
    for place, generator in generators.items():
        path = paths.read(place)
        if path not in ruled and not _is_filled(generator, values):
            known.append((path, TYPE))
    return known


def named_entries(entries: Iterable[Entry], generators: Mapping[str, Generator], values: Values | None) -> list[Entry]:
    """Return the rules of headers or a query, and one for each generated value that has none."""
    known = list(entries)
    ruled = {path for path, _ in known}
    for name, generator in generators.items():
        path = (paths.ROOT, name)
        if path not in ruled and not _is_filled(generator, values):
            known.append((path, fitting(generator, ".+")))
    return known


def fitting(generator: Generator, hole: str) -> Combined:
    """Return the rule for a generated text: what its expression fits, or any text."""
    if generator.get("type") != "ProviderState":
        return TYPE
    pattern = state_values.pattern(str(generator.get("expression", "")), hole)
    return Combined((Rule(Kind.REGEX, f"^{pattern}$"),))


def filled(text: str, generator: Generator | None, values: Values | None) -> str:
    """Return a text with the values of the provider state put in, where they are known."""
    if generator is None or values is None or not _is_filled(generator, values):
        return text
    return str(state_values.fill(str(generator["expression"]), values))


def _is_filled(generator: Generator, values: Values | None) -> bool:
    return values is not None and generator.get("type") == "ProviderState" and "expression" in generator


def filled_body(body: Body, generators: Mapping[str, Generator], values: Values) -> Body:
    """Return a body's example with the values of the provider state put in."""
    if body.is_base64 or isinstance(body.content, str):
        return body
    return replace(body, content=state_values.fill_all(body.content, generators, values))
