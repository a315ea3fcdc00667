"""Exports: what became of a contact list's records, as CSV on the share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from cxmock.reference.service import Runtime
from cxmock.reference.services.list_builder.catalogue import Catalogue
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus

COLUMNS = {
    "ClientID": "c_client_id",
    "FirstName": "c_first_name",
    "LastName": "c_last_name",
    "Company": "c_company",
    "Device": "contact_info",
    "DeviceIndex": "cd_device_index",
    "DeviceType": "cd_device_type",
    "TimeZone": "cd_tz_name",
    "Attempts": "attempt",
    "CallTime": "to_char(to_timestamp(call_time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    "CallResult": "call_result",
    "CallResultName": "CASE call_result " + " ".join(f"WHEN {one:d} THEN '{one.label}'" for one in CallResult) + " END",
    "RecordStatus": "CASE record_status "
    + " ".join(f"WHEN {one:d} THEN '{one.name.title()}'" for one in RecordStatus)
    + " END",
}
"""Headings of the file, and what stands below them (assumed)."""


async def export_results(runtime: Runtime, name: str, file: str) -> dict[str, Any]:
    """Write the records of contact list ``name`` to ``file`` on the share; return what was written.

    Raises:
        Refusal: there is no such list (604).
    """
    async with runtime.postgres.apart() as connection:
        catalogue = Catalogue(connection)
        found = await catalogue.contact_lists(name)
        if not found:
            raise await catalogue.no_such("contact_list", name)
        selected = ", ".join(f'{expression} AS "{heading}"' for heading, expression in COLUMNS.items())
        query = f"SELECT {selected} FROM {found[0]['table']} ORDER BY chain_id, chain_n"
        rows = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal rows
            held = bytearray()
            async with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
            ):
                async for data in copy:
                    held += data
                    if len(held) >= 1024 * 1024:
                        yield bytes(held)
                        held.clear()
                rows = cursor.rowcount
            yield bytes(held)

        size = await runtime.share.put(file, chunks())
    return {"name": name, "file": file, "records": rows, "size": size}
