"""Redis in this process, without a socket: fakeredis, and clients that go straight to it, unseen by any tap."""

from __future__ import annotations

from typing import Any

from cxmock.errors.stores import StoreRefused


class RedisInProcess:
    """What plays Redis where a test needs no socket.

    Raises:
        ModuleNotFoundError: fakeredis is not installed (``cxmock[fakeredis]``).
    """

    def __init__(self) -> None:
        import fakeredis

        self._server = fakeredis.FakeServer(server_type="valkey")
        self._own = self.client(decode_responses=True)

    def client(self, *, decode_responses: bool = False) -> Any:
        """Return a client, as of redis-py."""
        import fakeredis

        return fakeredis.FakeRedis(server=self._server, decode_responses=decode_responses)

    async def call(self, *words: str | bytes | float) -> Any:
        """Perform a command and return its value as plain data.

        Raises:
            StoreRefused: the answer is an error.
        """
        from redis import RedisError

        try:
            return self._own.execute_command(*words)
        except RedisError as error:
            raise StoreRefused("Redis", " ".join(map(str, words[:2])), str(error)) from error

    async def keys(self, pattern: str = "*") -> list[str]:
        """Return the keys that match a glob pattern, sorted."""
        return sorted(await self.call("KEYS", pattern))

    async def reset(self) -> None:
        """Remove every key."""
        await self.call("FLUSHALL")

    def close(self) -> None:
        """Close the clients."""
        self._own.close()
