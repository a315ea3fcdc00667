"""Row 7: CX Contact keeps contact and suppression lists in PostgreSQL, as role ``cxc``.

That it does, that it needs ``tablefunc``, and the columns of the do-not-call table are documented. The schema, the
other tables and the statements, which are promised by their shape, are assumed. SQLSTATEs are PostgreSQL's own.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import (
    Given,
    Row,
    Term,
    assumed,
    documented,
    given,
    integer,
    like,
    row_07_messages,
    row_07_retention,
)
from cxmock.contracts.authoring.calling_list import COLUMNS, HOLDS_ADA, HOLDS_NOTHING, LIST, SQLSTATES, refused_login
from cxmock.contracts.authoring.row_07_calling_lists import about_calling_lists, about_dialing
from cxmock.contracts.authoring.row_07_catalogue import about_contact_lists, about_import_runs
from cxmock.contracts.authoring.row_07_faults import about_faults
from cxmock.contracts.authoring.row_07_import import about_imports
from cxmock.contracts.authoring.row_07_jobs import about_jobs
from cxmock.contracts.authoring.row_07_resources import about_objects
from cxmock.contracts.authoring.row_07_suppression import about_suppression
from cxmock.contracts.authoring.statements import done, refused, sql, statement

CHART = documented("the CX Contact chart: the extension tablefunc")
DO_NOT_CALL = documented("the OCS deployment guide: gsw_donotcall_list, names and types of its columns")
SESSION = assumed("PostgreSQL's own; that CX Contact works in transactions is ours")


def contract() -> Row:
    """Return the contract."""
    row = Row(7)
    _what_is_there(row)
    about_calling_lists(row)
    _transactions(row)
    about_dialing(row)
    about_contact_lists(row)
    about_import_runs(row)
    about_suppression(row)
    _refusals(row)
    row_07_messages.add(row)
    row_07_retention.add(row)
    about_objects(row)
    about_imports(row)
    about_jobs(row)
    about_faults(row)
    return row


def _what_is_there(row: Row) -> None:
    sql(
        row,
        "the extension tablefunc is there",
        CHART,
        "SELECT extname FROM pg_extension WHERE extname = $1",
        ["tablefunc"],
        {"columns": ["extname"], "rows": [["tablefunc"]], "rowcount": 1},
    )
    sql(
        row,
        "the do-not-call table has the columns that OCS documents",
        DO_NOT_CALL,
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = 'gsw_donotcall_list' ORDER BY column_name",
        [],
        {
            "columns": ["column_name", "data_type"],
            "rows": [
                ["campaign_dbid", "numeric"],
                ["customer_id", "character varying"],
                ["dnc_message", "character varying"],
                ["is_internal", "integer"],
                ["list_dbid", "numeric"],
                ["phone", "character varying"],
                ["tenant_dbid", "numeric"],
                ["time_stamp", "integer"],
            ],
            "rowcount": 8,
        },
    )


def _transactions(row: Row) -> None:
    for word, description in (
        ("BEGIN", "a transaction begins"),
        ("COMMIT", "a transaction is kept"),
        ("ROLLBACK", "a transaction is given up"),
        ("DEALLOCATE ALL", "a driver has what it prepared forgotten"),
    ):
        sql(row, description, SESSION, statement(word, word), [], done(0))
    lock = "SELECT pg_advisory_xact_lock(hashtext($1))"
    locked = {"columns": ["pg_advisory_xact_lock"], "rows": [[""]], "rowcount": 1}
    turns = "who imports a list waits for whoever does already"
    sql(row, turns, SESSION, statement(lock, lock), [like("Spring")], locked)


def _refusals(row: Row) -> None:
    def refuse(description: str, sqlstate: str, said: str | Term, params: list[Any], *states: Given) -> None:
        sql(row, description, SQLSTATES, said, params, refused(sqlstate), *states)

    insert = statement(
        "INSERT INTO {list} (contact_info, chain_id, chain_n) VALUES ($1, $2, $3)",
        f'INSERT INTO cxc."{LIST}" (contact_info, chain_id, chain_n) VALUES ($1, $2, $3)',
    )
    listed = "INSERT INTO cxc.contact_list (name, table_name, created) VALUES ($1, $2, $3)"
    refuse(
        "a device that is in its contact's chain already is refused",
        "23505",
        insert,
        [like("+12025550199"), integer(1), integer(0)],
        HOLDS_ADA,
    )
    refuse(
        "a contact list's name that is taken is refused",
        "23505",
        statement(listed, listed),
        [like("Spring"), like("cl_spring_2"), integer(1767225600)],
        given("contact list {name} is in the catalogue", name="Spring"),
    )
    refuse(
        "a number that is too long is refused",
        "22001",
        insert,
        [like("1" * 129), integer(2), integer(0)],
        HOLDS_ADA,
    )
    gone = given("there is no table {table}", table=LIST)
    count = statement("SELECT ... FROM {list} ...", f'SELECT count(*) FROM cxc."{LIST}"')
    refuse("a calling list that nobody made is not found", "42P01", count, [], gone)
    made = statement("CREATE TABLE {list} (...)", f'CREATE TABLE cxc."{LIST}" ({COLUMNS})')
    refuse("a calling list's table is not made twice", "42P07", made, [], HOLDS_NOTHING)
    column = statement("SELECT ... FROM {list} ...", f'SELECT c_shoe_size FROM cxc."{LIST}"')
    refuse("a column that a calling list does not have is not found", "42703", column, [], HOLDS_ADA)
    refuse("what is no SQL is refused", "42601", like("SELEKT 1"), [])
    refused_login(row, "cxc")
