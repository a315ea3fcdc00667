"""Random statements given to two PostgreSQL servers by both roles, which have to be answered the same."""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cxmock.testbed import Testbed

TABLES = st.sampled_from(["contact_list", "cl_a", "cl_b", "gsw_donotcall_list", "nosuch"])
OWN = st.sampled_from(["cl_a", "cl_b"])
NUMBERS = st.sampled_from(["0", "1", "2", "-1", "NULL", "2147483648", "1.5"])
TEXTS = st.sampled_from(["''", "'Ada'", "'ä€'", "'10'", "NULL", "repeat('x', 70)"])
COLUMNS = st.sampled_from(["n", "s", "d", "at", "nosuch"])
COLUMN_OF_ANY = st.sampled_from(["count(*)", "count(s), max(n)", "sum(n)", "string_agg(s, ',' ORDER BY s)", "avg(d)"])
WHERE = st.sampled_from(
    [
        "",
        " WHERE n = 1",
        " WHERE s LIKE 'A%'",
        " WHERE d IS NULL",
        " WHERE n IN (0, 2)",
        " WHERE s > 'a'",
        " WHERE x",
    ]
)


def formed(form: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return statements of a form with holes."""
    return st.fixed_dictionaries(parts).map(lambda chosen: form.format(**chosen))


STATEMENTS = st.one_of(
    formed(
        "CREATE TABLE {table} (n int PRIMARY KEY, s varchar(64) DEFAULT 'none', d numeric(8, 2) CHECK (d >= 0), "
        "at timestamptz DEFAULT '2026-01-01')",
        table=OWN,
    ),
    formed("DROP TABLE {table}", table=OWN),
    formed("INSERT INTO {table} VALUES ({n}, {s}, {d}) RETURNING *", table=OWN, n=NUMBERS, s=TEXTS, d=NUMBERS),
    formed(
        "INSERT INTO {table} (n, s) VALUES ({n}, {s}), (7, 'Bob') "
        "ON CONFLICT (n) DO UPDATE SET s = excluded.s || '!' RETURNING n, s",
        table=OWN,
        n=NUMBERS,
        s=TEXTS,
    ),
    formed("INSERT INTO contact_list (name, table_name, created) VALUES ({s}, {t}, 0) RETURNING id", s=TEXTS, t=TEXTS),
    formed("UPDATE {table} SET {column} = {value}{where}", table=OWN, column=COLUMNS, value=NUMBERS, where=WHERE),
    formed("DELETE FROM {table}{where} RETURNING n", table=OWN, where=WHERE),
    formed("SELECT n, s, d, at FROM {table}{where} ORDER BY s, n", table=OWN, where=WHERE),
    formed("SELECT {what} FROM {table}{where}", what=COLUMN_OF_ANY, table=OWN, where=WHERE),
    formed(
        "SELECT a.n, b.s, row_number() OVER (ORDER BY a.n, b.n) FROM {table} a LEFT JOIN {other} b ON a.n = b.n "
        "ORDER BY a.n, b.n LIMIT 3",
        table=OWN,
        other=OWN,
    ),
    formed("ALTER TABLE {table} ADD COLUMN {column} int", table=OWN, column=COLUMNS),
    formed("ALTER TABLE {table} DROP COLUMN {column}", table=OWN, column=COLUMNS),
    formed("TRUNCATE {table}", table=TABLES),
    formed("CREATE INDEX i_{column} ON {table} ({column})", table=OWN, column=COLUMNS),
    formed("SELECT count(*) FROM {table}", table=TABLES),
    formed("INSERT INTO gsw_donotcall_list (phone, list_dbid) VALUES ({s}, {n})", s=TEXTS, n=NUMBERS),
    formed("SELECT {n}::numeric / {m}, {s} ~ '^[A-Z]', upper({s}), length({s})", n=NUMBERS, m=NUMBERS, s=TEXTS),
    formed("SELECT {s}::int", s=TEXTS),
    formed("SELECT jsonb_build_object('n', {n}, 's', {s}) -> 's', ARRAY[{n}, 5]", n=NUMBERS, s=TEXTS),
    st.sampled_from(["SELECT 1 +", "", "SELECT 1; SELECT 2", "SHOW TimeZone", "SHOW search_path", "LISTEN x"]),
    st.sampled_from(
        ["BEGIN", "BEGIN READ ONLY", "COMMIT", "ROLLBACK", "SAVEPOINT p", "ROLLBACK TO p", "RELEASE p", "COMMIT"]
    ),
)


class Machine(RuleBasedStateMachine):
    """Two servers, and of each a client of either role."""

    def __init__(self, one: Testbed, other: Testbed) -> None:
        super().__init__()
        self.testbeds = one, other
        self.clients: dict[str, list[psycopg.Connection]] = {}

    @initialize()
    def empty(self) -> None:
        for testbed in self.testbeds:
            testbed.reset()
        for role, variable in (("cxc", "CX_POSTGRES_URL"), ("ocs", "CX_OCS_POSTGRES_URL")):
            self.clients[role] = [
                psycopg.connect(testbed.env[variable], autocommit=True, options="-c lock_timeout=100ms")
                for testbed in self.testbeds
            ]

    @rule(statement=STATEMENTS, role=st.sampled_from(["cxc", "cxc", "cxc", "ocs"]), prepared=st.booleans())
    def statement(self, statement: str, role: str, prepared: bool) -> None:
        one, other = (told(client, statement, prepared) for client in self.clients[role])
        assert one == other, (role, statement)

    @rule(table=OWN, rows=st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["a", "\\N", "x\ty"])), max_size=5))
    def copy(self, table: str, rows: list[tuple[int, str]]) -> None:
        one, other = (copied(client, table, rows) for client in self.clients["cxc"])
        assert one == other, (table, rows)

    def teardown(self) -> None:
        for role in self.clients:
            for client in self.clients[role]:
                client.close()


def told(client: psycopg.Connection, statement: str, prepared: bool = False) -> Any:
    """Return the rows and their number, or the code of the error."""
    try:
        with client.cursor() as cursor:
            cursor.execute(statement, prepare=prepared)
            results = []
            more: bool | None = True
            while more:
                names = [column.name for column in cursor.description or ()]
                results.append((names, cursor.rowcount, cursor.fetchall() if cursor.description else []))
                more = cursor.nextset()
            return results, client.info.transaction_status
    except psycopg.Error as error:
        return error.sqlstate, client.info.transaction_status


def copied(client: psycopg.Connection, table: str, rows: list[tuple[int, str]]) -> Any:
    """Return what became of a bulk copy."""
    try:
        with client.cursor() as cursor:
            with cursor.copy(f"COPY {table} (n, s) FROM STDIN") as copy:
                for n, s in rows:
                    copy.write(f"{n}\t{s}\n")
            return cursor.rowcount
    except psycopg.Error as error:
        return error.sqlstate
