"""Records to contacts: each row is checked, completed and accepted, or rejected with its reason. No input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxmock.reference.services.list_builder.columns import Columns
from cxmock.reference.services.list_builder.numbers import Device, device_of, is_country
from cxmock.reference.services.list_builder.records import Record
from cxmock.reference.services.list_builder.zones import DEFAULT_ZONE, Compliance

FIELD_LIMIT = 64
"""Characters of FirstName, LastName, Company and ClientID (documented)."""
OTHER_LIMIT = 256
"""Characters of any other field (assumed)."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one device of a row, that is not imported."""

    line: int
    reason: str
    """For people; what comes before its first colon is the kind of reason, the same for all of a kind."""
    text: str
    """The row as it stands in the file."""
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to contact."""

    line: int
    text: str
    client_id: str
    first_name: str
    last_name: str
    company: str
    country: str
    postal_code: str
    state: str
    zone: str
    """The time zone, an IANA name."""
    others: dict[int, str]
    devices: tuple[tuple[int, Device, str], ...]
    """Number of the column, the device, and its own time zone."""
    problems: str
    """What is wrong with the devices that are left out."""


@dataclass
class Checked:
    """What became of some rows."""

    contacts: list[Contact] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    """Rows that are not imported."""
    left_out: list[Rejected] = field(default_factory=list)
    """Devices that are not imported, of contacts that are."""


@dataclass
class Checker:
    """Checks the rows of one file.

    Args:
        columns: what the header said.
        compliance: for time zones.
        country: where numbers are from when a row does not say.
        zone: the time zone when nothing tells one.
    """

    columns: Columns
    compliance: Compliance
    country: str = "US"
    zone: str = DEFAULT_ZONE
    clients: dict[str, int] = field(default_factory=dict)
    """Client id -> the line that has it; 0 when an earlier import of the list has it."""
    first_devices: dict[str, int] = field(default_factory=dict)
    """First device of a contact -> the line that has it, likewise."""
    _zones: set[str] = field(default_factory=set)

    def check(self, records: list[Record]) -> Checked:
        """Check rows; what was seen in earlier calls counts for duplicates."""
        checked = Checked()
        for record in records:
            found = self._check(record)
            if isinstance(found, str):
                checked.rejected.append(Rejected(record.line, found, record.text))
            elif same := self._duplicate(found):
                checked.rejected.append(Rejected(record.line, same, record.text, duplicate=True))
            else:
                checked.contacts.append(found)
                if found.problems:
                    checked.left_out.append(Rejected(record.line, f"device left out: {found.problems}", record.text))
        return checked

    def _check(self, record: Record) -> Contact | str:
        """Return the contact, or why the row is rejected."""
        columns, fields = self.columns, record.fields
        if record.problem:
            return record.problem
        if len(fields) != columns.count:
            return f"wrong number of columns: {len(fields)} instead of {columns.count}"
        names = {name: columns.value(fields, name) for name in ("client_id", "first_name", "last_name", "company")}
        others = {number: text for number, place in columns.others if (text := fields[place].strip())}
        if too_long := _too_long(names, others):
            return too_long
        country = self._country(columns.value(fields, "country"))
        if country is None:
            return f'unknown country: "{columns.value(fields, "country")[:40]}"'
        zone = columns.value(fields, "time_zone")
        if zone and not self._is_zone(zone):
            return f'unknown time zone: "{zone[:40]}"'
        devices, problems = self._devices(fields, country)
        if not devices:
            return f"invalid device: {problems}" if problems else "no device"
        number = next((device for _, device in devices if device.kind != "email"), None)
        placed = tuple((place, device, zone or self._zone_of(device, number, country)) for place, device in devices)
        return Contact(
            line=record.line,
            text=record.text,
            country=country,
            postal_code=columns.value(fields, "postal_code")[:16],
            state=columns.value(fields, "state")[:64],
            zone=placed[0][2],
            others=others,
            devices=placed,
            problems=problems,
            **names,
        )

    def _devices(self, fields: tuple[str, ...], country: str) -> tuple[list[tuple[int, Device]], str]:
        """Return the row's good devices, each once, and what is wrong with the others."""
        good: list[tuple[int, Device]] = []
        problems: list[str] = []
        for number, place in self.columns.devices:
            text = fields[place].strip()
            if not text:
                continue
            device = device_of(text, country)
            if isinstance(device, str):
                problems.append(f"Device{number} {device}")
            elif all(device.address != other.address for _, other in good):
                good.append((number, device))
        return good, "; ".join(problems)

    def _zone_of(self, device: Device, number: Device | None, country: str) -> str:
        """Return a device's time zone: by its area code, else by its country, else the default.

        An e-mail address tells none; ``number``, the first of the same contact, does.
        """
        if device.kind == "email" and number is not None:
            device = number
        of_country = self.compliance.countries.get(device.country or country)
        return self.compliance.zone_of(device.address) or of_country or self.zone

    def _duplicate(self, contact: Contact) -> str:
        """Return with whom a contact is the same, if it is; else remember it."""
        device = contact.devices[0][1].address
        if contact.client_id and (line := self.clients.get(contact.client_id)) is not None:
            return f"duplicate client: {contact.client_id} is already {_place(line)}"
        if (line := self.first_devices.get(device)) is not None:
            return f"duplicate device: {device} is already {_place(line)}"
        if contact.client_id:
            self.clients[contact.client_id] = contact.line
        self.first_devices[device] = contact.line
        return ""

    def _country(self, text: str) -> str | None:
        """Return the ISO 3166 code that ``text`` means, the default when it is empty, None when it means none."""
        if not text:
            return self.country
        code = text.upper()
        return code if is_country(code) else self.compliance.names.get(text.lower())

    def _is_zone(self, name: str) -> bool:
        if name not in self._zones and is_zone(name):
            self._zones.add(name)
        return name in self._zones


def is_zone(name: str) -> bool:
    """Return whether ``name`` is a time zone's.

    >>> is_zone("Europe/Paris"), is_zone("Mars/Base")
    (True, False)
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _too_long(names: dict[str, str], others: dict[int, str]) -> str:
    """Return which value is too long, if one is."""
    for name, value in names.items():
        if len(value) > FIELD_LIMIT:
            return f"value too long: {name.replace('_', ' ')} has {len(value)} characters, {FIELD_LIMIT} are allowed"
    for number, value in others.items():
        if len(value) > OTHER_LIMIT:
            return f"value too long: Other{number} has {len(value)} characters, {OTHER_LIMIT} are allowed"
    return ""


def _place(line: int) -> str:
    return f"on line {line}" if line else "in the list"
