"""Exports: a contact list, or what became of its records, as csv or txt on the share; streamed.

That lists and results are exported is documented; headings, and that files are UTF-8, are assumed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import read
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.asking import EXPORT, file_of
from cxmock.reference.services.list_builder.catalogue import Catalogue
from cxmock.reference.services.list_builder.columns import DEVICES, OTHERS
from cxmock.reference.services.list_builder.layout import DELIMITERS
from cxmock.reference.share import CHUNK
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus

_OF_CONTACT = {
    "ClientID": "c_client_id",
    "FirstName": "c_first_name",
    "LastName": "c_last_name",
    "Company": "c_company",
    "Country": "c_country_code_iso",
    "PostalCode": "c_postal_code",
    "State": "c_state_code",
    "TimeZone": "c_tz_name",
    **{f"Other{number}": f"c_other{number}" for number in range(1, OTHERS + 1)},
}
RESULTS = {
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
"""Headings of results, one row a record, and what stands below them; those of contacts may stand beside them."""
CONTACTS = {
    **{heading: f"max({column})" for heading, column in _OF_CONTACT.items()},
    **{
        f"Device{number}": f"max(contact_info) FILTER (WHERE cd_device_index = {number})"
        for number in range(1, DEVICES + 1)
    },
}
"""Headings of contacts, one row each, as an import takes them."""
_WHAT: dict[str, Mapping[str, str]] = {"results": _OF_CONTACT | RESULTS, "contacts": CONTACTS}
_USUAL = {
    "results": tuple(RESULTS),
    "contacts": (
        "ClientID",
        "FirstName",
        "LastName",
        "Company",
        "Device1",
        "Device2",
        "Device3",
        "Country",
        "TimeZone",
    ),
}


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be exported."""

    file: str
    """On the share."""
    what: str = "results"
    delimiter: str = ","
    header: bool = True
    columns: Sequence[str] = ()
    call_results: Sequence[int] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Export:
        """Read a request.

        Raises:
            Refusal: a field cannot be, or a column is not known.
        """
        told = read(data, EXPORT)
        known = _WHAT[told["what"]]
        for heading in told["columns"]:
            if heading not in known:
                raise Refusal(Code.INVALID, f'"columns" has "{heading:.60}".', nearest(heading, list(known)))
        delimiter = "," if told["format"] == "csv" else DELIMITERS[told["delimiter"]]
        columns = tuple(told["columns"]) or _USUAL[told["what"]]
        return cls(file_of(told["file"]), told["what"], delimiter, told["header"], columns, tuple(told["callResults"]))

    def statement(self, table: str) -> str:
        """Return the COPY that writes a calling list's rows. All that stands in it was looked up or is a number."""
        known = _WHAT[self.what]
        selected = ", ".join(f'{known[heading]} AS "{heading}"' for heading in self.columns)
        of_results = f"call_result IN ({', '.join(map(str, self.call_results))})"
        if self.what == "contacts":
            having = f" HAVING bool_or({of_results})" if self.call_results else ""
            query = f"SELECT {selected} FROM {table} GROUP BY chain_id{having} ORDER BY chain_id"
        else:
            where = f" WHERE {of_results}" if self.call_results else ""
            query = f"SELECT {selected} FROM {table}{where} ORDER BY chain_id, chain_n"
        delimiter = r"E'\t'" if self.delimiter == "\t" else f"'{self.delimiter}'"
        options = ["FORMAT csv", *(["HEADER"] if self.header else ())]
        options += [f"DELIMITER {delimiter}"] if self.delimiter != "," else []
        return f"COPY ({query}) TO STDOUT ({', '.join(options)})"


async def export(runtime: Runtime, name: str, wanted: Export) -> dict[str, Any]:
    """Write a contact list to a file on the share; return what was written.

    Raises:
        Refusal: there is no such list (604), or it is secured (603).
    """
    async with runtime.postgres.apart() as connection:
        catalogue = Catalogue(connection)
        found = await catalogue.contact_lists(name)
        if not found:
            raise await catalogue.no_such("contact_list", name)
        if found[0]["secured"] and wanted.what == "contacts":
            raise Refusal(Code.FORBIDDEN, f'"{name}" is secured: its contacts are not exported.', "Its results may be.")
        rows = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal rows
            held = bytearray()
            statement = wanted.statement(found[0]["table"])
            async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                async for data in copy:
                    held += data
                    if len(held) >= CHUNK:
                        yield bytes(held)
                        held.clear()
                rows = cursor.rowcount
            yield bytes(held)

        size = await runtime.share.put(wanted.file, chunks())
    return {"name": name, "file": wanted.file, "records": rows, "size": size}
