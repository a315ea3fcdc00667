"""A contact file's encoding: declared, marked, or found; and what is refused for being no text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.errors.contact_files import BinaryFile, FileRefused, NoSuchEncoding, WrongEncoding
from cxmock.reference.services.list_builder.decoding import Decoding, encoding_named

TEXT = "FirstName,Device1\nZoë,+442079460018\n"


def decoded(data: bytes, declared: str = "", chunk: int = 7) -> tuple[str, str]:
    """Decode in small chunks; return the text and the encoding."""
    decoding = Decoding("leads.csv", declared)
    text = "".join(decoding.feed(data[at : at + chunk]) for at in range(0, len(data), chunk))
    return text + decoding.feed(b"", last=True), decoding.encoding


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
def test_a_declared_encoding_is_used(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding), encoding)[0] == TEXT


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("latin-1"), "ISO-8859-1"),
        ("“Zoë” costs 5 €\n".encode("cp1252"), "Windows-1252"),
        (b"\xef\xbb\xbfName\nAda\n", "UTF-8"),
        (b"Name\nAda\n", ""),
    ],
)
def test_an_encoding_that_nobody_declared_is_found(data: bytes, encoding: str) -> None:
    assert decoded(data, chunk=1000)[1] == encoding


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert decoded(b"\xef\xbb\xbfName\nAda\n")[0] == "Name\nAda\n"
    assert decoded(b"\xef\xbb\xbfName\nAda\n", "UTF-8")[0] == "Name\nAda\n"


def test_a_character_may_be_cut_in_two_by_the_chunks() -> None:
    assert decoded("ë€".encode(), chunk=1) == ("ë€", "UTF-8")


def test_a_file_that_is_not_in_its_declared_encoding_is_refused_and_the_line_is_named() -> None:
    with pytest.raises(WrongEncoding) as raised:
        decoded("Name\nAda\nZoë\n".encode("latin-1"), "UTF-8", chunk=4)
    assert raised.value.line == 3
    assert "line 3 has the byte 0xEB" in str(raised.value)
    assert "as was declared" in str(raised.value)


def test_a_windows_file_declared_as_iso_8859_1_is_refused() -> None:
    with pytest.raises(WrongEncoding) as raised:
        decoded("Name\n“Ada”\n".encode("cp1252"), "ISO-8859-1")
    assert "line 2 has the byte 0x93" in str(raised.value)


def test_a_file_that_changes_its_encoding_on_the_way_is_refused() -> None:
    with pytest.raises(WrongEncoding) as raised:
        decoded("Zoë\n".encode() + "Zoë\n".encode("latin-1"), chunk=5)
    assert raised.value.line == 2
    assert "as the file begins in" in str(raised.value)


def test_a_character_that_the_end_of_the_file_cuts_off_is_refused() -> None:
    with pytest.raises(WrongEncoding):
        decoded("Zoë".encode()[:-1], "UTF-8")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        ("Name\n".encode("utf-16"), "UTF-16"),
        (b"Name\nA\x00da\n", "binary (line 2 has a NUL byte)"),
    ],
)
def test_what_is_no_text_is_refused_and_called_by_its_name(data: bytes, kind: str) -> None:
    with pytest.raises(BinaryFile) as raised:
        decoded(data, chunk=1000)
    assert f"leads.csv is {kind}, not text" in str(raised.value)


def test_an_encoding_that_contact_files_cannot_have_is_refused() -> None:
    with pytest.raises(NoSuchEncoding):
        encoding_named("KOI8-R")


@given(st.binary(max_size=200), st.sampled_from(["", "UTF-8", "ISO-8859-1", "Windows-1252"]), st.integers(1, 50))
def test_any_bytes_are_text_or_refused(data: bytes, declared: str, chunk: int) -> None:
    try:
        text, _ = decoded(data, declared, chunk)
    except FileRefused:
        return
    assert len(text) <= len(data)
