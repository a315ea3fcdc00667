"""What Pact verifiers that are not ours ask of a testbed: states, operations, and providers behind one address."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from cxmock.clients.http import HttpClient
from cxmock.clients.passing_on import pass_on
from cxmock.contracts.finding import Finder
from cxmock.contracts.library import load
from cxmock.contracts.model import HttpInteraction
from cxmock.contracts.targets import provider_of, targets_from
from cxmock.errors.base import CxmockError
from cxmock.errors.outsiders import NotAsked, WhichProvider
from cxmock.testbed.verifying import TestbedVerifier
from cxmock.topology import CONNECTIONS
from cxmock.wire.http import Request, Response, from_json

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed

MISDIRECTED = 421
"""Answers what could not be passed on: no promise has this status, and nobody tries again because of it."""

_ROWS = frozenset(str(row.number) for row in CONNECTIONS)


class Outsiders:
    """Answers verifiers as our own would have it: the parts of a row are fresh whenever an interaction begins.

    One begins with the first request after a teardown, an operation, or a request to the provider. So a row is verified
    by one verifier at a time.

    Args:
        testbed: whose parts are verified.
        say: told why a state or an operation failed.
    """

    def __init__(self, testbed: Testbed, say: Callable[[str], None]) -> None:
        self._testbed = testbed
        self._say = say
        self._verifier = TestbedVerifier(testbed)
        self._bridge = self._verifier.verifier.bridge
        self._begun: set[int] = set()
        self._clients: dict[str, HttpClient] = {}

    async def close(self) -> None:
        """Close every connection."""
        await self._verifier.verifier.close()
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def answer(self, request: Request) -> Response:
        """Answer one call of a verifier; see :mod:`cxmock.testbed.control`."""
        try:
            what, number = _meant(request)
            if number not in self._begun:
                await self._verifier.fresh(number)
                self._bridge.begin(number)
                self._begun.add(number)
            if what == "providers":
                self._begun.discard(number)
                return await self._ask_provider(number, request)
        except Exception as error:  # whatever it is: after a 5xx Pact would ask eight times more, for two minutes
            said = str(error) if isinstance(error, CxmockError) else f"{type(error).__name__}: {error}"
            self._say(said)
            return Response.plain(f"{said}\n", MISDIRECTED)
        if what == "transports" or _tears_down(request):
            self._begun.discard(number)
        response = await self._bridge.answer(request)
        if response.status >= 400:
            self._say(f"Connection {number}: {response.text.strip()}")
        return response

    async def _ask_provider(self, number: int, request: Request) -> Response:
        target = request.target.removeprefix(f"/providers/{number}")
        asked = Request(request.method, target if target.startswith("/") else f"/{target}")
        return await pass_on(self._client(self._url(number, asked)), request, asked.target)

    def _url(self, number: int, request: Request) -> str:
        """Return where the provider of a request is: of a row with several, the one whose promise it is about."""
        urls = targets_from(self._testbed.env)[number].urls
        if len(urls) == 1:
            (url,) = urls.values()
            return url
        finder = _finder(number)
        found = finder.candidates(request.method, request.path)
        # Of many refusals only the beginning of the path is promised: who promises just this path is meant first.
        just = [one for one in found if one.request.path == request.path]
        providers = sorted({str(provider_of(number, one)) for one in just or found})
        if len(providers) != 1:
            near = finder.nearest(request.method, request.path)
            known = [f"{one.request.method} {one.request.path}" for one in near]
            raise WhichProvider(number, f"{request.method} {request.path}", providers, known)
        return urls[providers[0]]

    def _client(self, url: str) -> HttpClient:
        if (client := self._clients.get(url)) is None:
            context = self._testbed.authority.client_context if url.startswith("https:") else None
            client = self._clients[url] = HttpClient(url, context=context)
        return client


@cache
def _finder(number: int) -> Finder:
    return Finder([one for one in load(number).interactions if isinstance(one, HttpInteraction)])


def _meant(request: Request) -> tuple[str, int]:
    """Return what a request is for, and the row."""
    what, _, rest = request.path.removeprefix("/").partition("/")
    row = rest.partition("/")[0]
    known = {"providers"} if request.method != "POST" else {"states", "transports", "providers"}
    if what not in known or row not in _ROWS:
        raise NotAsked(f"{request.method} {request.path}")
    return what, int(row)


def _tears_down(request: Request) -> bool:
    try:
        change = from_json(request.body)
    except ValueError:
        return False
    return isinstance(change, dict) and change.get("action") == "teardown"
