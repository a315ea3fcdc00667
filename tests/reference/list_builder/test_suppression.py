"""A suppression file as it is read: numbers as E.164 digits, client ids as they are, bad entries with their reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cxmock.errors.contact_files import EmptyFile, FileRefused, UnusableHeader
from cxmock.reference.services.list_builder.reading import Defaults
from cxmock.reference.services.list_builder.suppression import SuppressionFile


def read(text: str, kind: str = "Device") -> tuple[list[str], list[tuple[int, str]]]:
    """Return the entries, and line and reason of what is rejected."""
    entries, rejected = SuppressionFile("stop.csv", kind, Defaults()).feed(text.encode(), last=True)
    return entries, [(one.line, one.reason) for one in rejected]


def test_numbers_are_kept_as_the_digits_of_e_164() -> None:
    assert read("Device,Country\n(202) 555-0143,\n020 7946 0018,GB\nAda@Example.org,\n")[0] == [
        "12025550143",
        "442079460018",
        "ada@example.org",
    ]


def test_an_entry_without_a_number_is_rejected_with_its_line() -> None:
    entries, rejected = read("Device,Reason\n+12025550143,asked\n,asked\nnobody,asked\n")
    assert entries == ["12025550143"]
    assert rejected == [(3, "no number"), (4, 'invalid device: "nobody" is no number of US (not a number at all)')]


def test_client_ids_are_kept_as_they_are() -> None:
    assert read("Client ID\nC-1\n", "ClientID")[0] == ["C-1"]


@pytest.mark.parametrize(("text", "problem"), [("Name\nx\n", "no Device column"), ("Device,Phone\n1,2\n", "more than")])
def test_a_header_that_does_not_tell_the_entries_is_refused(text: str, problem: str) -> None:
    with pytest.raises(UnusableHeader) as raised:
        read(text)
    assert problem in str(raised.value)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyFile):
        read("Device\n")


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["Device", "ClientID"]))
def test_no_bytes_break_it_and_every_row_is_an_entry_or_rejected(data: bytes, kind: str) -> None:
    file = SuppressionFile("stop.csv", kind, Defaults())
    try:
        entries, rejected = file.feed(b"Device,ClientID\n" + data, last=True)
    except FileRefused:
        return
    assert len(entries) + len(rejected) == file.text.rows
