"""A Redis that somebody else runs, by its URL."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from cxmock.errors.stores import StoreNotReachable, StoreRefused
from cxmock.stores.redis.connection import Connection
from cxmock.topology import Component, listening_ports

(_PLACE,) = listening_ports(Component.REDIS)


class External:
    """Somebody else's Redis.

    Args:
        url: ``redis://[user]:password@host[:port]``.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._shown = f"{parts.scheme}://{parts.hostname}:{parts.port or _PLACE.port}"
        self._plain = parts.scheme == "redis"
        self._address = (parts.hostname or "127.0.0.1", parts.port or _PLACE.port)
        self._login = unquote(parts.password or ""), unquote(parts.username or "default")

    async def start(self) -> tuple[tuple[str, int], Connection]:
        """Log in; return its address and the connection.

        Raises:
            StoreNotReachable: nobody listens, or the login is refused, or it wants TLS.
        """
        if not self._plain:
            raise StoreNotReachable("Redis", self._shown, "only redis:// is spoken, without TLS")
        try:
            return self._address, await Connection.open(self._address, *self._login)
        except StoreRefused as error:
            raise StoreNotReachable("Redis", self._shown, error.text) from error
        except OSError as error:
            raise StoreNotReachable("Redis", self._shown, str(error) or type(error).__name__) from error

    async def check(self) -> None:
        """It is not ours to watch."""

    async def stop(self) -> None:
        """It is not ours to stop."""
