"""Connections without sockets: two protocols on one loop, each of which gets what the other writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

P = TypeVar("P", bound=asyncio.Protocol)


def join(client: Callable[[], P], server: Callable[[], asyncio.BaseProtocol]) -> tuple[asyncio.Transport, P]:
    """Connect a client's protocol with a server's, on the loop that runs; return the client's end."""
    loop = asyncio.get_running_loop()
    near, far = client(), server()
    assert isinstance(far, asyncio.Protocol)
    near_end, far_end = _End(loop, near), _End(loop, far)
    near_end.other, far_end.other = far_end, near_end
    far.connection_made(far_end)
    near.connection_made(near_end)
    return near_end, near


class _End(asyncio.Transport):
    """One end; what is written arrives at the other in the loop's next round, as over a wire."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._loop = loop
        self._protocol = protocol
        self._closed = False
        self.other: _End

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._loop.call_soon(self.other._arrived, bytes(data))

    def close(self) -> None:
        for end in (self, self.other):
            if not end._closed:
                end._closed = True
                self._loop.call_soon(end._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closed

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Nothing is held back: both ends are in one memory anyway."""

    def resume_reading(self) -> None:
        """See :meth:`pause_reading`."""

    def _arrived(self, data: bytes) -> None:
        if not self._closed:
            self._protocol.data_received(data)
