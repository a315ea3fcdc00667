"""Watches a client's connection to Redis and pairs each command with its reply.

Redis answers in order, with these exceptions, all followed here: ``SUBSCRIBE`` and its kin answer once for each
channel; messages arrive without being asked for; inside ``MULTI`` a command is only ``QUEUED`` and has its answer in
that of ``EXEC``; ``CLIENT REPLY`` can switch answers off. The JSON shapes are those of :mod:`cxmock.wire.resp_facts`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from cxmock.wire.observed import Message, Observed
from cxmock.wire.resp import WATCHED, ErrorReply, Parser, Push
from cxmock.wire.resp_facts import request_facts, response_facts

HANDSHAKE: Final = frozenset(
    ("AUTH", "HELLO", "CLIENT SETINFO", "CLIENT SETNAME", "CLIENT MAINT_NOTIFICATIONS", "CLIENT ID", "SELECT")
) | {"COMMAND", "READONLY", "CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER NODES"}
"""Operations by which a client library introduces itself: no exchanges, unless a login fails."""
_LOGINS = frozenset(("AUTH", "HELLO"))
PENDING_LIMIT = 65_536
"""Commands that may wait for their answers; with more the decoder gives up."""

_CONTAINERS = frozenset(
    b"ACL CLIENT CLUSTER COMMAND CONFIG FUNCTION LATENCY MEMORY OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO".split()
)
_SUBSCRIBING = {
    b"subscribe": (b"", True),
    b"psubscribe": (b"p", True),
    b"ssubscribe": (b"s", True),
    b"unsubscribe": (b"", False),
    b"punsubscribe": (b"p", False),
    b"sunsubscribe": (b"s", False),
}
"""What a confirmation is about: a family of channels, and whether they are joined or left."""
_MESSAGES = frozenset((b"message", b"pmessage", b"smessage"))
_MUTABLE = frozenset((b"CLIENT", b"HELLO"))
_NO_REPLY = {"type": "none", "value": None}


def operation_of(words: list[Any]) -> str:
    """Return the name of a command; of a family such as CLIENT, its second word too.

    >>> operation_of([b"get", b"a"]), operation_of([b"client", b"info"])
    ('GET', 'CLIENT INFO')
    """
    name = words[0].upper() if isinstance(words[0], bytes) else b"?"
    if name in _CONTAINERS and len(words) > 1 and isinstance(words[1], bytes):
        name += b" " + words[1].upper()
    return str(name, "utf-8", "replace")


class _Asked:
    """A command that waits for its answer."""

    __slots__ = ("began", "confirmed", "name", "words")

    def __init__(self, words: list[Any], began: float) -> None:
        self.words = words
        self.began = began
        first = words[0]
        self.name: bytes = first.upper() if isinstance(first, bytes) else b"?"
        self.confirmed: list[Any] = []

    def facts(self) -> Mapping[str, Any]:
        """Return the command as JSON."""
        return request_facts(self.words)


class _Reply:
    """What a command was answered."""

    __slots__ = ("value", "words")

    def __init__(self, value: Any, words: list[Any]) -> None:
        self.value = value
        self.words = words

    def facts(self) -> Mapping[str, Any]:
        """Return the reply as JSON."""
        return response_facts(self.value, self.words)


class RespDecoder:
    """A :class:`~cxmock.wire.observed.Decoder` for Redis.

    >>> decoder = RespDecoder()
    >>> decoder.upstream(b"*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\na\\r\\n")
    []
    >>> [seen] = decoder.downstream(b"$2\\r\\n42\\r\\n")
    >>> seen.operation, seen.request, seen.response
    ('GET', {'argv': ['GET', 'a']}, {'type': 'bulk', 'value': '42'})

    Args:
        now: the observer's clock, for :attr:`Observed.began`.
    """

    def __init__(self, now: Callable[[], float] = lambda: 0.0) -> None:
        self._now = now
        self._commands = Parser(commands=True, limits=WATCHED)
        self._replies = Parser(limits=WATCHED)
        self._pending: deque[_Asked] = deque()
        self._queued: list[_Asked] | None = None
        self._channels: dict[bytes, set[bytes]] = {b"": set(), b"p": set(), b"s": set()}
        self._muted = False
        self._skipping = 0
        self._monitoring = False
        self._lost = False
        self.source = ""
        """The name that the client gave itself."""

    @property
    def in_a_command(self) -> bool:
        """Whether a command has begun and not ended, or cannot be read."""
        return self._lost or self._commands.in_a_value

    def upstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the server; yields only what has no answer."""
        if self._lost:
            return []
        seen: list[Observed] = []
        began = self._now()
        for words in self._commands.feed(data):
            self._ask(_Asked(words, began), seen)
        if self._commands.broken:
            return self._lose(f"from the client: {self._commands.broken}", seen)
        if len(self._pending) > PENDING_LIMIT:
            return self._lose(f"over {PENDING_LIMIT} commands wait for their answers", seen)
        return seen

    def downstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the client; yields the exchanges which they complete."""
        if self._lost:
            return []
        seen: list[Observed] = []
        for value in self._replies.feed(data):
            self._answer(value, seen)
        if self._replies.broken:
            return self._lose(f"from the server: {self._replies.broken}", seen)
        return seen

    def _ask(self, asked: _Asked, seen: list[Observed]) -> None:
        if asked.name in _MUTABLE:
            self._note(asked)
        if self._muted or self._skipping:
            self._skipping = max(0, self._skipping - 1)
            seen.append(self._observed(asked, _NO_REPLY))
        else:
            self._pending.append(asked)

    def _note(self, asked: _Asked) -> None:
        """Follow what a client says of itself and of the replies it wants."""
        words = [word.upper() if isinstance(word, bytes) else b"" for word in asked.words]
        if b"SETNAME" in words[:-1] and (asked.name == b"HELLO" or words[1] == b"SETNAME"):
            name = asked.words[words.index(b"SETNAME") + 1]
            self.source = name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
        elif words[1:2] == [b"REPLY"]:
            self._muted = words[2:] == [b"OFF"]
            self._skipping = 2 if words[2:] == [b"SKIP"] else 0

    def _answer(self, value: Any, seen: list[Observed]) -> None:
        if isinstance(value, list) and value and self._told(value, seen):
            return
        if not self._pending:
            if not (self._monitoring and isinstance(value, str)):
                seen.append(
                    Observed("unsolicited", {"argv": []}, response_facts(value), not isinstance(value, ErrorReply))
                )
            return
        asked = self._pending.popleft()
        if self._queued is not None:
            if value == "QUEUED":
                self._queued.append(asked)
                return
            if asked.name in (b"EXEC", b"DISCARD", b"RESET"):
                self._end_transaction(value if asked.name == b"EXEC" else None, seen)
        elif asked.name == b"MULTI" and value == "OK":
            self._queued = []
        elif asked.name == b"MONITOR":
            self._monitoring = True
        seen.append(self._replied(asked, value))

    def _told(self, value: list[Any], seen: list[Observed]) -> bool:
        """Take a message, or the confirmation of a subscription; return whether it was one of them."""
        kind = value[0] if isinstance(value[0], bytes) else b""
        if self._pending and kind in _SUBSCRIBING and self._pending[0].name == kind.upper():
            self._confirm(self._pending[0], kind, value, seen)
            return True
        if isinstance(value, Push) or (kind in _MESSAGES and any(self._channels.values())):
            operation = kind.decode("utf-8", "replace").upper() or "PUSH"
            seen.append(Observed(operation, {"argv": []}, response_facts(Push(value)), source=self.source))
            return True
        return False

    def _confirm(self, asked: _Asked, kind: bytes, value: list[Any], seen: list[Observed]) -> None:
        family, joining = _SUBSCRIBING[kind]
        channels = self._channels[family]
        # Without names, one confirmation comes for each channel that was joined, or one if there is none.
        expected = len(asked.words) - 1 or len(asked.confirmed) + max(1, len(channels))
        name = value[1] if len(value) > 1 and isinstance(value[1], bytes) else b""
        if not joining:
            channels.discard(name)
        elif len(channels) < PENDING_LIMIT:
            channels.add(name)
        asked.confirmed.append(list(value))
        if len(asked.confirmed) >= expected:
            self._pending.popleft()
            seen.append(self._observed(asked, response_facts(Push(asked.confirmed))))

    def _end_transaction(self, answers: Any, seen: list[Observed]) -> None:
        """Give the queued commands their answers out of that of EXEC; without one they stay as they were seen."""
        queued, self._queued = self._queued or [], None
        given = answers if isinstance(answers, list) else ["QUEUED"] * len(queued)
        seen.extend(self._replied(asked, value) for asked, value in zip(queued, given, strict=False))

    def _replied(self, asked: _Asked, value: Any) -> Observed:
        return self._observed(asked, _Reply(value, asked.words), ok=not isinstance(value, ErrorReply))

    def _observed(self, asked: _Asked, response: Message, *, ok: bool = True) -> Observed:
        return Observed(operation_of(asked.words), asked, response, ok, self.source, asked.began)

    def _lose(self, why: str, seen: list[Observed]) -> list[Observed]:
        self._lost = True
        self._pending.clear()
        self._queued = None
        seen.append(Observed("undecodable", {"why": why}, {}, ok=False, source=self.source))
        return seen


def is_exchange(seen: Observed) -> bool:
    """Whether an observation is more than a client library's introduction."""
    return seen.operation not in HANDSHAKE or (seen.operation in _LOGINS and not seen.ok)
