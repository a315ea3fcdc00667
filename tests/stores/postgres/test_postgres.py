"""PostgreSQL on connections 7 and 13: one address, told apart by the login role."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from cxmock.errors.stores import StoreRefused, UnknownContactList
from cxmock.stores.postgres import Postgres
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from tests.stores.postgres.statements import INSERT, MAKE


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
