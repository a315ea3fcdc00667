"""A service's way into PostgreSQL: connections of one's own are kept for the next, as long as they are good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from cxmock.reference.postgres import SPARES, Postgres
from cxmock.testbed import Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Testbed() as testbed:
        testbed.start(Component.POSTGRES)
        yield testbed.env["CX_POSTGRES_URL"]


@pytest_asyncio.fixture
async def postgres(url: str) -> AsyncIterator[Postgres]:
    postgres = Postgres(url, "story")
    yield postgres
    await postgres.aclose()


async def server_process(postgres: Postgres) -> int:
    """Return who serves a transaction apart."""
    async with postgres.apart() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.asyncio
async def test_work_apart_takes_up_the_connection_that_earlier_work_left(postgres: Postgres) -> None:
    first = await server_process(postgres)
    with pytest.raises(ZeroDivisionError):
        async with postgres.apart() as connection:
            await connection.execute("CREATE TABLE cxc.half_done ()")
            raise ZeroDivisionError
    assert await server_process(postgres) == first
    assert await postgres.rows("SELECT to_regclass('cxc.half_done')") == [(None,)]


@pytest.mark.asyncio
async def test_work_at_the_same_time_has_connections_of_its_own_of_which_few_are_kept(postgres: Postgres) -> None:
    async with AsyncExitStack() as several:
        connections = [await several.enter_async_context(postgres.apart()) for _ in range(SPARES + 2)]
        assert len({one.info.backend_pid for one in connections}) == len(connections)
    assert [one.closed for one in connections].count(False) == SPARES


@pytest.mark.asyncio
async def test_a_connection_that_the_server_ended_meanwhile_is_not_taken_up(postgres: Postgres) -> None:
    first = await server_process(postgres)
    assert await postgres.rows("SELECT pg_terminate_backend(%s, 5000)", first) == [(True,)]
    assert await server_process(postgres) != first


@pytest.mark.asyncio
async def test_work_that_ends_after_the_closing_leaves_no_connection(postgres: Postgres) -> None:
    async with postgres.apart() as connection:
        await postgres.aclose()
    assert connection.closed
