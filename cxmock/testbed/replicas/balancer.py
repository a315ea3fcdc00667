"""The balancer: holds a service's documented port and has one of its replicas answer each request.

The replica with the least to do gets a request; of equals, the one that had none for longest. Requests of a session go
to the replica that the session is with (documented for the ingress: cookie ``cxc-session-cookie``), and to another one
when that is gone: sessions are in Redis, so nobody has to log in again.

A request that no replica took goes to the next one. One that a replica took and did not answer, because it was killed,
goes to another only if doing it twice is harmless; else the caller is told that nobody knows what became of it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict

from cxmock.clients.passing_on import pass_on
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.reference.envelope import Code, Refusal, nobody_ready
from cxmock.reference.running import RESET, behind
from cxmock.reference.service import REPLICA_HEADER
from cxmock.reference.sessions import COOKIE
from cxmock.testbed.replicas.fleet import Fleet
from cxmock.testbed.replicas.replica import Replica
from cxmock.testbed.replicas.telling import health, metrics
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

SESSIONS_KEPT = 10_000
"""Sessions of which it is known which replica they are with; those that were used last."""
LONGEST = 128
"""Characters of a session that is remembered; ours have 32."""
STICKY = frozenset({Component.INGRESS, Component.UI, Component.API_AGGREGATOR})
"""Whose sessions stay with a replica."""

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
REPEATABLE = {
    Component.COMPLIANCE_MANAGER: ("/ocs/",),
    Component.DIAL_MANAGER: ("/ocs/",),
}
"""What may be done twice though it is a POST, by the beginnings of paths.

A validation only reads; a history is kept by the attempt's GUID; of a campaign group's states the latest is kept; a
batch of records is known again by the attempts in it.
"""


class Balancer:
    """Answers for a service whose replicas are ``fleet``."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.answers: Counter[tuple[str, int]] = Counter()
        """Answers, by replica and HTTP status."""
        self.retried = 0
        """Requests that another replica was asked, too."""
        self.refused = 0
        """Requests that no replica was there for."""
        self._component = fleet.site.component
        self._sticky = self._component in STICKY
        self._with: OrderedDict[str, str] = OrderedDict()
        self._turn = 0

    @property
    def requests(self) -> int:
        """Requests that replicas have answered."""
        return sum(self.answers.values())

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/metrics":
            return await metrics(self)
        if request.path == "/health":
            return health(self.fleet, await self._pass_on(request))
        if request.path == RESET:
            return Refusal(Code.NOT_FOUND, "Nothing is there.").answer(request.path)
        return await self._pass_on(request)

    def reset(self) -> None:
        """Forget what was counted, and which session is where."""
        self.answers.clear()
        self.retried = self.refused = 0
        self._with.clear()

    async def _pass_on(self, request: Request) -> Response:
        session = request.cookies.get(COOKIE, "") if self._sticky else ""
        if self._component is Component.INGRESS:
            request = self._introduced(request)
        tried: set[str] = set()
        while replica := self._choose(session, tried):
            tried.add(replica.name)
            answer = await self._ask(replica, request)
            if answer is None:
                self.retried += 1
                continue
            if self._sticky:
                self._remember(session or _begun(answer), replica.name)
            return answer
        self.refused += 1
        return nobody_ready(self._component.label, request.path)

    async def _ask(self, replica: Replica, request: Request) -> Response | None:
        """Return a replica's answer; None when another one may be asked."""
        client = replica.client
        if client is None:
            return None
        replica.in_flight += 1
        try:
            answer = await pass_on(client, request)
        except NotReachable:
            replica.ready = False  # until its next health check
            return None
        except NoAnswer as error:
            replica.ready = False
            if request.method in _IDEMPOTENT or request.path.startswith(REPEATABLE.get(self._component, ("\0",))):
                return None
            answer = _unknown(replica.name, request, error)
        finally:
            replica.in_flight -= 1
        replica.answered += 1
        self.answers[replica.name, answer.status] += 1
        return answer

    def _choose(self, session: str, tried: set[str]) -> Replica | None:
        if session and (name := self._with.get(session)) and name not in tried:
            one = self.fleet.replicas.get(name)
            if one is not None and one.ready:
                return one
        left = [one for one in self.fleet.replicas.values() if one.name not in tried]
        # When none is ready, one may live that was slow to answer a health check: better late than refused.
        free = [one for one in left if one.ready] or [one for one in left if one.client and not one.draining]
        if not free:
            return None
        self._turn += 1
        chosen = min(free, key=lambda one: (one.in_flight, one.chosen))
        chosen.chosen = self._turn
        return chosen

    def _remember(self, session: str, name: str) -> None:
        if 0 < len(session) <= LONGEST:
            self._with[session] = name
            self._with.move_to_end(session)
            if len(self._with) > SESSIONS_KEPT:
                self._with.popitem(last=False)

    def _introduced(self, request: Request) -> Request:
        """Have the ingress behind know who is in front: it tells others."""
        key = self.fleet.site.directory.credentials.service
        headers = [*request.raw_headers, *behind(key, peer=request.peer, secure=request.secure)]
        return Request(request.method, request.target, headers, request.body)


def _begun(answer: Response) -> str:
    """Return the session that an answer begins; empty when it begins none."""
    for name, value in answer.raw_headers:
        if name.lower() == b"set-cookie" and value.startswith(f"{COOKIE}=".encode()):
            return value.partition(b"=")[2].partition(b";")[0].decode("latin-1")
    return ""


def _unknown(name: str, request: Request, error: NoAnswer) -> Response:
    refusal = Refusal(
        Code.BACK_END,
        f"{name} ended while it answered {request.method} {request.path}: {error.what}",
        "Whether it was done is not known, and doing it twice may not be harmless: look, then ask again.",
        status=502,
    )
    answer = refusal.answer(request.path)
    answer.raw_headers.append((REPLICA_HEADER, name.encode()))
    return answer
