"""A stub that answers HTTP: the canned answers of a contract's interactions, and an explanation for all else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from cxmock.contracts.explaining import explain
from cxmock.contracts.finding import Finder
from cxmock.contracts.matching import SeenRequest
from cxmock.contracts.model import Body, Contract, HttpInteraction, HttpResponse
from cxmock.contracts.promises import Promise, Seen
from cxmock.contracts.stubbing import generating
from cxmock.contracts.stubbing.generating import Sources
from cxmock.contracts.stubbing.merging import answers
from cxmock.contracts.stubbing.repertoire import Repertoire
from cxmock.contracts.stubbing.situation import Situation
from cxmock.contracts.together import Together
from cxmock.serving.guard import not_promised
from cxmock.wire.http import Request, Response, from_json, to_json

FEW = 8
"""Promises about one path that are held against every request."""
REMEMBERED = 1000
"""Requests that are remembered where there are more."""
BODY_REMEMBERED = 16 * 1024
"""Bytes of a body that is remembered."""

# What the server writes itself.
_OWN = frozenset({"content-length", "transfer-encoding", "connection"})


class HttpStub:
    """Plays an HTTP provider from a contract.

    Strict: a request is answered when it is one that is promised, or has in one what is promised apart; what else comes
    is told what is nearest.

    Args:
        contract: HTTP interactions only.
        seed: what is random in answers follows from it.
        now: UTC seconds, for dates in answers.
    """

    def __init__(self, contract: Contract, *, seed: int = 1, now: Callable[[], float] = time.time) -> None:
        self._repertoire = Repertoire(contract, seed=seed, now=now)
        promises = self._repertoire.promises.all
        self._finder = Finder([one.interaction for one in promises if isinstance(one.interaction, HttpInteraction)])
        self._known: dict[object, Sequence[Promise]] = {}
        self._answers = [_Answer(one) for one in answers(contract) if one is not None]

    @property
    def states(self) -> Situation:
        """The provider states, which choose among answers to the same request."""
        return self._repertoire.situation

    def answer(self, request: Request) -> Response:
        """Answer a request with the canned answer, or with an explanation and status 501."""
        promises = self._repertoire.promises
        seen = promises.as_meant(Seen("http", SeenRequest.of(request)))
        promise = self._repertoire.choose(self._fitting(request, seen), seen)
        if promise is not None:
            return self._answers[promise.place].response(lambda: self._repertoire.sources(promise, _base(request)))
        why = explain(promises, seen, f"{request.method} {request.path}")
        return not_promised(why)

    def reset(self) -> None:
        """Forget the states that were chosen."""
        self._repertoire.reset()

    def _fitting(self, request: Request, seen: Seen) -> Sequence[Promise]:
        """Return the promises that a request fits. Where many are about one path, the last requests are remembered."""
        promises = self._repertoire.promises.all
        about = [promises[place] for place in self._finder.places(request.method, request.path)]
        if len(about) <= FEW or len(request.body) > BODY_REMEMBERED:
            return _fitting(about, seen)
        key = request.method, request.target, tuple(request.raw_headers), request.body
        if (known := self._known.get(key)) is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[key] = _fitting(about, seen)
        return known


def _fitting(about: Sequence[Promise], seen: Seen) -> Sequence[Promise]:
    assert isinstance(seen.request, SeenRequest)
    return [one for one in about if one.fits_request(seen)] or Together(about, seen.request).promises


class _Answer:
    """The answer of one promise: always the same, unless something in it is generated."""

    def __init__(self, promised: HttpResponse) -> None:
        self._promised = promised
        generators = promised.generators
        generated = generators.body or generators.header or generators.status
        self._always = None if generated else _response(promised, None)

    def response(self, sources: Callable[[], Sources]) -> Response:
        """Return it; ``sources`` are asked for only where something is generated."""
        return self._always or _response(self._promised, sources())


def _response(promised: HttpResponse, sources: Sources | None) -> Response:
    status = promised.status
    headers = [(name, value) for name, values in promised.headers.items() for value in _values(name, values)]
    body = _bytes(promised.body, promised, sources) if promised.body is not None else b""
    if sources is not None:
        if (generator := promised.generators.status) is not None:
            status = int(generating.made(generator, status, sources))
        made = {name.lower(): one for name, one in promised.generators.header.items()}
        headers = [
            (name, str(generating.made(made[name.lower()], text, sources)) if name.lower() in made else text)
            for name, text in headers
        ]
    names = {name.lower() for name, _ in headers}
    if body and promised.body is not None and promised.body.content_type and "content-type" not in names:
        headers.append(("Content-Type", promised.body.content_type))
    raw = [(_header(name), _header(text)) for name, text in headers if name.lower() not in _OWN]
    return Response(status, raw, body)


def _bytes(body: Body, promised: HttpResponse, sources: Sources | None) -> bytes:
    content = body.value()
    if isinstance(content, bytes):
        return content
    made = promised.generators.body if sources is not None else {}
    if isinstance(content, str):
        if not made or sources is None:
            return content.encode()
        try:  # JSON that the contract has as text
            return to_json(generating.fill(from_json(content), made, sources))
        except ValueError:
            return str(generating.fill(content, made, sources)).encode()
    if sources is not None:
        content = generating.fill(content, made, sources)
    return b"" if content is None and body.content_type == "" else to_json(content)


def _values(name: str, values: tuple[str, ...] | str) -> Iterator[str]:
    """Yield a header's values, a line each where they cannot be joined."""
    if isinstance(values, str):
        yield values
    elif name.lower() == "set-cookie":
        yield from values
    else:
        yield ", ".join(values)


def _header(text: str) -> bytes:
    """Return a header's name or value as it goes on the wire, on one line."""
    return text.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")


def _base(request: Request) -> str:
    """Return the URL at which the stub was asked."""
    return f"{'https' if request.secure else 'http'}://{request.headers.get('host', '')}"
