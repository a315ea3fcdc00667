"""The sample files: 1,000 people who do not exist, at numbers that validate and ring nowhere."""

from __future__ import annotations

import csv
import re
from collections import Counter

import phonenumbers
import pytest
from phonenumbers import timezone

from cxmock.reference.samples import CONTACTS, SUPPRESSION
from cxmock.reference.samples.generate import (
    BAD_DEVICES,
    BAD_SECOND_DEVICES,
    BROKEN,
    COLUMNS,
    PEOPLE,
    SAME_CLIENTS,
    SAME_NUMBERS,
    STRANGERS,
    SUPPRESSED,
    WITH_EMAIL,
    files,
)
from cxmock.reference.samples.ranges import RANGES

Row = dict[str, str]


def e164(text: str, country: str) -> str:
    """Return the number that ``text`` means, or nothing when it is none."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Sorted:
    """The contact file, sorted into what is good and why the rest is not."""

    def __init__(self) -> None:
        header, *rows = csv.reader(CONTACTS.read_text(encoding="utf-8").splitlines())
        self.header = header
        self.good: list[Row] = []
        self.bad: Counter[str] = Counter()
        clients: set[str] = set()
        numbers: set[str] = set()
        for fields in rows:
            row = dict(zip(COLUMNS, fields, strict=False))
            number = e164(row.get("Device1", ""), row.get("Country", ""))
            if len(fields) != len(COLUMNS):
                self.bad["broken"] += 1
            elif not number:
                self.bad["invalid"] += 1
            elif row["ClientID"] in clients:
                self.bad["same client"] += 1
            elif number in numbers:
                self.bad["same number"] += 1
            else:
                clients.add(row["ClientID"])
                numbers.add(number)
                self.good.append(row | {"E164": number})


@pytest.fixture(scope="module")
def contacts() -> Sorted:
    return Sorted()


def test_the_files_are_what_the_generator_makes() -> None:
    assert (CONTACTS.read_bytes(), SUPPRESSION.read_bytes()) == files()


def test_there_are_a_thousand_good_contacts_in_seven_countries(contacts: Sorted) -> None:
    assert contacts.header == list(COLUMNS)
    assert len(contacts.good) == 1000
    assert Counter(row["Country"] for row in contacts.good) == PEOPLE


def test_the_rest_is_bad_in_the_ways_that_real_files_are(contacts: Sorted) -> None:
    assert contacts.bad == {
        "invalid": BAD_DEVICES,
        "same client": SAME_CLIENTS,
        "same number": SAME_NUMBERS,
        "broken": BROKEN,
    }


def test_every_number_is_one_that_a_regulator_keeps_for_fiction(contacts: Sorted) -> None:
    kept = [re.compile(re.escape(place.number(0))[: -place.pattern.count("#")] + r"\d+") for place in RANGES]
    devices = [
        number
        for row in contacts.good
        for column in ("Device1", "Device2", "Device3")
        if (number := e164(row[column], row["Country"]))
    ]

    assert len(devices) > 1200
    assert len(set(devices)) == len(devices)
    assert [number for number in devices if not any(place.fullmatch(number) for place in kept)] == []


def test_some_contacts_have_several_devices_and_a_few_of_them_bad_ones(contacts: Sorted) -> None:
    second = [row for row in contacts.good if row["Device2"]]
    bad = [row for row in second if not e164(row["Device2"], row["Country"])]

    assert len(second) > 200
    assert len(bad) == BAD_SECOND_DEVICES


def test_numbers_are_written_as_e164_and_as_people_write_them(contacts: Sorted) -> None:
    written = Counter(row["Device1"].startswith("+") for row in contacts.good)

    assert written[True] > 500
    assert written[False] > 200


def test_contacts_live_in_many_time_zones(contacts: Sorted) -> None:
    zones = {zone for row in contacts.good for zone in timezone.time_zones_for_number(phonenumbers.parse(row["E164"]))}

    assert len(zones) >= 15


def test_some_contacts_have_an_e_mail_address_in_a_domain_for_examples(contacts: Sorted) -> None:
    addresses = [row["Email"] for row in contacts.good if row["Email"]]

    assert len(set(addresses)) == len(addresses) == WITH_EMAIL
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\.c\d{6}@example\.(org|com)", address) for address in addresses)
    assert sum(row["Device3"] == row["Email"] != "" for row in contacts.good) == WITH_EMAIL // 2


def test_names_are_written_with_all_their_letters(contacts: Sorted) -> None:
    names = [f"{row['FirstName']} {row['LastName']}" for row in contacts.good]

    assert sum(not name.isascii() for name in names) > 300
    with pytest.raises(UnicodeEncodeError):
        CONTACTS.read_text(encoding="utf-8").encode("latin-1")


def test_sixty_contacts_are_never_to_be_dialed(contacts: Sorted) -> None:
    header, *entries = csv.reader(SUPPRESSION.read_text(encoding="utf-8").splitlines())
    numbers = [number for number, _ in entries]
    known = {row["E164"] for row in contacts.good}

    assert header == ["Device", "Reason"]
    assert numbers.count("") == 1
    assert len(set(numbers) & known) == SUPPRESSED
    assert len(set(numbers) - known - {""}) == STRANGERS
