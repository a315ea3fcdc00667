"""PostgreSQL alone, and clients in the roles of connections 7 and 13."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from cxmock.stores.postgres import Postgres
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def running() -> Iterator[Testbed]:
    """A testbed with PostgreSQL alone."""
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.POSTGRES)
        yield testbed


@pytest.fixture
def testbed(running: Testbed) -> Testbed:
    """The same testbed, emptied."""
    running.reset()
    return running


@pytest.fixture
def store(testbed: Testbed) -> Postgres:
    """The part."""
    part: Postgres = testbed.part(Component.POSTGRES)
    return part


@pytest.fixture
def cxc(testbed: Testbed) -> Iterator[psycopg.Connection]:
    """CX Contact's connection, with a client that we did not write."""
    with psycopg.connect(
        testbed.env["CX_POSTGRES_URL"], autocommit=True, application_name="list-builder"
    ) as connection:
        yield connection


@pytest.fixture
def ocs(testbed: Testbed) -> Iterator[psycopg.Connection]:
    """OCS's connection."""
    with psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"], autocommit=True, application_name="ocs") as connection:
        yield connection
