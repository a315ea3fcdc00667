"""The calling lists' tables in PostgreSQL (connection 13): take records, write back what became of them.

Documented: the columns. Observed: records are taken by marking them ``record_status = 2`` and reading them back, and
finished by ``update ... where chain_id = ... and chain_n = ...``. Assumed: the statements as a whole. Of a chain (the
devices of one contact) only the first device that is ready is taken; the next one's turn comes when that is done with.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxmock.errors.ocs import ListUnusable
from cxmock.fakes.ocs.gsw import Record
from cxmock.fakes.ocs.setup import CallingList
from cxmock.fakes.ocs.windows import Window, offset
from cxmock.fakes.ocs.zones import Zones
from cxmock.serving import Endpoint, Login
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.sql import Composed

CONNECT_WITHIN: Final = 5
"""Seconds."""
STATEMENT_WITHIN: Final = 30_000
"""Milliseconds that one statement may take."""
PLANNED_AFTER: Final = 5
"""Uses of one statement after which psycopg has the server keep its plan."""
COLUMN: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

# The planner knows nothing of a table that was just filled. "+ 0", and a count where NOT EXISTS would do, keep it from
# looking for the devices of one chain by their status, or all of them again for each: the square of the list's length.
_OPEN = """(l.daily_from = l.daily_till OR CASE WHEN l.daily_from < l.daily_till
    THEN coalesce(z.local, {utc}) >= l.daily_from AND coalesce(z.local, {utc}) < l.daily_till
    ELSE coalesce(z.local, {utc}) >= l.daily_from OR coalesce(z.local, {utc}) < l.daily_till END)"""
_HEAD = """l.record_status = 1 AND l.record_type <> 7 AND 0 = (SELECT count(*) FROM {table} e
    WHERE e.chain_id = l.chain_id AND e.chain_n < l.chain_n AND e.record_status + 0 IN (1, 2) AND e.record_type <> 7)"""
_CALLBACKS = "(4, 5, 6)"
"""The record types of callbacks that somebody waits for."""
_TAKE = f"""WITH z AS (SELECT * FROM unnest(%(zones)s::int[], %(locals)s::int[]) AS z(id, local)),
due AS (SELECT l.record_id FROM {{table}} l LEFT JOIN z ON z.id = l.tz_dbid
  WHERE {_HEAD} AND coalesce(l.dial_sched_time, 0) <= %(now)s AND {_OPEN.format(utc="%(utc)s")}
  LIMIT %(room)s)
UPDATE {{table}} r SET record_status = 2, campaign_id = %(campaign)s, group_id = %(group)s, app_id = %(application)s
FROM due WHERE r.record_id = due.record_id
RETURNING r.*, (SELECT count(*) FROM {{table}} o WHERE o.chain_id = r.chain_id AND o.chain_n > r.chain_n
  AND o.record_status + 0 = 1 AND o.record_type <> 7) AS later_devices"""
_NEXT = f"""SELECT l.tz_dbid, l.daily_from, l.daily_till, min(coalesce(l.dial_sched_time, 0)) AS scheduled
FROM {{table}} l WHERE {_HEAD} GROUP BY l.tz_dbid, l.daily_from, l.daily_till"""
_FINISH = """UPDATE {table} SET call_result = %s, call_time = %s, record_type = %s, record_status = %s, attempt = %s,
dial_sched_time = %s WHERE chain_id = %s AND chain_n = %s"""
_END_CHAIN = "UPDATE {table} SET record_status = 7 WHERE chain_id = %s AND record_status = 1"
_DELAY_CHAIN = """UPDATE {table} t SET dial_sched_time = %s WHERE t.chain_id = %s AND t.chain_n =
(SELECT min(chain_n) FROM {table} WHERE chain_id = %s AND record_status = 1)"""
_TAKE_CALLBACKS = _TAKE.replace("WHERE l.record_status", f"WHERE l.record_type IN {_CALLBACKS} AND l.record_status")
_LEFT = f"""SELECT count(*) AS ready,
min(coalesce(dial_sched_time, 0)) FILTER (WHERE record_type IN {_CALLBACKS}) AS callback
FROM {{table}} WHERE record_status = 1 AND record_type <> 7"""
_MISS = f"""UPDATE {{table}} SET record_status = 8
WHERE record_status = 1 AND record_type IN {_CALLBACKS} AND dial_sched_time < %s RETURNING record_id"""
_RESCHEDULE = """UPDATE {table} SET record_type = %s, record_status = 1, dial_sched_time = %s, agent_id = %s
WHERE record_id = %s AND record_status <> %s RETURNING record_id"""
_ONE = "SELECT contact_info, tz_dbid, agent_id, record_status FROM {table} WHERE record_id = %s"
_GIVE_ONE_BACK = "UPDATE {table} SET record_status = 1 WHERE record_status = 2 AND record_id = %s"
_GIVE_BACK = "UPDATE {table} SET record_status = 1 WHERE record_status = 2 AND campaign_id = %s AND group_id = %s"

DO_NOT_CALL: Final = "gsw_donotcall_list"
_FORBIDDEN = "SELECT phone, customer_id FROM {table} WHERE tenant_dbid IS NULL OR tenant_dbid = %s"
_FORBID = """INSERT INTO {table} (phone, customer_id, dnc_message, tenant_dbid, is_internal, time_stamp)
VALUES (%s, %s, %s, %s, 1, %s)"""


@dataclass(frozen=True, slots=True)
class Update:
    """What became of a record."""

    record: Record
    result: int
    called: int
    kind: int
    """Its ``record_type`` from now on."""
    attempts: int
    again: int | None = None
    """UTC seconds when the same device is to be tried again; None when it is done with."""
    chain_ends: bool = False
    """Whether the contact's other devices are done with, too."""
    chain_after: int | None = None
    """UTC seconds before which the next device is not to be tried."""
    status: RecordStatus | None = None
    """Its ``record_status`` from now on, where it is none of the usual ones."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a calling list."""

    ready: int
    """Records, whether or not they may be dialed by now."""
    callback: int | None
    """UTC seconds when the first callback is due; None where there is none."""


class Records:
    """The tables, over one connection as role ``ocs``, opened when first needed and again when lost.

    Args:
        place: where PostgreSQL is.
        login: the role, and its password.
        database: the name of the database.
        certificate: the files of a certificate to show and of its key, where the database wants to see one.
    """

    def __init__(
        self, place: Endpoint, login: Login, database: str, certificate: tuple[Path, Path] | None = None
    ) -> None:
        self._place = place
        self._certificate = certificate
        self._login = login
        self._database = database
        self._connection: AsyncConnection[dict[str, Any]] | None = None
        self._used = 0
        self._turn = asyncio.Lock()

    async def take(
        self,
        calling_list: CallingList,
        room: int,
        *,
        now: float,
        zones: Zones,
        owner: tuple[int, int, int],
        callbacks: bool = False,
    ) -> list[Record]:
        """Mark up to ``room`` records that may be dialed now as retrieved, and return them.

        Args:
            calling_list: where from.
            room: how many at most.
            now: UTC seconds.
            zones: the time zones of the records.
            owner: campaign, group and application that the records are marked with.
            callbacks: whether to take callbacks only.
        """
        local = zones.local_times(now)
        campaign, group, application = owner
        rows = await self._rows(
            calling_list.table,
            _TAKE_CALLBACKS if callbacks else _TAKE,
            {
                "zones": list(local) or [0],  # no zone has DBID 0; of an empty list nobody could tell what it is one of
                "locals": list(local.values()) or [0],
                "utc": int(now) % 86400,
                "now": int(now),
                "room": room,
                "campaign": campaign,
                "group": group,
                "application": application,
            },
        )
        records = []
        for row in rows:
            zone, later = row["tz_dbid"], row.pop("later_devices")
            records.append(Record(calling_list, row, zones.name(zone), offset(now, zones.zone(zone)), later))
        return sorted(records, key=lambda record: int(record.columns["record_id"]))

    async def next_due(self, calling_list: CallingList, *, now: float, zones: Zones) -> float | None:
        """Return when the next record may be dialed, in UTC seconds, or None when none is left."""
        rows = await self._rows(calling_list.table, _NEXT, {})
        await zones.learn(row["tz_dbid"] for row in rows)
        return min(
            (
                Window(row["daily_from"], row["daily_till"]).opening(
                    max(now, row["scheduled"]), zones.zone(row["tz_dbid"])
                )
                for row in rows
            ),
            default=None,
        )

    async def left(self, calling_list: CallingList) -> Left:
        """Return what is left of a list."""
        [row] = await self._rows(calling_list.table, _LEFT, {})
        return Left(row["ready"], row["callback"])

    async def miss(self, calling_list: CallingList, before: float) -> int:
        """Mark callbacks as missed that were due before a moment, in UTC seconds; return how many there were."""
        return len(await self._rows(calling_list.table, _MISS, (int(before),)))

    async def write(self, updates: Sequence[Update]) -> None:
        """Write back what became of records."""
        batches: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
        for update in updates:
            columns, table = update.record.columns, update.record.calling_list.table
            chain = columns["chain_id"]
            status = update.status or (RecordStatus.UPDATED if update.again is None else RecordStatus.READY)
            row = (update.result, update.called, update.kind, status, update.attempts)
            batches.setdefault((table, _FINISH), []).append((*row, update.again, chain, columns["chain_n"]))
            if update.record.later and update.chain_ends:
                batches.setdefault((table, _END_CHAIN), []).append((chain,))
            elif update.record.later and update.chain_after is not None:
                batches.setdefault((table, _DELAY_CHAIN), []).append((update.chain_after, chain, chain))
        async with self._turn:
            connection = await self._connected()
            for (table, statement), rows in batches.items():
                try:
                    async with connection.cursor() as cursor:
                        await cursor.executemany(_on(table, statement), rows)
                except Exception as error:
                    raise _unusable(table, error) from error

    async def give_back(self, calling_list: CallingList, campaign: int, group: int) -> None:
        """Make every record ready that a campaign and group took and did not finish."""
        await self._execute(calling_list.table, _GIVE_BACK, (campaign, group))

    async def give_one_back(self, calling_list: CallingList, record: int) -> None:
        """Make a record ready that was taken and not dialed."""
        await self._execute(calling_list.table, _GIVE_ONE_BACK, (record,))

    async def find(self, calling_list: CallingList, record: int) -> dict[str, Any] | None:
        """Return what desktop requests need of a record, or None where there is none of this ``record_id``."""
        rows = await self._rows(calling_list.table, _ONE, (record,))
        return rows[0] if rows else None

    async def reschedule(
        self, calling_list: CallingList, record: int, *, kind: RecordType, when: int, agent: str | None, held: bool
    ) -> bool:
        """Make a callback of a record; return False when it is being dialed.

        Args:
            calling_list: where it is.
            record: its ``record_id``.
            kind: what sort of a callback.
            when: UTC seconds.
            agent: who is to make it.
            held: whether it is in an agent's hands.
        """
        but = RecordStatus.NONE if held else RecordStatus.RETRIEVED
        values = (int(kind), when, agent, record, int(but))
        return bool(await self._rows(calling_list.table, _RESCHEDULE, values))

    async def zones_of(self, calling_list: CallingList) -> list[int]:
        """Return the DBIDs of the time zones in a list."""
        rows = await self._rows(calling_list.table, "SELECT DISTINCT tz_dbid FROM {table}", {})
        return [row["tz_dbid"] for row in rows if row["tz_dbid"] is not None]

    async def do_not_call(self, tenant: int) -> set[str]:
        """Return the phone numbers and customer ids on the do-not-call list, where there is one."""
        found = await self._rows(DO_NOT_CALL, "SELECT to_regclass(%s) IS NOT NULL AS there", (DO_NOT_CALL,))
        if not found[0]["there"]:
            return set()
        rows = await self._rows(DO_NOT_CALL, _FORBIDDEN, (tenant,))
        return {entry for row in rows for entry in (row["phone"], row["customer_id"]) if entry}

    async def forbid(self, tenant: int, *, phone: str | None, customer: str | None, now: float) -> None:
        """Put a phone number, or a customer id, on the do-not-call list."""
        await self._execute(DO_NOT_CALL, _FORBID, (phone, customer, "AddedByUser", tenant, int(now)))

    async def add(self, calling_list: CallingList, columns: dict[str, Any]) -> int:
        """Add a ready record and return its ``record_id``. Without a chain it is the only device of a new one."""
        from psycopg import sql

        values: dict[str, Any] = {
            "record_type": int(RecordType.GENERAL),
            "record_status": int(RecordStatus.READY),
            "call_result": int(CallResult.UNKNOWN),
            "attempt": 0,
            "chain_n": 0,
            **columns,
        }
        names = [sql.Identifier(name) for name in values]
        places: list[Any] = [sql.Placeholder(name) for name in values]
        if "chain_id" not in values:
            names.append(sql.Identifier("chain_id"))
            places.append(sql.SQL("(SELECT coalesce(max(chain_id), 0) + 1 FROM {})").format(_table(calling_list.table)))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING record_id").format(
            _table(calling_list.table), sql.SQL(", ").join(names), sql.SQL(", ").join(places)
        )
        [row] = await self._rows(calling_list.table, statement, values)
        return int(row["record_id"])

    async def take_out(
        self, calling_list: CallingList, *, result: CallResult, where: dict[str, Any], held: bool = False
    ) -> int:
        """Make the ready records that have these values undialable, and return how many there were.

        Args:
            calling_list: where from.
            result: ``DO_NOT_CALL`` makes them records that are not to be called, ``CANCEL_RECORD`` cancels them.
            where: column -> value.
            held: whether the record is in an agent's hands, and so retrieved.
        """
        from psycopg import sql

        cancelled = result == CallResult.CANCEL_RECORD
        values = {
            "call_result": int(result),
            "record_status": int(RecordStatus.CANCELLED if cancelled else RecordStatus.UPDATED),
            **({} if cancelled else {"record_type": int(RecordType.NO_CALL)}),
        }
        statement = sql.SQL("UPDATE {} SET {} WHERE record_status = {} AND {} RETURNING record_id").format(
            *(_table(calling_list.table), _pairs(values, ", ")),
            *(sql.Literal(2 if held else 1), _pairs(where, " AND ")),
        )
        return len(await self._rows(calling_list.table, statement, {**values, **where}))

    async def forget(self) -> None:
        """Remember no plans for tables that were: they are kept with the connection, once it was used a few times."""
        if self._used > PLANNED_AFTER:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the connection. The next use opens another."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _rows(self, table: str, statement: str | Composed, values: Any) -> list[dict[str, Any]]:
        async with self._turn:
            connection = await self._connected()
            try:
                cursor = await connection.execute(_on(table, statement), values)
                return await cursor.fetchall()
            except Exception as error:
                raise _unusable(table, error) from error

    async def _execute(self, table: str, statement: str, values: tuple[Any, ...]) -> None:
        async with self._turn:
            connection = await self._connected()
            try:
                await connection.execute(_on(table, statement), values)
            except Exception as error:
                raise _unusable(table, error) from error

    async def _connected(self) -> AsyncConnection[dict[str, Any]]:
        if self._connection is None or self._connection.closed:
            from psycopg import AsyncConnection, Error
            from psycopg.rows import dict_row

            certificate, key = map(str, self._certificate) if self._certificate else (None, None)
            try:
                self._connection = await AsyncConnection.connect(
                    host=self._place.host,
                    port=self._place.port,
                    dbname=self._database,
                    user=self._login.name,
                    password=self._login.secret,
                    autocommit=True,
                    row_factory=dict_row,
                    application_name="ocs",
                    connect_timeout=CONNECT_WITHIN,
                    options=f"-c statement_timeout={STATEMENT_WITHIN}",
                    sslcert=certificate,
                    sslkey=key,
                )
            except Error as error:
                raise ListUnusable("its database", str(error)) from error
            self._used = 0
        self._used += 1
        return self._connection


class NoRecords(Records):
    """No database at all: campaigns can be loaded and started, as long as they have no calling list."""

    async def do_not_call(self, tenant: int) -> set[str]:
        """Return nobody."""
        return set()


def _on(table: str, statement: str | Composed) -> Composed:
    from psycopg import sql

    if isinstance(statement, str):
        return sql.SQL(statement).format(table=_table(table))
    return statement


def _table(name: str) -> Any:
    from psycopg import sql

    return sql.Identifier(*name.split(".", 1))


def _pairs(values: Iterable[str], between: str) -> Composed:
    from psycopg import sql

    return sql.SQL(between).join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in values
    )


def _unusable(table: str, error: Exception) -> Exception:
    """Return what to raise for an error of the data base; any other error is a bug and stays itself."""
    from psycopg import Error

    return ListUnusable(f'table "{table}"', str(error)) if isinstance(error, Error) else error
