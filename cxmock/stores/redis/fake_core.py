"""The one place that knows fakeredis: its core takes commands and hands out values, without its own server.

fakeredis has no public way in below its clients, so this uses private modules, and the version is pinned for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fakeredis._core import FakeServer
from fakeredis._helpers import NoResponse, SimpleError, SimpleString
from fakeredis._socket import AsyncFakeSocket
from redis.asyncio import Redis as _Client

from cxmock.wire.resp import ErrorReply, Push, SetReply

VERSION = (7, 2)
"""The Redis that it imitates; Valkey calls itself 7.2 too."""


class Core:
    """The databases that all sessions share."""

    def __init__(self) -> None:
        self._server = FakeServer(version=VERSION, server_type="valkey")

    def session(self, say: Callable[[Any], None]) -> Session:
        """Open a session; what it answers, and what it is told unasked, goes to ``say``."""
        return Session(self._server, say)

    def sizes(self) -> dict[int, int]:
        """Return how many keys each database holds, leaving out empty ones."""
        return {number: len(database) for number, database in self._server.dbs.items() if len(database)}

    @property
    def clients(self) -> int:
        """How many sessions are open."""
        return len(self._server.sockets)


class Session(AsyncFakeSocket):
    """One client's state: its database, transaction, subscriptions."""

    def __init__(self, server: Any, say: Callable[[Any], None]) -> None:
        super().__init__(server, 0, client_class=_Client)
        self._say = say
        self._wait: asyncio.Task[None] | None = None
        self.resumed: Callable[[], None] = lambda: None
        """Called when a blocking command has ended."""

    @property
    def version_spoken(self) -> int:
        """The RESP version that the client asked for, 2 or 3."""
        return int(self._client_info.protocol_version)

    @property
    def queueing(self) -> bool:
        """Whether commands are kept for ``EXEC``."""
        return bool(self._queueing)

    @property
    def blocked(self) -> bool:
        """Whether a blocking command waits; no other may be given meanwhile."""
        return bool(self._paused)

    def execute(self, words: list[bytes]) -> None:
        """Perform a command."""
        held = 0
        if self.version_spoken == 3 and words[0].lower().decode("latin-1") not in self.ACCEPTED_COMMANDS_WHILE_PUBSUB:
            # Only clients of RESP2 are confined to a few commands while they are subscribed.
            held, self._pubsub = self._pubsub, 0
        self._process_command(words)
        self._pubsub += held

    def end(self) -> None:
        """Close the session, whatever it waits for."""
        if self._wait is not None and not self._wait.done():
            # Its ending needs the server, which close() lets go.
            self._wait.add_done_callback(lambda _: self.close())
            self._wait.cancel()
        else:
            self.close()

    def put_response(self, msg: Any) -> None:
        """Called by fakeredis with an answer, or with what the client is told unasked."""
        if isinstance(msg, _Answer):
            self._say(msg.value)
        elif isinstance(msg, list):
            self._say(Push(_value(part) for part in msg))
        else:
            self._say(_value(msg))

    def resume(self) -> None:
        """Called by fakeredis when a blocking command has ended."""
        self._paused = False
        self.resumed()

    def _decode_result(self, result: Any) -> Any:
        return result if isinstance(result, NoResponse) else _Answer(_value(result))

    def _blocking(self, timeout: float | None, func: Callable[[bool], Any], shape: Any = None) -> Any:
        # It waits in a task which it keeps to itself; when the client goes, that has to end.
        before = asyncio.all_tasks()
        answer = super()._blocking(timeout, func, shape)
        self._wait = next(iter(asyncio.all_tasks() - before), None)
        return answer


class _Answer:
    """What a command answers, as against what is told unasked."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _value(result: Any) -> Any:
    """Return a value of fakeredis as a value of :mod:`cxmock.wire.resp`."""
    if isinstance(result, SimpleString):
        return result.value.decode("utf-8", "replace")
    if isinstance(result, SimpleError):
        return ErrorReply(result.value)
    if isinstance(result, _Answer):
        return result.value
    if isinstance(result, str):
        return result.encode()
    if isinstance(result, dict):
        return {_value(key): _value(value) for key, value in result.items()}
    if isinstance(result, (set, frozenset)):
        return SetReply(_value(part) for part in result)
    if isinstance(result, (list, tuple)):
        return [_value(part) for part in result]
    return result
