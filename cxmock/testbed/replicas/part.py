"""The part that plays a service by several processes: what a testbed starts, resets and stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cxmock.serving import Door, Site
from cxmock.testbed.replicas.autoscaling import Autoscaling
from cxmock.testbed.replicas.balancer import Balancer
from cxmock.testbed.replicas.counts import Bounds
from cxmock.testbed.replicas.fleet import Fleet
from cxmock.topology import Component


class Replicas:
    """A service of the reference as processes of its own, which know the testbed by environment variables alone.

    They listen at ports of their own; the documented address is the balancer's, so that the journal sees what is said.

    Args:
        component: the service.
        doors: its documented ports.
        bounds: how many processes there are to be.
    """

    def __init__(self, component: Component, doors: Sequence[Door], bounds: Bounds) -> None:
        self.component = component
        self.bounds = bounds
        self.fleet: Fleet | None = None
        self.balancer: Balancer | None = None
        self.autoscaling: Autoscaling | None = None
        self._doors = doors
        self._site: Site | None = None

    async def start(self, site: Site) -> None:
        """Start the least number of processes, and pass on to them once they are ready.

        Raises:
            PartDied: one ended at once; the error has its last words.
            PartNotReady: one was not ready in time.
        """
        self._site = site
        self.fleet = Fleet(site)
        self.balancer = Balancer(self.fleet)
        await self.fleet.scale(self.bounds.least)
        for door in self._doors:
            await site.listen_http(door.port, self.balancer.answer, connection=door.connection, tls=door.tls)
        if self.bounds.scales:
            self.autoscaling = Autoscaling(self.balancer, self.bounds)
            self.autoscaling.begin()

    async def stop(self) -> None:
        """Stop passing on, and end the processes."""
        if self.autoscaling is not None:
            await self.autoscaling.end()
        if self._site is not None:
            await self._site.close()
        if self.fleet is not None:
            await self.fleet.close()

    async def scale(self, count: int) -> None:
        """Have so many replicas."""
        if self.fleet is not None:
            Bounds(count)
            await self.fleet.scale(count)

    def told(self) -> dict[str, Any]:
        """Return as JSON who is there, what each has to do, and what happened, the load's decisions among it."""
        if self.fleet is None:
            return {}
        replicas = [
            {
                "name": one.name,
                "pid": one.pid,
                "status": one.state,
                "inFlight": one.in_flight,
                "answered": one.answered,
                "restarts": one.restarts,
            }
            for one in self.fleet.replicas.values()
        ]
        load = asdict(self.autoscaling.load) if self.autoscaling is not None else None
        bounds = {"least": self.bounds.least, "most": self.bounds.most}
        return {"bounds": bounds, "load": load, "replicas": replicas, "events": list(self.fleet.events)}

    async def reset(self) -> None:
        """Return to the number of replicas at the start, and every service to its state right after that."""
        if self.fleet is None or self.balancer is None:
            return
        if self.fleet.wanted != self.bounds.least:
            await self.fleet.scale(self.bounds.least)
        await self.fleet.reset()
        self.balancer.reset()
        if self.autoscaling is not None:
            self.autoscaling.forget()
