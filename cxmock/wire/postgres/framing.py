"""Cuts a PostgreSQL stream into messages, however it arrives, keeping only the beginning of long ones.

A message is a byte for its kind, four bytes for its length (themselves included), and its payload. A client's first
messages have no kind byte: requests for encryption, then the one that starts the session (or cancels another's query).
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

KEPT: Final = 16 * 1024
"""Bytes kept of one message's payload by who only watches."""
LONGEST: Final = 1024 * 1024 * 1024
"""Bytes of a message at most, as in PostgreSQL."""
LONGEST_STARTUP: Final = 10_000

START: Final = 0
"""The kind of a client's first messages, which have none."""
SSL_REQUEST: Final = 80877103
GSS_REQUEST: Final = 80877104
CANCEL_REQUEST: Final = 80877102
_TLS_HANDSHAKE = 0x16
_HEAD = Struct("!BI")
_START_HEAD = Struct("!II")


class Message(NamedTuple):
    """One message."""

    kind: int
    payload: bytes
    """Its beginning, as much as is kept."""
    size: int
    """Bytes of the whole payload."""


class Framer:
    """One direction of a connection. It never raises: when it cannot go on, ``broken`` says why.

    >>> Framer().feed(b"Z\\x00\\x00\\x00\\x05I")
    [Message(kind=90, payload=b'I', size=1)]

    Args:
        client: whether it is what the client sends.
        kept: bytes of each payload that are kept.
    """

    __slots__ = ("_kept", "_rest", "_single", "_skip", "_starting", "broken")

    def __init__(self, *, client: bool = False, kept: int = KEPT) -> None:
        self._kept = kept
        self._starting = client
        self._single = 0
        self._rest = b""
        self._skip = 0
        self.broken = ""
        """Why the stream cannot be read on; empty while it can."""

    @property
    def between_messages(self) -> bool:
        """Whether the next byte is the first of a message as all but the first messages are."""
        return not (self._rest or self._skip or self._single or self._starting or self.broken)

    def expect_single(self) -> None:
        """The next byte stands alone: it answers a request for encryption. It becomes a message of its kind."""
        self._single += 1

    def feed(self, data: bytes) -> list[Message]:
        """Take ``data``; return the messages which it completes, or of which enough is here."""
        messages: list[Message] = []
        if self.broken:
            return messages
        if self._rest:
            data = self._rest + data
            self._rest = b""
        position, end = min(self._skip, len(data)), len(data)
        self._skip -= position
        while position < end and not self.broken:
            if self._single:
                self._single -= 1
                messages.append(Message(data[position], b"", 0))
                position += 1
            elif self._starting:
                if (after := self._start(data, position, messages)) == position:
                    break
                position = after
            else:
                if end - position < 5:
                    break
                kind, length = _HEAD.unpack_from(data, position)
                if not 4 <= length <= LONGEST or kind < 49:
                    self.broken = f"no message begins with {data[position : position + 5]!r}"
                    break
                begin, after = position + 5, position + 1 + length
                if after > end and end - begin < self._kept:
                    break
                messages.append(Message(kind, data[begin : min(after, begin + self._kept)], length - 4))
                if after > end:
                    self._skip = after - end
                    after = end
                position = after
        if not self.broken:
            self._rest = data[position:]
        return messages

    def _start(self, data: bytes, position: int, messages: list[Message]) -> int:
        """Read one of the client's first messages; return where the next begins, ``position`` if it is not all here."""
        if data[position] == _TLS_HANDSHAKE:
            self.broken = "encrypted"
            return position
        if len(data) - position < 8:
            return position
        length: int
        length, code = _START_HEAD.unpack_from(data, position)
        if not 8 <= length <= LONGEST_STARTUP:
            self.broken = f"no session begins with {data[position : position + 8]!r}"
            return position
        if len(data) - position < length:
            return position
        messages.append(Message(START, data[position + 4 : position + length], length - 4))
        self._starting = code in (SSL_REQUEST, GSS_REQUEST)
        return position + length
