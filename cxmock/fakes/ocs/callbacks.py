"""What OCS asks and tells CX Contact over HTTP (connection 8): validation, history, states, digital records."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from cxmock.clients.http import HttpClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.fakes.ocs.gsw import Facts
from cxmock.fakes.ocs.traces import SILENT, TRACE, OcsLog
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Response

WITHIN: Final = 5.0
"""Seconds for CX Contact to take a history or a state."""
HISTORY_LIMIT: Final = 10_000
"""Attempts whose history may wait to be sent again; with more, nothing new is dialed."""
LATER: Final = (429, 502, 503, 504)
"""Statuses by which the digital dialer wants records later."""
AGAIN: Final = 0.5
"""Seconds, real ones, before records are handed over again, if nothing else is said."""
LONGEST_WAIT: Final = 60.0
STATES_LIMIT: Final = 1000
"""States that may wait; with more the oldest is dropped, since a state is not sent twice."""


class Poster:
    """Sends JSON by POST, over connections that are kept.

    Args:
        context: gives the TLS context for ``https`` addresses.
        connections: how many at once to one origin.
    """

    def __init__(self, context: Callable[[], ssl.SSLContext], *, connections: int = 128) -> None:
        self._context = context
        self._connections = connections
        self._clients: dict[str, HttpClient] = {}

    async def post(self, uri: str, body: object, *, within: float = WITHIN, trace: str = "") -> Response | None:
        """Return the response of ``uri`` to ``body``, or None when there was none in time.

        It carries ``trace``; without one, what others follow an attempt or a campaign group by.
        """
        parts = urlsplit(uri)
        origin = f"{parts.scheme}://{parts.netloc}"
        if (client := self._clients.get(origin)) is None:
            context = self._context() if parts.scheme == "https" else None
            client = HttpClient(origin, context=context, agent="ocs/9.0", limit=self._connections)
            self._clients[origin] = client
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        trace = trace or followed_by(body)
        headers = {TRACE: trace} if trace else {}
        try:
            return await client.request("POST", target, json=body, headers=headers, within=within)
        except (NotReachable, NoAnswer):
            return None

    async def aclose(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What pre-dial validation said."""

    allowed: bool
    result: int = CallResult.DO_NOT_CALL
    """The call result of a record that is not to be dialed."""
    rule: Facts = field(default_factory=dict)


async def validate(poster: Poster, uri: str, body: Facts, *, within: float, otherwise: int) -> Verdict:
    """Ask whether a record may be dialed.

    200 lets it, 409 forbids it and may name the call result. Without an answer in time, and (assumed) after any other
    status, it is not dialed and its result is ``otherwise``.
    """
    response = await poster.post(uri, body, within=within)
    if response is not None and response.status == 200:
        return Verdict(allowed=True)
    if response is None or response.status != 409:
        return Verdict(allowed=False, result=otherwise)
    said = _mapping(response)
    result = said.get("GSW_CALL_RESULT", CallResult.DO_NOT_CALL)
    known = isinstance(result, int) and 0 <= result < len(CallResult)
    rule: Facts = {key: said[key] for key in ("GSW_BLOCKING_RULE", "GSW_BLOCKING_RULE_TYPE") if key in said}
    return Verdict(allowed=False, result=int(result) if known else otherwise, rule=rule)


@dataclass(frozen=True, slots=True)
class Handed:
    """What the digital dialer said of the records that it was handed."""

    results: dict[str, int]
    """Attempt GUID -> call result; what is not answered has none."""
    again: float | None = None
    """Seconds after which the same records are to be handed over again; None: that was all."""
    said: str = ""
    """Why they are."""


async def hand_over(poster: Poster, uri: str, body: Facts) -> Handed:
    """Give records to the digital dialer.

    Assumed from end to end: ``{"records": [...]}`` goes there, ``{"results": [{"GSW_CALL_ATTEMPT_GUID",
    "GSW_CALL_RESULT"}]}`` comes back. Who does not answer, or by 429, 502, 503 or 504, gets the same records again,
    after ``Retry-After`` where it is said: OCS keeps them until then.
    """
    response = await poster.post(uri, body, within=6 * WITHIN)
    if response is None:
        return Handed({}, AGAIN, "The digital dialer does not answer.")
    if response.status in LATER:
        when = response.headers.get("retry-after", "")
        status = _mapping(response).get("status")
        reason = status.get("message") if isinstance(status, dict) else ""
        said = f"The digital dialer takes nothing now: HTTP {response.status}. {reason}".strip()
        return Handed({}, min(float(when), LONGEST_WAIT) if when.isdecimal() else AGAIN, said)
    if response.status >= 400:
        return Handed({})
    results = _mapping(response).get("results", [])
    return Handed(
        {
            str(one["GSW_CALL_ATTEMPT_GUID"]): int(one["GSW_CALL_RESULT"])
            for one in (results if isinstance(results, list) else [])
            if isinstance(one, dict) and "GSW_CALL_ATTEMPT_GUID" in one and isinstance(one.get("GSW_CALL_RESULT"), int)
        }
    )


class History:
    """Sends the history of attempts; what is not taken with 200 is kept and sent again, each attempt's in order.

    Args:
        poster: what sends.
        uri: where to; nothing is sent when it is empty.
        every: seconds, real ones, between two tries.
        freed: called when room was made.
    """

    def __init__(self, poster: Poster, uri: str, *, every: float, freed: Callable[[], None]) -> None:
        self._poster = poster
        self._uri = uri
        self._every = every
        self._freed = freed
        self._unsent: dict[str, deque[Facts]] = {}
        self._closed = asyncio.Event()
        self._again: asyncio.Task[None] | None = None
        self.resent = 0
        """How many were taken only when sent again."""

    @property
    def waiting(self) -> int:
        """Attempts whose history is still to be sent."""
        return len(self._unsent)

    @property
    def full(self) -> bool:
        """Whether too much waits for more to be dialed."""
        return len(self._unsent) >= HISTORY_LIMIT

    async def post(self, facts: Facts) -> None:
        """Send one; return when it was taken or is kept."""
        if not self._uri:
            return
        guid = facts["GSW_CALL_ATTEMPT_GUID"]
        if (earlier := self._unsent.get(guid)) is not None:
            earlier.append(facts)
        elif not await self._taken(facts):
            self._unsent.setdefault(guid, deque()).append(facts)
            if self._again is None or self._again.done():
                self._again = asyncio.create_task(self._resend())

    async def close(self) -> None:
        """Send nothing more; what waits is lost."""
        self._closed.set()
        if self._again is not None:
            self._again.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._again
        self._unsent.clear()

    async def _taken(self, facts: Facts) -> bool:
        response = await self._poster.post(self._uri, facts)
        return response is not None and response.status == 200

    async def _resend(self) -> None:
        while self._unsent:
            # Real time: how soon a server comes back has nothing to do with the testbed's clock.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._closed.wait()
                return
            for guid in tuple(self._unsent):
                if not await self._sent_all(self._unsent[guid]):
                    break
                del self._unsent[guid]
                self._freed()

    async def _sent_all(self, waiting: deque[Facts]) -> bool:
        while waiting:
            if not await self._taken(waiting[0]):
                return False
            waiting.popleft()
            self.resent += 1
        return True


class StatePosts:
    """Sends a campaign group's states in their order, each once: a state that is not taken is gone."""

    def __init__(self, poster: Poster, uri: str, log: OcsLog = SILENT) -> None:
        self._poster = poster
        self._uri = uri
        self._log = log
        self._waiting: deque[tuple[Facts, str]] = deque(maxlen=STATES_LIMIT)
        self._sending: asyncio.Task[None] | None = None

    def post(self, facts: Facts, trace: str = "") -> None:
        """Send ``facts`` after what waits; with the trace id of the command that brought them about, if one did."""
        if not self._uri:
            return
        self._waiting.append((facts, trace))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def close(self, *, within: float) -> None:
        """Send what waits for ``within`` seconds at most, then nothing more."""
        if self._sending is not None:
            _, late = await asyncio.wait([self._sending], timeout=within)
            for task in late:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _send(self) -> None:
        while self._waiting:
            facts, trace = self._waiting.popleft()
            trace = trace or followed_by(facts)
            response = await self._poster.post(self._uri, facts, trace=trace)
            status = response.status if response is not None else 0
            self._log.told(urlsplit(self._uri).path, facts.get("GSW_CAMPAIGN_GROUP_STATE", ""), status, trace)


def followed_by(body: object) -> str:
    """Return the trace id by which others follow what is told of one attempt, or of one campaign group (assumed)."""
    facts = body if isinstance(body, dict) else {}
    return str(facts.get("GSW_CALL_ATTEMPT_GUID") or facts.get("GSW_CAMPAIGN_GROUP_GUID") or "").replace("-", "")


def _mapping(response: Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
