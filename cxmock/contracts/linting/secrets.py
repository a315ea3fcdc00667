"""No secret stands in a contract: those reach interactions as values of their provider states.

Three ways to see one: by its shape (a private key, a signed token), by chance (a word that nobody would make up), and
by its place (a password that is no plain word and does not come from a state). Examples of ids (UUIDs) and digests are
none, except where a secret belongs.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from cxmock.contracts import places
from cxmock.contracts.linting.finding import Finding
from cxmock.contracts.model import Contract

FIX = "Take it out (and change it where it is valid); let a provider state give it: from_state(...)."

SHAPES: Mapping[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a signed token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "a password in a URL": re.compile(r"\w://[^\s/:@]+:[^\s/@$]+@"),
    "a key of a cloud or code host": re.compile(
        r"\b(?:AKIA[A-Z0-9]{16}|gh[pousr]_\w{30,}|glpat-[\w-]{16,}|xox[abp]-[\w-]{10,}|sk_live_\w{16,})"
    ),
}
"""What secrets look like wherever they stand."""

_NAMED = re.compile(
    r"(?:^|[_\-. ])(?:password|passwd|pwd|secret|token|api[_-]?key|credentials?|authorization|cookie)$", re.I
)
_WORD = re.compile(r"[A-Za-z0-9_+=-]{20,}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")
_SCHEME = re.compile(r"(?i)(?:basic|bearer)\s+")
_RANDOM_BITS = 3.6
"""Entropy of a character, in bits, from which a mixed word is taken for random; English is at about 3 in such words."""


def check(contract: Contract) -> Iterator[Finding]:
    """Yield whatever looks like a secret."""
    file = Path(contract.file).name
    for one, raw in zip(contract.interactions, contract.raw, strict=True):
        for place, text in _strings(raw, ()):
            if shape := _shape(text) if place[:1] != ("key",) else "":
                yield Finding(file, one.description, "secret", f"holds {shape} at {places.write(place)}", FIX)
        for place, text in _secrets_of_requests(raw):
            if _is_no_plain_word(text):
                said = f"holds what may be a real secret at {places.write(place)}, and no state gives it"
                yield Finding(file, one.description, "secret", said, FIX)


def _shape(text: str) -> str:
    """Return what a text looks like, if that is a secret."""
    for name, pattern in SHAPES.items():
        if pattern.search(text):
            return name
    if any(_is_random(word) for word in _WORD.findall(text)):
        return "a word that looks random"
    return ""


def _is_random(word: str) -> bool:
    """Return whether a word mixes letters of both cases and digits as only chance does.

    >>> _is_random("kJ8xQ2vN7pLw0RzT5mYb"), _is_random("5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11")
    (True, False)
    >>> _is_random("ContentTypeVersion2Accepted")
    False
    """
    mixed = all(any(test(one) for one in word) for test in (str.isupper, str.islower, str.isdigit))
    if not mixed or _HEXADECIMAL.fullmatch(word):
        return False
    changes = sum(_kind(one) != _kind(other) for one, other in itertools.pairwise(word))
    return changes > len(word) / 3 and _entropy(word) >= _RANDOM_BITS


def _kind(character: str) -> int:
    return 0 if character.isupper() else 1 if character.islower() else 2


def _entropy(word: str) -> float:
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)


def _is_no_plain_word(text: str) -> bool:
    """Return whether a secret's example might be a real one: letters and digits mixed, not all alike.

    >>> _is_no_plain_word("Summer2024"), _is_no_plain_word("not the password")
    (True, False)
    >>> _is_no_plain_word("Basic Y3g6d3Jvbmc="), _is_no_plain_word("Bearer 00000000-0000-0000-0000-000000000000")
    (False, False)
    """
    bare = _SCHEME.sub("", text).partition(";")[0]
    if text[:6].lower() == "basic ":
        try:
            bare = base64.b64decode(bare, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return True
    mixed = any(map(str.isdigit, bare)) and any(map(str.isalpha, bare))
    return mixed and len(bare) >= 6 and _entropy(bare) > 2.0


def _secrets_of_requests(raw: Mapping[str, Any]) -> Iterator[tuple[places.Place, str]]:
    """Yield the examples that stand where a secret belongs and that no provider state replaces."""
    request = raw.get("request")
    if isinstance(request, Mapping):
        for category in ("headers", "query"):
            given = _given(request, category.removesuffix("s"))
            for name, texts in (request.get(category) or {}).items():
                for text in [texts] if isinstance(texts, str) else texts:
                    if _NAMED.search(name) and name.lower() not in given and isinstance(text, str):
                        yield ("request", category, name), text
        for part in ("body", "contents"):
            content = _content(request.get(part) or {})
            given = _given(request, "body")
            for place, text in _strings(content, ()):
                if _is_named(place) and places.write(place).lower() not in given:
                    yield ("request", part, "content", *place), text
    for number, state in enumerate(raw.get("providerStates") or ()):
        for place, text in _strings(state.get("params") or {}, ()):
            if _is_named(place):
                yield ("providerStates", number, "params", *place), text


def _content(body: Mapping[str, Any]) -> Any:
    """Return a body's example; a form's fields by their names."""
    content = body.get("content")
    if isinstance(content, str) and "form" in str(body.get("contentType")):
        return dict(parse_qsl(content))
    return content


def _is_named(place: places.Place) -> bool:
    return any(isinstance(step, str) and _NAMED.search(step) for step in place[-1:])


def _given(request: Mapping[str, Any], category: str) -> frozenset[str]:
    """Return the lower-case places of a category that provider states fill."""
    generators = (request.get("generators") or {}).get(category) or {}
    return frozenset(place.lower() for place, one in generators.items() if one.get("type") == "ProviderState")


def _strings(value: Any, place: places.Place) -> Iterator[tuple[places.Place, str]]:
    """Yield every text in a JSON value, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _strings(part, (*place, name))
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _strings(part, (*place, number))
