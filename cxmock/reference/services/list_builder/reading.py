"""A contact file as it is read: bytes in, rows of the calling list and rejected rows out. No input or output."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cxmock.errors.contact_files import EmptyFile, UnusableHeader
from cxmock.reference.calling_list import Value, copy_line
from cxmock.reference.services.list_builder.columns import Columns
from cxmock.reference.services.list_builder.contacts import Checker, Contact, Rejected
from cxmock.reference.services.list_builder.decoding import Decoding
from cxmock.reference.services.list_builder.numbers import Device
from cxmock.reference.services.list_builder.records import Record, Records
from cxmock.reference.services.list_builder.zones import DEFAULT_HOURS, DEFAULT_ZONE, Compliance


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a row that does not say it."""

    encoding: str = ""
    """Empty: to be found."""
    country: str = "US"
    zone: str = DEFAULT_ZONE


@dataclass
class Batch:
    """What came of some bytes of a file."""

    lines: str = ""
    """Rows for the calling list's table, in COPY's text format."""
    contacts: int = 0
    devices: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    """Rows that are not imported."""
    left_out: list[Rejected] = field(default_factory=list)
    """Devices that are not imported, of contacts that are."""


class TextFile:
    """A file's text, record by record, and its header.

    Raises (from :meth:`feed`):
        FileRefused: the file cannot be used at all; the error says why.
    """

    def __init__(self, path: str, encoding: str) -> None:
        self.path = path
        self._decoding = Decoding(path, encoding)
        self.records = Records()
        self.header: Sequence[str] | None = None
        self.rows = 0
        """Records below the header."""

    @property
    def encoding(self) -> str:
        """The encoding that the file turned out to have."""
        return self._decoding.encoding or "ASCII"

    def feed(self, data: bytes, *, last: bool = False) -> list[Record]:
        """Take the next bytes; return the records below the header which they complete."""
        records = self.records.feed(self._decoding.feed(data, last=last), last=last)
        if records and self.header is None:
            first = records.pop(0)
            if first.problem:
                raise UnusableHeader(self.path, [first.text[:80]], first.problem)
            self.header = first.fields
        self.rows += len(records)
        if last and not self.rows:
            raise EmptyFile(self.path, header=self.header is not None)
        return records


class ContactFile:
    """A contact file. Memory does not grow with it but for what tells duplicates.

    Args:
        path: its name, for errors.
        defaults: what holds for rows that do not say it.
        compliance: for time zones and contact times.
        zone_dbids: time zone -> DBID of its object in Configuration.
        first_chain: the chain id of the first contact.
    """

    def __init__(
        self,
        path: str,
        defaults: Defaults,
        compliance: Compliance,
        *,
        zone_dbids: Mapping[str, int] | None = None,
        first_chain: int = 1,
    ) -> None:
        self.path = path
        self._defaults = defaults
        self._compliance = compliance
        self._zone_dbids = zone_dbids or {}
        self._chain = first_chain
        self._checker: Checker | None = None
        self.text = TextFile(path, defaults.encoding)
        self.clients: dict[str, int] = {}
        """Client id -> its line; 0 when the list had it before."""
        self.first_devices: dict[str, int] = {}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that CX Contact does not know."""
        return self._checker.columns.ignored if self._checker else ()

    def feed(self, data: bytes, *, last: bool = False) -> Batch:
        """Take the next bytes; return what came of them.

        Raises:
            FileRefused: the file cannot be used at all.
        """
        records = self.text.feed(data, last=last)
        if self._checker is None:
            if self.text.header is None:
                return Batch()
            columns = Columns.of(self.text.header, self.path)
            self._checker = Checker(
                columns,
                self._compliance,
                self._defaults.country,
                self._defaults.zone,
                self.clients,
                self.first_devices,
            )
        checked = self._checker.check(records)
        lines: list[str] = []
        for contact in checked.contacts:
            lines += self._rows(contact)
        return Batch("".join(lines), len(checked.contacts), len(lines), checked.rejected, checked.left_out)

    def _rows(self, contact: Contact) -> list[str]:
        """Return the contact's rows, one a device, chained: the columns of ``IMPORTED``, in that order."""
        chain, self._chain = self._chain, self._chain + 1
        of_contact: list[Value] = [
            contact.client_id or None,
            contact.first_name or None,
            contact.last_name or None,
            contact.company or None,
            *(contact.others.get(number) for number in range(1, 21)),
            contact.country,
            contact.text,
            contact.postal_code or None,
            contact.state or None,
            self._zone_dbids.get(contact.zone),
            contact.zone,
        ]
        return [
            copy_line(
                [
                    device.address,
                    int(device.info_type),
                    *(DEFAULT_HOURS if device.kind == "email" else self._compliance.hours_of(device.address)),
                    self._zone_dbids.get(zone),
                    chain,
                    n,
                    *of_contact,
                    *self._of_device(number, device, zone),
                ]
            )
            for n, (number, device, zone) in enumerate(contact.devices)
        ]

    def _of_device(self, number: int, device: Device, zone: str) -> list[Value]:
        return [
            device.area_code or None,
            device.country_code or None,
            device.country or None,
            number,
            device.kind,
            device.exchange or None,
            device.extension or None,
            None,
            device.number or None,
            None,
            self._zone_dbids.get(zone),
            zone,
        ]


def rejects_csv(rejected: Iterable[Rejected], *, header: bool) -> bytes:
    """Return rejected rows as CSV, for the file that tells people.

    >>> print(rejects_csv([Rejected(7, "no device", "C-1,Ada")], header=True).decode(), end="")
    Line,Reason,Row
    7,no device,"C-1,Ada"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(["Line", "Reason", "Row"])
    writer.writerows((one.line, one.reason, one.text) for one in rejected)
    return text.getvalue().encode()
