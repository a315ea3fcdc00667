"""Matchers: examples that say what may stand in their place. They go anywhere inside an example body.

An example alone promises exactly itself. ``like`` and ``each_like`` reach into what they hold; ``equal`` inside them
promises the exact value again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Matcher = Mapping[str, Any]

UNSEEN = object()
"""Nothing of it is seen: neither the value nor its name."""


@dataclass(frozen=True, slots=True)
class Term:
    """An example with the matchers that hold in its place."""

    example: Any
    """What the file shows; it may hold further terms."""
    matchers: tuple[Matcher, ...] = ()
    combine: str = "AND"
    expression: str = ""
    """The provider-state value that takes the example's place, such as ``Bearer ${token}``."""
    repeated: bool = False
    """Whether the example is a list whose elements all follow the first, or an object of values alike."""
    variants: bool = False
    """Whether the example is a list of which each element has to be found somewhere."""
    seen: tuple[Any, ...] = ()
    """What a journal has in this place, where that is not the same: one term, or :data:`UNSEEN`."""


def like(example: Any) -> Term:
    """Promise the type of ``example``, and of everything in it."""
    return Term(example, ({"match": "type"},))


def equal(example: Any) -> Term:
    """Promise exactly ``example``, also where something around it is ``like``."""
    return Term(example, ({"match": "equality"},))


def integer(example: int) -> Term:
    """Promise a whole number."""
    return Term(example, ({"match": "integer"},))


def decimal(example: float) -> Term:
    """Promise a number with a decimal point."""
    return Term(example, ({"match": "decimal"},))


def number(example: float) -> Term:
    """Promise a number, whole or not."""
    return Term(example, ({"match": "number"},))


def boolean(example: bool) -> Term:
    """Promise true or false."""
    return Term(example, ({"match": "boolean"},))


def regex(pattern: str, example: str) -> Term:
    """Promise text that ``pattern`` fits as a whole."""
    return Term(example, ({"match": "regex", "regex": f"^(?:{pattern})$"},))


def one_of(example: str, *others: str) -> Term:
    """Promise one of a few words.

    >>> one_of("str", "int").matchers
    ({'match': 'regex', 'regex': '^(?:str|int)$'},)
    """
    return regex("|".join([example, *others]), example)


def includes(part: str, example: str) -> Term:
    """Promise text that contains ``part``."""
    return Term(example, ({"match": "include", "value": part},))


def uuid(example: str = "2f1c7bf6-1d0e-4d2a-9a53-0a6a1f6b7c11") -> Term:
    """Promise a UUID, in lower or upper case."""
    return regex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", example)


def timestamp(example: str, pattern: str = "yyyy-MM-dd'T'HH:mm:ssXXX") -> Term:
    """Promise a moment. ``pattern`` has Java's letters; the default takes ``Z`` and ``+00:00`` for UTC."""
    return Term(example, ({"match": "timestamp", "format": pattern},))


def digits(example: str) -> Term:
    """Promise text of digits. To Pact's engine a number fits a regular expression, too: here it has to be text."""
    return Term(example, ({"match": "type"}, {"match": "regex", "regex": "^[0-9]+$"}))


def not_empty(example: Any) -> Term:
    """Promise something of the type of ``example`` that is not empty."""
    return Term(example, ({"match": "type"}, {"match": "notEmpty"}))


def all_of(*terms: Term) -> Term:
    """Promise all that ``terms`` promise of one value; the first one's example is shown.

    >>> all_of(includes("HttpOnly", "a=1; HttpOnly; Secure"), includes("Secure", "")).matchers
    ({'match': 'include', 'value': 'HttpOnly'}, {'match': 'include', 'value': 'Secure'})
    """
    return replace(terms[0], matchers=tuple(matcher for term in terms for matcher in term.matchers))


def null_or(term: Any) -> Term:
    """Promise null or what ``term`` promises (a plain example: a value of its type)."""
    inner = term if isinstance(term, Term) else like(term)
    return replace(inner, matchers=({"match": "null"}, *inner.matchers), combine="OR")


def each_like(example: Any, *, min: int = 1, max: int | None = None, shown: int = 0) -> Term:
    """Promise a list whose elements are all like ``example``.

    Args:
        example: one element.
        min: how many there are at least.
        max: how many there are at most; None for any number.
        shown: how many the file shows; 0 for ``min``, or one.
    """
    matcher: dict[str, Any] = {"match": "type", "min": min}
    if max is not None:
        matcher["max"] = max
    return Term([example] * (shown or min or 1), (matcher,), repeated=True)


def containing(*examples: Any) -> Term:
    """Promise a list in which each of ``examples`` has an element like it, among any others and in any order."""
    return Term(list(examples), variants=True)


def at_least(*examples: Any) -> Term:
    """Promise a list that begins with ``examples``, each in its place; whatever follows has the first one's type."""
    return Term(list(examples), ({"match": "type", "min": len(examples)},))


def keyed(example: Mapping[str, Any]) -> Term:
    """Promise an object under whatever keys, with values like those of ``example``: they are all of one kind."""
    return Term(example, ({"match": "values"},), repeated=True)


def stated(example: Any, seen: Any = None) -> Term:
    """Promise just ``example`` while the provider is as the interaction's states say, and of its type elsewhere.

    Verification holds a provider to the example, conformance a recording to ``seen``: there is no saying what a
    provider knew that nobody arranged.

    Args:
        example: what follows from the states; terms may stand in it.
        seen: what is promised whatever the provider knows; None for anything of the example's type.
    """
    return Term(example, seen=(like(example) if seen is None else seen,))


def unseen(example: Any) -> Term:
    """Say what goes into a request or comes with an answer, but is not kept by journals: a password, a long text."""
    return Term(example, seen=(UNSEEN,))


def from_state(expression: str, example: Any) -> Term:
    """Put in a value that the provider state gives, such as ``Bearer ${token}``; the file shows ``example``."""
    return Term(example, expression=expression)
