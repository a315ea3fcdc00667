"""Redis, connection 5."""

from cxmock.stores.redis.part import Redis, RedisBackend

__all__ = ["Redis", "RedisBackend"]
