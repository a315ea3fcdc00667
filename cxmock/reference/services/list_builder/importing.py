"""Imports: a file on the share becomes contact lists; all of it or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cxmock.errors.base import CxmockError
from cxmock.errors.contact_files import NothingUsable
from cxmock.errors.imports import TooManyRejects
from cxmock.reference.calling_list import IMPORTED, SCHEMA, copy_statement
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API
from cxmock.reference.services.list_builder.catalogue import (
    CUT_SHORT,
    LIST_NAME_LIMIT,
    REJECTS_KEPT,
    Catalogue,
    Counts,
)
from cxmock.reference.services.list_builder.changing import take_changes
from cxmock.reference.services.list_builder.contacts import Rejected
from cxmock.reference.services.list_builder.ordering import Order
from cxmock.reference.services.list_builder.reading import Batch, ContactFile, rejects_csv
from cxmock.reference.services.list_builder.unpacking import Unpacked
from cxmock.reference.services.list_builder.workers import working
from cxmock.reference.services.list_builder.zones import Compliance
from cxmock.reference.share import PART, Share
from cxmock.topology import Component

if TYPE_CHECKING:
    from psycopg import AsyncConnection

SHOWN = 20
"""Rejected rows that the answer to an import tells."""
LARGE = 2 * 2**20
"""Bytes of a file from which on processes of their own check its records."""
BLOCK = 2000
"""Records that one of them checks at once."""
PROGRESS = 50_000
"""Lines after which it is noted how far an import has come."""
STAGED = f"COPY incoming (part, {', '.join(IMPORTED)}) FROM STDIN"


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


@dataclass
class Import:
    """The import of one file.

    Args:
        runtime: the service's ways to others.
        order: what is to be imported.
        compliance: for time zones and contact times.
        zone_dbids: time zone -> DBID of its object in Configuration.
    """

    runtime: Runtime
    order: Order
    compliance: Compliance
    zone_dbids: dict[str, int]
    run: int = field(default=0, init=False)
    """The number under which it is noted."""
    rejects: Rejects = field(init=False)
    counts: Counts = field(default_factory=Counts)
    _begun: asyncio.Event = field(default_factory=asyncio.Event)
    _noted: int = 0
    """How many lines it was noted of that they were read."""

    def __post_init__(self) -> None:
        self.rejects = Rejects(self.runtime.share, f"rejects/{self.order.name}.csv")

    async def begun(self, work: asyncio.Task[Any]) -> int:
        """Return the number under which it is noted, as soon as it is; raise what ``work`` raises before."""
        begun = asyncio.create_task(self._begun.wait())
        try:
            await asyncio.wait([work, begun], return_when=asyncio.FIRST_COMPLETED)
        finally:
            begun.cancel()
        if not self.run:
            await work
        return self.run

    async def work(self) -> dict[str, Any]:
        """Import; return what came of it.

        Raises:
            FileRefused: the file cannot be used; nothing was imported.
            Refusal: the list, the file, or a system that is needed is not there; nothing was imported.
        """
        order, now = self.order, self.runtime.clock.now()
        async with (
            noted(self.runtime, lambda: self.run, self.rejects),
            self.runtime.postgres.apart() as connection,
        ):
            catalogue = Catalogue(connection)
            # Nobody sees the run before it is known that somebody is at work on it.
            async with self.runtime.postgres.transaction() as shared:
                run = await Catalogue(shared).begin_run("contact", order.name, order.file, now)
                await catalogue.claim_run(run)
            self.run = run
            self._begun.set()
            await catalogue.lock_list(order.name)
            await catalogue.give_up_runs(order.name, self.run, now)
            file = ContactFile(
                order.file,
                order.defaults,
                self.compliance,
                zone_dbids=self.zone_dbids,
                layout=order.layout,
                rules=order.rules,
            )
            unpacked = Unpacked(order.file, self.runtime.share.chunks(order.file), order.key)
            lists = await self._take(connection, catalogue, file, unpacked, now)
            told = []
            for name, table, contacts, devices in lists:
                calling_list = await self.runtime.back_end(Component.LIST_MANAGER).ask(
                    "POST", f"{API}/calling-lists", json={"name": name, "table": f"{SCHEMA}.{table}"}
                )
                dbid = int(calling_list["dbid"])
                if order.mode == "update":  # last: OCS waits for it
                    devices = await take_changes(connection, table)
                await catalogue.close_list(name, dbid, contacts, devices)
                if unpacked.secured:
                    await catalogue.secure_list(name)
                told.append({"name": name, "table": f"{SCHEMA}.{table}", "dbid": dbid})
            await catalogue.end_run(self.run, self.runtime.clock.now(), self.counts, self.rejects.kept)
            rejects_file = await self.rejects.publish()
        self._count()
        return {
            **told[0],
            "name": order.name,
            "lists": told,
            "file": order.file,
            "import": self.run,
            "mode": order.mode,
            "encoding": file.text.encoding,
            "secured": unpacked.secured,
            "complianceVersion": self.compliance.version,
            **_told(self.counts),
            "rows": file.text.rows,
            "ignoredColumns": list(file.ignored),
            "rejects": [one._asdict() for one in self.rejects.kept[:SHOWN]],
            "rejectsFile": rejects_file,
        }

    async def _take(
        self, connection: AsyncConnection[Any], catalogue: Catalogue, file: ContactFile, unpacked: Unpacked, now: float
    ) -> list[tuple[str, str, int, int]]:
        """Take the file's contacts into their lists; return name, table, added contacts and devices of each."""
        order = self.order
        if order.rules.upload:
            await catalogue.stage()
            await self._copy(connection, STAGED, file, unpacked, staged=True)
            lists = []
            for number, part in enumerate(file.parts.names):
                name = f"{order.name} {part}"
                if len(name) > LIST_NAME_LIMIT:
                    raise Refusal(
                        Code.INVALID,
                        f'"{name}" would be a list\'s name.',
                        f"It has at most {LIST_NAME_LIMIT} characters.",
                    )
                await catalogue.lock_list(name)
                table = await catalogue.new_list(name, now)
                devices = await catalogue.take_part(table, number)
                lists.append((name, table, file.parts.counts[number], devices))
            return lists
        if order.mode == "create":
            table, there = await catalogue.new_list(order.name, now), 0
        else:
            table, chain = await catalogue.list_there(order.name)
            there = 0
            file.begin_at(chain)  # chains of records that are gone are nobody's again: OCS may write back late
            if order.mode == "replace":
                [before] = await catalogue.contact_lists(order.name)
                there = before["contacts"]
            else:
                async for client_id, device, known in catalogue.known_contacts(table):
                    file.know(client_id, device, known)
        if order.mode == "update":
            await catalogue.stage()
            await self._copy(connection, STAGED, file, unpacked, staged=True)
            return [(order.name, table, self.counts.contacts - self.counts.updated, 0)]
        gone = await catalogue.empty_list(table) if order.mode == "replace" else 0
        await self._copy(connection, copy_statement(table), file, unpacked)
        return [(order.name, table, self.counts.contacts - there, self.counts.devices - gone)]

    async def _copy(
        self,
        connection: AsyncConnection[Any],
        statement: str,
        file: ContactFile,
        unpacked: Unpacked,
        *,
        staged: bool = False,
    ) -> None:
        """Stream the file's good rows into a table; ``staged``, each with the number of its part."""
        refused: CxmockError | None = None
        async with (
            aclosing(batches(file, unpacked)) as found,
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            try:
                async for batch in found:
                    for part, contacts in batch.parts.items():
                        rows = "".join(contacts)
                        await copy.write(_staged(part, rows) if staged else rows)
                    await self.rejects.add(_told_together(batch))
                    await self._add(file, batch)
            except CxmockError as error:
                refused = error  # the COPY ends as it should; what it copied is given up with all else
        if refused is not None:
            raise refused
        if not self.counts.contacts:
            raise NothingUsable(file.path, file.text.rows, self.rejects.reasons(), self.counts.skipped)
        percent = self.order.percent
        if percent is not None and self.counts.rejected * 100 > percent * file.text.rows:
            raise TooManyRejects(file.path, self.counts.rejected, f"{percent:g} %", self.rejects.reasons())

    async def _add(self, file: ContactFile, batch: Batch) -> None:
        """Count what came of a part of the file, and note it now and then."""
        counts = self.counts
        self.counts = replace(
            counts,
            lines=file.text.records.line,
            contacts=counts.contacts + batch.contacts,
            devices=counts.devices + batch.devices,
            updated=counts.updated + batch.updated,
            skipped=counts.skipped + batch.skipped,
            duplicates=counts.duplicates + sum(one.duplicate for one in batch.rejected),
            rejected=counts.rejected + len(batch.rejected),
            left_out=counts.left_out + len(batch.left_out),
        )
        most = self.order.most
        if most is not None and self.counts.rejected > most:
            raise TooManyRejects(file.path, self.counts.rejected, str(most), self.rejects.reasons())
        if self.counts.lines >= self._noted + PROGRESS:
            self._noted = self.counts.lines
            async with self.runtime.postgres.transaction() as connection:
                await Catalogue(connection).progress(self.run, self.counts.lines, self.counts.contacts)

    def _count(self) -> None:
        metrics = self.runtime.metrics
        metrics.count("cxc_lb_contacts_imported_total", self.counts.contacts)
        metrics.count("cxc_lb_devices_imported_total", self.counts.devices)
        metrics.count("cxc_lb_rejected_contact_lines_total", self.counts.rejected)


async def begun(runtime: Runtime, kind: str, name: str, file: str) -> int:
    """Note that an import begins; return its number."""
    async with runtime.postgres.transaction() as connection:
        return await Catalogue(connection).begin_run(kind, name, file, runtime.clock.now())


@asynccontextmanager
async def noted(runtime: Runtime, run: Callable[[], int], rejects: Rejects) -> AsyncIterator[None]:
    """Note why an import failed, should it; its rejected rows are not kept then.

    Args:
        runtime: the service's ways to others.
        run: returns the number under which it is noted; 0 when it is not.
        rejects: its rejected rows.
    """
    try:
        yield
    except BaseException as error:
        reason = error.what if isinstance(error, CxmockError) else str(error) or CUT_SHORT
        await rejects.discard()
        with suppress(Exception):  # the first error is the one to tell
            async with runtime.postgres.transaction() as connection:
                await Catalogue(connection).fail_run(run(), runtime.clock.now(), reason)
        raise


async def batches(file: ContactFile, unpacked: Unpacked) -> AsyncGenerator[Batch, None]:
    """Yield what came of a file, part by part, in order; several processes check a large one."""
    size, workers = 0, None
    async with AsyncExitStack() as stack:
        async for data, last in chunks(unpacked):
            file.secured = unpacked.secured
            records = await asyncio.to_thread(file.records, data, last=last)
            size += len(data)
            if file.checker is None:
                continue
            if workers is None:
                if size < LARGE:
                    checked = await asyncio.to_thread(file.checker.check, records)
                    yield file.merge(records, checked)
                    continue
                workers = await stack.enter_async_context(working(file.checker))
            for begin in range(0, len(records), BLOCK):
                while workers.full and (done := await workers.next()):
                    yield file.merge(*done)
                workers.ask(records[begin : begin + BLOCK])
        while workers and (done := await workers.next()):
            yield file.merge(*done)


async def chunks(unpacked: Unpacked) -> AsyncGenerator[tuple[bytes, bool], None]:
    """Yield a file's chunks, and an empty last one."""
    async with aclosing(unpacked.chunks()) as source:
        async for data in source:
            yield data, False
    yield b"", True


def _staged(part: int, rows: str) -> str:
    """Return rows with the number of their part before each."""
    return f"{part}\t" + rows.removesuffix("\n").replace("\n", f"\n{part}\t") + "\n"


def _told_together(batch: Batch) -> list[Rejected]:
    return sorted([*batch.rejected, *batch.left_out], key=lambda one: one.line) if batch.left_out else batch.rejected


def _told(counts: Counts) -> dict[str, int]:
    return {
        "lines": counts.lines,
        "contacts": counts.contacts,
        "devices": counts.devices,
        "updated": counts.updated,
        "skipped": counts.skipped,
        "duplicates": counts.duplicates,
        "rejected": counts.rejected,
        "leftOutDevices": counts.left_out,
    }
