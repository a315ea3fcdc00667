"""The serving side of connections 9 and 10: clients that register, ask and are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from inspect import isawaitable
from typing import Any, TypeVar

from cxmock.errors import CxmockError, nearest
from cxmock.net.listener import Listener
from cxmock.net.receiving import receive_in_pieces
from cxmock.serving.guard import told
from cxmock.serving.part import Site
from cxmock.wire.genesys import FINAL_AFTER, HANDSHAKE, Codec, JsonFraming, Message, Pairing
from cxmock.wire.genesys.enumerations import ErrorCode
from cxmock.wire.genesys.message import facts
from cxmock.wire.observed import Observed

F = TypeVar("F", bound=Callable[..., Any])
Answer = Message | Iterable[Message]
"""The answer to a request, or all of its batches."""

WAITING_LIMIT = 64
"""Requests sent ahead on one connection before it is no longer read."""
BACKLOG_LIMIT = 32 * 1024 * 1024
"""Bytes that may wait for a client that does not read; with more it is dropped."""


class Refused(Exception):
    """What a server raises to answer ``Error``."""

    def __init__(self, code: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Messages:
    """The requests that one kind of server answers, filled in its class body.

    >>> class Echo:
    ...     messages = Messages()
    ...     @messages("Say")
    ...     def say(self, client: Client, request: Message) -> Answer:
    ...         "Say it again."
    ...         return request.answer("Said", request.attributes)
    >>> Echo.messages.answer(Echo(), None, Message("Say", {"what": "hello"}, 1)).attributes
    {'what': 'hello'}
    >>> Echo.messages.answer(Echo(), None, Message("Sya", {}, 2))
    Traceback (most recent call last):
    cxmock.serving.genesys.Refused: Echo does not answer Sya. Did you mean "Say"?
    """

    def __init__(self) -> None:
        self.table: dict[str, str] = {}
        """Message name -> method name."""

    def __call__(self, name: str) -> Callable[[F], F]:
        """Declare that the decorated method, plain or async, answers the request ``name``."""

        def declare(function: F) -> F:
            self.table[name] = function.__name__
            return function

        return declare

    def answer(self, owner: object, client: Client, request: Message) -> Answer | Awaitable[Answer]:
        """Answer ``request`` by ``owner``'s method.

        Raises:
            Refused: ``owner`` does not answer such a request.
        """
        if method := self.table.get(request.name):
            answer: Answer | Awaitable[Answer] = getattr(owner, method)(client, request)
            return answer
        known = nearest(request.name, list(self.table))
        raise Refused(ErrorCode.UNKNOWN_MESSAGE, f"{type(owner).__name__} does not answer {request.name}. {known}")


def refusal(request: Message, refused: Refused) -> Message:
    """Return the ``Error`` that answers ``request``."""
    return request.answer("Error", {"code": int(refused.code), "description": refused.description})


class GenesysServer:
    """Serves registered clients; what they ask is recorded, what it tells them too.

    Args:
        transport: the name that exchanges carry: ``ocs`` or ``confserv``.
        register: given the application's name, the attributes of ``Authenticated``; raises :class:`Refused`.
        answer: answers a request of a registered client; raises :class:`Refused`.
        row_of: the row of the table that an application's exchanges belong to, if any.
        codec: makes the codec for a direction.
    """

    def __init__(
        self,
        transport: str,
        *,
        register: Callable[[str], dict[str, Any]],
        answer: Callable[[Client, Message], Answer | Awaitable[Answer]],
        row_of: Callable[[str], int | None],
        codec: Callable[[], Codec] = JsonFraming,
    ) -> None:
        self.transport = transport
        self.register = register
        self.answer = answer
        self.row_of = row_of
        self.codec = codec
        self.clients: set[Client] = set()
        """Who is connected and registered."""
        self._site: Site | None = None

    async def listen(self, site: Site, port: int) -> Listener:
        """Serve on a documented port of ``site``."""
        self._site = site
        return await site.listen(port, lambda secure: Client(self))

    def tell(self, name: str, attributes: dict[str, Any], where: Callable[[Client], bool] = lambda _: True) -> None:
        """Send every client that ``where`` chooses a message that it did not ask for."""
        message = Message(name, attributes)
        for client in tuple(self.clients):
            if where(client):
                client.send(message)

    def unplugged(self, application: str) -> bool:
        """Whether the row of an application is to answer as if nobody were there."""
        return (
            self._site is not None and bool(self._site.unplugged) and self.row_of(application) in self._site.unplugged
        )

    def check(self, application: str, request: Message) -> None:
        """Let a request pass, unless the row of its application is strict and nobody promised it.

        Raises:
            Refused: it is not to be performed; the description explains why.
        """
        if self._site is None or not self._site.guard:
            return
        row = self.row_of(application)
        if (why := self._site.guard.refusal(row, self.transport, request.name, facts(request))) is not None:
            raise Refused(ErrorCode.UNKNOWN_MESSAGE, told(why))

    def record(self, seen: Iterable[Observed], now: float) -> None:
        """Put exchanges into the journal; a handshake is none unless it fails."""
        if self._site is None:
            return
        for one in seen:
            if one.operation == HANDSHAKE and one.ok:
                continue
            self._site.journal.record(
                self.row_of(one.source),
                self.transport,
                one.operation,
                one.request,
                one.response,
                seconds=now - one.began,
                ok=one.ok,
                source=one.source,
            )


class Client(asyncio.Protocol):
    """One client's connection, seen by the server. Requests are answered in the order of their arrival."""

    def __init__(self, server: GenesysServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._incoming = server.codec()
        self._outgoing = server.codec()
        self._pairing = Pairing(self._loop.time)
        self._transport: asyncio.Transport | None = None
        self._requests: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.application = ""
        """Who it is, once it registered."""
        self.wanted: set[str] = set()
        """What it wants to be told of."""

    def send(self, message: Message) -> None:
        """Send an answer or an event."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._server.unplugged(self.application) or self._transport.get_write_buffer_size() > BACKLOG_LIMIT:
            self._transport.abort()
            return
        data = self._outgoing.encode(message)
        # Seen first: whoever has an answer finds it in the journal.
        self._server.record(self._pairing.answered(message), self._loop.time())
        self._transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        receive_in_pieces(transport)
        self._task = self._loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        """Take its requests."""
        assert self._transport is not None
        now = self._loop.time()
        for message in self._incoming.feed(data):
            self._server.record(self._pairing.asked(message), now)
            self._requests.put_nowait(message)
        if self._requests.qsize() > WAITING_LIMIT:
            self._transport.pause_reading()
        if self._incoming.broken:
            why = {"why": self._incoming.broken}
            lost = Observed("undecodable", why, {"messages": []}, ok=False, source=self.application, began=now)
            self._server.record([lost], now)
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: what runs for it is cancelled."""
        self._server.clients.discard(self)
        if self._task is not None:
            self._task.cancel()

    async def _serve(self) -> None:
        assert self._transport is not None
        while True:
            if self._requests.empty() and not self._transport.is_closing():
                self._transport.resume_reading()
            request = await self._requests.get()
            if request.name == HANDSHAKE:
                self._register(request)
                continue
            if self._server.unplugged(self.application):
                self._transport.abort()
                return
            if not self.application:
                why = f"Send {HANDSHAKE} with an applicationName first."
                self.send(refusal(request, Refused(ErrorCode.NOT_REGISTERED, why)))
                continue
            for message in await self._answers(request):
                self.send(message)

    def _register(self, request: Message) -> None:
        name = str(request.attributes.get("applicationName", ""))
        try:
            greeting = self._server.register(name)
        except Refused as refused:
            self.send(refusal(request, refused))
            return
        self.application = name
        self._server.clients.add(self)
        self.send(request.answer("Authenticated", greeting))

    async def _answers(self, request: Message) -> Iterable[Message]:
        try:
            self._server.check(self.application, request)
            answer = self._server.answer(self, request)
            if isawaitable(answer):
                answer = await answer
        except Refused as refused:
            return [refusal(request, refused)]
        except CxmockError as error:
            return [refusal(request, Refused(ErrorCode.FAILED, str(error)))]
        except Exception as error:
            return [refusal(request, Refused(ErrorCode.FAILED, f"{type(error).__name__}: {error}"))]
        answers = [answer] if isinstance(answer, Message) else list(answer)
        # A request without a final answer would leave its client waiting.
        assert answers, request.name
        assert answers[-1].name not in FINAL_AFTER, request.name
        return answers
