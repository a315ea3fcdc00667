"""A reset of PostgreSQL: what was made is gone, clients stay connected, nobody is waited for."""

from __future__ import annotations

import threading

import psycopg
import pytest

from cxmock.errors.stores import TransactionLeftOpen
from cxmock.stores.postgres import Postgres
from cxmock.stores.postgres.schema import BASE_TABLES
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from tests.stores.postgres.statements import INSERT, MAKE


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
