"""The calling lists' tables in PostgreSQL (connection 13): take records, write back what became of them.

Documented: the columns. Of a chain (the devices of one contact) only the first device that is ready is taken; the next
one's turn comes when that is done with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cxmock.fakes.ocs import statements
from cxmock.fakes.ocs.database import Database, named
from cxmock.fakes.ocs.gsw import Record
from cxmock.fakes.ocs.setup import CallingList
from cxmock.fakes.ocs.windows import Window, offset
from cxmock.fakes.ocs.zones import Zones
from cxmock.serving import Endpoint, Login
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType

if TYPE_CHECKING:
    from psycopg.sql import Composed

COLUMN: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


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
        self._database = Database(place, login, database, certificate)

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
        rows = await self._database.rows(
            calling_list.table,
            statements.TAKE_CALLBACKS if callbacks else statements.TAKE,
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
        rows = await self._database.rows(calling_list.table, statements.NEXT, {})
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
        [row] = await self._database.rows(calling_list.table, statements.LEFT, {})
        return Left(row["ready"], row["callback"])

    async def miss(self, calling_list: CallingList, before: float) -> int:
        """Mark callbacks as missed that were due before a moment, in UTC seconds; return how many there were."""
        return len(await self._database.rows(calling_list.table, statements.MISS, (int(before),)))

    async def write(self, updates: Sequence[Update]) -> None:
        """Write back what became of records."""
        batches: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
        for update in updates:
            columns, table = update.record.columns, update.record.calling_list.table
            chain = columns["chain_id"]
            status = update.status or (RecordStatus.UPDATED if update.again is None else RecordStatus.READY)
            row = (update.result, update.called, update.kind, status, update.attempts)
            batches.setdefault((table, statements.FINISH), []).append((*row, update.again, chain, columns["chain_n"]))
            if update.record.later and update.chain_ends:
                batches.setdefault((table, statements.END_CHAIN), []).append((chain,))
            elif update.record.later and update.chain_after is not None:
                batches.setdefault((table, statements.DELAY_CHAIN), []).append((update.chain_after, chain, chain))
        await self._database.execute_many(batches)

    async def give_back(self, calling_list: CallingList, campaign: int, group: int) -> None:
        """Make every record ready that a campaign and group took and did not finish."""
        await self._database.execute(calling_list.table, statements.GIVE_BACK, (campaign, group))

    async def give_one_back(self, calling_list: CallingList, record: int) -> None:
        """Make a record ready that was taken and not dialed."""
        await self._database.execute(calling_list.table, statements.GIVE_ONE_BACK, (record,))

    async def find(self, calling_list: CallingList, record: int) -> dict[str, Any] | None:
        """Return what desktop requests need of a record, or None where there is none of this ``record_id``."""
        rows = await self._database.rows(calling_list.table, statements.ONE, (record,))
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
        return bool(await self._database.rows(calling_list.table, statements.RESCHEDULE, values))

    async def zones_of(self, calling_list: CallingList) -> list[int]:
        """Return the DBIDs of the time zones in a list."""
        rows = await self._database.rows(calling_list.table, "SELECT DISTINCT tz_dbid FROM {table}", {})
        return [row["tz_dbid"] for row in rows if row["tz_dbid"] is not None]

    async def do_not_call(self, tenant: int) -> set[str]:
        """Return the phone numbers and customer ids on the do-not-call list, where there is one."""
        found = await self._database.rows(
            statements.DO_NOT_CALL, "SELECT to_regclass(%s) IS NOT NULL AS there", (statements.DO_NOT_CALL,)
        )
        if not found[0]["there"]:
            return set()
        rows = await self._database.rows(statements.DO_NOT_CALL, statements.FORBIDDEN, (tenant,))
        return {entry for row in rows for entry in (row["phone"], row["customer_id"]) if entry}

    async def forbid(self, tenant: int, *, phone: str | None, customer: str | None, now: float) -> None:
        """Put a phone number, or a customer id, on the do-not-call list."""
        await self._database.execute(
            statements.DO_NOT_CALL, statements.FORBID, (phone, customer, "AddedByUser", tenant, int(now))
        )

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
            places.append(sql.SQL("(SELECT coalesce(max(chain_id), 0) + 1 FROM {})").format(named(calling_list.table)))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING record_id").format(
            named(calling_list.table), sql.SQL(", ").join(names), sql.SQL(", ").join(places)
        )
        [row] = await self._database.rows(calling_list.table, statement, values)
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
            *(named(calling_list.table), _pairs(values, ", ")),
            *(sql.Literal(2 if held else 1), _pairs(where, " AND ")),
        )
        return len(await self._database.rows(calling_list.table, statement, {**values, **where}))

    async def forget(self) -> None:
        """Remember no plans for tables that were."""
        await self._database.forget()

    async def aclose(self) -> None:
        """Close the connection. The next use opens another."""
        await self._database.aclose()


class NoRecords(Records):
    """No database at all: campaigns can be loaded and started, as long as they have no calling list."""

    async def do_not_call(self, tenant: int) -> set[str]:
        """Return nobody."""
        return set()


def _pairs(values: Iterable[str], between: str) -> Composed:
    from psycopg import sql

    return sql.SQL(between).join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in values
    )
