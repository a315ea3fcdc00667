"""What PostgreSQL's clients and server really say is read the same however it is cut."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.observed import Observed
from cxmock.wire.postgres.decoder import PostgresDecoder
from tests.stores.postgres.statements import MAKE


@pytest.fixture(scope="module")
def traffic(running: Testbed) -> list[tuple[bool, bytes]]:
    """What passed the tap while psycopg worked: who spoke, and the bytes."""
    running.reset()
    said: list[tuple[bool, bytes]] = []

    class Recorder(PostgresDecoder):
        def upstream(self, data: bytes) -> list[Observed]:
            said.append((True, data))
            return []

        def downstream(self, data: bytes) -> list[Observed]:
            said.append((False, data))
            return []

    async def work() -> None:
        site = running._assembly._sites[Component.POSTGRES]
        store = running.parts[Component.POSTGRES]
        socket = next((site.folder / "server").glob(".s.PGSQL.*[0-9]"))
        await site.close()
        await site.relay(5432, socket, Recorder, transport="postgresql", connection_of=lambda seen: None)
        url = running.env["CX_POSTGRES_URL"]
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(MAKE)
            for number in range(7):  # after five times it is prepared
                await connection.execute("INSERT INTO cl_leads VALUES (%b, %t, 0)", [number, number])
            async with connection.cursor() as cursor, cursor.copy("COPY cl_leads FROM STDIN") as copy:
                for number in range(500):
                    await copy.write_row((number, number, 1, 1))
            async with connection.cursor(binary=True) as cursor:
                await cursor.execute("SELECT *, repeat('x', 200) FROM cl_leads")
                assert len(await cursor.fetchall()) == 507
            for wrong in ("SELECT 1/0", "SELEKT", "INSERT INTO cl_leads VALUES ('x')"):
                with pytest.raises(psycopg.Error):
                    await connection.execute(wrong)
            async with connection.pipeline():
                for number in range(5):
                    await connection.execute("SELECT %s::int", [number])
            await connection.execute("SELECT 'a;b'; SELECT repeat('y', 30000)", prepare=False)
        await site.close()
        await store.stop()
        await store.start(site)

    running.run(work())
    return said


def watched(said: list[tuple[bool, bytes]], cuts: list[int]) -> list[tuple[str, str, str]]:
    """Let a decoder watch what was said, each piece cut again; return what it saw."""
    decoder = PostgresDecoder()
    seen: list[Observed] = []
    places = iter(cuts * (1 + len(said)))
    for up, data in said:
        handle = decoder.upstream if up else decoder.downstream
        at = sorted({next(places, 0) % (len(data) + 1) for _ in range(min(4, len(cuts)))})
        for begin, end in zip([0, *at], [*at, len(data)], strict=True):
            seen += handle(data[begin:end])
    return [(one.operation, str(one.request), str(one.response)) for one in seen]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_real_traffic_is_read_the_same_however_it_is_cut(
    running: Testbed, traffic: list[tuple[bool, bytes]], cuts: list[int]
) -> None:
    """What a decoder sees does not depend on how the network delivers."""
    whole = watched(traffic, [])
    assert [operation for operation, _, _ in whole] == [
        "LOGIN",
        "CREATE TABLE",
        *["INSERT"] * 7,
        "COPY",
        "SELECT",
        "SELECT",
        "SELEKT",
        "INSERT",
        *["SELECT"] * 5,
        "SELECT",
        "SELECT",
    ]
    assert "'rowcount': 500, 'bytes': " in whole[9][2]
    assert running.directory.credentials.postgres_cxc.secret not in str(whole)
    assert watched(traffic, cuts) == whole
