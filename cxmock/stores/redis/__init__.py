"""Redis, connection 5."""

from cxmock.stores.choosing import RedisBackend
from cxmock.stores.redis.part import Redis

__all__ = ["Redis", "RedisBackend"]
