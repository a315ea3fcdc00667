"""The fakes without a socket: mounted on httpx through respx, with Redis as fakeredis. For tests that need no more.

The very same fakes as in a testbed, with their provider states and the journal; GWS asks Configuration Server and OCS
over connections in memory. There is no database, so OCS has no calling lists; and nothing that calls out by itself
(webhooks, callbacks) reaches a service that listens nowhere.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Coroutine
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cxmock.errors.calls import NotReachable
from cxmock.errors.in_process import NeedsSockets
from cxmock.errors.playing import NotStarted
from cxmock.fakes.ocs.records import NoRecords
from cxmock.journal import Journal
from cxmock.net.background import Background
from cxmock.net.bell import ThreadBell
from cxmock.net.clock import Clock
from cxmock.net.tls import Authority
from cxmock.serving import Credentials, Directory, HttpPart, Part
from cxmock.serving.mounted import MountedSite, Mounts
from cxmock.testbed.composition import PARTS
from cxmock.testbed.environment import variables
from cxmock.testbed.options import Options
from cxmock.topology import Component
from cxmock.wire.http import Request

if TYPE_CHECKING:
    import httpx
    import respx

    from cxmock.stores.redis.client_only import RedisInProcess

T = TypeVar("T")

MOUNTED = (Component.CONFSERV, Component.OCS, Component.COMPLIANCE_PROVIDER, Component.GWS, Component.NEXUS)
"""What can be had in process, providers before those who need them; and Redis."""
ANSWER_WITHIN = 30.0


class InProcess:
    """Fakes that httpx reaches by their names, ``https://gws``, ``https://nexus``, ..., once it is entered.

    Requests to other hosts pass. Everything public here is synchronous.

    Raises:
        ModuleNotFoundError: respx and httpx, or fakeredis, are not installed (``cxmock[inprocess]``).
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.folder = Path(tempfile.mkdtemp(prefix="cxmock-"))
        self.clock = Clock(self.options.start, jumping=self.options.jumping, horizon=self.options.horizon)
        self.journal = Journal(self.clock.now, ThreadBell(), capacity=self.options.journal)
        self.directory = Directory(lambda component, port: (str(component), port), Credentials())
        self.authority = Authority(self.folder)
        self.background = Background()
        self.unplugged: set[int] = set()
        """Connections that answer as if nobody were there."""
        self._mounts = Mounts()
        self._parts: dict[Component, Part] = {}
        self._router: respx.MockRouter | None = None

    def start(self, *components: Component) -> None:
        """Have ``components`` and what they need; those that are there stay as they are.

        Raises:
            NeedsSockets: one of them cannot be had in process.
        """
        for component in components:
            if component not in (*MOUNTED, Component.REDIS):
                raise NeedsSockets(component, (*MOUNTED, Component.REDIS))
            self.run(self._start(component))

    def part(self, component: Component) -> Any:
        """Return the fake that plays ``component``."""
        if component is Component.REDIS:
            return self.redis
        if (part := self._parts.get(component)) is None:
            raise NotStarted(component, list(self._parts))
        return part.fake if isinstance(part, HttpPart) else part

    @cached_property
    def redis(self) -> RedisInProcess:
        """Redis, made when it is first asked for."""
        from cxmock.stores.redis.client_only import RedisInProcess

        return RedisInProcess()

    @property
    def env(self) -> dict[str, str]:
        """The variables by which a service under test knows where everybody is: by name."""
        return variables(self.directory, self.authority)

    def run(self, work: Coroutine[Any, Any, T], *, within: float = ANSWER_WITHIN) -> T:
        """Run a coroutine on the fakes' loop and return its result."""
        return self.background.run(work, within=within)

    def reset(self) -> None:
        """Return everything to the state right after its start, and empty the journal."""
        self.run(self.reset_parts())
        if "redis" in self.__dict__:
            self.run(self.redis.reset())
        self.unplugged.clear()
        self.clock.reset()
        self.journal.clear()

    async def reset_parts(self) -> None:
        """Return every fake to the state right after its start; on their loop."""
        for part in reversed(self._parts.values()):
            await part.reset()

    def close(self) -> None:
        """End everything. Harmless when repeated."""
        if self.background.running:
            for part in reversed(self._parts.values()):
                self.run(part.stop())
            self.background.close()
        if "redis" in self.__dict__:
            self.redis.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> InProcess:
        """Mount the fakes: from now on httpx reaches them."""
        import respx

        self._router = respx.MockRouter(assert_all_called=False)
        for component in MOUNTED:
            self._router.route(host=str(component)).mock(side_effect=self._answering(component))
        self._router.route().pass_through()
        self._router.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._router is not None:
            self._router.stop()
            self._router = None

    def _answering(self, component: Component) -> Any:
        import httpx

        def answer(asked: httpx.Request) -> httpx.Response:
            request = Request(
                asked.method,
                asked.url.raw_path.decode("latin-1"),
                [(name, value) for name, value in asked.headers.raw],
                asked.read(),
                secure=asked.url.scheme == "https",
            )
            try:
                self.start(component)
                response = self.run(self._mounts.answer(component, request))
            except (NotReachable, KeyError) as error:
                raise httpx.ConnectError(str(error), request=asked) from error
            body = b"" if asked.method == "HEAD" else response.body
            return httpx.Response(response.status, headers=response.raw_headers, content=body)

        return answer

    async def _start(self, component: Component) -> None:
        if component in self._parts or component is Component.REDIS:
            return
        for need in PARTS[component].needs:
            if need in MOUNTED:
                await self._start(need)
        part = self._build(component)
        await part.start(self._site(component))
        self._parts[component] = part

    def _build(self, component: Component) -> Part:
        if component is Component.OCS:
            from cxmock.fakes.ocs import Ocs

            return Ocs(records=NoRecords)
        return PARTS[component].build(self.options)

    def _site(self, component: Component) -> MountedSite:
        nothing = cast("Any", None)  # neither addresses nor processes: nobody asks a mounted site for them
        return MountedSite(
            component,
            nothing,
            self.folder,
            self.journal,
            self.clock,
            self.options.seed,
            self.authority,
            self.directory,
            nothing,
            self.unplugged,
            mounts=self._mounts,
        )
