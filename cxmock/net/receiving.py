"""How much of a stream is received at a time."""

from __future__ import annotations

import asyncio

PIECE = 64 * 1024
"""Bytes asked for at a time."""


def receive_in_pieces(transport: asyncio.BaseTransport) -> None:
    """Have a connection's transport ask for :data:`PIECE` bytes at a time, where it says how many it asks for.

    asyncio asks for 256 KiB. So large a block the C library maps and unmaps each time: that takes 30 us, five times as
    long as to receive a message, and our messages are small. Transports without this attribute do as they always do.
    """
    if hasattr(transport, "max_size"):
        transport.max_size = PIECE
