"""redis-py's connection, which says in its own words that it was closed."""

from __future__ import annotations

from collections.abc import Iterable

from redis.asyncio import Connection
from redis.exceptions import ConnectionError as Closed


class RedisConnection(Connection):
    """A connection that tells :class:`~redis.exceptions.ConnectionError` when it was closed meanwhile.

    asyncio answers a write to a transport that was closed with a TypeError, from Python 3.12 until 3.13.5; redis-py
    would pass it on, and try no other connection.
    """

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        """Send an encoded command.

        Raises:
            redis.exceptions.ConnectionError: the connection is closed.
        """
        try:
            await super().send_packed_command(command, check_health)
        except TypeError as error:
            raise Closed("The connection was closed.") from error
