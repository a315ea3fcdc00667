"""Makes the values that a contract says are generated: at random, from the time, from the provider state."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from cxmock.contracts import places, state_values
from cxmock.contracts.matching.patience import Pattern
from cxmock.contracts.stubbing import moments
from cxmock.errors.contracts import NoStateValue

Json = Any
Generator = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Sources:
    """What values are made from."""

    random: Random
    now: float
    """UTC seconds."""
    values: Mapping[str, Json]
    """Of the provider state."""
    base: str
    """The URL at which the stub was asked."""


def made(generator: Generator, example: Json, sources: Sources) -> Json:
    """Return a generated value. The example stays where the generator needs what is not there, or is not known here.

    So it does for ``Regex``, whose example fits already, and for dates by expression ("tomorrow").

    >>> sources = Sources(Random(1), 0.0, {"id": 7}, "http://127.0.0.1:1")
    >>> made({"type": "Date", "format": "dd.MM.yyyy"}, "", sources), made({"type": "RandomInt", "max": 9}, 1, sources)
    ('01.01.1970', 2)
    >>> made({"type": "ProviderState", "expression": "${id}"}, 1, sources)
    7
    """
    make = _MAKERS.get(str(generator.get("type")))
    return example if make is None else make(generator, example, sources)


def fill(document: Json, generators: Mapping[str, Generator], sources: Sources) -> Json:
    """Return ``document`` with generated values where ``generators``, by JSONPath, say so."""
    for path, generator in generators.items():
        document = places.change(document, places.read(path), _maker(generator, sources))
    return document


def _maker(generator: Generator, sources: Sources) -> Callable[[Json], Json]:
    return lambda example: made(generator, example, sources)


def _random_int(generator: Generator, example: Json, sources: Sources) -> Json:
    low = int(generator.get("min", 0))
    return sources.random.randint(low, max(low, int(generator.get("max", 2**31 - 1))))


def _random_decimal(generator: Generator, example: Json, sources: Sources) -> Json:
    digits = _count(generator, "digits", 10)
    whole = sources.random.randint(1, max(1, digits - 1))
    text = str(sources.random.randint(1, 9)) + "".join(sources.random.choices("0123456789", k=digits - 2)) + "5"
    return float(f"{text[:whole]}.{text[whole:]}")


def _random_hexadecimal(generator: Generator, example: Json, sources: Sources) -> Json:
    return "".join(sources.random.choices("0123456789ABCDEF", k=_count(generator, "digits", 10)))


def _random_string(generator: Generator, example: Json, sources: Sources) -> Json:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(sources.random.choices(letters, k=_count(generator, "size", 10)))


def _random_boolean(generator: Generator, example: Json, sources: Sources) -> Json:
    return sources.random.random() < 0.5


def _uuid(generator: Generator, example: Json, sources: Sources) -> Json:
    one = uuid.UUID(int=sources.random.getrandbits(128), version=4)
    written = {"simple": one.hex, "upper-case-hyphenated": str(one).upper(), "URN": one.urn}
    return written.get(str(generator.get("format")), str(one))


def _moment(form: str) -> Callable[[Generator, Json, Sources], Json]:
    def make(generator: Generator, example: Json, sources: Sources) -> Json:
        if generator.get("expression"):
            return example
        return moments.write(sources.now, str(generator.get("format") or form)) or example

    return make


def _from_state(generator: Generator, example: Json, sources: Sources) -> Json:
    try:
        return state_values.fill(str(generator.get("expression", "")), sources.values)
    except NoStateValue:
        return example


def _own_url(generator: Generator, example: Json, sources: Sources) -> Json:
    """Return the example's URL, which a pattern takes apart, at the stub's own address."""
    try:
        pattern = Pattern(str(generator.get("regex", "")), "search")
    except (re.error, OverflowError, RecursionError):
        return example
    found = pattern.found(str(generator.get("example") or example))
    return sources.base + found[1] if found and pattern.groups else example


def _count(generator: Generator, name: str, otherwise: int) -> int:
    """Return how many digits or letters there are to be: from 2 to 1,000."""
    return min(max(int(generator.get(name, otherwise)), 2), 1000)


_MAKERS: Mapping[str, Callable[[Generator, Json, Sources], Json]] = {
    "RandomInt": _random_int,
    "RandomDecimal": _random_decimal,
    "RandomHexadecimal": _random_hexadecimal,
    "RandomString": _random_string,
    "RandomBoolean": _random_boolean,
    "Uuid": _uuid,
    "Date": _moment("yyyy-MM-dd"),
    "Time": _moment("HH:mm:ss"),
    "DateTime": _moment("yyyy-MM-dd'T'HH:mm:ssXXX"),
    "ProviderState": _from_state,
    "MockServerURL": _own_url,
}
