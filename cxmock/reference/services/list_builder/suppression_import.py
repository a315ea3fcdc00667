"""Imports of suppression lists: a file's entries go into PostgreSQL and Redis; all of them or none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxmock.errors.contact_files import NothingUsable
from cxmock.reference.calling_list import copy_line
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.catalogue import Catalogue, Counts
from cxmock.reference.services.list_builder.importing import SHOWN, Rejects, begun, chunks, noted
from cxmock.reference.services.list_builder.layout import Layout
from cxmock.reference.services.list_builder.pgp import Key
from cxmock.reference.services.list_builder.reading import Defaults
from cxmock.reference.services.list_builder.suppression import SuppressionFile
from cxmock.reference.services.list_builder.unpacking import Unpacked
from cxmock.wire.http import to_json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

ENTRIES_AT_ONCE = 1000
"""Suppression entries that go to Redis in one command."""


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
    layout: Layout = field(default_factory=lambda: Layout(delimiter=","))
    key: Key | None = None


async def import_suppression(runtime: Runtime, order: SuppressionOrder) -> dict[str, Any]:
    """Add a file's entries to a suppression list, in PostgreSQL and in Redis; return what came of it.

    Raises:
        FileRefused: the file cannot be used; nothing was imported.
        Refusal: the file or a system that is needed is not there; nothing was imported.
    """
    rejects = Rejects(runtime.share, f"rejects/suppression-{order.name}.csv")
    file = SuppressionFile(order.file, order.kind, order.defaults, order.layout)
    run = await begun(runtime, "suppression", order.name, order.file)
    async with noted(runtime, lambda: run, rejects), runtime.postgres.apart() as connection:
        catalogue = Catalogue(connection)
        list_id = await catalogue.open_suppression(
            order.name, order.kind, order.channel, required=order.required, now=runtime.clock.now()
        )
        unpacked = Unpacked(order.file, runtime.share.chunks(order.file), order.key)
        entries = await _copy_entries(connection, file, unpacked, rejects)
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
        "rejects": [one._asdict() for one in rejects.kept[:SHOWN]],
        "rejectsFile": rejects_file,
    }


async def _copy_entries(
    connection: AsyncConnection[Any], file: SuppressionFile, unpacked: Unpacked, rejects: Rejects
) -> int:
    """Stream the file's entries into the temporary table ``incoming``; return how many there were."""
    await connection.execute("CREATE TEMPORARY TABLE incoming (entry varchar(128) NOT NULL) ON COMMIT DROP")
    count = 0
    async with connection.cursor() as cursor, cursor.copy("COPY incoming (entry) FROM STDIN") as copy:
        async for data, last in chunks(unpacked):
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
