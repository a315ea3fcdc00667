"""Requests that have in one what is promised apart.

Pact promises whole requests: a body that has one field more than the example is another request. Where a consumer may
leave fields out and combine the others as it likes, that would take a promise for each combination. So a request over
HTTP is a promised one, too, if it has all that one promise asks for, and beyond that only such query parameters and
fields of its JSON body as other promises about the same method and path have, each as it is promised there. Promises
of refusals take no part: what they have is what is not to be sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cxmock.contracts.matching import RequestMatcher, SeenRequest
from cxmock.contracts.matching.difference import UNPROMISED
from cxmock.contracts.matching.http import BODY, HEADER, QUERY, Place
from cxmock.contracts.promises import Promise
from cxmock.contracts.verdicts import Mismatch
from cxmock.errors.base import nearest

Found = tuple[tuple[Place, Mismatch], ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """A request beside one promise."""

    promise: Promise
    asked: RequestMatcher
    beyond: Found
    """What the request has and the promise does not."""
    otherwise: Found
    """How it differs apart from that."""

    def names(self, place: Place) -> Mapping[str, object]:
        """Return what the promise has where ``place`` is: fields, or query parameters."""
        kind, steps = place
        if kind == QUERY:
            return self.asked.promised.query
        body = self.asked.promised.body
        there = body.content if body is not None else None
        for step in steps[:-1]:
            if isinstance(there, list):
                there = there[step if isinstance(step, int) and step < len(there) else 0] if there else None
            else:
                there = there.get(str(step)) if isinstance(there, Mapping) else None
        return there if isinstance(there, Mapping) else {}


class Together:
    """The promises about what was asked for, as a whole.

    Args:
        candidates: the promises about the request's method and path.
        request: the request.
    """

    def __init__(self, candidates: Sequence[Promise], request: SeenRequest) -> None:
        self._request = request
        self._candidates = candidates

    @property
    def promises(self) -> list[Promise]:
        """The promises of which the request has all, where others have the rest.

        Raises:
            NotComparable: too little is known of its body.
        """
        return [
            one.promise
            for one in self._kept
            if not one.otherwise and not any(self._wrong(*beyond) for beyond in one.beyond)
        ]

    def mismatches(self, promise: Promise) -> tuple[Mismatch, ...]:
        """Return how the request differs from a promise, apart from what others have unless it is a refusal.

        Raises:
            NotComparable: too little is known of its body.
        """
        compared = _compared(promise, self._request)
        beyond: Iterable[Mismatch]
        if promise.is_error:
            beyond = (one if self._having(place) else self._unknown(place, one) for place, one in compared.beyond)
        else:
            beyond = (wrong for one in compared.beyond for wrong in self._wrong(*one))
        return tuple(dict.fromkeys((*beyond, *(mismatch for _, mismatch in compared.otherwise))))

    @cached_property
    def _kept(self) -> list[_Compared]:
        return [_compared(one, self._request) for one in self._candidates if not one.is_error]

    def _wrong(self, place: Place, mismatch: Mismatch) -> tuple[Mismatch, ...]:
        """Return what is wrong with something that a promise does not have: nothing where another has it like that."""
        if not (having := self._having(place)):
            return (self._unknown(place, mismatch),)
        return min((self._wrong_by(one, place) for one in having), key=len)

    def _having(self, place: Place) -> list[_Compared]:
        """Return the promises that have something in a place."""
        return [one for one in self._kept if str(place[1][-1]) in one.names(place)]

    def _wrong_by(self, one: _Compared, place: Place) -> tuple[Mismatch, ...]:
        """Return what is wrong with something by a promise that has it, too."""
        wrong = [
            replace(mismatch, text=f'{mismatch.text}, as in "{one.promise.description}"')
            for where, mismatch in one.otherwise
            if where[0] == HEADER or _inside(where, place) or _inside(place, where)
        ]
        deeper = [beyond for beyond in one.beyond if _inside(beyond[0], place)]
        return (*wrong, *(mismatch for beyond in deeper for mismatch in self._wrong(*beyond)))

    def _unknown(self, place: Place, mismatch: Mismatch) -> Mismatch:
        names = sorted({name for one in self._kept for name in one.names(place)})
        hint = f". {nearest(str(place[1][-1]), names)}" if names else ""
        about = f"{self._request.method} {self._request.path}"
        return replace(mismatch, text=f"{UNPROMISED}: no promise that {about} is done has it{hint}")


def _compared(promise: Promise, request: SeenRequest) -> _Compared:
    assert isinstance(promise.request, RequestMatcher)
    found = promise.request.told(request)
    beyond = tuple(one for one in found if one[1].text == UNPROMISED and one[0][0] in (QUERY, BODY))
    return _Compared(promise, promise.request, beyond, tuple(one for one in found if one not in beyond))


def _inside(one: Place, other: Place) -> bool:
    """Return whether a place is another, or is in it."""
    return one[0] == other[0] and one[1][: len(other[1])] == other[1]
