"""Mutants of providers: what an interaction's true answer becomes when the provider has one fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxmock.contracts.model import AsyncMessage, HttpInteraction, HttpResponse
from cxmock.contracts.mutating import headers
from cxmock.contracts.mutating.documents import changes
from cxmock.contracts.mutating.mutant import Answer, Kind, ProviderMutant, Recorded
from cxmock.contracts.mutating.outcomes import is_error, outcome
from cxmock.contracts.mutating.said import Promised, Said
from cxmock.wire.http import Response, to_json

FEW = 2
"""Errors of other operations that take the place of one answer."""

_STATUSES = (200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503)
_OF_EACH_CLASS = {2: 200, 3: 302, 4: 404, 5: 500}


def of_provider(recorded: Recorded, row: Sequence[Recorded]) -> Iterator[ProviderMutant]:
    """Yield the mutants of one interaction's provider.

    Args:
        recorded: the interaction with its true answer.
        row: all interactions of the row with theirs: the wrong answers are taken from them.
    """
    if isinstance(recorded.answer, Response):
        yield from _of_response(recorded, recorded.answer)
    else:
        yield from _of_observed(recorded, recorded.answer)
    yield from _of_others(recorded, row)
    yield _mutant(recorded, Kind.LATE, "", "does not come in time", None)


def statuses_near(status: int) -> list[int]:
    """Return other statuses: the neighbours in its class, and one of each other class.

    >>> statuses_near(404)
    [403, 409, 200, 302, 500]
    """
    alike = [one for one in _STATUSES if one // 100 == status // 100]
    near = [one for one in alike if one < status][-1:] + [one for one in alike if one > status][:1]
    return near + [one for group, one in _OF_EACH_CLASS.items() if group != status // 100]


def _of_response(recorded: Recorded, answer: Response) -> Iterator[ProviderMutant]:
    assert isinstance(recorded.interaction, HttpInteraction)
    promised = recorded.interaction.response
    for status in statuses_near(answer.status):
        text = f"is {status}, it was {answer.status}"
        yield _mutant(recorded, Kind.STATUS, "status", text, Response(status, answer.raw_headers, answer.body))
    for changed in headers.changes(answer.raw_headers, promised):
        other = Response(answer.status, changed.raw_headers, answer.body)
        yield _mutant(recorded, changed.kind, changed.place, changed.text, other, changed.said is not Said.NOTHING)
    yield from _of_body(recorded, answer, promised)


def _of_body(recorded: Recorded, answer: Response, promised: HttpResponse) -> Iterator[ProviderMutant]:
    said = promised.body is not None
    if not answer.body:
        if said:
            more = Response(answer.status, [*answer.raw_headers, (b"Content-Type", b"text/plain")], b"more")
            yield _mutant(recorded, Kind.VALUE, "body", "is there, it was empty", more)
        return
    yield _mutant(recorded, Kind.EMPTY, "body", "is empty", _with_body(answer, b""), said)
    yield _mutant(
        recorded, Kind.CUT, "body", "is cut off", _with_body(answer, answer.body[: len(answer.body) // 2]), said
    )
    if answer.content_type.endswith("json"):
        for changed in changes(answer.json(), Promised.of(promised.body, promised.matching_rules)):
            yield _mutant(
                recorded,
                changed.kind,
                f"body {changed.place}",
                changed.text,
                _with_body(answer, to_json(changed.document)),
                changed.said is not Said.NOTHING,
            )


def _of_observed(recorded: Recorded, answer: Mapping[str, Any]) -> Iterator[ProviderMutant]:
    assert not isinstance(recorded.interaction, (HttpInteraction, AsyncMessage))
    message = recorded.interaction.response[0]
    if answer:
        yield _mutant(recorded, Kind.EMPTY, "", "is empty", {})
    for changed in changes(answer, Promised.of(message.contents, message.matching_rules)):
        document = changed.document
        said = changed.said is not Said.NOTHING
        if isinstance(document, Mapping):
            yield _mutant(recorded, changed.kind, changed.place, changed.text, document, said)


def _of_others(recorded: Recorded, row: Sequence[Recorded]) -> Iterator[ProviderMutant]:
    """Yield what is answered elsewhere: by the same operation when it ends otherwise, and by other errors."""
    ended = outcome(recorded.answer)
    told = {ended}
    siblings = [one for one in row if one.operation == recorded.operation and type(one.answer) is type(recorded.answer)]
    for one in siblings:
        if (other := outcome(one.answer)) not in told:
            told.add(other)
            yield _mutant(
                recorded, _kind(recorded, one), "answer", f'is that to "{one.interaction.description}"', one.answer
            )
    strangers = [one for one in row if is_error(one.answer) and one not in siblings]
    bodies = 0
    for one in strangers:
        if (other := outcome(one.answer)) in told or bodies == FEW:
            continue
        wrong = _with_error(recorded.answer, one.answer)
        if wrong is not None:
            told.add(other)
            bodies += 1
            yield _mutant(recorded, Kind.ERROR, "answer", f'is the error of "{one.interaction.description}"', wrong)
    if is_error(recorded.answer) and all(is_error(one.answer) for one in siblings):
        for good in [one for one in row if _is_plain_success(one)][:1]:
            yield _mutant(
                recorded, Kind.ACCEPTED, "answer", f'is that to "{good.interaction.description}"', good.answer
            )


def _mutant(
    recorded: Recorded, kind: Kind, place: str, text: str, answer: Answer | None, promised: bool = True
) -> ProviderMutant:
    description = recorded.interaction.description
    return ProviderMutant(recorded.number, description, kind, place, text, promised, recorded, answer)


def _kind(recorded: Recorded, other: Recorded) -> Kind:
    if is_error(recorded.answer):
        return Kind.ERROR if is_error(other.answer) else Kind.ACCEPTED
    return Kind.ERROR if is_error(other.answer) else Kind.OTHER


def _is_plain_success(one: Recorded) -> bool:
    return not is_error(one.answer) and (not isinstance(one.answer, Response) or one.answer.status == 200)


def _with_error(answer: Answer, error: Answer) -> Answer | None:
    """Return the answer to which a wrong error leads: its own words, and in HTTP still the status of the answer."""
    if isinstance(answer, Response) and isinstance(error, Response):
        if not error.body or not answer.body or not answer.content_type.endswith("json"):
            return None
        return _with_body(answer, error.body)
    return error


def _with_body(answer: Response, body: bytes) -> Response:
    return Response(answer.status, answer.raw_headers, body)
