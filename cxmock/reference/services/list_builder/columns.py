"""The header of a contact file: which column is what.

Documented: the fields and their names. Assumed: that letter case, blanks and underscores do not matter, the short forms
in ``_ALSO``, and that unknown columns are left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxmock.errors.contact_files import UnusableHeader

DEVICES = 10
OTHERS = 20

_FIELDS = {
    "clientid": "client_id",
    "firstname": "first_name",
    "lastname": "last_name",
    "company": "company",
    "country": "country",
    "postalcode": "postal_code",
    "state": "state",
    "timezone": "time_zone",
    **{f"device{number}": f"device{number}" for number in range(1, DEVICES + 1)},
    **{f"other{number}": f"other{number}" for number in range(1, OTHERS + 1)},
}
_ALSO = {"tz": "timezone", "countrycode": "country", "zip": "postalcode", "statecode": "state", "device": "device1"}
_NOT_WORD = re.compile("[^a-z0-9]")
_TOO_MANY = re.compile(r"device(?:1[1-9]|[2-9][0-9])")
DEVICE_KEYS = frozenset(f"device{number}" for number in range(1, DEVICES + 1))
"""Device columns, as headings are compared."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known field stands.

    >>> columns = Columns.of(["Client ID", "first_name", "Device1", "Shoe size"])
    >>> columns.where, columns.ignored
    ({'client_id': 0, 'first_name': 1, 'device1': 2}, ('Shoe size',))
    """

    where: Mapping[str, int]
    count: int
    """How many columns every row has."""
    devices: tuple[tuple[int, int], ...]
    """Number and place of each ``DeviceN`` column."""
    others: tuple[tuple[int, int], ...]
    """And of each ``OtherN`` column."""
    ignored: tuple[str, ...]
    """Headings that CX Contact does not know."""

    @classmethod
    def of(cls, header: Sequence[str], path: str = "the file") -> Columns:
        """Read a header.

        Raises:
            UnusableHeader: no device column, or one field in two columns.
        """
        where: dict[str, int] = {}
        ignored = []
        for place, heading in enumerate(header):
            field = _FIELDS.get(heading_key(heading))
            if field is None:
                if _TOO_MANY.fullmatch(heading_key(heading)):
                    raise UnusableHeader(
                        path, header, f"{heading.strip()}, of {DEVICES} devices that a contact can have,"
                    )
                ignored.append(heading.strip())
            elif field in where:
                raise UnusableHeader(path, header, f"two columns for {heading.strip()}")
            else:
                where[field] = place
        devices = tuple((n, where[name]) for n in range(1, DEVICES + 1) if (name := f"device{n}") in where)
        if not devices:
            raise UnusableHeader(path, header, "no Device column")
        others = tuple((n, where[name]) for n in range(1, OTHERS + 1) if (name := f"other{n}") in where)
        return cls(where, len(header), devices, others, tuple(ignored))

    def value(self, fields: Sequence[str], field: str) -> str:
        """Return a row's value of ``field``; empty where the file has no such column."""
        place = self.where.get(field)
        return "" if place is None else fields[place].strip()


def known_fields() -> tuple[str, ...]:
    """Return the headings that CX Contact knows."""
    plain = ("ClientID", "FirstName", "LastName", "Company", "Country", "PostalCode", "State", "TimeZone")
    devices = (f"Device{number}" for number in range(1, DEVICES + 1))
    return (*plain, *devices, *(f"Other{number}" for number in range(1, OTHERS + 1)))


def field_key(heading: str) -> str:
    """Return the field that a heading means, empty if it means none.

    >>> field_key("Client ID"), field_key("Shoe size")
    ('client_id', '')
    """
    return _FIELDS.get(heading_key(heading), "")


def heading_key(heading: str, *, also: bool = True) -> str:
    """Return a heading as it is compared; ``also`` where a short form stands for the long one.

    >>> heading_key("Client ID"), heading_key("Zip")
    ('clientid', 'postalcode')
    """
    key = _NOT_WORD.sub("", heading.lower())
    return _ALSO.get(key, key) if also else key
