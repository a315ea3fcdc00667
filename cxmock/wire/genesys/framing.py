"""Our own framing: the length as four bytes, big-endian, then the message as JSON.

It is assumed from end to end: it resembles no bytes of the vendor, and claims none.
"""

from __future__ import annotations

import msgspec

from cxmock.wire.genesys.message import Message

FRAME_LIMIT = 16 * 1024 * 1024
"""Bytes of one message that are accepted: 16 MiB."""

_HEAD = 4


class JsonFraming:
    """A :class:`~cxmock.wire.genesys.message.Codec`.

    >>> framing = JsonFraming()
    >>> data = framing.encode(Message("StopDialing", {"campaignId": 101}, 7))
    >>> data
    b'\\x00\\x00\\x00G{"name":"StopDialing","attributes":{"campaignId":101},"reference_id":7}'
    >>> framing.feed(data[:9]), framing.feed(data[9:])
    ([], [Message(name='StopDialing', attributes={'campaignId': 101}, reference_id=7)])

    Args:
        limit: bytes of one message that are accepted; no more than that is ever kept.
    """

    def __init__(self, *, limit: int = FRAME_LIMIT) -> None:
        self.broken = ""
        self._limit = limit
        self._kept = bytearray()
        self._decode = msgspec.json.Decoder(Message).decode

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they come and return the messages which they complete. Never raises."""
        if self.broken:
            return []
        kept = self._kept
        kept += data
        messages: list[Message] = []
        start = 0
        while len(kept) - start >= _HEAD:
            size = int.from_bytes(kept[start : start + _HEAD], "big")
            if size > self._limit:
                self._break(f"a message of {size} bytes is announced, over the limit of {self._limit}")
                break
            end = start + _HEAD + size
            if len(kept) < end:
                break
            try:
                messages.append(self._decode(bytes(kept[start + _HEAD : end])))
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                self._break(f"what came is not a message ({error})")
                break
            start = end
        del kept[:start]
        return messages

    def encode(self, message: Message) -> bytes:
        """Return the bytes of ``message``."""
        body = msgspec.json.encode(message)
        return len(body).to_bytes(_HEAD, "big") + body

    def _break(self, why: str) -> None:
        self.broken = why
        self._kept = bytearray()
