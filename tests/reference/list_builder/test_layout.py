"""How a file is laid out: delimiters, fixed positions, headers, mapped columns, specification files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.errors.contact_files import FileRefused, UnusableHeader
from cxmock.errors.imports import BadSpecification
from cxmock.reference.services.list_builder.layout import DELIMITERS, Layout
from cxmock.reference.services.list_builder.reading import Batch, ContactFile, Defaults
from cxmock.reference.services.list_builder.specification import specification_of
from cxmock.reference.services.list_builder.zones import Compliance


def read(text: str, layout: Layout | None = None) -> Batch:
    """Read a whole file."""
    return ContactFile("leads.txt", Defaults(), Compliance(), layout=layout).feed(text.encode(), last=True)


def contacts(batch: Batch) -> list[tuple[str, str]]:
    """Return client id and number of every record."""
    return [(row.split("\t")[7], row.split("\t")[0]) for row in batch.lines.splitlines()]


ADA = [("C-1", "+12125550143")]


@pytest.mark.parametrize("delimiter", DELIMITERS.values())
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    assert contacts(read(f"ClientID{delimiter}Device1\nC-1{delimiter}2125550143\n")) == ADA


@pytest.mark.parametrize("delimiter", DELIMITERS.values())
def test_a_field_in_quotes_may_have_any_delimiter_in_it(delimiter: str) -> None:
    text = f'ClientID{delimiter}Device1\n"C{delimiter}1"{delimiter}2125550143\n'
    client_id = contacts(read(text, Layout(delimiter)))[0][0]
    assert client_id == f"C{delimiter}1".replace("\t", "\\t")


def test_with_the_wrong_delimiter_there_is_no_device_column() -> None:
    with pytest.raises(UnusableHeader, match="no Device column"):
        read("ClientID|Device1\nC-1|2125550143\n", Layout(","))


def test_columns_may_have_headings_of_their_own() -> None:
    layout = Layout(headings={"kundennummer": "ClientID", "mobil": "Device1"})
    assert contacts(read("Kundennummer;Mobil\nC-1;2125550143\n", layout)) == ADA


def test_without_a_header_positions_tell_what_is_what() -> None:
    layout = Layout(",", header=False, places={0: "ClientID", 2: "Device1"})
    assert contacts(read("C-1,Ada,2125550143\n", layout)) == ADA


def test_a_position_that_the_file_does_not_have_is_told() -> None:
    with pytest.raises(UnusableHeader, match="2 columns, and Device1 is column 3"):
        read("C-1,Ada\n", Layout(",", header=False, places={0: "ClientID", 2: "Device1"}))


def test_fields_may_be_at_fixed_positions() -> None:
    layout = Layout(",", header=False, spans=((0, 4), (4, 14)), places={0: "ClientID", 1: "Device1"})
    batch = read('C-1 2125550143\n"-2 short\n\n', layout)
    assert contacts(batch) == ADA
    assert [(one.line, one.reason) for one in batch.rejected] == [
        (2, 'invalid device: Device1 "short" is no number of US (not a number at all)')
    ]


def test_an_eleventh_device_is_refused() -> None:
    with pytest.raises(UnusableHeader) as raised:
        read("Device1,Device11\n2125550143,2125550144\n")
    assert "Device11, of 10 devices that a contact can have" in str(raised.value)


FIXED = (
    b"\xef\xbb\xbf[file]\nformat = fixed\nencoding = Windows-1252\ncountry=DE\n[fields]\nDevice1 = 5-16\nClientID=1-4\n"
)


def test_a_specification_file_says_where_fields_are() -> None:
    found = specification_of("leads.spc", FIXED)
    assert found.layout.spans == ((0, 4), (4, 16))
    assert found.layout.places == {0: "ClientID", 1: "Device1"}
    assert found.layout.header is False
    assert found.defaults == {"encoding": "Windows-1252", "country": "DE"}


def test_a_specification_file_may_describe_columns() -> None:
    found = specification_of("leads.spc", b"[file]\ndelimiter=pipe\nheader=no\n[fields]\nclient id = 1\nDevice1 = 3\n")
    assert (found.layout.delimiter, found.layout.header) == ("|", False)
    assert found.layout.places == {0: "ClientID", 2: "Device1"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"[file]\nheader=no\n", "neither a header"),
        (b"[file]\nformat=excel\n", 'its format is "excel"'),
        (b"[file]\nformat=fixed\n", "it has no [fields]"),
        (b"[file]\nformat=fixed\n[fields]\nDevice1=1-5\nClientID=5-9\n", "Device1 and ClientID overlap"),
        (b"[file]\nformat=fixed\n[fields]\nDevice1=5\n", 'Device1 is at "5"'),
        (b"[file]\nformat=fixed\n[fields]\nDevice1=9-5\n", 'Device1 is at "9-5"'),
        (b"[file]\nformat=fixed\n[fields]\nDevice1=1-99999\n", 'Device1 is at "1-99999"'),
        (b"[file]\n[fields]\nShoe=1\n", '"Shoe" is no field'),
        (b"[file]\n[fields]\nDevice1=1\nClientID=1\n", "two fields are in one column"),
        (b"[file]\ndelimiter=dot\n", 'delimiter is "dot"'),
        (b"[file]\nheader=maybe\n", 'header is "maybe"'),
        (b"[file]\ncolour=red\n", '"colour" is not known in [file]'),
        (b"format=fixed\n", "File contains no section headers"),
        (b"[file]\nformat=fixed\nformat=fixed\n", "already exists"),
        (b"[file]\n\xff\n", "no text in UTF-8"),
        (b"#" * 70_000, "longer than 65536 bytes"),
    ],
)
def test_a_specification_file_that_cannot_be_used_is_refused(text: bytes, problem: str) -> None:
    with pytest.raises(BadSpecification) as raised:
        specification_of("specifications/leads.spc", text)
    assert problem in raised.value.what
    assert "Nothing was imported" in raised.value.what


@given(st.binary(max_size=200).map(lambda tail: b"[file]\nformat=fixed\n[fields]\n" + tail) | st.binary(max_size=100))
def test_any_bytes_are_a_specification_or_refused(data: bytes) -> None:
    try:
        layout = specification_of("leads.spc", data).layout
    except FileRefused as refused:
        assert refused.fix
        return
    assert layout.delimiter
