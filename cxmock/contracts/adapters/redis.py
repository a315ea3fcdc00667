"""Redis: ``{"argv": ["HSET", "key", "field", "value"]}`` -> ``{"type": "integer", "value": 1}``."""

from __future__ import annotations

from cxmock.clients.redis import RedisClient
from cxmock.contracts.adapters.opening import Access, Adapter


def adapter(access: Access) -> Adapter:
    """Return a client of the Redis at ``access.url``."""
    return RedisClient(access.url, name="cxc-contract", within=access.within)
