"""Watches a client's connection to Configuration Server or OCS. The JSON shapes are those of ``Pairing``."""

from __future__ import annotations

from collections.abc import Callable

from cxmock.wire.genesys.framing import JsonFraming
from cxmock.wire.genesys.message import Codec, Message
from cxmock.wire.genesys.pairing import Pairing
from cxmock.wire.observed import Observed


class GenesysDecoder:
    """A :class:`~cxmock.wire.observed.Decoder` for connections 9 and 10.

    Args:
        codec: makes the codec for a direction.
        now: the observer's clock, for :attr:`~cxmock.wire.observed.Observed.began`.
    """

    def __init__(self, codec: Callable[[], Codec] = JsonFraming, now: Callable[[], float] = lambda: 0.0) -> None:
        self._requests = codec()
        self._answers = codec()
        self._pairing = Pairing(now)
        self._lost = False

    def upstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the server."""
        return self._look(self._requests, self._pairing.asked, "client", data)

    def downstream(self, data: bytes) -> list[Observed]:
        """Take bytes on their way to the client; yields the exchanges which they complete."""
        return self._look(self._answers, self._pairing.answered, "server", data)

    def _look(
        self, codec: Codec, take: Callable[[Message], list[Observed]], sender: str, data: bytes
    ) -> list[Observed]:
        if self._lost:
            return []
        seen = [one for message in codec.feed(data) for one in take(message)]
        if codec.broken:
            self._lost = True
            why = {"why": f"from the {sender}: {codec.broken}"}
            seen.append(Observed("undecodable", why, {"messages": []}, ok=False, source=self._pairing.source))
        return seen
