"""Imports: a file on the share becomes a contact list, or entries of a suppression list; all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cxmock.errors.base import CxmockError
from cxmock.errors.contact_files import NothingUsable
from cxmock.reference.calling_list import SCHEMA, copy_line, copy_statement
from cxmock.reference.service import API, Runtime
from cxmock.reference.services.list_builder.catalogue import REJECTS_KEPT, Catalogue, Counts
from cxmock.reference.services.list_builder.contacts import Rejected
from cxmock.reference.services.list_builder.reading import Batch, ContactFile, Defaults, rejects_csv
from cxmock.reference.services.list_builder.suppression import SuppressionFile
from cxmock.reference.services.list_builder.zones import Compliance
from cxmock.reference.share import PART, Share
from cxmock.topology import Component
from cxmock.wire.http import to_json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

SHOWN = 20
"""Rejected rows that the answer to an import tells."""
ENTRIES_AT_ONCE = 1000
"""Suppression entries that go to Redis in one command."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported."""

    name: str
    file: str
    """On the share."""
    defaults: Defaults
    append: bool = False
    """To a contact list that is there."""


@dataclass(frozen=True, slots=True)
class SuppressionOrder:
    """What is to be imported into a suppression list."""

    name: str
    file: str
    defaults: Defaults
    kind: str
    """``Device`` or ``ClientID``."""
    channel: str
    required: bool
    expires: int | None = None
    """UTC seconds until which the list holds; 0: for ever; None: as it was."""


@dataclass
class Rejects:
    """The rejected rows of one import: all of them in a file on the share, the first ones here."""

    share: Share
    path: str
    kept: list[Rejected] = field(default_factory=list)
    _size: int = 0

    async def add(self, rejected: list[Rejected]) -> None:
        """Add rows."""
        if rejected:
            data = rejects_csv(rejected, header=not self._size)
            await self.share.write(self.path + PART, self._size, data)
            self._size += len(data)
            self.kept += rejected[: max(0, REJECTS_KEPT - len(self.kept))]

    async def publish(self) -> str:
        """Make the file visible; return its path, or nothing if no row was rejected."""
        if not self._size:
            return ""
        await self.share.rename(self.path + PART, self.path)
        return self.path

    async def discard(self) -> None:
        """Remove the file again."""
        if self._size:
            with suppress(Exception):
                await self.share.remove(self.path + PART)

    def reasons(self) -> list[str]:
        """Return the first rejections as people read them."""
        return [f"line {one.line}: {one.reason}" for one in self.kept[:SHOWN]]


async def import_contacts(
    runtime: Runtime, order: Order, compliance: Compliance, zone_dbids: dict[str, int]
) -> dict[str, Any]:
    """Import a contact file into a new list, or into one that is there; return what came of it.

    Raises:
        FileRefused: the file cannot be used; nothing was imported.
        Refusal: the list, the file, or a system that is needed is not there; nothing was imported.
    """
    rejects = Rejects(runtime.share, f"rejects/{order.name}.csv")
    async with _run(runtime, "contact", order.name, order.file, rejects) as run, runtime.postgres.apart() as connection:
        catalogue = Catalogue(connection)
        table, chain = await catalogue.open_list(order.name, runtime.clock.now(), append=order.append)
        file = ContactFile(order.file, order.defaults, compliance, zone_dbids=zone_dbids, first_chain=chain)
        if order.append:
            for client_id, device in await catalogue.known_contacts(table):
                file.first_devices[device] = 0
                if client_id:
                    file.clients[client_id] = 0
        counts = await _copy_contacts(runtime.share, connection, table, file, rejects)
        if not counts.contacts:
            raise NothingUsable(order.file, file.text.rows, rejects.reasons())
        calling_list = await runtime.back_end(Component.LIST_MANAGER).ask(
            "POST", f"{API}/calling-lists", json={"name": order.name, "table": f"{SCHEMA}.{table}"}
        )
        await catalogue.close_list(order.name, int(calling_list["dbid"]), counts)
        await catalogue.end_run(run, runtime.clock.now(), counts, rejects.kept)
        rejects_file = await rejects.publish()
    metrics = runtime.metrics
    metrics.count("cxc_lb_contacts_imported_total", counts.contacts)
    metrics.count("cxc_lb_devices_imported_total", counts.devices)
    metrics.count("cxc_lb_rejected_contact_lines_total", counts.rejected)
    return {
        "name": order.name,
        "table": f"{SCHEMA}.{table}",
        "dbid": int(calling_list["dbid"]),
        "file": order.file,
        "encoding": file.text.encoding,
        "complianceVersion": compliance.version,
        **_told(counts),
        "ignoredColumns": list(file.ignored),
        "rejects": [asdict(one) for one in rejects.kept[:SHOWN]],
        "rejectsFile": rejects_file,
    }


async def import_suppression(runtime: Runtime, order: SuppressionOrder) -> dict[str, Any]:
    """Add a file's entries to a suppression list, in PostgreSQL and in Redis; return what came of it.

    Raises:
        FileRefused: the file cannot be used; nothing was imported.
        Refusal: the file or a system that is needed is not there; nothing was imported.
    """
    rejects = Rejects(runtime.share, f"rejects/suppression-{order.name}.csv")
    file = SuppressionFile(order.file, order.kind, order.defaults)
    async with (
        _run(runtime, "suppression", order.name, order.file, rejects) as run,
        runtime.postgres.apart() as connection,
    ):
        catalogue = Catalogue(connection)
        list_id = await catalogue.open_suppression(
            order.name, order.kind, order.channel, required=order.required, now=runtime.clock.now()
        )
        entries = await _copy_entries(runtime.share, connection, file, rejects)
        if not entries:
            raise NothingUsable(order.file, file.text.rows, rejects.reasons())
        size = await catalogue.merge_entries(list_id)
        rejected = file.text.rows - entries
        counts = Counts(lines=file.text.records.line, contacts=entries, rejected=rejected)
        await catalogue.end_run(run, runtime.clock.now(), counts, rejects.kept)
        rejects_file = await rejects.publish()
        if order.expires is not None:
            await catalogue.change_suppression(order.name, order.channel, order.required, order.expires or None)
        [now] = await catalogue.suppression_lists(order.name)
        # Redis is last: from here on the entries hold, so what could still fail comes before.
        await _tell_redis(runtime, connection, order, now["expires"] or 0)
    return {
        "name": order.name,
        "file": order.file,
        "type": order.kind,
        "entries": entries,
        "size": size,
        "rejected": rejected,
        "rejects": [asdict(one) for one in rejects.kept[:SHOWN]],
        "rejectsFile": rejects_file,
    }


@asynccontextmanager
async def _run(runtime: Runtime, kind: str, name: str, file: str, rejects: Rejects) -> AsyncIterator[int]:
    """Note an import in the catalogue: that it began, and, should it fail, why. Gives its id."""
    async with runtime.postgres.transaction() as connection:
        run = await Catalogue(connection).begin_run(kind, name, file, runtime.clock.now())
    try:
        yield run
    except BaseException as error:
        reason = error.what if isinstance(error, CxmockError) else str(error) or "cut short"
        await rejects.discard()
        with suppress(Exception):  # the first error is the one to tell
            async with runtime.postgres.transaction() as connection:
                await Catalogue(connection).fail_run(run, runtime.clock.now(), reason)
        raise


async def _copy_contacts(
    share: Share, connection: AsyncConnection[Any], table: str, file: ContactFile, rejects: Rejects
) -> Counts:
    """Stream the file's good rows into the table; return what came of it."""
    counts = Counts()
    async with connection.cursor() as cursor, cursor.copy(copy_statement(table)) as copy:
        async for data, last in _chunks(share, file.path):
            batch: Batch = await asyncio.to_thread(file.feed, data, last=last)
            if batch.lines:
                await copy.write(batch.lines)
            await rejects.add(sorted(batch.rejected + batch.left_out, key=lambda one: one.line))
            counts = replace(
                counts,
                lines=file.text.records.line,
                contacts=counts.contacts + batch.contacts,
                devices=counts.devices + batch.devices,
                duplicates=counts.duplicates + sum(one.duplicate for one in batch.rejected),
                rejected=counts.rejected + len(batch.rejected),
                left_out=counts.left_out + len(batch.left_out),
            )
    return counts


async def _copy_entries(share: Share, connection: AsyncConnection[Any], file: SuppressionFile, rejects: Rejects) -> int:
    """Stream the file's entries into the temporary table ``incoming``; return how many there were."""
    await connection.execute("CREATE TEMPORARY TABLE incoming (entry varchar(128) NOT NULL) ON COMMIT DROP")
    count = 0
    async with connection.cursor() as cursor, cursor.copy("COPY incoming (entry) FROM STDIN") as copy:
        async for data, last in _chunks(share, file.path):
            entries, rejected = await asyncio.to_thread(file.feed, data, last=last)
            if entries:
                await copy.write("".join(copy_line([entry]) for entry in entries))
            await rejects.add(rejected)
            count += len(entries)
    return count


async def _tell_redis(
    runtime: Runtime, connection: AsyncConnection[Any], order: SuppressionOrder, expires: int
) -> None:
    """Put the entries where Compliance Manager looks (row 5)."""
    redis, keys = runtime.redis, runtime.keys
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT DISTINCT entry FROM incoming")
        while rows := await cursor.fetchmany(ENTRIES_AT_ONCE):
            await redis.hset(keys.suppression_list(order.name), mapping={row[0]: "0" for row in rows})
    told = {"channel": order.channel, "type": order.kind, "required": order.required}
    await redis.hset(keys.suppression_lists, order.name, to_json(told | ({"expires": expires} if expires else {})))
    await redis.incr(keys.rules_version)


async def _chunks(share: Share, path: str) -> AsyncIterator[tuple[bytes, bool]]:
    """Yield a file's chunks, and an empty last one."""
    async for data in share.chunks(path):
        yield data, False
    yield b"", True


def _told(counts: Counts) -> dict[str, int]:
    return {
        "lines": counts.lines,
        "contacts": counts.contacts,
        "devices": counts.devices,
        "duplicates": counts.duplicates,
        "rejected": counts.rejected,
        "leftOutDevices": counts.left_out,
    }
