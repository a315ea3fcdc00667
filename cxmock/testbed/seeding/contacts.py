"""Contacts and contact lists to seed with: valid by default, at numbers that nobody has."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from cxmock.errors.seeding import TooManyContacts
from cxmock.reference.samples.people import FIRST_NAMES, LAST_NAMES
from cxmock.reference.samples.ranges import RANGES

LONDON = "+442079460018"
"""A number that Ofcom keeps for films and books."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to contact, as a row of a contact file says it. The fields are those of the file (documented).

    >>> Contact("C-1", first_name="Ada").devices
    ('+442079460018',)
    """

    client_id: str = "C-1"
    devices: Sequence[str] = (LONDON,)
    """Telephone numbers (E.164) and e-mail addresses, in the order in which they are tried; ten at most."""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    country: str = ""
    """ISO 3166; empty: that of the first number."""
    postal_code: str = ""
    state: str = ""
    time_zone: str = ""
    """An IANA name; empty: told by the number."""
    others: Mapping[int, str] = field(default_factory=dict)
    """``OtherN``, by N from 1 to 20."""

    def fields(self) -> dict[str, str]:
        """Return the columns that have a value, by heading."""
        named = {
            "ClientID": self.client_id,
            "FirstName": self.first_name,
            "LastName": self.last_name,
            "Company": self.company,
            "Country": self.country,
            "PostalCode": self.postal_code,
            "State": self.state,
            "TimeZone": self.time_zone,
            **{f"Device{number}": device for number, device in enumerate(self.devices, 1)},
            **{f"Other{number}": text for number, text in sorted(self.others.items())},
        }
        return {heading: text for heading, text in named.items() if text}


@dataclass(frozen=True, slots=True)
class ContactList:
    """A contact list: its records in PostgreSQL, and the calling list in Configuration that stands for it."""

    name: str
    contacts: Sequence[Contact] = (Contact(),)


def contacts(count: int, country: str = "GB", *, first: int = 1) -> list[Contact]:
    """Return so many people who do not exist, no two alike, the same ones each time.

    >>> [(one.client_id, one.first_name, one.devices) for one in contacts(2)]
    [('C-1', 'Amelia', ('+442079460000',)), ('C-2', 'Oliver', ('+442079460001',))]

    Args:
        count: how many.
        country: where their numbers are: AU, CA, DE, FR, GB, SE or US.
        first: the number of the first, so that two calls can give different people.

    Raises:
        TooManyContacts: the regulator keeps fewer numbers free.
    """
    places = [place for place in RANGES if place.country == country]
    free = sum(place.size for place in places)
    if not 0 <= count + first - 1 <= free or first < 1:
        raise TooManyContacts(count + first - 1, country, free, sorted(FIRST_NAMES))
    numbered = islice(((place, index) for place in places for index in range(place.size)), first - 1, first - 1 + count)
    first_names, last_names = FIRST_NAMES[country].split(), LAST_NAMES[country].split()
    names = islice(zip(cycle(first_names), cycle(last_names), strict=False), first - 1, None)
    return [
        Contact(
            f"C-{number}",
            (place.number(index),),
            first_name,
            last_name,
            country=country,
            postal_code=place.postal_code,
        )
        for number, ((place, index), (first_name, last_name)) in enumerate(zip(numbered, names, strict=False), first)
    ]


def contact_file(people: Sequence[Contact]) -> str:
    r"""Return a contact file (CSV with a header) such as customers put on their SFTP server.

    >>> contact_file([Contact(first_name="Ada"), Contact("C-2", ["bea@example.org"])])
    'ClientID,FirstName,Device1\nC-1,Ada,+442079460018\nC-2,,bea@example.org\n'
    """
    rows = [one.fields() for one in people]
    columns = [heading for heading in _COLUMNS if any(heading in row for row in rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


_COLUMNS = (
    *("ClientID", "FirstName", "LastName", "Company"),
    *(f"Device{number}" for number in range(1, 11)),
    *("Country", "PostalCode", "State", "TimeZone"),
    *(f"Other{number}" for number in range(1, 21)),
)
