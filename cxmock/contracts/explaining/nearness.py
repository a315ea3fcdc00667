"""Which promises are nearest to what arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from heapq import nsmallest

from cxmock.contracts.explaining.explanation import Near
from cxmock.contracts.matching import NotComparable, RequestMatcher, SeenRequest
from cxmock.contracts.model import HttpInteraction
from cxmock.contracts.operations import name_of
from cxmock.contracts.promises import Promise, Promises, Seen
from cxmock.contracts.together import Together
from cxmock.contracts.verdicts import Mismatch

TOLD = 3
"""Promises that are told."""
Rank = tuple[float, bool, int, int, bool, int]
LOOKED_AT = 12
"""Promises whose differences are worked out, when none is about what was asked for."""


def nearest(promises: Promises, seen: Seen, *, most: int = TOLD) -> tuple[Near, ...]:
    """Return the promises nearest to an exchange, or to a request alone, with how they differ.

    Of the promises about what was asked for, those come first whose answer is an error if the one that came is, and
    none if it is not; then those with the fewest differences in the request, then in the response. Where no promise is
    about it, those whose path or operation is most alike, and only the request counts. What other promises about it
    have is no difference (see :mod:`~cxmock.contracts.together`).
    """
    candidates = promises.candidates(seen)
    together = Together(candidates, seen.request) if candidates and isinstance(seen.request, SeenRequest) else None
    answered = bool(candidates) and seen.response is not None
    if not candidates:
        candidates = nsmallest(LOOKED_AT, promises.comparable(seen), lambda one: _unlike(one, seen))
    ranked = sorted(_compared(candidates, seen, answered, together), key=lambda one: one[0])
    return tuple(near for _, near in ranked[:most])


def _compared(
    candidates: Iterable[Promise], seen: Seen, answered: bool, together: Together | None
) -> Iterable[tuple[Rank, Near]]:
    for promise in candidates:
        try:
            asked = together.mismatches(promise) if together is not None else promise.request_mismatches(seen)
            came = promise.response_mismatches(seen) if answered else ()
        except NotComparable as reason:
            asked, came = (), (Mismatch("body", "", f"cannot be compared: {reason}"),)
        otherwise = answered and promise.is_error is seen.ok
        rank = (_unlike(promise, seen), otherwise, _weight(asked), len(came), promise.is_error, promise.place)
        yield rank, Near(promise.description, (*asked, *came))


def _weight(mismatches: Sequence[Mismatch]) -> int:
    """Return how much a request differs: a whole body that is wrong counts more than a field of one."""
    return sum(2 if one.place == "$" else 1 for one in mismatches)


def _unlike(promise: Promise, seen: Seen) -> float:
    """Return how unlike what a promise is about is to what was asked for: 0 where it is just that."""
    interaction, request = promise.interaction, seen.request
    if isinstance(interaction, HttpInteraction) and isinstance(request, SeenRequest):
        otherwise = interaction.request.method.upper() != request.method.upper()
        return _unlike_paths(promise, interaction.request.path, request.path) + 0.2 * otherwise
    assert not isinstance(request, SeenRequest)
    name = name_of(seen.transport, request)
    if promise.name is None or promise.name == name:
        return 0.0
    return 1.0 - SequenceMatcher(None, promise.name, name).ratio()


def _unlike_paths(promise: Promise, wanted: str, came: str) -> float:
    if isinstance(promise.request, RequestMatcher) and promise.request.fits_path(came):
        return 0.0
    by_segment = SequenceMatcher(None, wanted.split("/"), came.split("/")).ratio()
    return 1.0 - 0.7 * by_segment - 0.3 * SequenceMatcher(None, wanted, came).ratio()
