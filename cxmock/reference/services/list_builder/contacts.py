"""Records to rows of the calling list: each is checked, completed and accepted, or rejected with its reason.

No input or output, and nothing that other rows decide: so that several processes can check parts of one file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxmock.reference.calling_list import ESCAPED, NULL, escaped
from cxmock.reference.services.list_builder.columns import Columns
from cxmock.reference.services.list_builder.conditions import compiled
from cxmock.reference.services.list_builder.layout import Layout
from cxmock.reference.services.list_builder.numbers import Device, device_of, is_country
from cxmock.reference.services.list_builder.postal import zone_of_code
from cxmock.reference.services.list_builder.records import Record
from cxmock.reference.services.list_builder.splitting import Rows
from cxmock.reference.services.list_builder.zones import DEFAULT_HOURS, DEFAULT_ZONE, Compliance

FIELD_LIMIT = 64
"""Characters of FirstName, LastName, Company and ClientID (documented)."""
OTHER_LIMIT = 256
"""Characters of any other field (assumed)."""
CHAIN = "\0"
"""Stands for the number of a contact's chain, which is known when those before are. No text has this character."""
NAMES = ("client_id", "first_name", "last_name", "company")


class Rejected(NamedTuple):
    """A row, or one device of a row, that is not imported."""

    line: int
    reason: str
    """For people; what comes before its first colon is the kind of reason, the same for all of a kind."""
    text: str
    """The row as it stands in the file."""
    duplicate: bool = False


class Accepted(NamedTuple):
    """A contact that can be imported."""

    at: int
    """Index of the record, among those that were checked together."""
    client_id: str
    device: str
    """Its first one."""
    devices: int
    part: str
    """To which part of a split file it belongs, as far as the row tells."""
    rows: str
    """For COPY, one a device, with :data:`CHAIN` where the number of the chain belongs."""


@dataclass
class Checked:
    """What became of some records."""

    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    """Index and reason of each record that is not imported."""
    left_out: list[tuple[int, str]] = field(default_factory=list)
    """Index and reason for the devices that are not imported, of contacts that are."""
    skipped: int = 0
    """Records that the rules did not want."""


@dataclass(frozen=True)
class Checker:
    """Checks the records of one file.

    Args:
        layout: how a record becomes fields.
        columns: what each field is.
        compliance: for time zones and contact times.
        country: where numbers are from when a row does not say.
        zone: the account's time zone, for what nothing else tells.
        zone_dbids: time zone -> DBID of its object in Configuration.
        secured: whether rows are not to be kept as they stand in the file.
        selection: the condition that rows have to meet.
        filtering: the condition that rows must not meet.
        upload: the upload rule, when the file is to be split.
    """

    layout: Layout
    columns: Columns
    compliance: Compliance
    country: str = "US"
    zone: str = DEFAULT_ZONE
    zone_dbids: Mapping[str, int] = field(default_factory=dict)
    secured: bool = False
    selection: Mapping[str, Any] | None = None
    filtering: Mapping[str, Any] | None = None
    upload: Mapping[str, Any] = field(default_factory=dict)

    def check(self, records: Sequence[Record]) -> Checked:
        """Check records."""
        checked = Checked()
        for index, record in enumerate(records):
            self._check(index, record, checked)
        return checked

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def _check(self, index: int, record: Record, checked: Checked) -> None:
        """Put one record where it belongs."""
        columns = self.columns
        if record.problem:
            checked.rejected.append((index, record.problem))
            return
        try:
            fields = self.layout.fields(record.text)
        except ValueError as error:
            checked.rejected.append((index, f"broken row: {error}"))
            return
        if len(fields) != columns.count:
            reason = f"wrong number of columns: {len(fields)} instead of {columns.count}"
            checked.rejected.append((index, reason))
            return
        wanted, unwanted, parts = self._rules
        part = "" if parts is None else parts.part(fields)
        if part is None or (wanted and not wanted(fields)) or (unwanted and unwanted(fields)):
            checked.skipped += 1
            return
        found = self._contact(fields, record.text)
        if isinstance(found, str):
            checked.rejected.append((index, found))
            return
        client_id, devices, rows, problems = found
        checked.accepted.append(Accepted(index, client_id, devices[0][1].address, len(devices), part, rows))
        if problems:
            checked.left_out.append((index, f"device left out: {problems}"))

    def _contact(self, fields: Sequence[str], text: str) -> tuple[str, list[tuple[int, Device]], str, str] | str:
        """Return client id, devices, rows and what is wrong with other devices; or why there is no contact."""
        value = self.columns.value
        names = [value(fields, name) for name in NAMES]
        others = [fields[place].strip() if place is not None else "" for place in self._others]
        if (longest := max(map(len, names))) > FIELD_LIMIT:
            name = NAMES[[len(one) for one in names].index(longest)].replace("_", " ")
            return f"value too long: {name} has {longest} characters, {FIELD_LIMIT} are allowed"
        if (longest := max(map(len, others))) > OTHER_LIMIT:
            number = [len(one) for one in others].index(longest) + 1
            return f"value too long: Other{number} has {longest} characters, {OTHER_LIMIT} are allowed"
        country = self._country(value(fields, "country"))
        if country is None:
            return f'unknown country: "{value(fields, "country")[:40]}"'
        zone = value(fields, "time_zone")
        if zone and not self._is_zone(zone):
            return f'unknown time zone: "{zone[:40]}"'
        devices, problems = self._devices(fields, country)
        if not devices:
            return f"invalid device: {problems}" if problems else "no device"
        postal_code = value(fields, "postal_code")[:16]
        rows = self._rows(devices, names, others, country, postal_code, value(fields, "state")[:64], zone, text)
        return names[0], devices, rows, problems

    def _devices(self, fields: Sequence[str], country: str) -> tuple[list[tuple[int, Device]], str]:
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

    def _rows(
        self,
        devices: Sequence[tuple[int, Device]],
        names: Sequence[str],
        others: Sequence[str],
        country: str,
        postal_code: str,
        state: str,
        zone: str,
        text: str,
    ) -> str:
        """Return the contact's rows, one a device, chained: the columns of ``IMPORTED``, in that order."""
        if ESCAPED.search(text):  # every value comes from the text
            names, others = [escaped(one) for one in names], [escaped(one) for one in others]
            postal_code, state = escaped(postal_code), escaped(state)
            text = escaped(text)
        lives_in = zone or zone_of_code(country, postal_code)
        zones = [zone or self._zone_of(device, devices, lives_in, country) for _, device in devices]
        lives_in = lives_in or zones[0]
        of_contact = "\t".join(
            [one or NULL for one in names]
            + [one or NULL for one in others]
            + [country, NULL if self.secured else text, postal_code or NULL, state or NULL]
            + [self._dbid(lives_in), lives_in]
        )
        rows = []
        for n, (number, device) in enumerate(devices):
            begin, end = DEFAULT_HOURS if device.kind == "email" else self.compliance.hours_of(device.address)
            dbid = self._dbid(zones[n])
            rows.append(
                f"{escaped(device.address)}\t{int(device.info_type)}\t{begin}\t{end}\t{dbid}\t{CHAIN}\t{n}\t{of_contact}"
                f"\t{device.area_code or NULL}\t{device.country_code or NULL}\t{device.country or NULL}\t{number}"
                f"\t{device.kind}\t{device.exchange or NULL}\t{escaped(device.extension) or NULL}\t{NULL}"
                f"\t{device.number or NULL}\t{NULL}\t{dbid}\t{zones[n]}\n"
            )
        return "".join(rows)

    def _zone_of(self, device: Device, devices: Sequence[tuple[int, Device]], lives_in: str, country: str) -> str:
        """Return a device's time zone: by country and area code, else where its owner lives, else the account's.

        An e-mail address tells none; the first number of the same contact does.
        """
        if device.kind == "email":
            device = next((one for _, one in devices if one.kind != "email"), device)
        return (
            self.compliance.zone_of(device.address)
            or lives_in
            or self.compliance.countries.get(device.country or country)
            or self.zone
        )

    def _dbid(self, zone: str) -> str:
        dbid = self.zone_dbids.get(zone)
        return NULL if dbid is None else str(dbid)

    def _country(self, text: str) -> str | None:
        """Return the ISO 3166 code that ``text`` means, the default when it is empty, None when it means none."""
        if not text:
            return self.country
        known = self._countries.get(text, text)
        if known is text:
            code = text.upper()
            known = code if is_country(code) else self.compliance.names.get(text.lower())
            if len(self._countries) < 1000:
                self._countries[text] = known
        return known

    def _is_zone(self, name: str) -> bool:
        if name not in self._zones and is_zone(name):
            self._zones.add(name)
        return name in self._zones

    @cached_property
    def _rules(self) -> Any:
        """The rules, compiled: what rows have to meet, what they must not meet, and which part they belong to."""
        wanted = compiled(self.selection, self.columns) if self.selection else None
        unwanted = compiled(self.filtering, self.columns) if self.filtering else None
        return wanted, unwanted, Rows(self.upload, self.columns) if self.upload else None

    @cached_property
    def _others(self) -> list[int | None]:
        where = dict(self.columns.others)
        return [where.get(number) for number in range(1, 21)]

    @cached_property
    def _countries(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _zones(self) -> set[str]:
        return set()


def is_zone(name: str) -> bool:
    """Return whether ``name`` is a time zone's.

    >>> is_zone("Europe/Paris"), is_zone("Mars/Base")
    (True, False)
    """
    if not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
