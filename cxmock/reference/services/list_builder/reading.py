"""A contact file as it is read: bytes in, rows of the calling list and rejected rows out. No input or output."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cxmock.errors.contact_files import EmptyFile, UnusableHeader
from cxmock.reference.services.list_builder.asking import BY
from cxmock.reference.services.list_builder.columns import Columns
from cxmock.reference.services.list_builder.contacts import CHAIN, Accepted, Checked, Checker, Rejected
from cxmock.reference.services.list_builder.decoding import Decoding
from cxmock.reference.services.list_builder.layout import Layout
from cxmock.reference.services.list_builder.records import Record, Records
from cxmock.reference.services.list_builder.seen import Seen
from cxmock.reference.services.list_builder.splitting import Parts
from cxmock.reference.services.list_builder.zones import DEFAULT_ZONE, Compliance


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a row that does not say it."""

    encoding: str = ""
    """Empty: to be found."""
    country: str = "US"
    zone: str = DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rows are wanted, and where they go. Conditions and the upload rule are those of the API."""

    selection: Mapping[str, Any] | None = None
    """Only rows that meet it are imported."""
    filtering: Mapping[str, Any] | None = None
    """Rows that meet it are left out."""
    upload: Mapping[str, Any] = field(default_factory=dict)
    """How a file becomes several lists."""
    duplicates: tuple[str, ...] = BY
    """By what a contact is known to be there already."""
    update: bool = False
    """Whether a contact that the list has is changed; else it is a duplicate."""


@dataclass
class Batch:
    """What came of some bytes of a file."""

    parts: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Rows for the calling list's table, in COPY's text format, by the part of a split file (0 for one that is not)."""
    contacts: int = 0
    devices: int = 0
    updated: int = 0
    """Contacts that the list had before."""
    skipped: int = 0
    """Rows that the rules did not want."""
    rejected: list[Rejected] = field(default_factory=list)
    """Rows that are not imported."""
    left_out: list[Rejected] = field(default_factory=list)
    """Devices that are not imported, of contacts that are."""

    @property
    def lines(self) -> str:
        """All rows for the calling list's table."""
        return "".join(row for rows in self.parts.values() for row in rows)


class TextFile:
    """A file's text, record by record, and its header.

    Raises (from :meth:`feed`):
        FileRefused: the file cannot be used at all; the error says why.
    """

    def __init__(self, path: str, encoding: str, layout: Layout | None = None) -> None:
        self.path = path
        self.layout = layout or Layout()
        self._decoding = Decoding(path, encoding)
        self.records = Records(quotes=self.layout.quotes)
        self.header: Sequence[str] | None = None
        """What each column is."""
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
            self._begin(records[0])
            if self.layout.header:
                del records[0]
        self.rows += len(records)
        if last and not self.rows:
            raise EmptyFile(self.path, header=self.header is not None)
        return records

    def _begin(self, first: Record) -> None:
        """Look at the first row: it is the header, or shows how many columns there are."""
        if first.problem:
            raise UnusableHeader(self.path, [first.text[:80]], first.problem)
        self.layout = replace(self.layout, delimiter=self.layout.found(first.text))
        try:
            fields = self.layout.fields(first.text)
        except ValueError as error:
            raise UnusableHeader(self.path, [first.text[:80]], f"a broken row ({error})") from None
        self.header = self.layout.header_of(fields, self.path)


class ContactFile:
    """A contact file. Memory does not grow with it but for what tells duplicates.

    :meth:`records`, :meth:`Checker.check` and :meth:`merge`, in this order for each part of a file, do what
    :meth:`feed` does at once; several processes may check.

    Args:
        path: its name, for errors.
        defaults: what holds for rows that do not say it.
        compliance: for time zones and contact times.
        zone_dbids: time zone -> DBID of its object in Configuration.
        first_chain: the chain id of the first contact.
        layout: how it is laid out.
        rules: which rows are wanted.
        secured: whether rows are not to be kept as they stand in the file.
    """

    def __init__(
        self,
        path: str,
        defaults: Defaults,
        compliance: Compliance,
        *,
        zone_dbids: Mapping[str, int] | None = None,
        first_chain: int = 1,
        layout: Layout | None = None,
        rules: Rules | None = None,
        secured: bool = False,
    ) -> None:
        self.path = path
        self._defaults = defaults
        self._compliance = compliance
        self._zone_dbids = zone_dbids or {}
        self._chain = first_chain
        self._rules = rules or Rules()
        self.secured = secured
        self.text = TextFile(path, defaults.encoding, layout)
        self.checker: Checker | None = None
        """Checks its records; there once the header is."""
        self.parts = Parts(path, self._rules.upload)
        self._clients = Seen()
        """Client id -> its line; when the list had it before, its chain, below zero."""
        self._devices = Seen()
        """First device of a contact -> likewise."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that CX Contact does not know."""
        return self.checker.columns.ignored if self.checker else ()

    def begin_at(self, chain: int) -> None:
        """Say which chain the first contact is."""
        self._chain = chain

    def know(self, client_id: str | None, device: str, chain: int) -> None:
        """Take note of a contact that the list has."""
        if client_id:
            self._clients[client_id] = -chain
        self._devices[device] = -chain

    def feed(self, data: bytes, *, last: bool = False) -> Batch:
        """Take the next bytes; return what came of them.

        Raises:
            FileRefused: the file cannot be used at all.
        """
        records = self.records(data, last=last)
        return self.merge(records, self.checker.check(records)) if self.checker else Batch()

    def records(self, data: bytes, *, last: bool = False) -> list[Record]:
        """Take the next bytes; return the records which they complete.

        Raises:
            FileRefused: the file cannot be used at all.
        """
        records = self.text.feed(data, last=last)
        if self.checker is None and self.text.header is not None:
            self.checker = Checker(
                self.text.layout,
                Columns.of(self.text.header, self.path),
                self._compliance,
                self._defaults.country,
                self._defaults.zone,
                self._zone_dbids,
                self.secured,
                self._rules.selection,
                self._rules.filtering,
                self._rules.upload,
            )
        return records

    def merge(self, records: Sequence[Record], checked: Checked) -> Batch:
        """Return what came of records that were checked, after those of earlier calls: duplicates, chains, parts."""
        batch = Batch(skipped=checked.skipped)
        batch.rejected = [self._rejected(records[index], reason) for index, reason in checked.rejected]
        duplicates = set()
        for contact in checked.accepted:
            record = records[contact.at]
            known = self._known(contact, record.line)
            if isinstance(known, str):
                batch.rejected.append(self._rejected(record, known, duplicate=True))
                duplicates.add(contact.at)
                continue
            chain = known
            if not known:
                chain, self._chain = self._chain, self._chain + 1
            batch.updated += bool(known)
            batch.contacts += 1
            batch.devices += contact.devices
            batch.parts[self.parts.of(contact.part)].append(contact.rows.replace(CHAIN, str(chain)))
        batch.left_out = [
            self._rejected(records[index], reason) for index, reason in checked.left_out if index not in duplicates
        ]
        batch.rejected.sort(key=lambda one: one.line)
        return batch

    def _known(self, contact: Accepted, line: int) -> int | str:
        """Return the chain of a contact that the list has, 0 for a new one, or with whom it is the same.

        What is new is remembered.
        """
        update, by = self._rules.update, self._rules.duplicates
        named = bool(contact.client_id) and "ClientID" in by
        of_client = self._clients.get(contact.client_id) if named else 0
        of_device = self._devices.get(contact.device) if "Device" in by else 0
        if of_client > 0 or (of_client and not update):
            return f"duplicate client: {contact.client_id} is already {_place(of_client)}"
        # Who has a client id is known by it, and may not have the device of somebody else.
        if of_device > 0 or (of_device and not (update and of_device == (of_client if named else of_device))):
            return f"duplicate device: {contact.device} is already {_place(of_device)}"
        if contact.client_id:
            self._clients[contact.client_id] = line
        self._devices[contact.device] = line
        return -(of_client or of_device)

    def _rejected(self, record: Record, reason: str, *, duplicate: bool = False) -> Rejected:
        return Rejected(record.line, reason, "" if self.secured else record.text, duplicate)


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


def _place(line: int) -> str:
    return f"on line {line}" if line > 0 else "in the list"
