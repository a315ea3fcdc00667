"""A client's connection to the share: records in, records out, no more of either than there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from cxmock.wire.nfs.rpc import Records
from cxmock.wire.nfs.xdr import XdrError

BUFFER_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of answers waiting for a client before its calls are no longer performed."""
BATCH: Final = 32
"""Calls of one client performed before others have their turn."""


class NfsConnection(asyncio.Protocol):
    """One client's connection.

    Calls are performed in order as they come, while the client takes the answers. What is no call ends the connection.

    Args:
        answer: performs a call.
        unplugged: whether to reset connections instead, as if nobody were there.
    """

    def __init__(self, answer: Callable[[bytes], bytearray], unplugged: Callable[[], bool] = lambda: False) -> None:
        self._answer = answer
        self._unplugged = unplugged
        self._records = Records()
        self._full = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=BUFFER_LIMIT)

    def data_received(self, data: bytes) -> None:
        """Perform the calls which this completes."""
        self._records.feed(data)
        self._serve()

    def pause_writing(self) -> None:
        """The client does not take its answers: leave its calls for later."""
        self._full = True

    def resume_writing(self) -> None:
        """The client caught up."""
        self._full = False
        self._serve()

    def _serve(self) -> None:
        transport = self._transport
        assert transport is not None
        try:
            for _ in range(BATCH):
                if self._full or transport.is_closing():
                    transport.pause_reading()
                    return
                record = self._records.next()
                if record is None:
                    transport.resume_reading()
                    return
                if self._unplugged():
                    transport.abort()
                    return
                transport.write(self._answer(record))
        except XdrError:
            transport.close()
            return
        # More may wait: the others first.
        transport.pause_reading()
        asyncio.get_running_loop().call_soon(self._serve)
