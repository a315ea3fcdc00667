"""Passes a request on to another origin, and its answer back: what belongs to one hop stays there."""

from __future__ import annotations

from cxmock.clients.http import HttpClient
from cxmock.wire.http import Request, Response

# What belongs to one hop only, and what the next hop's client writes itself.
_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"host", b"content-length", b"upgrade"})


async def pass_on(client: HttpClient, request: Request, target: str = "") -> Response:
    """Send ``request`` to the client's origin and return the answer.

    Args:
        client: calls the origin.
        request: what came.
        target: another path and query than the request's own.

    Raises:
        NotReachable: nobody listens there.
        NoAnswer: no whole answer came in time.
    """
    headers = [pair for pair in request.raw_headers if pair[0].lower() not in _HOP]
    answer = await client.send(Request(request.method, target or request.target, headers, request.body))
    kept = [pair for pair in answer.raw_headers if pair[0].lower() not in _HOP]
    return Response(answer.status, kept, answer.body)
