"""Stores that somebody else runs: the same for a client, and left as they were found."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cxmock.errors.base import CxmockError
from cxmock.errors.external import (
    ExtensionMissing,
    RightsMissing,
    StoreInUse,
    StoreNotEmpty,
    StoreTooOld,
    StoreUrlWrong,
    StoreWantsTls,
)
from cxmock.errors.stores import StoreNotReachable, StoreRefused
from cxmock.net.waiting import until
from cxmock.stores.postgres import external as postgres_external
from cxmock.stores.redis import external as redis_external
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component

AT_ONCE = Retry(NoBackoff(), 0)
POSTGRES, REDIS = Component.POSTGRES, Component.REDIS
OURS = (
    "SELECT datname AS name FROM pg_database WHERE datname LIKE 'cxmock%' "
    "UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'cxmock%'"
)


@pytest.fixture(scope="module")
def theirs() -> Iterator[Testbed]:
    """Somebody else's servers: another testbed's, though nobody here knows that."""
    with Testbed(Options(ports="ephemeral")) as theirs:
        theirs.start(POSTGRES, REDIS)
        run(theirs, "CREATE ROLE ordinary LOGIN CREATEDB CREATEROLE PASSWORD 'x'")
        run(theirs, "CREATE ROLE poor LOGIN PASSWORD 'x'")
        yield theirs


def run(testbed: Testbed, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = testbed.run(testbed.part(POSTGRES).query(sql))
    return found


def postgres_url(theirs: Testbed, role: str = "ordinary", password: str = "x") -> str:
    at = theirs.directory.endpoint(POSTGRES)
    return f"postgresql://{role}:{password}@{at.host}:{at.port}/template1"


def redis_url(theirs: Testbed, number: int = 3) -> str:
    return theirs.env["CX_REDIS_URL"].removesuffix("/0") + f"/{number}"


def external(stores: str, worker: int = 0) -> Testbed:
    return Testbed(Options(stores=stores, ports="ephemeral", worker=worker))


@pytest.fixture(params=["ordinary", "superuser"])
def postgres(request: pytest.FixtureRequest, theirs: Testbed) -> Iterator[Testbed]:
    """A testbed on their PostgreSQL."""
    admin = theirs.directory.credentials.postgres_admin
    who = (admin.name, admin.secret) if request.param == "superuser" else ("ordinary", "x")
    with external(f"postgres={postgres_url(theirs, *who)}") as testbed:
        testbed.start(POSTGRES)
        yield testbed
    assert run(theirs, OURS) == []


@pytest.fixture
def outside(theirs: Testbed) -> Iterator[redis.Redis]:
    """A client of theirs in database 3."""
    theirs.reset()
    with redis.Redis.from_url(redis_url(theirs), decode_responses=True) as client:
        yield client


@pytest.fixture
def cache(theirs: Testbed, outside: redis.Redis) -> Iterator[Testbed]:
    """A testbed on database 3 of their Redis."""
    with external(f"redis={redis_url(theirs)}") as testbed:
        testbed.start(REDIS)
        yield testbed
    assert outside.dbsize() == 0


def test_postgresql_of_somebody_else_is_the_same_for_a_client(postgres: Testbed) -> None:
    """Documented names and roles, tap and reset; the rights of an ordinary role are enough."""
    insert = "INSERT INTO contact_list (name, table_name, created) VALUES ('leads', 'cl_leads', 0) RETURNING id"
    with (
        psycopg.connect(postgres.env["CX_POSTGRES_URL"], autocommit=True) as cxc,
        psycopg.connect(postgres.env["CX_OCS_POSTGRES_URL"], autocommit=True) as ocs,
    ):
        for _ in range(2):
            assert cxc.execute(insert).fetchone() == (1,)
            cxc.execute("CREATE TABLE cl_leads (chain_id int)")
            assert ocs.execute("SELECT count(*) FROM cl_leads").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ocs.execute("DROP TABLE cl_leads")
            assert (postgres.journal.counts[7], postgres.journal.counts[13]) == (2, 2)
            postgres.reset()
        cxc.execute("DROP SCHEMA cxc CASCADE")
        postgres.reset()
        assert cxc.execute(insert).fetchone() == (1,)
    with contextlib.closing(psycopg.connect(postgres.env["CX_POSTGRES_URL"])) as forgetful:
        forgetful.execute("LOCK contact_list")
        with pytest.warns(UserWarning, match="was left in a transaction"):
            postgres.reset()


def test_a_wrong_password_is_refused_there_too(postgres: Testbed) -> None:
    secret = postgres.directory.credentials.postgres_cxc.secret
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.env["CX_POSTGRES_URL"].replace(secret, "guessed"))


def test_a_query_can_be_cancelled(postgres: Testbed) -> None:
    """The request comes on a connection of its own, without a login."""
    with psycopg.connect(postgres.env["CX_POSTGRES_URL"]) as cxc:
        cxc.cancel_safe()
        assert cxc.execute("SELECT 1").fetchone() == (1,)


def test_two_testbeds_share_a_server(theirs: Testbed) -> None:
    """What one does, the other does not see."""
    stores = f"postgres={postgres_url(theirs)}"
    with external(stores) as one, external(stores) as other:
        for testbed in (one, other):
            testbed.start(POSTGRES)
        with psycopg.connect(one.env["CX_POSTGRES_URL"]) as cxc:
            cxc.execute("INSERT INTO contact_list (name, table_name, created) VALUES ('leads', 'cl_leads', 0)")
        assert other.run(other.part(POSTGRES).contact_lists()) == {}
        assert list(one.run(one.part(POSTGRES).contact_lists())) == ["leads"]


def test_redis_of_somebody_else_is_the_same_for_a_client(cache: Testbed, outside: redis.Redis, theirs: Testbed) -> None:
    """Its database is our 0; what is in the others stays, and cannot be reached."""
    theirs.run(theirs.part(REDIS).call("SET", "precious", 1))
    for protocol in (2, 3):
        with redis.Redis.from_url(cache.env["CX_REDIS_URL"], protocol=protocol, client_name="me") as client:
            client.set("a", 1)
            assert client.client_getname() in ("me", b"me")
            with client.pipeline(transaction=True) as pipeline:
                assert pipeline.incr("a").get("a").execute() == [2, b"2"]
            assert outside.keys() == ["a"]
            assert cache.journal.counts[5] >= 3
            cache.reset()
            assert client.get("a") is None
            client.set("a", 1)
            client.flushall()
            assert client.get("a") is None
            for words in (("SELECT", 1), ("SWAPDB", 0, 1), ("MOVE", "a", 1), ("RESET",)):
                with pytest.raises(redis.ResponseError):
                    client.execute_command(*words)
            assert client.execute_command("SELECT", 0)
    assert theirs.run(theirs.part(REDIS).call("GET", "precious")) == "1"


def test_nobody_gets_into_redis_without_the_testbeds_password(cache: Testbed, theirs: Testbed) -> None:
    """Theirs does not do either."""
    at = cache.directory.endpoint(REDIS)
    ours, other = cache.directory.credentials.redis, theirs.directory.credentials.redis
    for password, protocol in itertools.product(("", "guessed", other), (2, 3)):
        with (
            redis.Redis(
                host=at.host, port=at.port, password=password or None, protocol=protocol, retry=AT_ONCE
            ) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.set("a", 1)
    with redis.Redis(host=at.host, port=at.port, password=ours, retry=AT_ONCE) as client:
        assert client.execute_command("AUTH", ours)
        with pytest.raises(redis.AuthenticationError):
            client.execute_command("AUTH", "default", "guessed")
        assert client.ping()


def test_a_database_with_keys_is_refused_unless_they_are_to_be_kept(theirs: Testbed, outside: redis.Redis) -> None:
    outside.set("precious", 1)
    with external(f"redis={redis_url(theirs)}") as testbed, pytest.raises(StoreNotEmpty) as caught:
        testbed.start(REDIS)
    assert "Database 3 of Redis" in str(caught.value) and "holds 1 key." in str(caught.value)
    with external(f"redis={redis_url(theirs)}?keep=yes") as testbed:
        testbed.start(REDIS)
        testbed.reset()
    assert outside.get("precious") == "1"


def test_no_snapshot_is_taken_of_somebody_elses_redis(cache: Testbed) -> None:
    """It would put back every database."""
    with pytest.raises(StoreRefused, match="it is somebody else's"):
        cache.run(cache.part(REDIS).keep())


def test_a_database_that_another_testbed_uses_is_refused(cache: Testbed, theirs: Testbed) -> None:
    """Even while it is empty; workers take the ones after it."""
    with external(f"redis={redis_url(theirs)}") as testbed, pytest.raises(StoreInUse, match="Database 3"):
        testbed.start(REDIS)
    with external(f"redis={redis_url(theirs)}", worker=2) as worker:
        worker.start(REDIS)
        worker.run(worker.part(REDIS).call("SET", "a", 1))
        with redis.Redis.from_url(redis_url(theirs, 5)) as fifth:
            assert fifth.get("a") == b"1"
    assert cache.run(cache.part(REDIS).keys()) == []


def test_a_killed_testbed_is_cleared_away_there_too(theirs: Testbed, outside: redis.Redis) -> None:
    """The reaper drops the database and the roles, and empties the database of Redis."""
    stores = f"postgres={postgres_url(theirs)},redis={redis_url(theirs)}"
    script = (
        "import sys; from cxmock.testbed.options import Options; from cxmock.testbed.testbed import Testbed;"
        "from cxmock.topology import Component as C;"
        "testbed = Testbed(Options(stores=sys.argv[1], ports='ephemeral')); testbed.start(C.POSTGRES, C.REDIS);"
        "testbed.run(testbed.part(C.REDIS).call('SET', 'a', 1)); print('up', flush=True); input()"
    )
    argv = [sys.executable, "-c", script, stores]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert len(run(theirs, OURS)) == 3
        assert outside.dbsize() == 1
        process.kill()
    assert asyncio.run(until(lambda: run(theirs, OURS) == [] and outside.dbsize() == 0, within=15, every=0.05))


@pytest.mark.parametrize(
    ("stores", "error", "reason"),
    [
        ("postgres=postgresql://a:guessed@127.0.0.1:1/x", StoreNotReachable, "Connect call failed"),
        ("postgres=postgresql://{at}/nosuch", StoreNotReachable, 'database "nosuch" does not exist'),
        ("postgres=postgresql://{at}/x?sslmode=require", StoreWantsTls, "wants TLS"),
        ("postgres=postgresql://{at}/x?options=y", StoreUrlWrong, 'a parameter "options"'),
        ("postgres=postgresql:///x", StoreUrlWrong, "names no host"),
        ("postgres=postgresql://a:guessed@h:port/x", StoreUrlWrong, "cannot be told"),
        ("postgres={guessed}", StoreNotReachable, "password authentication failed"),
        ("postgres={poor}", RightsMissing, "lacks a right: CREATEDB, CREATEROLE"),
        ("redis=redis://a:guessed@127.0.0.1:1", StoreNotReachable, "Connect call failed"),
        ("redis=rediss://a:guessed@127.0.0.1:1", StoreWantsTls, "wants TLS"),
        ("redis={redis}?keep=no", StoreUrlWrong, "keep is yes, or is left out"),
        ("redis={redis}?x=1", StoreUrlWrong, 'a parameter "x"'),
        ("redis=redis://a:guessed@127.0.0.1:1/one", StoreUrlWrong, '"one" is no number'),
        ("redis={redis}999", StoreNotReachable, "DB index is out of range"),
        ("redis={wrong}", StoreNotReachable, "WRONGPASS"),
    ],
)
def test_what_cannot_be_used_is_named_without_its_password(
    theirs: Testbed, stores: str, error: type[CxmockError], reason: str
) -> None:
    at = postgres_url(theirs).removeprefix("postgresql://").removesuffix("/template1")
    secret = theirs.directory.credentials.redis
    stores = stores.format(
        at=at,
        guessed=postgres_url(theirs, password="guessed"),
        poor=postgres_url(theirs, "poor"),
        redis=redis_url(theirs),
        wrong=redis_url(theirs).replace(secret, "guessed"),
    )
    component = POSTGRES if stores.startswith("postgres") else REDIS
    with external(stores) as testbed, pytest.raises(error, match=reason) as caught:
        testbed.start(component)
    text = str(caught.value)
    assert "guessed" not in text and secret not in text
    assert "fix:" in text
    assert run(theirs, OURS) == []


def test_a_server_that_is_too_old_or_lacks_the_extension_is_named(
    theirs: Testbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_external, "OLDEST", 99)
    monkeypatch.setattr(redis_external, "OLDEST", 99)
    for component, stores in ((POSTGRES, postgres_url(theirs)), (REDIS, redis_url(theirs))):
        with external(f"{component}={stores}") as testbed, pytest.raises(StoreTooOld, match="is version"):
            testbed.start(component)
    monkeypatch.setattr(postgres_external, "OLDEST", 14)
    monkeypatch.setattr(postgres_external, "_EXTENSION", "nosuch")
    with external(f"postgres={postgres_url(theirs)}") as testbed, pytest.raises(ExtensionMissing, match="nosuch"):
        testbed.start(POSTGRES)
