"""Redis: ``{"argv": ["HSET", "key", "field", "value"]}`` -> ``{"type": "integer", "value": 1}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from cxmock.clients.redis import RedisClient
from cxmock.contracts.adapters.adapter import Access, Adapter
from cxmock.serving import States


def adapter(access: Access) -> Adapter:
    """Return a client of the Redis at ``access.url``."""
    client = RedisClient(access.url, name="cxc-contract", within=access.within)
    return Adapter(client.perform, client.aclose, {"argv": ["HGET", "key", "field"]}, RedisStates(client))


@dataclass(frozen=True, slots=True)
class RedisStates:
    """The states of any Redis, brought about by ordinary commands. Each replaces what the key was before."""

    client: RedisClient
    states = States()

    @states("there is no key {key}")
    async def no_key(self, key: str) -> None:
        """Remove a key."""
        await self.client.ask("DEL", key)

    @states("key {key} is {text}")
    async def text(self, key: str, text: str) -> None:
        """Make a key a string."""
        await self.client.ask("SET", key, text)

    @states("hash {key} holds {fields}")
    async def fields(self, key: str, fields: Mapping[str, str]) -> None:
        """Make a key a hash."""
        await self._become("HSET", key, list(chain.from_iterable(fields.items())))

    @states("sorted set {key} holds {scores}")
    async def scores(self, key: str, scores: Mapping[str, float]) -> None:
        """Make a key a sorted set."""
        await self._become("ZADD", key, [word for member, score in scores.items() for word in (str(score), member)])

    @states("set {key} holds {members}")
    async def members(self, key: str, members: Sequence[str]) -> None:
        """Make a key a set."""
        await self._become("SADD", key, members)

    async def _become(self, command: str, key: str, words: Sequence[str]) -> None:
        await self.client.ask("DEL", key)
        await self.client.ask(command, key, *words)
