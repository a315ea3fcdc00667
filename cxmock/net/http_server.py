"""The HTTP/1.1 server: one protocol class over llhttp, in order, bounded, one write per response."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from cxmock.net.receiving import receive_in_pieces
from cxmock.wire.http import Request, Response
from cxmock.wire.http_parser import RequestParser

IDLE_LIMIT = 75.0
"""Seconds that a connection may stay silent, or may leave responses unread."""
REQUEST_LIMIT = 60.0
"""Seconds that a request may take to arrive, from its first byte to its last."""
CHECK_EVERY = 15.0
"""Seconds between two looks at these limits."""
LINGER = 2.0
"""Seconds that a client has to read why it was refused before the connection is closed."""
WAITING_LIMIT = 64
"""Requests sent ahead on one connection before it is no longer read."""

Handler = Callable[[Request], Response | Awaitable[Response]]
Observer = Callable[[Request, Response, float], None]
"""Told of each request, its response and the seconds between."""


class HttpConnection(asyncio.Protocol):
    """One client's connection.

    ``refuse`` answering True on a request resets the connection instead of answering, as if nobody were there.
    A handler that raises ``ConnectionAbortedError`` does so too, after whatever it did.
    """

    __slots__ = (
        "_began",
        "_check",
        "_closing",
        "_ended",
        "_full",
        "_handler",
        "_held",
        "_loop",
        "_observe",
        "_parser",
        "_refuse",
        "_seen",
        "_task",
        "_transport",
        "_waiting",
    )

    def __init__(
        self,
        handler: Handler,
        observe: Observer,
        refuse: Callable[[Request], bool] | None = None,
        *,
        secure: bool = False,
    ) -> None:
        self._handler = handler
        self._observe = observe
        self._refuse = refuse
        self._parser = RequestParser(secure=secure)
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._seen = 0.0  # when something last came
        self._began = 0.0  # when the request under way began
        self._closing = False  # no more is answered
        self._ended = False  # the client sends no more
        self._held = False  # the client is not read for now
        self._full = False  # the client does not read
        self._check: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)
        peer = transport.get_extra_info("peername")
        self._parser.peer = peer[0] if peer else ""
        self._seen = self._began = self._loop.time()
        self._check = self._loop.call_later(CHECK_EVERY, self._check_limits)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: what runs for it is cancelled."""
        self._closing = True
        self._waiting.clear()
        if self._check is not None:
            self._check.cancel()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse what came and answer what is complete."""
        if self._closing:
            return
        self._seen = now = self._loop.time()
        fresh = not self._parser.under_way
        requests = self._parser.feed(data)
        if requests or fresh:
            self._began = now
        self._waiting.extend(requests)
        if self._task is None:
            self._serve()
        if len(self._waiting) > WAITING_LIMIT and not self._held:
            self._held = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sent its last request: answer what waits, then close. (TLS knows no such half.)"""
        self._ended = True
        return not self._parser.secure and (self._task is not None or bool(self._waiting))

    def pause_writing(self) -> None:
        """The client does not read its responses: make no more."""
        self._full = True

    def resume_writing(self) -> None:
        """The client reads again."""
        self._full = False
        if self._task is None and not self._closing:
            self._serve()

    def _serve(self) -> None:
        """Answer the waiting requests in order; a handler that awaits goes on in a task."""
        waiting = self._waiting
        while waiting:
            if self._closing or self._full:
                return
            request, keep = waiting.popleft()
            if self._refuse is not None and self._refuse(request):
                self._closing = True
                self._transport.abort()
                return
            began = self._loop.time()
            try:
                answer = self._handler(request)
            except ConnectionAbortedError:
                self._closing = True
                self._transport.abort()
                return
            except Exception as error:
                answer = _fault(error)
            if isinstance(answer, Response):
                self._answer(request, answer, began, keep)
            else:
                self._task = self._loop.create_task(self._finish(request, answer, began, keep))
                return
        if self._held:
            self._held = False
            self._transport.resume_reading()
        if not self._closing:
            self._rest()

    def _rest(self) -> None:
        """Do what there is to do when every request has been answered."""
        parser = self._parser
        if parser.malformed is not None:
            self._reject(parser.malformed.status, f"{parser.malformed}\n")
        elif self._ended:
            self._close()
        elif parser.awaits_continue:
            parser.awaits_continue = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _finish(self, request: Request, answer: Awaitable[Response], began: float, keep: bool) -> None:
        try:
            response = await answer
        except ConnectionAbortedError:
            self._closing = True
            self._transport.abort()
            return
        except Exception as error:
            response = _fault(error)
        except asyncio.CancelledError:
            self._transport.abort()
            raise
        self._task = None
        if not self._closing:
            self._answer(request, response, began, keep)
            self._serve()

    def _answer(self, request: Request, response: Response, began: float, keep: bool) -> None:
        # Seen first: whoever has an answer finds it in the journal.
        self._observe(request, response, self._loop.time() - began)
        self._transport.write(response.encode(head_only=request.method == "HEAD", close=not keep))
        if not keep:
            self._close()

    def _close(self) -> None:
        self._closing = True
        self._transport.close()

    def _reject(self, status: int, text: str) -> None:
        """Say why nothing more is read. What the client still sends is dropped, else it might never see the answer."""
        self._closing = True
        self._transport.write(Response.plain(text, status).encode(close=True))
        if self._transport.can_write_eof():
            self._transport.write_eof()
        if self._check is not None:
            self._check.cancel()
        self._check = self._loop.call_later(LINGER, self._transport.abort)

    def _check_limits(self) -> None:
        now = self._loop.time()
        busy = self._task is not None
        if now - self._seen >= IDLE_LIMIT and (self._full or not busy):
            if self._full or self._closing:  # a close would wait until the client has read everything
                self._transport.abort()
                return
            self._close()
        elif now - self._began >= REQUEST_LIMIT and self._parser.under_way and not busy:
            self._reject(408, f"The request did not arrive within {REQUEST_LIMIT:g} s.\n")
            return
        self._check = self._loop.call_later(CHECK_EVERY, self._check_limits)


def _fault(error: Exception) -> Response:
    """Return what a client sees when a handler of ours fails: a bug, named as one."""
    return Response.of({"error": "internal", "detail": f"{type(error).__name__}: {error}"}, status=500)
