"""The parts of a testbed as they run on its loop: started with what they need, replaced, reset, unplugged, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from cxmock.net.addresses import Addresses
from cxmock.net.folders import full
from cxmock.net.processes import Supervisor
from cxmock.serving import Part, Site
from cxmock.serving.guard import Guard
from cxmock.testbed.composition import PARTS
from cxmock.testbed.options import Options
from cxmock.topology import Component, connection


class Assembly:
    """What plays each component that was started.

    Args:
        options: which parts there are to be.
        addresses: where they may listen.
        supervisor: of their processes.
        guard: refuses what is not promised.
        folder: the testbed's.
        site: makes a part's surroundings.
    """

    def __init__(
        self,
        options: Options,
        addresses: Addresses,
        supervisor: Supervisor,
        guard: Guard,
        folder: Path,
        site: Callable[[Component], Site],
    ) -> None:
        self._options = options
        self._addresses = addresses
        self._supervisor = supervisor
        self._guard = guard
        self._folder = folder
        self._site = site
        self.parts: dict[Component, Part] = {}
        self.unplugged: set[int] = set()
        """Connections that answer as if nobody were there."""
        self._sites: dict[Component, Site] = {}
        self._starting: dict[Component, asyncio.Task[None]] = {}

    async def start(self, components: Iterable[Component]) -> None:
        """Start ``components`` and what they need, at the same time. Started ones stay as they are."""
        wanted = _with_needs(components)
        for death in self._supervisor.deaths:
            if death.name in wanted:
                raise death
        self._addresses.bind(wanted)
        tasks = [self._task(component) for component in wanted]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        failed = [
            (component, task) for component, task in self._starting.items() if task.cancelled() or task.exception()
        ]
        for component, _ in failed:
            del self._starting[component]
        for task in done:
            task.result()

    async def run(self, component: Component, part: Part) -> None:
        """Have ``part``, which does not run yet, play ``component``, which nobody plays."""
        site = self._site(component)
        try:
            await part.start(site)
        except BaseException as error:
            await part.stop()
            if isinstance(error, Exception) and (reason := full(self._folder)):
                raise reason from error
            raise
        self._sites[component] = site
        self.parts[component] = part

    async def replace(self, component: Component, part: Part | None = None) -> None:
        """Have ``part``, or the default, play ``component`` from now on."""
        part = part or PARTS[component].build(self._options)
        if (old := self.parts.pop(component, None)) is not None:
            await old.stop()
        self._starting[component] = asyncio.create_task(self.run(component, part))
        await self._starting[component]

    async def reset(self, components: Iterable[Component], *, needs: bool = True) -> None:
        """Return ``components``, and with ``needs`` all that they need, to the state right after their start."""
        order = list(reversed(_with_needs(components)) if needs else components)
        # Whoever acts on its own comes first, so that nothing is written behind the back of a store that was emptied.
        # OCS and Nexus do, and have those act who need them: they are stopped before them, and reset in their turn.
        first = [component for component in (Component.OCS, Component.NEXUS) if component in order]
        with self._guard.lifted():
            for component in first + order:
                if component in self.parts:
                    await self.parts[component].reset()

    async def stop(self) -> list[Exception]:
        """Stop all parts; return why some did not stop cleanly."""
        for task in self._starting.values():
            task.cancel()
        await asyncio.gather(*self._starting.values(), return_exceptions=True)
        failures = []
        for component in reversed(_with_needs(self.parts)):
            if component in self.parts:
                try:
                    await self.parts.pop(component).stop()
                except Exception as error:
                    failures.append(error)
        return failures

    async def unplug(self, number: int) -> None:
        """Make connection ``number`` answer as if nobody were there."""
        row = connection(number)
        self.unplugged.add(number)
        if row.shared:
            return
        for place in row.listens:
            site = self._sites.get(place.component)
            if site is None:
                continue
            if (listener := site.listeners.get(place.port)) is not None:
                listener.refusing = True
                listener.abort_all()
            elif place.component in self.parts:
                await self.parts[place.component].stop()
                break

    async def plug(self, number: int) -> None:
        """Undo :meth:`unplug`."""
        self.unplugged.discard(number)
        for place in connection(number).listens:
            site = self._sites.get(place.component)
            if site is None:
                continue
            if (listener := site.listeners.get(place.port)) is not None:
                listener.refusing = False
            elif place.component in self.parts:
                await self.parts[place.component].start(site)
                break

    def _task(self, component: Component) -> asyncio.Task[None]:
        if component not in self._starting:
            self._starting[component] = asyncio.create_task(self._start_one(component), name=str(component))
        return self._starting[component]

    async def _start_one(self, component: Component) -> None:
        recipe = PARTS[component]
        url = self._options.play.get(component)
        await self.run(component, recipe.play(url) if url else recipe.build(self._options))


def _with_needs(components: Iterable[Component]) -> list[Component]:
    """Return ``components`` and all that they need, providers before those who need them."""
    order: list[Component] = []
    seen: set[Component] = set()

    def visit(component: Component) -> None:
        if component in PARTS and component not in seen:
            seen.add(component)
            for need in PARTS[component].needs:
                visit(need)
            order.append(component)

    for component in components:
        visit(component)
    return order
