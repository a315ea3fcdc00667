"""Sessions of people and API clients, in Redis (row 5): made by API Aggregator, known to every service."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from cxmock.reference.keys import Keys
from cxmock.wire.http import Request, from_json, to_json
from cxmock.wire.resp_encoding import encode_command

if TYPE_CHECKING:
    from redis.asyncio import Redis

COOKIE = "cxc-session-cookie"
"""The cookie by which the ingress keeps sessions sticky (documented)."""
SESSION_SECONDS = 8 * 3600
"""How long a session lives without being used (assumed)."""
WRITERS = frozenset({"ROLE_ADMIN", "ROLE_SUPERVISOR"})
"""GWS's authorities of which one is needed to change anything; all others may read (assumed)."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in."""

    username: str
    tenant: str
    ccid: str
    person_dbid: int
    privileges: tuple[str, ...]
    access_token: str = field(repr=False)
    """The person's own token at GWS."""
    refresh_token: str = field(default="", repr=False)
    read_only: bool = False
    """Whether this caller may change nothing."""
    api_key: str = ""
    """The name of the API key that is used instead of a login."""


class Sessions:
    """The sessions of one tenant.

    Args:
        redis: keeps them.
        keys: their names.
        read: has Redis answer encoded commands, those of many requests at once: every request looks its session up.
    """

    def __init__(self, redis: Redis, keys: Keys, read: Callable[[bytes], Awaitable[list[Any]]]) -> None:
        self._redis = redis
        self._read = read
        self._keys = keys

    async def begin(self, session: Session) -> str:
        """Keep a new session; return its id, which is a secret."""
        session_id = secrets.token_urlsafe(24)
        await self._redis.set(self._keys.session(session_id), to_json(asdict(session)), ex=SESSION_SECONDS)
        return session_id

    async def of(self, request: Request) -> Session | None:
        """Return the session whose cookie ``request`` carries, its time begun anew; None without a living one."""
        session_id = request.cookies.get(COOKIE, "")
        if not session_id:
            return None
        (kept,) = await self._read(encode_command("GETEX", self._keys.session(session_id), "EX", SESSION_SECONDS))
        if kept is None:
            return None
        data = from_json(kept)
        return Session(**data | {"privileges": tuple(data["privileges"])})

    async def end(self, request: Request) -> None:
        """Forget the session of ``request``."""
        await self._redis.delete(self._keys.session(request.cookies.get(COOKIE, "")))


def cookie(session_id: str) -> str:
    """Return the ``Set-Cookie`` header that begins a session; with an empty id, the one that ends it.

    >>> cookie("")
    'cxc-session-cookie=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0'
    """
    return f"{COOKIE}={session_id}; Path=/; HttpOnly; Secure; SameSite=Lax" + ("" if session_id else "; Max-Age=0")
