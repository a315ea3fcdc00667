"""Which store is run in which way, read from one line of text."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from cxmock.errors.external import ExternalUrlMissing, UnknownStores

PostgresBackend = Literal["embedded", "container", "external"]
RedisBackend = Literal["embedded", "fakeredis", "container", "external"]

URLS = {"postgres": "CXMOCK_POSTGRES_URL", "redis": "CXMOCK_REDIS_URL"}
"""Store -> the environment variable with the URL of the one that somebody else runs."""
BACKENDS: Mapping[str, tuple[str, ...]] = {"postgres": get_args(PostgresBackend), "redis": get_args(RedisBackend)}
_SCHEMES = {"postgres": ("postgresql://", "postgres://"), "redis": ("redis://", "rediss://")}
_NEXT = re.compile(rf",(?=(?:{'|'.join(BACKENDS)})=)")
"""A comma that separates, and is not part of a URL."""


@dataclass(frozen=True, slots=True)
class Stores:
    """How each store is run."""

    postgres: PostgresBackend = "embedded"
    redis: RedisBackend = "embedded"
    postgres_url: str = field(default="", repr=False)
    """Of an external one; it may hold a password."""
    redis_url: str = field(default="", repr=False)

    @classmethod
    def read(cls, text: str, environment: Mapping[str, str] = os.environ) -> Stores:
        """Read one word for both stores, or ``store=word`` for each, with commas between.

        The words: ``embedded``, ``container``, ``external``, or the URL of an external one; for Redis ``fakeredis``
        too, which alone leaves PostgreSQL embedded. A store that is not named is embedded.

        >>> Stores.read("redis=container")
        Stores(postgres='embedded', redis='container')
        >>> Stores.read("postgres=postgresql://me@db.example/tests,redis=fakeredis")
        Stores(postgres='external', redis='fakeredis')

        Args:
            text: the choice.
            environment: has the URLs that the text leaves out.

        Raises:
            UnknownStores: the text is no choice.
            ExternalUrlMissing: a store is external, and its URL is nowhere.
        """
        words = dict.fromkeys(BACKENDS, text)
        if text == "fakeredis":
            words["postgres"] = "embedded"
        elif "=" in text.partition("://")[0]:
            words = dict.fromkeys(BACKENDS, "embedded")
            for item in _NEXT.split(text):
                store, _, word = item.partition("=")
                if store not in BACKENDS:
                    raise UnknownStores(text)
                words[store] = word
        backends, urls = {}, {}
        for store, word in words.items():
            url = word.startswith(_SCHEMES[store])
            if not url and word not in BACKENDS[store]:
                raise UnknownStores(text)
            backends[store] = "external" if url else word
            urls[store] = word if url else environment.get(URLS[store], "")
            if backends[store] == "external" and not urls[store]:
                raise ExternalUrlMissing(store, URLS[store])
        return cls(
            cast("PostgresBackend", backends["postgres"]),
            cast("RedisBackend", backends["redis"]),
            urls["postgres"] if backends["postgres"] == "external" else "",
            urls["redis"] if backends["redis"] == "external" else "",
        )
