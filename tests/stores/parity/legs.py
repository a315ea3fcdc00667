"""The ways to run the stores that are held against one another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, settings

from cxmock.stores.postgres import binaries
from cxmock.stores.redis import server
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component


@dataclass(frozen=True)
class Leg:
    """One way to run a store."""

    name: str
    stores: str
    """As the option has it."""
    marks: tuple[pytest.MarkDecorator, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def running(self, component: Component) -> Iterator[Testbed]:
        """Give a testbed with that store."""
        with Testbed(Options(stores=self.stores, ports="ephemeral")) as testbed:
            with pytest.MonkeyPatch.context() as patch:
                for name, value in self.variables.items():
                    patch.setenv(name, value)
                testbed.start(component)
            yield testbed


def _debian_postgres() -> dict[str, str]:
    found = [one for one in binaries.candidates() if one.source.startswith("Debian's")]
    return {binaries.VARIABLE: str(found[0].folder) if found else "/usr/lib/postgresql"}


CONTAINERS, FOREIGN = (pytest.mark.containers,), (pytest.mark.foreign,)

POSTGRES = [
    Leg("embedded", "embedded"),
    Leg("Debian 12", "embedded", FOREIGN, _debian_postgres()),
    Leg("container", "container", CONTAINERS),
]
REDIS = [
    Leg("embedded", "embedded"),
    Leg("Debian 12", "embedded", FOREIGN, {server.VARIABLE: shutil.which("redis-server") or "redis-server"}),
    Leg("fakeredis", "fakeredis"),
    Leg("container", "container", CONTAINERS),
]


def searching(leg: Leg | None = None) -> settings:
    """Return how long is searched for a difference: longer where a test is not run every time."""
    return settings(
        max_examples=60 if leg is not None and leg.marks else 5,
        stateful_step_count=40,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shorter example would take minutes to find
        suppress_health_check=list(HealthCheck),
    )


def parameters(legs: list[Leg]) -> list[object]:
    """Return the legs as a fixture's parameters."""
    return [pytest.param(leg, marks=leg.marks, id=leg.name) for leg in legs]
