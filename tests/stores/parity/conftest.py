"""Two stores at a time: the embedded one, and another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxmock.testbed import Options, Testbed
from cxmock.topology import Component

from .legs import POSTGRES, REDIS, Leg, parameters


@pytest.fixture(scope="session")
def reference() -> Iterator[Testbed]:
    """The embedded stores, against which all others are held."""
    with Testbed(Options(ports="ephemeral")) as reference:
        reference.start(Component.POSTGRES, Component.REDIS)
        yield reference


@pytest.fixture(scope="session", params=parameters(POSTGRES))
def postgres_leg(request: pytest.FixtureRequest) -> Iterator[tuple[Leg, Testbed]]:
    """One way to run PostgreSQL, running."""
    leg: Leg = request.param
    with leg.running(Component.POSTGRES) as testbed:
        yield leg, testbed


@pytest.fixture(scope="session", params=parameters(REDIS))
def redis_leg(request: pytest.FixtureRequest) -> Iterator[tuple[Leg, Testbed]]:
    """One way to run Redis, running."""
    leg: Leg = request.param
    with leg.running(Component.REDIS) as testbed:
        yield leg, testbed


@pytest.fixture(scope="session")
def external(reference: Testbed) -> Iterator[Testbed]:
    """A testbed on servers that somebody else runs, which are the reference's."""
    reference.run(reference.part(Component.POSTGRES).query("CREATE ROLE guest LOGIN CREATEDB CREATEROLE PASSWORD 'x'"))
    at = reference.directory.endpoint(Component.POSTGRES)
    postgres = f"postgresql://guest:x@{at.host}:{at.port}/template1"
    redis = reference.env["CX_REDIS_URL"].removesuffix("/0") + "/7"
    with Testbed(Options(stores=f"postgres={postgres},redis={redis}", ports="ephemeral")) as external:
        external.start(Component.POSTGRES, Component.REDIS)
        yield external
