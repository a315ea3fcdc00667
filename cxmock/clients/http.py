"""One small pooled HTTP/1.1 client for parts that call out."""

from __future__ import annotations

import asyncio
import math
import os
import select
import ssl
import sys
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.receiving import receive_in_pieces
from cxmock.wire.http import Request, Response, form_body, to_json
from cxmock.wire.http_parser import ResponseParser

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpClient:
    """Calls one origin, over a few connections that are kept.

    Args:
        base: the origin, such as ``https://127.13.0.9``; a path on it goes before every target.
        context: the TLS context for ``https``; without one, the system's certificates are trusted.
        agent: the ``User-Agent``, by which others know who asks.
        headers: sent with every request.
        within: seconds for a whole call, unless the call says otherwise; infinity for those whose callers have limits.
        address: where to connect; if nothing is said, where the origin's name leads to.
        limit: connections at most; further calls wait their turn.
    """

    def __init__(
        self,
        base: str,
        *,
        context: ssl.SSLContext | None = None,
        agent: str = "cxmock",
        headers: Mapping[str, str] | None = None,
        within: float = 5.0,
        address: str = "",
        limit: int = 32,
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise NotReachable(base, "this is not an http:// or https:// address")
        self.base = base.rstrip("/")
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._prefix = parts.path.rstrip("/")
        self._netloc = parts.netloc
        self._host = parts.hostname
        self._address = address or parts.hostname
        self._port = parts.port or DEFAULT_PORTS[parts.scheme]
        self._secure = parts.scheme == "https"
        self._context = context
        self._headers = {"User-Agent": agent, **(headers or {})}
        self._within = within
        self._idle: deque[_Connection] = deque()
        self._open: set[_Connection] = set()
        self._turns = asyncio.Semaphore(limit)

    async def request(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Response:
        """Call and return the response, whatever its status.

        Args:
            method: the HTTP method.
            target: path and query, below the client's base.
            json: sent as a JSON body.
            form: sent as a form.
            body: sent as it is.
            headers: in addition to the client's own; they win over these.
            within: seconds for the whole call.

        Raises:
            NotReachable: nobody listens there.
            NoAnswer: no whole answer came in time.
        """
        sent = dict(self._headers)
        if json is not None:
            body = to_json(json)
            sent["Content-Type"] = "application/json"
        elif form is not None:
            body = form_body(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if headers:
            sent |= headers
        request = Request(method, target, sent, body)
        return await self.send(request, within=within)

    async def send(self, request: Request, *, within: float | None = None) -> Response:
        """Send ``request`` below the client's base, its ``Host`` added, and return the response."""
        limit = self._within if within is None else within
        if self._prefix:
            request = Request(request.method, self._prefix + request.target, request.raw_headers, request.body)
        call = f"{request.method} {self._origin}{request.target.partition('?')[0]}"
        try:
            async with asyncio.timeout(None if limit == math.inf else limit), self._turns:
                return await self._exchange(request)
        except TimeoutError as error:
            raise NoAnswer(call, f"no answer within {limit:g} s") from error
        except _Broken as error:
            raise NoAnswer(call, str(error)) from error

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in tuple(self._open):
            connection.close()
        self._open.clear()
        self._idle.clear()

    async def _exchange(self, request: Request) -> Response:
        data = request.encode(self._netloc)
        while True:
            connection, reused = await self._connection()
            try:
                response, keep = await connection.ask(data, head=request.method == "HEAD")
            except _Broken as error:
                self._forget(connection)
                # A kept connection may have been closed meanwhile. Whether it took the request nobody knows, so only
                # what can be done twice (RFC 9110, 9.2.2) is tried on a fresh one.
                if reused and not error.answered and request.method in _IDEMPOTENT:
                    continue
                raise
            except BaseException:
                self._forget(connection)
                raise
            if keep and not connection.lost:
                self._idle.append(connection)
            else:
                self._forget(connection)
            return response

    async def _connection(self) -> tuple[_Connection, bool]:
        while self._idle:
            connection = self._idle.pop()
            if connection.quiet:
                return connection, True
            self._forget(connection)
        loop = asyncio.get_running_loop()
        tls = (self._context or True) if self._secure else None
        try:
            named = self._host if self._secure else None
            _, connection = await loop.create_connection(
                _Connection, self._address, self._port, ssl=tls, server_hostname=named
            )
        except ssl.SSLError as error:
            raise NotReachable(self._origin, f"TLS failed ({error.reason or error})") from error
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise NotReachable(self._origin, reason.lower()) from error
        self._open.add(connection)
        return connection, False

    def _forget(self, connection: _Connection) -> None:
        self._open.discard(connection)
        connection.close()


class _Broken(Exception):
    """The connection ended before the response did."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class _Connection(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = ResponseParser()
        self._waiter: asyncio.Future[tuple[Response, bool]] | None = None
        self._answered = False
        self.lost = False

    @property
    def quiet(self) -> bool:
        """Whether it is open and nothing has come: neither its end, which the loop may not have seen, nor more."""
        if self.lost or self._transport is None:
            return False
        return not _readable(self._transport.get_extra_info("socket").fileno())

    async def ask(self, data: bytes, *, head: bool) -> tuple[Response, bool]:
        """Send ``data``; return the response and whether the connection can be used again."""
        assert self._transport is not None
        self._waiter = asyncio.get_running_loop().create_future()
        self._answered = False
        if head or self._parser.head:  # what it thinks of the answer to HEAD, it would think of the next one, too
            self._parser = ResponseParser(head=head)
        self._transport.write(data)
        return await self._waiter

    def close(self) -> None:
        """Close it."""
        self.lost = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self.close()  # nobody asked for anything
            return
        self._answered = True
        try:
            done = self._parser.feed(data)
        except ValueError as error:
            self._fail(f"what came is not an HTTP response ({error})")
            self.close()
            return
        if done:
            response, keep = done[0]
            # More than was asked for: what comes next would be taken for the answer to the next request.
            astray = len(done) > 1 or self._parser.under_way
            self._waiter.set_result((response, keep and not astray))

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if exc is None and self._waiter is not None and not self._waiter.done() and (ended := self._parser.ended()):
            self._waiter.set_result(ended[0])
        self._fail("the connection was closed" + (" in the middle of the answer" if self._answered else ""))

    def _fail(self, reason: str) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(_Broken(reason, answered=self._answered))


def _readable(fd: int) -> bool:
    """Say whether a socket has something to read, its end included."""
    if sys.platform == "win32":
        return bool(select.select([fd], [], [], 0)[0])
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))
