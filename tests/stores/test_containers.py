"""Stores in containers: the same for a client, and nothing left behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from cxmock.errors.stores import ContainerLost, EngineMissing
from cxmock.net.processes import Supervisor
from cxmock.net.waiting import until
from cxmock.stores.containers import LABEL, StoreContainer
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component


def ours() -> list[str]:
    """Return our containers, running or not."""
    argv = ["docker", "ps", "--all", "--quiet", "--filter", f"label={LABEL}"]
    return subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True).stdout.split()


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """A testbed with both stores in containers."""
    before = ours()
    with Testbed(Options(stores="container", ports="ephemeral")) as testbed:
        testbed.start(Component.POSTGRES, Component.REDIS)
        assert len(ours()) == len(before) + 2
        yield testbed
    assert ours() == before


@pytest.mark.containers
def test_postgresql_in_a_container_is_the_same_for_a_client(testbed: Testbed) -> None:
    """Roles, schema, tap and reset."""
    testbed.reset()
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True) as connection:
        connection.execute("INSERT INTO contact_list (name, table_name, created) VALUES ('leads', 'cl_leads', 0)")
        connection.execute("CREATE TABLE cl_leads (chain_id int, chain_n int)")
    with psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM cl_leads").fetchone() == (0,)
    assert testbed.journal.counts[7] == 2
    assert testbed.journal.counts[13] >= 1
    testbed.reset()
    assert testbed.run(testbed.part(Component.POSTGRES).contact_lists()) == {}


@pytest.mark.containers
def test_redis_in_a_container_is_the_same_for_a_client(testbed: Testbed) -> None:
    """Login, tap and reset."""
    testbed.reset()
    with redis.Redis.from_url(testbed.env["CX_REDIS_URL"]) as client:
        client.set("a", 1)
        assert testbed.journal.counts[5] == 1
        testbed.reset()
        assert client.get("a") is None


@pytest.mark.containers
def test_no_password_is_in_a_process_list(testbed: Testbed) -> None:
    """A container's processes are to be seen by every user of the machine."""
    known = testbed.directory.credentials
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, timeout=20, check=True).stdout
    assert "redis-server" in running
    assert known.redis not in running
    assert known.postgres_admin.secret not in running


@pytest.mark.containers
def test_a_container_listens_on_the_loopback_address_only(testbed: Testbed) -> None:
    for container in ours():
        argv = ["docker", "port", container]
        said = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True).stdout
        assert all(line.split(" -> ")[1].startswith("127.0.0.1:") for line in said.splitlines()), said


@pytest.mark.containers
def test_a_killed_testbed_leaves_no_container() -> None:
    """The reaper removes it."""
    before = ours()
    script = (
        "from cxmock.testbed.options import Options; from cxmock.testbed.testbed import Testbed;"
        "from cxmock.topology import Component; testbed = Testbed(Options(stores='container', ports='ephemeral'));"
        "testbed.start(Component.REDIS); print('up', flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert len(ours()) == len(before) + 1
        process.kill()
    assert asyncio.run(until(lambda: ours() == before, within=15, every=0.1))


@pytest.mark.containers
def test_a_container_that_ends_by_itself_is_told() -> None:
    """Out of memory, stopped by somebody, gone with its engine: what was asked of the store says so."""
    before = set(ours())
    with Testbed(Options(stores="container", ports="ephemeral")) as testbed:
        testbed.start(Component.POSTGRES, Component.REDIS)
        argv = ["docker", "kill", *set(ours()) - before]
        subprocess.run(argv, capture_output=True, timeout=20, check=True)
        for component, store in ((Component.REDIS, "Redis"), (Component.POSTGRES, "PostgreSQL")):
            with pytest.raises(ContainerLost) as caught:
                testbed.run(testbed.part(component).reset())
            assert str(caught.value).startswith(f"{store} is lost with its container cxmock-{store.lower()}-")
            assert "it ended with code 137." in str(caught.value)
    assert set(ours()) == before


def test_an_engine_that_is_gone_is_told(tmp_path: Path) -> None:
    class Gone:
        def get_wrapped_container(self) -> object:
            raise ConnectionError("Connection refused")

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        container = StoreContainer("Redis", "redis:7-alpine", 6379, supervisor)
        container._container = Gone()
        with pytest.raises(ContainerLost, match=r"its engine does not tell \(Connection refused\)\."):
            await container.check()
        await supervisor.close()

    asyncio.run(story())


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "testcontainers.core.container", None)
    monkeypatch.setitem(sys.modules, "testcontainers", None)

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        container = StoreContainer("Redis", "redis:7-alpine", 6379, supervisor)
        with pytest.raises(EngineMissing) as caught:
            await container.start()
        await container.stop()
        await supervisor.close()
        text = str(caught.value)
        assert text.startswith("Redis cannot run in a container: ")
        assert "testcontainers" in text
        assert "pip install 'cxmock[containers]' and start Docker" in text

    asyncio.run(story())
