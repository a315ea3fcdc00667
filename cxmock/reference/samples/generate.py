"""Makes the sample files anew: ``python -m cxmock.reference.samples.generate``. The same seed makes the same bytes."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from cxmock.reference.samples import CONTACTS, SUPPRESSION
from cxmock.reference.samples.people import COMPANIES, FIRST_NAMES, LAST_NAMES
from cxmock.reference.samples.ranges import RANGES, Range

T = TypeVar("T")

COLUMNS = (
    *("FirstName", "LastName", "Company", "ClientID", "Device1", "Device2", "Device3", "Email", "Country"),
    *("PostalCode", "Other1", "Other2"),
)
"""Other1 is a segment, Other2 a balance."""
PEOPLE = {"US": 380, "GB": 180, "DE": 120, "FR": 110, "AU": 90, "CA": 70, "SE": 50}
"""Contacts by country: 1,000."""
INVALID = (
    "+1 202 555 01",
    "020 7946",
    "call me",
    "+999 123 456 789",
    "0",
    "+44 1632 960 999 000 11",
    "n/a",
    "(000) 000-0000",
)
"""What stands where a number should be."""
BAD_DEVICES = 12
"""Rows whose only device is no number."""
BAD_SECOND_DEVICES = 6
"""Contacts whose second device is no number: the first is good."""
SAME_CLIENTS = 10
"""Rows with the client id of an earlier row."""
SAME_NUMBERS = 10
"""Rows with the first device of an earlier row."""
BROKEN = 8
"""Rows with a wrong number of columns."""
WITH_EMAIL = 120
"""Contacts with an e-mail address; every other one has it as a device too."""
SUPPRESSED = 60
STRANGERS = 10
"""Numbers in the suppression file that no contact has."""


@dataclass
class Choices:
    """Random choices from ``random()`` alone: of all that is in ``random``, only that is promised to stay the same."""

    random: Random
    used: set[str] = field(default_factory=set)

    def below(self, limit: int) -> int:
        """Return a number from 0 to ``limit`` - 1."""
        return int(self.random.random() * limit)

    def one(self, things: Sequence[T]) -> T:
        """Return one of ``things``."""
        return things[self.below(len(things))]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """Return ``count`` of ``things``, each once, in random order."""
        return sorted(things, key=lambda thing: self.random.random())[:count]

    def number(self, place: Range) -> tuple[str, str]:
        """Return a number of ``place`` that was not returned before: as E.164, and as it is written there."""
        begin = self.below(place.size)
        index = next(
            index for index in (*range(begin, place.size), *range(begin)) if place.number(index) not in self.used
        )
        self.used.add(place.number(index))
        return place.number(index), place.national(index)


def files() -> tuple[bytes, bytes]:
    """Return the contact file and the suppression file."""
    choices = Choices(Random("sample contacts"))
    contacts = _contacts(choices)
    suppressed = [row["E164"] for row in choices.some(contacts, SUPPRESSED)]
    suppressed += [choices.number(choices.one(RANGES))[0] for _ in range(STRANGERS)]
    return _contact_file(choices, contacts), _suppression_file(choices, suppressed)


def _contacts(choices: Choices) -> list[dict[str, str]]:
    """Return the good contacts; each also has its first device as ``E164``."""
    places = {country: [place for place in RANGES if place.country == country] for country in PEOPLE}
    countries = choices.some([country for country, count in PEOPLE.items() for _ in range(count)], sum(PEOPLE.values()))
    contacts = [_contact(choices, n, choices.one(places[country])) for n, country in enumerate(countries, 1)]
    for n, contact in enumerate(choices.some(contacts, WITH_EMAIL)):
        contact["Email"] = _address(contact)
        if n % 2:
            contact["Device3"] = contact["Email"]
    alone = [contact for contact in contacts if not contact["Device2"]]
    for contact in choices.some(alone, BAD_SECOND_DEVICES):
        contact["Device2"] = choices.one(INVALID)
    return contacts


def _contact(choices: Choices, n: int, place: Range) -> dict[str, str]:
    number, national = choices.number(place)
    more = [choices.number(place)[0] for _ in range(choices.one((0, 0, 0, 0, 0, 0, 1, 1, 1, 2)))]
    return {
        "FirstName": choices.one(FIRST_NAMES[place.country].split()),
        "LastName": choices.one(LAST_NAMES[place.country].split()),
        "Company": choices.one(COMPANIES),
        "ClientID": f"C{n:06}",
        "Device1": national if choices.below(3) == 0 else number,
        "Device2": more[0] if more else "",
        "Device3": more[1] if len(more) > 1 else "",
        "Email": "",
        "Country": place.country,
        "PostalCode": place.postal_code,
        "Other1": choices.one(("gold", "silver", "bronze")),
        "Other2": f"{choices.below(500000) / 100:.2f}",
        "E164": number,
    }


def _address(contact: dict[str, str]) -> str:
    """Return an e-mail address in a domain that is kept for examples."""
    name = unicodedata.normalize("NFKD", f"{contact['FirstName']}.{contact['LastName']}").lower()
    plain = "".join(sign for sign in name if sign.isascii() and (sign.isalpha() or sign == "."))
    return f"{plain}.{contact['ClientID'].lower()}@example.{'org' if contact['Country'] != 'US' else 'com'}"


def _contact_file(choices: Choices, contacts: list[dict[str, str]]) -> bytes:
    """Return the contacts with the rows mixed in that are no good; a duplicate always comes after its original."""
    rows = [[contact[column] for column in COLUMNS] for contact in contacts]
    bad = []
    for n in range(BAD_DEVICES):
        contact = _spare(choices, n)
        bad.append(contact | {"Device1": INVALID[n % len(INVALID)], "Device2": "", "Device3": ""})
    for n, original in enumerate(choices.some(contacts[:500], SAME_CLIENTS + SAME_NUMBERS)):
        contact = _spare(choices, BAD_DEVICES + n)
        same = {"ClientID": original["ClientID"]} if n < SAME_CLIENTS else {"Device1": original["E164"]}
        bad.append(contact | same)
    lines = [[contact[column] for column in COLUMNS] for contact in bad]
    for n in range(BROKEN):
        contact = _spare(choices, 100 + n)
        line = [contact[column] for column in COLUMNS]
        lines.append(line[: 3 + n] if n % 2 else [*line, "extra"])
    for line in lines:
        rows.insert(501 + choices.below(len(rows) - 500), line)
    return _csv([list(COLUMNS), *rows])


def _spare(choices: Choices, n: int) -> dict[str, str]:
    """Return a contact that is not one of the 1,000, to be spoilt."""
    return _contact(choices, 900000 + n, choices.one(RANGES))


def _suppression_file(choices: Choices, numbers: list[str]) -> bytes:
    """Return the numbers in random order, each with a reason, and one entry without its number."""
    entries = [[number, choices.one(("asked not to be called", "bankrupt", "in dispute"))] for number in numbers]
    entries = choices.some(entries, len(entries))
    entries.insert(len(entries) // 2, ["", "asked not to be called"])
    return _csv([["Device", "Reason"], *entries])


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def main() -> None:
    """Write both files."""
    contacts, suppression = files()
    CONTACTS.write_bytes(contacts)
    SUPPRESSION.write_bytes(suppression)


if __name__ == "__main__":
    main()
