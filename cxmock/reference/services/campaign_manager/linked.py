"""Objects that build on one another: what an object names has to be there, and what is named is not removed.

Whoever changes one holds a lock that all replicas share, so that nobody removes what another is about to name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.envelope import Code, Refusal, data_of
from cxmock.reference.resources import ObjectKind, Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.campaign_manager.profiles import LINKS
from cxmock.serving.routes import Routes
from cxmock.wire.http import Request, Response

TOLD = 5
"""Users of an object that a refusal names."""

Users = Callable[[str], Awaitable[list[str]]]
"""An object's name -> the names of who builds on it."""


@asynccontextmanager
async def alone(runtime: Runtime, what: str) -> AsyncIterator[None]:
    """Have all others who want the same, in any replica, wait until the block ends.

    Raises:
        Refusal: somebody takes too long (409).
    """
    from psycopg.errors import LockNotAvailable

    async with runtime.postgres.apart() as connection:
        try:
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"{runtime.settings.ccid} {what}",))
        except LockNotAvailable:
            raise Refusal(Code.CONFLICT, f"Somebody else is at work on {what}.", "Try again.") from None
        yield


def changing(runtime: Runtime) -> AbstractAsyncContextManager[None]:
    """Be alone in changing objects that build on one another."""
    return alone(runtime, "campaign objects")


@dataclass
class Linked:
    """The objects of one kind, and the operations on them.

    Args:
        runtime: the service's ways to others.
        kind: what they are.
        later: what builds on them, as people say it.
        users: tells who does.
    """

    runtime: Runtime
    kind: ObjectKind
    later: str
    users: Users
    resource: Resource = field(init=False)

    routes = Routes()

    def __post_init__(self) -> None:
        self.resource = Resource(self.runtime, self.kind)

    @routes("GET", "")
    async def listed(self, request: Request) -> Response:
        """List them, paged, sorted and filtered."""
        return await self.resource.listed(request)

    @routes("POST", "")
    async def create(self, request: Request) -> Response:
        """Make one; what it names has to be there."""
        async with changing(self.runtime):
            data = data_of(request)
            self.kind.read({name: value for name, value in data.items() if name != "name"})
            await self._expect_earlier(data)
            return await self.resource.create(request)

    @routes("GET", "/{name}")
    async def shown(self, request: Request) -> Response:
        """Tell one."""
        return await self.resource.shown(request)

    @routes("PUT", "/{name}")
    async def replace(self, request: Request) -> Response:
        """Set all of its fields: what is not given has its default. Campaign groups stay as they were made."""
        async with changing(self.runtime):
            await self._expect_earlier(data_of(request))
            return await self.resource.replace(request)

    @routes("PATCH", "/{name}")
    async def change(self, request: Request) -> Response:
        """Set some of its fields; null sets the default. Campaign groups stay as they were made."""
        async with changing(self.runtime):
            await self._expect_earlier(data_of(request))
            return await self.resource.change(request)

    @routes("DELETE", "/{name}")
    async def remove(self, request: Request) -> Response:
        """Remove it: refused (409) while something builds on it."""
        name = request.params["name"]
        async with changing(self.runtime):
            await self.resource.needed(name)
            if users := await self.users(name):
                more = f" and {len(users) - TOLD} more" if len(users) > TOLD else ""
                raise Refusal(
                    Code.CONFLICT,
                    f'The {self.kind.one} "{name}" is in use by {self.later} {", ".join(users[:TOLD])}{more}.',
                    "Remove that first, or have it build on another.",
                )
            return await self.resource.remove(request)

    async def _expect_earlier(self, data: Mapping[str, Any]) -> None:
        """Refuse (604) what names an earlier object that is not there."""
        if self.kind.name not in LINKS:
            return
        by, earlier = LINKS[self.kind.name]
        if isinstance(name := data.get(by), str) and name:
            await Resource(self.runtime, earlier).needed(name)
