"""How much of a stream is received at a time."""

from __future__ import annotations

import asyncio

from cxmock.net.receiving import PIECE, receive_in_pieces
from cxmock.net.waiting import until
from tests.stories import story


class Pieces(asyncio.Protocol):
    """Counts what comes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.all = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        receive_in_pieces(transport)

    def data_received(self, data: bytes) -> None:
        self.sizes.append(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self.all.set_result(sum(self.sizes))


@story
async def test_what_comes_is_received_in_pieces() -> None:
    """However much there is: each piece fits a block that is there already."""
    loop = asyncio.get_running_loop()
    served: list[Pieces] = []

    def serve() -> Pieces:
        served.append(Pieces())
        return served[-1]

    async with await loop.create_server(serve, "127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(bytes(32 * PIECE))
        writer.close()
        await writer.wait_closed()
        await until(lambda: bool(served), within=5)
        assert await served[0].all == 32 * PIECE
    assert max(served[0].sizes) <= PIECE


@story
async def test_a_transport_that_does_not_say_how_much_it_asks_for_does_as_it_does() -> None:
    transport = asyncio.BaseTransport()
    receive_in_pieces(transport)
    assert not hasattr(transport, "max_size")
