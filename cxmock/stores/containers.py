"""A store in a container: published on the loopback address only, and removed however the testbed ends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, cast

from cxmock.errors.processes import PartNotReady
from cxmock.errors.stores import ContainerLost, EngineMissing
from cxmock.net.processes import Supervisor
from cxmock.net.waiting import until

HOST = "127.0.0.1"
LABEL = "cxmock.testbed"
"""Every container of ours carries this label."""


class StoreContainer:
    """One container, run by testcontainers without its own reaper (ours removes it, and needs no image for that).

    Args:
        store: what errors call it.
        image: the image's name.
        port: where the store listens inside.
        supervisor: has it removed in the end.
        command: the container's command; empty for the image's own.
        environment: variables inside.
        memory: a folder inside that is kept in memory, for every user there.
    """

    def __init__(
        self,
        store: str,
        image: str,
        port: int,
        supervisor: Supervisor,
        *,
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        memory: str = "",
    ) -> None:
        self.name = f"cxmock-{store.lower()}-{secrets.token_hex(4)}"
        self._store = store
        self._image = image
        self._port = port
        self._supervisor = supervisor
        self._command = list(command)
        self._environment = dict(environment or {})
        self._memory = memory
        self._container: Any = None

    @property
    def _removal(self) -> list[str]:
        return ["docker", "rm", "--force", "--volumes", self.name]

    async def start(self) -> tuple[str, int]:
        """Start it; return the host and port where the store will listen.

        Raises:
            EngineMissing: testcontainers, the engine or the image is missing.
        """
        self._supervisor.run_at_end(self._removal)
        try:
            return await asyncio.to_thread(self._start)
        except Exception as error:
            # Whatever the client library, the engine or a registry raises: each has its own kinds.
            raise EngineMissing(self._store, str(error)) from error

    async def ready(self, probe: Callable[[], Awaitable[bool]], *, within: float) -> None:
        """Wait until ``probe`` says True.

        Raises:
            PartNotReady: it did not happen within ``within`` seconds; the error tells what the container said.
        """
        if not await until(probe, within=within, every=0.02):
            raise PartNotReady(self.name, within, await asyncio.to_thread(self._last_lines))

    async def check(self) -> None:
        """Look whether it still runs.

        Raises:
            ContainerLost: it does not, or its engine does not answer.
        """
        if (lost := await asyncio.to_thread(self._lost)) is not None:
            raise lost

    async def stop(self) -> None:
        """Remove it."""
        if self._container is not None:
            await asyncio.to_thread(self._container.stop)
            self._container = None
        self._supervisor.forget(self._removal)

    def _lost(self) -> ContainerLost | None:
        try:
            container = self._container.get_wrapped_container()
            container.reload()
            state = container.attrs["State"]
            if state["Running"]:
                return None
            reason, last = f"it ended with code {state['ExitCode']}", self._last_lines()
        except Exception as error:  # whatever the client library raises when there is no engine any more
            reason, last = f"its engine does not tell ({error})", []
        return ContainerLost(self._store, self.name, reason, last)

    def _last_lines(self) -> list[str]:
        said = b"\n".join(self._container.get_logs())
        return bytes(said).decode("utf-8", "replace").splitlines()[-12:]

    def _start(self) -> tuple[str, int]:
        from testcontainers.core.config import testcontainers_config
        from testcontainers.core.container import DockerContainer

        testcontainers_config.ryuk_disabled = True
        container = DockerContainer(self._image).with_name(self.name).with_kwargs(labels={LABEL: self.name})
        # Docker takes an address with the port, though testcontainers' types do not say so.
        container.ports = cast("dict[str, int | None]", {f"{self._port}/tcp": (HOST, None)})
        if self._command:
            container.with_command(self._command)
        for name, value in self._environment.items():
            container.with_env(name, value)
        if self._memory:
            container.with_tmpfs_mount(self._memory, "mode=1777")
        self._container = container
        container.start()
        # Not the host that testcontainers would tell: in a container it takes the bridge's, where nothing is published.
        return HOST, int(container.get_docker_client().port(container.get_wrapped_container().id, self._port))
