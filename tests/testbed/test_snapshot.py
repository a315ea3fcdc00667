"""Snapshots: everything is as it was, and nobody was disconnected."""

from __future__ import annotations

import psycopg
import pytest
import redis

from cxmock.errors.snapshots import MarkUnusable
from cxmock.errors.stores import TransactionLeftOpen
from cxmock.fakes.compliance_provider import ComplianceProvider
from cxmock.fakes.confserv import Confserv
from cxmock.fakes.gws import Gws
from cxmock.fakes.nexus import Nexus
from cxmock.fakes.ocs import Ocs
from cxmock.fakes.sftp import Sftp
from cxmock.fakes.share import Share
from cxmock.journal import Journal
from cxmock.net.waiting import patiently
from cxmock.testbed import Options, Testbed
from cxmock.testbed.contact import Contact as ApiClient
from cxmock.testbed.faces import PostgresFace, RedisFace
from cxmock.testbed.seeding import Campaign, ContactHours, ContactList, Seed, SuppressionList, contacts
from cxmock.testbed.snapshot import MARKS_KEPT, Snapshots
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult

LONDON = "+442079460018"
DAYTIME = 1_768_402_800.0


def test_everything_is_as_it_was(
    cx_snapshot: Snapshots,
    cx_seed: Seed,
    cx_contact: ApiClient,
    cx_postgres: PostgresFace,
    cx_redis: RedisFace,
    cx_confserv: Confserv,
    cx_compliance: ComplianceProvider,
    cx_gws: Gws,
    cx_nexus: Nexus,
    cx_ocs: Ocs,
    cx_sftp: Sftp,
    cx_share: Share,
    cx_testbed: Testbed,
) -> None:
    """Two stores, seven fakes, the services' own figures, what is unplugged and the clock, all in one."""
    cx_testbed.clock.set(DAYTIME)
    cx_contact.login()
    cx_seed(ContactList("leads", contacts(20)), SuppressionList("never", [LONDON]), Campaign("Spring", lists=["leads"]))
    cx_sftp.put("/in/a.csv", b"1")
    cx_share.put("/import/a.csv", b"1")
    cx_ocs.outcomes[LONDON] = [CallResult.BUSY]
    cx_nexus.outcomes.decided[LONDON] = "REJECTED"
    cx_seed(ContactHours("Monday"))
    version = cx_compliance.data.version
    cx_testbed.unplug(2)

    def state() -> object:
        """Everything that a test can see."""
        metrics = [
            cx_contact.service(one).runtime.metrics.text() for one in (Component.INGRESS, Component.LIST_BUILDER)
        ]
        return (
            cx_postgres.contact_lists,
            cx_postgres.suppression_lists,
            {key: cx_redis.call("DUMP", key) for key in cx_redis.keys("*")},
            {kind: {dbid: dict(one) for dbid, one in known.items()} for kind, known in cx_confserv.objects.items()},
            (cx_compliance.data.version, dict(cx_compliance.tokens), list(cx_compliance.fetched)),
            (sorted(cx_gws.users), sorted(cx_gws.tokens), dict(cx_gws.setting.values)),
            (list(cx_nexus.sent), dict(cx_nexus.outcomes.decided), cx_nexus.out_of_service),
            (dict(cx_ocs.outcomes), list(cx_ocs.dialed), sorted(cx_ocs.campaigns)),
            (cx_sftp.tree(), cx_sftp.read("/in/a.csv"), dict(cx_sftp.accounts.passwords), set(cx_sftp.folder.denied)),
            (cx_share.tree(), cx_share.read("/import/a.csv")),
            (metrics, cx_testbed.unplugged, round(cx_testbed.clock.now(), -2)),
        )

    before = state()
    with cx_snapshot():
        cx_testbed.plug(2)
        cx_testbed.unplug(12)
        cx_testbed.clock.advance(86_400)
        cx_contact.post("/logout")
        cx_postgres.query("DELETE FROM cxc.contact_list")
        cx_postgres.query("UPDATE cxc.suppression_list SET name = 'other'")
        cx_seed(ContactList("more"), SuppressionList("also", [LONDON]), Campaign("Summer"), ContactHours("Tuesday"))
        cx_confserv.update("Campaign", cx_confserv.named("Campaign", "Spring")["DBID"], {"description": "changed"})
        cx_compliance.tokens.clear()
        cx_gws.revoke_all()
        cx_gws.user_may_log_in("ada")
        cx_gws.setting_is("a", 1)
        cx_nexus.is_out_of_service()
        cx_nexus.outcomes.decided.clear()
        cx_ocs.outcomes.clear()
        cx_testbed.run(cx_ocs.is_dialing("Spring"))
        cx_ocs.attempt(contacts(1)[0].devices[0])
        cx_sftp.put("/in/a.csv", b"2")
        cx_sftp.put("/in/b.csv", b"3")
        cx_sftp.path_is_denied("/in")
        cx_sftp.user_may_log_in("ada")
        cx_share.put("/import/a.csv", b"22")
        cx_share.remove("/import/a.csv")
        cx_share.put("/export/b.csv", b"3")
        changed = cx_share.tree()

    after = state()
    assert changed == ["/export/", "/export/b.csv", "/import/"]
    assert version == cx_compliance.data.version
    for was, is_now in zip(before, after, strict=True):  # type: ignore[call-overload]
        assert was == is_now
    assert cx_contact.get("/contact-lists")[0]["name"] == "leads"


def test_a_mark_is_restored_as_often_as_one_likes(
    cx_snapshot: Snapshots, cx_seed: Seed, cx_postgres: PostgresFace
) -> None:
    cx_seed(ContactList("leads", contacts(3)))
    mark = cx_snapshot.take()
    whole = cx_postgres.contact_lists

    for change in (
        "UPDATE cxc.cl_leads SET record_status = 7 WHERE chain_id = 1",
        "DELETE FROM cxc.cl_leads WHERE chain_id = 2",
        "TRUNCATE cxc.cl_leads",
        "DROP TABLE cxc.cl_leads",
        "DROP SCHEMA cxc CASCADE",
        "SELECT",
    ):
        cx_postgres.query(change)
        cx_snapshot.restore(mark)
        assert cx_postgres.contact_lists == whole, change


def test_a_mark_outlives_the_reset_between_tests(
    cx_snapshot: Snapshots, cx_seed: Seed, cx_testbed: Testbed, cx_postgres: PostgresFace, cx_confserv: Confserv
) -> None:
    """What takes long to seed is seeded once, and then restored for each test."""
    cx_seed(ContactList("leads", contacts(3)), Campaign("Spring", lists=["leads"]))
    mark = cx_snapshot.take()
    whole = cx_postgres.contact_lists
    cx_testbed.reset()
    assert cx_postgres.contact_lists == {}

    cx_snapshot.restore(mark)

    assert cx_postgres.contact_lists == whole
    assert cx_confserv.wait_for("Campaign", "Spring")


def test_clients_stay_connected(
    cx_snapshot: Snapshots, cx_postgres: PostgresFace, cx_redis: RedisFace, cx_testbed: Testbed
) -> None:
    """Connections, prepared statements and subscriptions live on."""
    with (
        psycopg.connect(cx_testbed.env["CX_POSTGRES_URL"], autocommit=True) as database,
        redis.Redis.from_url(cx_testbed.env["CX_REDIS_URL"]) as client,
    ):
        database.prepare_threshold = 0
        database.execute("CREATE TABLE mine (id integer PRIMARY KEY)")
        database.execute("INSERT INTO mine VALUES (%s)", (1,))
        client.set("a", "1")
        number, told = database.info.backend_pid, client.client_id()

        with cx_snapshot():
            database.execute("INSERT INTO mine VALUES (%s)", (2,))
            client.set("a", "2")

        assert database.execute("SELECT id FROM mine").fetchall() == [(1,)]
        assert client.get("a") == b"1"
        database.execute("INSERT INTO mine VALUES (%s)", (2,))
        assert (database.info.backend_pid, client.client_id()) == (number, told)


def test_keys_have_the_time_to_live_that_they_had(cx_snapshot: Snapshots, cx_redis: RedisFace) -> None:
    cx_redis.call("SET", "a", "\u00e9", "EX", 100)
    cx_redis.call("HSET", "b", "field", b"\xff\x00")
    mark = cx_snapshot.take()
    cx_redis.call("PERSIST", "a")
    cx_redis.call("DEL", "b")

    cx_snapshot.restore(mark)

    assert 90 < cx_redis.call("TTL", "a") <= 100
    assert cx_redis.call("TTL", "b") == -1
    assert cx_redis.keys() == ["a", "b"]


def test_every_database_of_redis_is_restored(cx_snapshot: Snapshots, cx_testbed: Testbed, cx_redis: RedisFace) -> None:
    with redis.Redis.from_url(cx_testbed.env["CX_REDIS_URL"]) as client:
        client.select(3)
        client.set("a", "1")
        with cx_snapshot():
            client.flushall()
        assert client.get("a") == b"1"
        assert cx_redis.keys() == []


def test_tables_come_back_as_they_were_made(
    cx_snapshot: Snapshots, cx_postgres: PostgresFace, cx_testbed: Testbed
) -> None:
    """Columns, defaults, identities, keys, indexes, rights, views, sequences: all of them, from the catalogue."""
    with psycopg.connect(cx_testbed.env["CX_POSTGRES_URL"], autocommit=True) as database:
        database.execute(
            """
            CREATE TABLE parent (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                "odd Name" text COLLATE "C" UNIQUE);
            CREATE TABLE child (id serial PRIMARY KEY, parent integer REFERENCES parent ON DELETE CASCADE,
                size numeric(5, 2) DEFAULT 1.5 CHECK (size > 0), twice numeric GENERATED ALWAYS AS (size * 2) STORED,
                at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX by_size ON child (size DESC) WHERE size > 2;
            CREATE SEQUENCE numbers START 5 INCREMENT 5;
            CREATE VIEW sizes AS SELECT p."odd Name", c.size, c.twice FROM parent p JOIN child c ON c.parent = p.id;
            REVOKE ALL ON child FROM ocs; GRANT SELECT ON sizes TO ocs;
            INSERT INTO parent ("odd Name") VALUES ('a'), ('b');
            INSERT INTO child (parent, size) VALUES (1, 2), (2, 3);
            SELECT nextval('numbers');
            """
        )
        described = described_by(database)
        mark = cx_snapshot.take()
        database.execute("DELETE FROM parent WHERE id = 1")
        for change in ("SELECT 1", "DROP TABLE parent, child CASCADE; DROP SEQUENCE numbers", "DROP VIEW sizes"):
            database.execute(change)
            cx_snapshot.restore(mark)

            assert described_by(database) == described
            assert database.execute("SELECT * FROM sizes ORDER BY 1").fetchall()[0][0] == "a"
            assert database.execute("SELECT nextval('numbers')").fetchone() == (10,)
            assert database.execute("INSERT INTO child (parent) VALUES (1) RETURNING id, twice").fetchone() == (3, 3)
            with pytest.raises(psycopg.errors.GeneratedAlways):
                database.execute("INSERT INTO parent (id) VALUES (9)")


def described_by(database: psycopg.Connection) -> object:
    """Return what PostgreSQL knows of the tables, as its own catalogue views tell it."""
    return [
        database.execute(query).fetchall()
        for query in (
            "SELECT table_name, column_name, data_type, column_default, is_nullable, is_identity, is_generated, "
            "collation_name, numeric_precision FROM information_schema.columns WHERE table_schema = 'cxc' "
            "ORDER BY 1, 2",
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'cxc' ORDER BY 1, 2",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'cxc'::regnamespace ORDER BY 1, 2",
            "SELECT relname, pg_get_userbyid(relowner), array(SELECT x::text FROM "
            "aclexplode(coalesce(relacl, acldefault('r', relowner))) x ORDER BY 1) "
            "FROM pg_class WHERE relnamespace = 'cxc'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1",
            "SELECT sequencename, start_value, increment_by, last_value FROM pg_sequences "
            "WHERE schemaname = 'cxc' AND sequencename <> 'numbers' ORDER BY 1",
        )
    ]


def test_a_session_in_a_transaction_is_ended_and_named(
    cx_snapshot: Snapshots, cx_postgres: PostgresFace, cx_testbed: Testbed
) -> None:
    """What it had written would come up after the snapshot was restored."""
    mark = cx_snapshot.take()
    with psycopg.connect(cx_testbed.env["CX_POSTGRES_URL"]) as database:
        database.execute("INSERT INTO gsw_donotcall_list (phone) VALUES ('1')")

        with pytest.warns(TransactionLeftOpen, match="gsw_donotcall_list"):
            cx_snapshot.restore(mark)

        with pytest.raises(psycopg.OperationalError):
            database.execute("SELECT 1")


def test_a_campaign_that_dialed_dials_on(
    cx_snapshot: Snapshots, cx_seed: Seed, cx_ocs: Ocs, cx_postgres: PostgresFace, cx_testbed: Testbed
) -> None:
    """It is loaded anew with its figures, and comes to the same results: they follow from the seed."""
    cx_testbed.clock.set(DAYTIME)
    people = contacts(5)
    for one in people:
        cx_ocs.outcomes[one.devices[0]] = [CallResult.BUSY, CallResult.ANSWER]
    cx_seed(ContactList("leads", people), Campaign("Spring", lists=["leads"]), Campaign("Summer"))
    cx_testbed.run(cx_ocs.is_loaded("Summer"))
    cx_testbed.run(cx_ocs.is_dialing("Spring"))

    def written() -> None:
        """OCS tells an attempt when it has ended, and writes it back a moment later."""
        assert {one["attempt"] for one in cx_postgres.rows("leads")} == {1}

    patiently(written, within=5)
    mark = cx_snapshot.take()
    for _ in range(2):
        cx_testbed.clock.advance(3600)
        assert {cx_ocs.attempt(one.devices[0], 2).result for one in people} == {CallResult.ANSWER}

        cx_snapshot.restore(mark)

        assert {name: one.status for name, one in cx_ocs.campaigns.items()} == {
            "Spring@Outbound agents": "Running",
            "Summer@Outbound agents": "Active",
        }
        assert cx_ocs.campaigns["Spring@Outbound agents"].statistics.dialed == 5
        assert len(cx_ocs.dialed) == 5
        assert {one["attempt"] for one in cx_postgres.rows("leads")} == {1}


def test_a_campaign_that_was_not_loaded_is_not_afterwards(
    cx_snapshot: Snapshots, cx_ocs: Ocs, cx_testbed: Testbed
) -> None:
    with cx_snapshot():
        cx_testbed.run(cx_ocs.is_dialing("Spring"))

    assert cx_ocs.campaigns == {}


def test_what_was_started_later_is_reset(cx_snapshot: Snapshots, cx_testbed: Testbed) -> None:
    with cx_snapshot():
        cx_testbed.start(Component.NEXUS)
        nexus = cx_testbed.part(Component.NEXUS)
        nexus.is_out_of_service()

    assert not nexus.out_of_service


def test_the_journal_goes_on(
    cx_snapshot: Snapshots, cx_testbed: Testbed, cx_redis: RedisFace, cx_journal: Journal
) -> None:
    """What happened has happened; to restore is seen on no connection."""
    with redis.Redis.from_url(cx_testbed.env["CX_REDIS_URL"]) as client, cx_snapshot():
        client.set("a", 1)
        cx_journal.wait_for(5, operation="SET")

    assert [one.operation for one in cx_journal.exchanges(5, operation="SET")] == ["SET"]


def test_it_is_restored_when_the_block_fails(cx_snapshot: Snapshots, cx_redis: RedisFace) -> None:
    with pytest.raises(ZeroDivisionError), cx_snapshot():
        cx_redis.call("SET", "a", 1)
        raise ZeroDivisionError

    assert cx_redis.keys() == []


def test_marks_that_cannot_be_restored_are_told(cx_snapshot: Snapshots, cx_nexus: Nexus, cx_testbed: Testbed) -> None:
    first = cx_snapshot.take()
    marks = [cx_snapshot.take() for _ in range(MARKS_KEPT)]
    with pytest.raises(MarkUnusable, match="it was forgotten"):
        cx_snapshot.restore(first)

    cx_testbed.play("nexus", contract=12)
    with pytest.raises(MarkUnusable, match="something else plays Nexus now"):
        cx_snapshot.restore(marks[-1])
    for mark in marks:
        cx_snapshot.forget(mark)


def test_nothing_of_a_forgotten_mark_is_left(
    cx_snapshot: Snapshots,
    cx_testbed: Testbed,
    cx_seed: Seed,
    cx_postgres: PostgresFace,
    cx_sftp: Sftp,
    cx_share: Share,
) -> None:
    cx_seed(ContactList("leads"))
    cx_sftp.put("/in/a.csv", b"1")
    cx_share.put("/import/a.csv", b"1")
    with cx_snapshot():
        assert cx_postgres.query("SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'cxmock_kept'") == [{"n": 2}]

    assert cx_postgres.query("SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'cxmock_kept'") == [{"n": 0}]
    assert list(cx_testbed.folder.glob("*/kept-*")) == []


def test_redis_in_python_is_restored_too() -> None:
    """Where no server program fits, fakeredis plays Redis; it has no functions to keep."""
    with Testbed(Options(stores="redis=fakeredis")) as testbed:
        testbed.start(Component.REDIS)
        store = RedisFace(testbed)
        store.call("SET", "a", "1", "EX", 100)
        store.call("HSET", "b", "field", "1")

        with Snapshots(testbed)():
            store.call("FLUSHALL")
            store.call("SET", "c", "1")

        assert store.keys() == ["a", "b"]
        assert 90 < store.call("TTL", "a") <= 100
