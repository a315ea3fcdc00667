"""The PostgreSQL client tells results as they came over the wire; errors of the database are results too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.clients.postgres import PostgresClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.net.background import Background
from cxmock.testbed import Testbed
from cxmock.topology import Component


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    with Testbed() as testbed:
        testbed.start(Component.POSTGRES)
        yield testbed


@pytest.fixture(scope="module")
def client(testbed: Testbed) -> Iterator[PostgresClient]:
    client = PostgresClient(testbed.env["CX_POSTGRES_URL"], name="tester")
    yield client
    testbed.run(client.aclose())


@pytest.fixture
def perform(testbed: Testbed, client: PostgresClient) -> Any:
    testbed.reset()
    return lambda operation: testbed.run(client.perform(operation))


def test_rows_are_told_in_the_types_of_json(perform: Any) -> None:
    told = perform({"sql": "SELECT $1::int + 1 AS n, 'x' AS t, null AS nothing, 1.50::numeric AS exact", "params": [1]})

    assert told == {"columns": ["n", "t", "nothing", "exact"], "rows": [[2, "x", None, "1.50"]], "rowcount": 1}


def test_a_statement_without_rows_tells_how_many_it_touched(perform: Any) -> None:
    assert perform({"sql": "CREATE TABLE cxc.t (a int)"}) == {"columns": [], "rows": [], "rowcount": 0}
    assert perform({"sql": "INSERT INTO t VALUES (1), (2)"})["rowcount"] == 2


def test_a_copy_is_counted(perform: Any) -> None:
    perform({"sql": "CREATE TABLE cxc.t (a int, b text)"})

    assert perform({"sql": "COPY t FROM STDIN", "copy": True, "data": "1\tx\n2\ty\n"}) == {"rowcount": 2, "bytes": 8}
    assert perform({"sql": "COPY t TO STDOUT", "copy": True}) == {"rowcount": 2, "bytes": 8}


def test_an_error_is_a_result_and_the_connection_goes_on(perform: Any) -> None:
    assert perform({"sql": "SELECT * FROM gone"}) == {
        "error": {"sqlstate": "42P01", "message": 'relation "gone" does not exist'}
    }
    assert perform({"sql": "SELECT 1"})["rows"] == [[1]]


def test_a_login_of_its_own_is_accepted_or_refused(perform: Any) -> None:
    assert perform({"login": {}}) == {"ok": True}
    assert perform({"login": {"role": "cxc", "password": "wrong"}}) == {
        "error": {"sqlstate": "28P01", "message": 'password authentication failed for user "cxc"'}
    }


def test_a_slow_statement_is_given_up_and_the_next_one_connects_anew(testbed: Testbed) -> None:
    client = PostgresClient(testbed.env["CX_POSTGRES_URL"], within=0.3)

    with pytest.raises(NoAnswer) as raised:
        testbed.run(client.perform({"sql": "SELECT pg_sleep(10)"}))
    assert "no answer within 0.3 s" in str(raised.value)
    assert "cxc:" not in str(raised.value), "the password stays out of errors"

    client._within = 5.0
    assert testbed.run(client.perform({"sql": "SELECT 1"}))["rows"] == [[1]]
    testbed.run(client.aclose())


def test_a_session_that_the_server_ends_is_told(testbed: Testbed) -> None:
    client = PostgresClient(testbed.env["CX_POSTGRES_URL"])

    with pytest.raises(NoAnswer) as raised:
        testbed.run(client.perform({"sql": "SELECT pg_terminate_backend(pg_backend_pid())"}))

    assert "SQL at postgresql://" in str(raised.value)
    testbed.run(client.aclose())


def test_a_server_that_is_not_there_is_told(background: Background) -> None:
    client = PostgresClient("postgresql://cxc:secret@127.0.0.1:1/cxcontact")

    with pytest.raises(NotReachable) as raised:
        background.run(client.perform({"sql": "SELECT 1"}))

    assert str(raised.value).startswith("postgresql://127.0.0.1:1/cxcontact cannot be reached")
    assert "secret" not in str(raised.value)


def test_performing_ends_when_it_is_cancelled(testbed: Testbed) -> None:
    client = PostgresClient(testbed.env["CX_POSTGRES_URL"])

    async def cancelled() -> bool:
        task = asyncio.create_task(client.perform({"sql": "SELECT pg_sleep(10)"}))
        await asyncio.wait([task], timeout=0.2)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled() and client._connection is None

    assert testbed.run(cancelled())
