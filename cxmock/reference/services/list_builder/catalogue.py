"""What PostgreSQL keeps about lists and imports (row 7), and every statement that reads or writes it.

The tables are there from the start (schema ``cxc``); only a calling list's own table is made here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxmock.reference.calling_list import COLUMNS, IMPORTED, SCHEMA, create_statements, table_name
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.postgres import Postgres
from cxmock.reference.services.list_builder.contacts import Rejected

if TYPE_CHECKING:
    from psycopg import AsyncConnection

LIST_NAME_LIMIT = 64
"""Characters of a list's name."""
REJECTS_KEPT = 10_000
"""Rejected rows of one import that the database keeps; all of them are in the rejects file."""

CUT_SHORT = "cut short"
"""Why an import failed whose List Builder died, or was stopped."""
AT_WORK = 7301
"""Of the locks that tell which imports somebody is at work on: the first of two keys, the run's number is the other."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of a file."""

    lines: int = 0
    contacts: int = 0
    devices: int = 0
    duplicates: int = 0
    updated: int = 0
    """Contacts that the list had before."""
    skipped: int = 0
    """Rows that the rules did not want."""
    rejected: int = 0
    """Rows that were not imported, duplicates among them."""
    left_out: int = 0
    """Devices that were not imported, of contacts that were."""


_TOLD = (
    f"SELECT l.name, l.contacts, l.devices, l.created, l.dbid, l.secured, '{SCHEMA}.' || l.table_name AS table, "
    f"r.file, coalesce(r.rejected, 0) AS rejected, coalesce(r.status, '') AS status FROM {SCHEMA}.contact_list l "
    f"LEFT JOIN LATERAL (SELECT file, rejected, status FROM {SCHEMA}.import_run "
    "WHERE kind = 'contact' AND list_name = l.name ORDER BY id DESC LIMIT 1) r ON true"
)
_TOLD_COLUMNS = ("name", "contacts", "devices", "created", "dbid", "secured", "table", "file", "rejected", "status")


async def lists_named(postgres: Postgres, names: list[str]) -> dict[str, Row]:
    """Return the contact lists of some names, by their names, each with what became of its last file."""
    rows = await postgres.rows(f"{_TOLD} WHERE l.name = ANY(%s) ORDER BY l.name", names)
    return {row[0]: dict(zip(_TOLD_COLUMNS, row, strict=True)) for row in rows}


class Catalogue:
    """The catalogue, in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    # Contact lists

    async def lock_list(self, name: str) -> None:
        """Wait for whoever imports into a contact list; until the transaction ends, nobody else does.

        Raises:
            Refusal: somebody takes too long (409).
        """
        from psycopg.errors import LockNotAvailable

        try:
            await self._do("SELECT pg_advisory_xact_lock(hashtext(%s))", name)
        except LockNotAvailable:
            raise Refusal(
                Code.CONFLICT, f'A file is being imported into "{name}" already.', "Wait till that is done, then retry."
            ) from None

    async def new_list(self, name: str, now: float) -> str:
        """Make a contact list and its table; return the table's name.

        Raises:
            Refusal: there is one of that name (609).
        """
        if await self._one(f"SELECT table_name FROM {SCHEMA}.contact_list WHERE name = %s", name) is not None:
            raise Refusal(
                Code.EXISTS,
                f'There is a contact list "{name}" already.',
                'Give another name, or say by "mode" what is to become of it: append, update, replace.',
            )
        table = await self._free_table(table_name(name))
        for statement in create_statements(table):
            await self._do(statement)
        await self._do(
            f"INSERT INTO {SCHEMA}.contact_list (name, table_name, created) VALUES (%s, %s, %s)", name, table, int(now)
        )
        return table

    async def list_there(self, name: str) -> tuple[str, int]:
        """Return table and next chain id of a contact list.

        Raises:
            Refusal: there is none of that name (604).
        """
        found = await self._one(f"SELECT table_name FROM {SCHEMA}.contact_list WHERE name = %s", name)
        if found is None:
            raise await self.no_such("contact_list", name)
        table = found["table_name"]
        top = await self._one(f'SELECT coalesce(max(chain_id), 0) + 1 AS next FROM {SCHEMA}."{table}"')
        return table, int(top["next"]) if top else 1

    async def known_contacts(self, table: str) -> AsyncIterator[tuple[str | None, str, int]]:
        """Yield client id, first device and chain of every contact in a calling list."""
        async with self._connection.cursor() as cursor:
            query = f'SELECT c_client_id, contact_info, chain_id FROM {SCHEMA}."{table}" WHERE chain_n = 0'
            async for row in cursor.stream(query):
                yield row[0], row[1], row[2]

    async def empty_list(self, table: str) -> int:
        """Remove all records of a calling list, for others when the transaction ends; return how many there were."""
        return await self._do(f'DELETE FROM {SCHEMA}."{table}"')

    async def stage(self) -> None:
        """Make the temporary table ``incoming``, for rows that are not where they belong yet.

        Beside the columns of a row there are the part of the file that it belongs to, the record that it changes, and
        whether OCS has that record's contact in hand.
        """
        columns = ", ".join(f"{name} {COLUMNS[name].partition(' ')[0]}" for name in IMPORTED)
        beside = "part integer, record_id integer, in_hand boolean NOT NULL DEFAULT false"
        await self._do(f"CREATE TEMPORARY TABLE incoming ({beside}, {columns}) ON COMMIT DROP")

    async def take_part(self, table: str, part: int) -> int:
        """Take a part of the rows in ``incoming`` into a calling list; return how many it has."""
        columns = ", ".join(IMPORTED)
        return await self._do(
            f'INSERT INTO {SCHEMA}."{table}" ({columns}) SELECT {columns} FROM incoming WHERE part = %s '
            "ORDER BY chain_id, chain_n",
            part,
        )

    async def close_list(self, name: str, dbid: int, contacts: int, devices: int) -> None:
        """Note what an import added to a contact list, and its calling list's DBID in Configuration."""
        await self._do(
            f"UPDATE {SCHEMA}.contact_list SET dbid = %s, contacts = contacts + %s, devices = devices + %s "
            "WHERE name = %s",
            *(dbid, contacts, devices, name),
        )

    async def remove_list(self, name: str, table: str) -> None:
        """Remove a contact list, its table, and what is known of its imports."""
        await self._do(f"DELETE FROM {SCHEMA}.import_run WHERE kind = 'contact' AND list_name = %s", name)
        await self._do(f'DROP TABLE {SCHEMA}."{table}"')
        await self._do(f"DELETE FROM {SCHEMA}.contact_list WHERE name = %s", name)

    async def secure_list(self, name: str) -> None:
        """Note that a contact list came in encrypted."""
        await self._do(f"UPDATE {SCHEMA}.contact_list SET secured = true WHERE name = %s", name)

    async def contact_lists(self, name: str | None = None) -> list[Row]:
        """Return the contact lists (or the one of that name), each with what became of its last file."""
        return await self._all(f"{_TOLD} WHERE l.name = coalesce(%s, l.name) ORDER BY l.name", name)

    # Suppression lists

    async def open_suppression(self, name: str, kind: str, channel: str, *, required: bool, now: float) -> int:
        """Return the id of a suppression list, made unless it is there.

        Raises:
            Refusal: it is there with entries of the other type (409).
        """
        row = await self._one(
            f"INSERT INTO {SCHEMA}.suppression_list (name, type, channel, required, created) "
            "VALUES (%s, %s, nullif(%s, ''), %s, %s) ON CONFLICT (name) DO UPDATE "
            "SET channel = excluded.channel, required = excluded.required RETURNING id, type",
            *(name, kind, channel, required, int(now)),
        )
        assert row is not None
        if row["type"] != kind:
            raise Refusal(
                Code.CONFLICT, f'The suppression list "{name}" has entries of type {row["type"]}, not {kind}.'
            )
        return int(row["id"])

    async def merge_entries(self, list_id: int) -> int:
        """Take the entries of the temporary table ``incoming`` into a list; return the list's size."""
        await self._do(
            f"INSERT INTO {SCHEMA}.suppression_entry (list_id, entry) SELECT DISTINCT %s::integer, entry FROM incoming "
            "ON CONFLICT (list_id, entry) DO UPDATE SET expires = NULL",
            list_id,
        )
        return await self._count_entries(list_id)

    async def _count_entries(self, list_id: int) -> int:
        """Note how large a list is, and return it."""
        row = await self._one(
            f"UPDATE {SCHEMA}.suppression_list SET size = "
            f"(SELECT count(*) FROM {SCHEMA}.suppression_entry WHERE list_id = %s) WHERE id = %s RETURNING size",
            *(list_id, list_id),
        )
        return int(row["size"]) if row else 0

    async def suppression_lists(self, name: str | None = None, *, lock: bool = False) -> list[Row]:
        """Return the suppression lists, or the one of that name; to ``lock``, until the transaction ends."""
        return await self._all(
            "SELECT name, type, coalesce(channel, '') AS channel, required, expires, size AS entries, created, id "
            f"FROM {SCHEMA}.suppression_list WHERE name = coalesce(%s, name) ORDER BY name"
            + (" FOR UPDATE" if lock else ""),
            name,
        )

    async def change_suppression(self, name: str, channel: str, required: bool, expires: int | None) -> None:
        """Change a suppression list."""
        await self._do(
            f"UPDATE {SCHEMA}.suppression_list SET channel = nullif(%s, ''), required = %s, expires = %s "
            "WHERE name = %s",
            *(channel, required, expires, name),
        )

    async def remove_suppression(self, name: str) -> None:
        """Remove a suppression list and its entries."""
        await self._do(f"DELETE FROM {SCHEMA}.suppression_list WHERE name = %s", name)

    async def add_entries(self, list_id: int, entries: Sequence[str], expires: int | None) -> int:
        """Put entries on a list; return the list's size."""
        await self._do(
            f"INSERT INTO {SCHEMA}.suppression_entry (list_id, entry, expires) "
            "SELECT %s::integer, entry, %s::integer FROM unnest(%s::text[]) AS e (entry) "
            "ON CONFLICT (list_id, entry) DO UPDATE SET expires = excluded.expires",
            *(list_id, expires, list(entries)),
        )
        return await self._count_entries(list_id)

    async def remove_entry(self, list_id: int, entry: str) -> None:
        """Take an entry off a list."""
        await self._do(f"DELETE FROM {SCHEMA}.suppression_entry WHERE list_id = %s AND entry = %s", list_id, entry)
        await self._count_entries(list_id)

    # Imports

    async def begin_run(self, kind: str, name: str, file: str, now: float) -> int:
        """Note that an import began; return its id."""
        row = await self._one(
            f"INSERT INTO {SCHEMA}.import_run (kind, list_name, file, began) VALUES (%s, %s, %s, %s) RETURNING id",
            *(kind, name, file, int(now)),
        )
        assert row is not None
        return int(row["id"])

    async def end_run(self, run: int, now: float, counts: Counts, rejected: Sequence[Rejected]) -> None:
        """Note what came of an import."""
        await self._do(
            f"UPDATE {SCHEMA}.import_run SET status = 'done', ended = %s, lines = %s, imported = %s, duplicates = %s, "
            "rejected = %s WHERE id = %s",
            *(int(now), counts.lines, counts.contacts, counts.duplicates, counts.rejected, run),
        )
        kept = rejected[:REJECTS_KEPT]
        await self._do(
            f"INSERT INTO {SCHEMA}.import_reject (run_id, line, reason, content) "
            "SELECT %s, * FROM unnest(%s::integer[], %s::text[], %s::text[])",
            *(run, [one.line for one in kept], [one.reason for one in kept], [one.text for one in kept]),
        )

    async def claim_run(self, run: int) -> None:
        """Be known to be at work on an import, until the transaction ends, however it does."""
        await self._do("SELECT pg_advisory_xact_lock(%s, %s)", AT_WORK, run)

    async def give_up_dead_runs(self, name: str, now: float) -> None:
        """Note that a contact list's imports were cut short of which nobody is at work on (see :meth:`claim_run`).

        The database ends the session of a List Builder that dies, and takes back what that had not committed.
        """
        await self._do(
            f"UPDATE {SCHEMA}.import_run SET status = 'failed', ended = %s, reason = '{CUT_SHORT}' "
            "WHERE kind = 'contact' AND list_name = %s AND status = 'running' AND pg_try_advisory_xact_lock(%s, id)",
            *(int(now), name, AT_WORK),
        )

    async def fail_run(self, run: int, now: float, reason: str) -> None:
        """Note that an import was refused."""
        await self._do(
            f"UPDATE {SCHEMA}.import_run SET status = 'failed', ended = %s, reason = %s WHERE id = %s",
            *(int(now), reason, run),
        )

    async def give_up_runs(self, name: str, before: int, now: float) -> None:
        """Note that a contact list's imports before this one were cut short, if they have not ended.

        To be called by who has the list's lock: nobody else is at work then.
        """
        await self._do(
            f"UPDATE {SCHEMA}.import_run SET status = 'failed', ended = %s, reason = '{CUT_SHORT}' "
            "WHERE kind = 'contact' AND list_name = %s AND id < %s AND status = 'running'",
            *(int(now), name, before),
        )

    async def progress(self, run: int, lines: int, contacts: int) -> None:
        """Note how far an import has come."""
        await self._do(
            f"UPDATE {SCHEMA}.import_run SET lines = %s, imported = %s WHERE id = %s AND status = 'running'",
            *(lines, contacts, run),
        )

    async def runs(self, name: str, limit: int) -> list[Row]:
        """Return the imports of a contact list, the latest first."""
        return await self._all(
            "SELECT id, file, status, coalesce(reason, '') AS reason, began, ended, lines, imported, duplicates, "
            f"rejected FROM {SCHEMA}.import_run WHERE kind = 'contact' AND list_name = %s ORDER BY id DESC LIMIT %s",
            *(name, limit),
        )

    async def rejects(self, name: str, limit: int) -> list[Row]:
        """Return the rejected rows of a contact list's imports, the latest import first."""
        return await self._all(
            f"SELECT r.file, j.line, j.reason, j.content FROM {SCHEMA}.import_reject j "
            f"JOIN {SCHEMA}.import_run r ON r.id = j.run_id WHERE r.list_name = %s ORDER BY r.id DESC, j.line LIMIT %s",
            *(name, limit),
        )

    # How

    async def no_such(self, table: str, name: str) -> Refusal:
        """Return the refusal that says that there is no such list, and which there are (604)."""
        rows = await self._all(f"SELECT name FROM {SCHEMA}.{table} ORDER BY name LIMIT 20")
        there = ", ".join(row["name"] for row in rows) or "none"
        return Refusal(Code.NOT_FOUND, f'There is no {table.replace("_", " ")} "{name}".', f"There is: {there}.")

    async def _free_table(self, wanted: str) -> str:
        taken = await self._all(
            f"SELECT table_name FROM {SCHEMA}.contact_list WHERE table_name LIKE %s || '%%'", wanted
        )
        names = {row["table_name"] for row in taken}
        number = 2
        table = wanted
        while table in names:
            table, number = f"{wanted}_{number}", number + 1
        return table

    async def _do(self, statement: str, *values: object) -> int:
        """Do a statement; return how many rows it concerned."""
        return (await self._connection.execute(statement, values or None)).rowcount

    async def _all(self, statement: str, *values: object) -> list[Row]:
        from psycopg.rows import dict_row

        async with self._connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement, values or None)
            return await cursor.fetchall()

    async def _one(self, statement: str, *values: object) -> Row | None:
        return next(iter(await self._all(statement, *values)), None)
