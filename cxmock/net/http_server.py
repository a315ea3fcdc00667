"""The HTTP/1.1 server: one protocol class over llhttp, in order, bounded, one write per response."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from inspect import isawaitable

from cxmock.net.reset import reset
from cxmock.wire.http import MessageTooLarge, Request, RequestParser, Response

IDLE_LIMIT = 75.0
"""Seconds that a connection may stay silent."""
WAITING_LIMIT = 64
"""Requests sent ahead on one connection before it is no longer read."""

Handler = Callable[[Request], Response | Awaitable[Response]]
Observer = Callable[[Request, Response, float], None]
"""Told of each request, its response and the seconds between."""


class HttpConnection(asyncio.Protocol):
    """One client's connection.

    ``refuse`` answering True on a request resets the connection instead of answering, as if nobody were there.
    """

    __slots__ = (
        "_closing",
        "_handler",
        "_idle",
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
        self._closing = False
        self._loop = asyncio.get_running_loop()
        self._seen = 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._parser.peer = peer[0] if peer else ""
        self._seen = self._loop.time()
        self._idle = self._loop.call_later(IDLE_LIMIT, self._check_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: what runs for it is cancelled."""
        self._closing = True
        self._waiting.clear()
        if self._idle is not None:
            self._idle.cancel()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse what came and answer what is complete."""
        self._seen = self._loop.time()
        if self._closing:
            return
        try:
            requests = self._parser.feed(data)
        except MessageTooLarge as error:
            self._refuse_bytes(error.status, str(error))
            return
        except ValueError as error:
            self._refuse_bytes(400, f"This is not HTTP/1: {error}.")
            return
        self._waiting.extend(requests)
        if self._task is None:
            self._serve()
        assert self._transport is not None
        if self._parser.expects_continue and not self._closing:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self._waiting) > WAITING_LIMIT:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sent its last request: answer what waits, then close."""
        return self._task is not None

    def _serve(self) -> None:
        """Answer the waiting requests in order; a handler that awaits goes on in a task."""
        waiting = self._waiting
        while waiting and not self._closing:
            request, keep = waiting.popleft()
            if self._refuse is not None and self._refuse(request):
                self._closing = True
                assert self._transport is not None
                reset(self._transport)
                return
            began = self._loop.time()
            try:
                answer = self._handler(request)
            except Exception as error:
                answer = _fault(error)
            if isawaitable(answer):
                self._task = self._loop.create_task(self._finish(request, answer, began, keep))
                return
            self._answer(request, answer, began, keep)

    async def _finish(self, request: Request, answer: Awaitable[Response], began: float, keep: bool) -> None:
        try:
            response = await answer
        except Exception as error:
            response = _fault(error)
        self._answer(request, response, began, keep)
        self._task = None
        assert self._transport is not None
        if not self._closing:
            self._transport.resume_reading()
            self._serve()
        if self._parser.secure and self._transport.is_closing():
            self._waiting.clear()

    def _answer(self, request: Request, response: Response, began: float, keep: bool) -> None:
        assert self._transport is not None
        self._transport.write(response.encode(head_only=request.method == "HEAD", close=not keep))
        self._observe(request, response, self._loop.time() - began)
        if not keep:
            self._closing = True
            self._transport.close()

    def _refuse_bytes(self, status: int, text: str) -> None:
        assert self._transport is not None
        self._closing = True
        self._transport.write(Response.plain(text + "\n", status).encode(close=True))
        self._transport.close()

    def _check_idle(self) -> None:
        left = self._seen + IDLE_LIMIT - self._loop.time()
        assert self._transport is not None
        if left > 0 or self._task is not None:
            self._idle = self._loop.call_later(max(left, 1.0), self._check_idle)
        else:
            self._transport.close()


def _fault(error: Exception) -> Response:
    """Return what a client sees when a handler of ours fails: a bug, named as one."""
    return Response.of({"error": "internal", "detail": f"{type(error).__name__}: {error}"}, status=500)
