"""Packed and encrypted files: read as what is in them, or refused with what is wrong; never more than is sound."""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxmock.errors.contact_files import FileRefused
from cxmock.errors.imports import ArchiveTooLarge, BrokenArchive, NoPgp, NotDecrypted
from cxmock.reference.envelope import Refusal
from cxmock.reference.services.list_builder import pgp, unpacking
from cxmock.reference.services.list_builder.pgp import Key, fingerprint_of
from cxmock.reference.services.list_builder.unpacking import Unpacked

pysequoia = pytest.importorskip("pysequoia")

TEXT = b"ClientID,Device1\n" + b"".join(b"C-%d,2125550143\n" % number for number in range(2000))


def unpacked(data: bytes, path: str = "import/leads", key: Key | None = None, chunk: int = 1000) -> bytes:
    """Unpack a file that comes in chunks."""

    async def source() -> AsyncIterator[bytes]:
        for at in range(0, len(data), chunk):
            yield data[at : at + chunk]

    async def whole() -> bytes:
        return b"".join([one async for one in Unpacked(path, source(), key).chunks()])

    return asyncio.run(whole())


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def encrypted_zip() -> bytes:
    """Return a zip file that says it needs a password."""
    data = bytearray(zipped(("leads.csv", TEXT)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize("chunk", [7, 1000, 10**6])
def test_plain_zip_and_gzip_files_are_the_same_file(chunk: int) -> None:
    both = gzip.compress(TEXT[:999], mtime=0) + gzip.compress(TEXT[999:], mtime=0) + b"\0\0"
    for data in (TEXT, zipped(("leads.csv", TEXT)), gzip.compress(TEXT, mtime=0), both):
        assert unpacked(data, chunk=chunk) == TEXT


def test_folders_and_what_a_mac_adds_are_no_files() -> None:
    assert unpacked(zipped(("in/", b""), ("in/leads.csv", TEXT), ("__MACOSX/in/._leads.csv", b"?"))) == TEXT


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gzip.compress(TEXT, mtime=0)[:-10], "a gzip archive that is cut off"),
        (gzip.compress(TEXT, mtime=0)[:20], "a gzip archive that is cut off"),
        (b"\x1f\x8b\x08\x00" + b"x" * 100, "a gzip archive that is damaged"),
        (gzip.compress(TEXT, mtime=0) + b"more", "a gzip archive that is damaged"),
        (zipped(("leads.csv", TEXT))[:-30], "a ZIP archive that is damaged or cut off"),
        (b"PK\x03\x04...", "a ZIP archive that is damaged or cut off"),
        (zipped(("a.csv", TEXT), ("b.csv", TEXT)), "a ZIP archive that has 2 files instead of one"),
        (zipped(), "a ZIP archive that has 0 files instead of one"),
        (zipped(*((str(n), b"") for n in range(200))), "a ZIP archive that has 200 files instead of one"),
        (zipped(("leads.csv", TEXT), method=zipfile.ZIP_LZMA), "a ZIP archive that is packed in an uncommon way"),
        (encrypted_zip(), "a ZIP archive that needs a password"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(BrokenArchive) as raised:
        unpacked(data)
    assert f"import/leads is {problem}: nothing was imported" in str(raised.value)


@pytest.mark.parametrize("pack", [lambda data: zipped(("bomb", data)), gzip.compress])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(pack: object) -> None:
    data = pack(bytes(40 * 2**20))  # type: ignore[operator]
    assert len(data) < 50_000
    with pytest.raises(ArchiveTooLarge) as raised:
        unpacked(data)
    assert "unpacks to more than 200 times its own size" in str(raised.value)


def test_no_file_may_be_larger_than_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LARGEST", 10_000)
    for data in (TEXT, gzip.compress(TEXT, mtime=0), zipped(("leads.csv", TEXT))):
        with pytest.raises(ArchiveTooLarge, match="more than 10000 bytes"):
            unpacked(data)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([gzip.compress(TEXT, mtime=0), zipped(("leads.csv", TEXT))]),
    st.integers(0, 2**16),
    st.integers(0, 255),
)
def test_one_damaged_byte_is_refused_or_makes_no_difference(data: bytes, at: int, byte: int) -> None:
    damaged = bytearray(data)
    damaged[at % len(data)] = byte
    try:
        found = unpacked(bytes(damaged))
    except FileRefused:
        return
    assert found in (TEXT, bytes(damaged))


@pytest.fixture(scope="module")
def secret() -> Iterator[object]:
    """A secret key, as a customer's administrator makes one."""
    yield pysequoia.Tsk.generate("List Builder <lists@example.org>")


def encrypted(data: bytes, secret: object, *, armor: bool = True) -> bytes:
    """Encrypt for a key."""
    certificate = secret.extract_certificate()  # type: ignore[attr-defined]
    done: bytes = pysequoia.encrypt(data, recipients=[certificate], armor=armor)
    return done


@pytest.mark.parametrize(("pack", "armor"), [(bytes, True), (lambda data: zipped(("leads.csv", data)), False)])
def test_an_encrypted_file_is_decrypted_and_then_unpacked(secret: object, pack: object, armor: bool) -> None:
    data = encrypted(pack(TEXT), secret, armor=armor)  # type: ignore[operator]
    assert unpacked(data, key=Key("ours", str(secret))) == TEXT


def test_a_file_for_another_key_is_refused(secret: object) -> None:
    other = pysequoia.Tsk.generate("Somebody else")
    with pytest.raises(NotDecrypted) as raised:
        unpacked(encrypted(TEXT, other), key=Key("ours", str(secret)))
    assert 'the key "ours" is not the one it is for, or the file is damaged' in str(raised.value)


def test_a_file_that_is_cut_off_or_no_message_is_refused(secret: object) -> None:
    for data in (encrypted(TEXT * 100, secret)[:2000], b"-----BEGIN PGP MESSAGE-----\n\nnonsense"):
        with pytest.raises(NotDecrypted):
            unpacked(data, key=Key("ours", str(secret)))


def test_without_a_key_an_encrypted_file_is_refused(secret: object) -> None:
    with pytest.raises(NotDecrypted) as raised:
        unpacked(encrypted(TEXT, secret))
    assert "no PGP key was named" in str(raised.value)
    assert "/cx-contact/v3/pgp-keys" in str(raised.value)


@contextmanager
def without_the_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have pysequoia not be installed."""
    with monkeypatch.context() as patched:
        patched.setattr(pgp, "find_spec", lambda name: None)
        yield


def test_without_the_library_the_error_says_how_to_get_it(secret: object, monkeypatch: pytest.MonkeyPatch) -> None:
    data, key = encrypted(TEXT, secret), Key("ours", str(secret))
    with without_the_library(monkeypatch):
        with pytest.raises(NoPgp) as raised:
            unpacked(data, key=key)
        with pytest.raises(NoPgp):
            fingerprint_of(key)
    assert "pip install 'cxmock[pgp]'" in str(raised.value)


def test_a_bomb_in_an_encrypted_file_is_refused(secret: object) -> None:
    with pytest.raises(ArchiveTooLarge):
        unpacked(encrypted(gzip.compress(bytes(40 * 2**20), mtime=0), secret), key=Key("ours", str(secret)))


def test_a_key_is_known_by_its_fingerprint_and_what_is_none_is_refused(secret: object) -> None:
    certificate = secret.extract_certificate()  # type: ignore[attr-defined]
    assert fingerprint_of(Key("ours", str(secret))) == str(certificate.fingerprint).upper()
    for text in ("", "nonsense", str(certificate)):
        with pytest.raises(Refusal, match='"key" cannot be used'):
            fingerprint_of(Key("ours", text))
    assert "PRIVATE" not in repr(Key("ours", str(secret), "secret"))
