"""A contact file as it is read: each row accepted with all that belongs to it, or rejected with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.errors.contact_files import EmptyFile, FileRefused, UnusableHeader
from cxmock.reference.calling_list import IMPORTED
from cxmock.reference.services.list_builder.reading import Batch, ContactFile, Defaults, rejects_csv
from cxmock.reference.services.list_builder.zones import Compliance

COMPLIANCE = Compliance.of(
    {
        "version": "7",
        "areaCodes": [
            {"prefix": "1212", "country": "US", "timeZones": ["America/New_York"]},
            {"prefix": "1415", "country": "US", "timeZones": ["America/Los_Angeles"]},
        ],
        "countries": [
            {"country": "GB", "name": "United Kingdom", "timeZones": ["Europe/London"]},
            {"country": "DE", "name": "Germany", "timeZones": ["Europe/Berlin"]},
        ],
        "rules": [
            {"prefixes": [], "weekdays": [["08:00", "21:00"]]},
            {"prefixes": ["33"], "weekdays": [["10:00", "13:00"], ["14:00", "20:00"]]},
        ],
    }
)


def read(text: str | bytes, **defaults: str) -> Batch:
    """Read a whole file."""
    file = ContactFile("leads.csv", Defaults(**defaults), COMPLIANCE, zone_dbids={"Europe/London": 300})
    return file.feed(text if isinstance(text, bytes) else text.encode(), last=True)


def rows(batch: Batch) -> list[dict[str, str]]:
    """Return the calling list's rows by column."""
    return [dict(zip(IMPORTED, line.split("\t"), strict=True)) for line in batch.lines.splitlines()]


def reasons(text: str) -> list[tuple[int, str]]:
    """Return line and reason of every row that is rejected."""
    return [(one.line, one.reason) for one in read(text).rejected]


def test_a_contact_becomes_one_row_a_device_in_one_chain() -> None:
    batch = read("ClientID,FirstName,Device1,Device2\nC-1,Ada,(212) 555-0143,+442079460018\nC-2,Bo,4155550101,\n")
    assert (batch.contacts, batch.devices) == (2, 3)
    first, second, third = rows(batch)
    assert [(one["chain_id"], one["chain_n"]) for one in (first, second, third)] == [("1", "0"), ("1", "1"), ("2", "0")]
    assert first["contact_info"] == "+12125550143"
    assert (first["c_client_id"], first["c_first_name"]) == ("C-1", "Ada")
    assert (first["cd_area_code"], first["cd_exchange"], first["cd_country_code_iso"]) == ("212", "555", "US")
    assert (second["cd_country_code"], second["cd_device_index"]) == ("44", "2")


def test_a_time_zone_is_told_by_the_row_else_the_area_code_else_the_country_else_the_default() -> None:
    found = rows(
        read(
            "Device1,TimeZone\n+12125550143,Asia/Tokyo\n+12125550144,\n+442079460018,\n+33612345678,\n",
            zone="Indian/Reunion",
        )
    )
    zones = [one["cd_tz_name"] for one in found]
    assert zones == ["Asia/Tokyo", "America/New_York", "Europe/London", "Indian/Reunion"]
    assert [one["tz_dbid"] for one in found] == ["\\N", "\\N", "300", "\\N"]


def test_an_email_address_has_the_time_zone_of_its_owners_first_number() -> None:
    """An address tells nothing of where somebody lives."""
    found = rows(read("Device1,Device2,Device3\nada@example.org,+12125550143,+442079460018\nbea@example.org,,\n"))
    assert [one["cd_tz_name"] for one in found] == ["America/New_York", "America/New_York", "Europe/London", "UTC"]


def test_of_the_prefixes_that_start_a_number_the_longest_tells() -> None:
    areas = [{"prefix": "1", "timeZones": ["UTC"]}, {"prefix": "1208", "timeZones": ["America/Boise"]}]
    data = Compliance.of({"areaCodes": areas})
    assert (data.zone_of("+12085550100"), data.zone_of("+12125550100")) == ("America/Boise", "UTC")


def test_contact_times_come_from_the_rule_with_the_longest_prefix() -> None:
    found = rows(read("Device1\n+12125550143\n+33612345678\n"))
    assert [(one["daily_from"], one["daily_till"]) for one in found] == [("28800", "75600"), ("36000", "72000")]


def test_a_number_is_from_its_rows_country_or_else_from_the_default() -> None:
    found = rows(read("Device1,Country\n020 7946 0018,GB\n020 7946 0019,United Kingdom\n030 901820,\n", country="DE"))
    assert [one["contact_info"] for one in found] == ["+442079460018", "+442079460019", "+4930901820"]


def test_an_e_mail_address_is_a_device() -> None:
    (row,) = rows(read("Device1\nAda@Example.org\n"))
    assert (row["contact_info"], row["contact_info_type"], row["cd_device_type"]) == ("ada@example.org", "10", "email")


def test_bad_rows_are_rejected_with_line_and_reason_and_the_good_ones_stay() -> None:
    text = (
        "ClientID,Device1,Country\n"
        "C-1,+12125550143,US\n"
        "C-2,call me,US\n"
        "C-3,,US\n"
        "C-4,+12125550144\n"
        "C-5,02079460018,Atlantis\n"
        "C-1,+12125550145,US\n"
        "C-6,212-555-0143,US\n"
    )
    assert reasons(text) == [
        (3, 'invalid device: Device1 "call me" is no number of US (not a number at all)'),
        (4, "no device"),
        (5, "wrong number of columns: 2 instead of 3"),
        (6, 'unknown country: "Atlantis"'),
        (7, "duplicate client: C-1 is already on line 2"),
        (8, "duplicate device: +12125550143 is already on line 2"),
    ]
    batch = read(text)
    assert batch.contacts == 1
    assert [one.duplicate for one in batch.rejected] == [False] * 4 + [True] * 2


def test_a_bad_device_is_left_out_and_told_when_another_is_good() -> None:
    batch = read("Device1,Device2\n12,+12125550143\n")
    assert (batch.contacts, batch.devices, batch.rejected) == (1, 1, [])
    assert [(one.line, one.reason) for one in batch.left_out] == [
        (2, 'device left out: Device1 "12" is no number of US (too short)')
    ]
    assert rows(batch)[0]["cd_device_index"] == "2"


def test_a_rejected_row_does_not_make_a_later_one_a_duplicate() -> None:
    assert reasons("ClientID,Device1\nC-1,nothing\nC-1,+12125550143\n")[1:] == []


def test_a_value_that_is_too_long_rejects_its_row() -> None:
    assert reasons(f"FirstName,Device1\n{'x' * 65},+12125550143\n") == [
        (2, "value too long: first name has 65 characters, 64 are allowed")
    ]


def test_a_time_zone_that_does_not_exist_rejects_its_row() -> None:
    assert reasons("Device1,TZ\n+12125550143,Mars/Base\n") == [(2, 'unknown time zone: "Mars/Base"')]


def test_columns_that_nobody_knows_are_left_out_and_told() -> None:
    file = ContactFile("leads.csv", Defaults(), COMPLIANCE)
    file.feed(b"Device1,Shoe size\n+12125550143,42\n", last=True)
    assert file.ignored == ("Shoe size",)


@pytest.mark.parametrize("text", ["", "\n\n", "Device1\n", "Device1\n\n  \n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(EmptyFile) as raised:
        read(text)
    assert "nothing was imported" in str(raised.value)


def test_a_header_without_a_device_is_refused_and_the_known_columns_are_told() -> None:
    with pytest.raises(UnusableHeader) as raised:
        read("Name,Nummer\nAda,1\n")
    assert "no Device column" in str(raised.value)
    assert "Device1 to Device10" in str(raised.value)
    assert 'Found: "Name", "Nummer"' in str(raised.value)


def test_a_field_in_two_columns_is_refused() -> None:
    with pytest.raises(UnusableHeader) as raised:
        read("Device1,Client ID,ClientID\n1,2,3\n")
    assert "two columns for ClientID" in str(raised.value)


def test_a_file_may_come_in_chunks_of_any_size() -> None:
    text = b"ClientID,Device1\nC-1,+12125550143\nC-2,+442079460018\nC-3,x\n"
    whole, file = read(text), ContactFile("leads.csv", Defaults(), COMPLIANCE, zone_dbids={"Europe/London": 300})
    parts = [file.feed(text[at : at + 3]) for at in range(0, len(text), 3)] + [file.feed(b"", last=True)]
    assert "".join(part.lines for part in parts) == whole.lines
    assert [one for part in parts for one in part.rejected] == whole.rejected


def test_rejected_rows_are_told_as_csv_with_a_header_once() -> None:
    batch = read("Device1\nx\ny\n")
    first, second = rejects_csv(batch.rejected[:1], header=True), rejects_csv(batch.rejected[1:], header=False)
    assert (first + second).decode().splitlines()[0] == "Line,Reason,Row"
    assert len((first + second).decode().splitlines()) == 3


CELLS = st.sampled_from(
    ["", "C-1", "+12125550143", "020 7946 0018", "GB", "x" * 70, '"', "a\tb", "\\N", "é", "a@b.org"]
)
FILES = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8).map(
    lambda rows: "ClientID,Device1,Country\n" + "\n".join(",".join(row) for row in rows)
)


@settings(max_examples=50, deadline=None)
@given(FILES.map(str.encode) | st.binary(max_size=100).map(lambda tail: b"ClientID,Device1\n" + tail))
def test_no_bytes_break_it_and_every_row_is_accepted_or_rejected(data: bytes) -> None:
    """Whatever a file holds: it is refused as a whole, or each of its rows is imported or rejected, none both."""
    file = ContactFile("leads.csv", Defaults(), COMPLIANCE)
    try:
        batch = file.feed(data, last=True)
    except FileRefused as refused:
        assert refused.fix
        return
    assert batch.contacts + len(batch.rejected) == file.text.rows
    assert len({one.line for one in batch.rejected}) == len(batch.rejected)
    assert len(batch.lines.splitlines()) >= batch.contacts
    for line in batch.lines.removesuffix("\n").split("\n") if batch.lines else []:
        assert len(line.split("\t")) == len(IMPORTED)
