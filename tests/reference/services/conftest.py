"""CX Contact in a testbed: its own services over real connections, called at the ingress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cxmock.reference.samples import CONTACTS
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.testbed.options import Options
from cxmock.topology import Component

DAYTIME = datetime(2026, 11, 18, 15, tzinfo=UTC).timestamp()
"""A Wednesday on which everybody may be called, on either side of the Atlantic: tests dial at any hour."""
GROUP = "Outbound agents"
"""The agent group that Configuration has from the start."""


@pytest.fixture(scope="package")
def whole_testbed() -> Iterator[Testbed]:
    """Everything that CX Contact needs, and its services."""
    with Testbed(Options(start=DAYTIME)) as testbed:
        testbed.start(Component.INGRESS)
        yield testbed


@pytest.fixture
def testbed(whole_testbed: Testbed) -> Testbed:
    """The testbed as it was right after its start."""
    whole_testbed.reset()
    return whole_testbed


@pytest.fixture
def stranger(testbed: Testbed) -> Iterator[Contact]:
    """An API client that has not logged in."""
    contact = Contact(testbed)
    yield contact
    contact.close()


@pytest.fixture
def api(stranger: Contact) -> Contact:
    """An API client that has logged in."""
    stranger.login()
    return stranger


@pytest.fixture
def run_job(testbed: Testbed, api: Contact) -> Callable[..., dict[str, Any]]:
    """Put a file on the customer's server, have a job import it, and return the run."""

    def run(
        data: bytes | None = None, *, action: str = "import-contacts", name: str = "Leads", **more: Any
    ) -> dict[str, Any]:
        path = f"/in/{name}.csv"
        testbed.part(Component.SFTP).put(path, CONTACTS.read_bytes() if data is None else data)
        api.post("/jobs", {"name": "job", "action": action, "path": path, "list": name, **more})
        ended: dict[str, Any] = api.post("/jobs/job/run")
        return ended

    return run


def rows(testbed: Testbed, query: str) -> list[tuple[Any, ...]]:
    """Return what PostgreSQL answers, asked as CX Contact."""
    import psycopg

    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        return connection.execute(query).fetchall()


def redis_of(testbed: Testbed) -> Any:
    """Return a client of the testbed's Redis."""
    from redis import Redis

    return Redis.from_url(testbed.env["CX_REDIS_URL"], decode_responses=True)
