"""A suppression file as it is read: bytes in, entries and rejected rows out. No input or output."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.contact_files import UnusableHeader
from cxmock.reference.keys import device_entry
from cxmock.reference.services.list_builder.columns import heading_key
from cxmock.reference.services.list_builder.contacts import FIELD_LIMIT, Rejected
from cxmock.reference.services.list_builder.layout import Layout
from cxmock.reference.services.list_builder.numbers import device_of, is_country
from cxmock.reference.services.list_builder.reading import Defaults, TextFile
from cxmock.reference.services.list_builder.records import Record

HEADINGS = {"Device": ("device1", "phone", "number"), "ClientID": ("clientid",)}
"""What the list's entries are -> how their column may be headed (assumed). ``Country`` may stand beside a device."""


class SuppressionFile:
    """A suppression file: one entry a row, a device or a client id.

    Args:
        path: its name, for errors.
        kind: ``Device`` or ``ClientID``.
        defaults: what holds for rows that do not say it.
    """

    def __init__(self, path: str, kind: str, defaults: Defaults, layout: Layout | None = None) -> None:
        self.path = path
        self._kind = kind
        self._defaults = defaults
        self._place: int | None = None
        self._country: int | None = None
        self.text = TextFile(path, defaults.encoding, layout or Layout(delimiter=","))

    def feed(self, data: bytes, *, last: bool = False) -> tuple[list[str], list[Rejected]]:
        """Take the next bytes; return the entries and the rejected rows which they complete.

        Raises:
            FileRefused: the file cannot be used at all.
        """
        records = self.text.feed(data, last=last)
        if self._place is None and self.text.header is not None:
            self._read_header(self.text.header)
        entries: list[str] = []
        rejected: list[Rejected] = []
        for record in records:
            entry, problem = self._entry(record)
            if problem:
                rejected.append(Rejected(record.line, problem, record.text))
            else:
                entries.append(entry)
        return entries, rejected

    def _read_header(self, header: Sequence[str]) -> None:
        keys = [heading_key(heading) for heading in header]
        found = [place for place, key in enumerate(keys) if key in HEADINGS[self._kind]]
        if len(found) != 1:
            raise UnusableHeader(self.path, header, f"{'no' if not found else 'more than one'} {self._kind} column")
        self._place = found[0]
        self._country = keys.index("country") if "country" in keys else None

    def _entry(self, record: Record) -> tuple[str, str]:
        """Return the entry, or what is wrong with it."""
        assert self._place is not None
        if record.problem:
            return "", record.problem
        try:
            fields = self.text.layout.fields(record.text)
        except ValueError as error:
            return "", f"broken row: {error}"
        if len(fields) <= self._place:
            return "", f"wrong number of columns: {len(fields)}, and the {self._kind} is column {self._place + 1}"
        return entry_of(fields[self._place].strip(), self._kind, self._country_of(fields))

    def _country_of(self, fields: Sequence[str]) -> str:
        if self._country is not None and len(fields) > self._country:
            code = fields[self._country].strip().upper()
            if is_country(code):
                return code
        return self._defaults.country


def entry_of(text: str, kind: str, country: str) -> tuple[str, str]:
    """Return an entry as the list has it, or what is wrong with it.

    >>> entry_of("(202) 555-0143", "Device", "US"), entry_of("", "ClientID", "US")
    (('12025550143', ''), ('', 'no client id'))
    """
    if not text:
        return "", "no number" if kind == "Device" else "no client id"
    if kind == "ClientID":
        if len(text) > FIELD_LIMIT:
            return "", f"value too long: a client id has at most {FIELD_LIMIT} characters"
        return text, ""
    device = device_of(text, country)
    return ("", f"invalid device: {device}") if isinstance(device, str) else (device_entry(device.address), "")
