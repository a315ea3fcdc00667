"""Bytes of a contact file to text, chunk by chunk: the encoding is declared, marked, or detected.

Documented: files are ISO-8859-1 by default, or UTF-8, or Windows-1252. Assumed: how the encoding is found when it is
not declared. As long as all is ASCII nothing needs deciding; the first chunk with more decides: UTF-8 where it is valid
UTF-8, Windows-1252 where it has bytes that are control characters in ISO-8859-1, else ISO-8859-1.
"""

from __future__ import annotations

import codecs
import re

from cxmock.errors.contact_files import BinaryFile, NoSuchEncoding, WrongEncoding

_CODECS = {"UTF-8": "utf-8", "ISO-8859-1": "latin-1", "Windows-1252": "cp1252"}
_NAMES = {"utf8": "UTF-8", "iso88591": "ISO-8859-1", "latin1": "ISO-8859-1", "windows1252": "Windows-1252"}
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\x85\x01": "PGP-encrypted",
    b"-----BEGIN PGP": "PGP-encrypted",
}
_C1 = re.compile(b"[\x80-\x9f]")
"""Control characters in ISO-8859-1, letters and signs in Windows-1252."""


def encoding_named(name: str) -> str:
    """Return the encoding that ``name`` means.

    >>> encoding_named("utf8"), encoding_named("windows_1252")
    ('UTF-8', 'Windows-1252')

    Raises:
        NoSuchEncoding: it is none of the three.
    """
    key = re.sub("[^a-z0-9]", "", name.lower()).replace("cp1252", "windows1252")
    if key not in _NAMES:
        raise NoSuchEncoding(name)
    return _NAMES[key]


class Decoding:
    """Decodes one file.

    Args:
        path: the file's name, for errors.
        declared: its encoding, or nothing to have it found.

    >>> decoding = Decoding("leads.csv")
    >>> decoding.feed("Name\\nZoë\\n".encode("latin-1"), last=True)
    'Name\\nZoë\\n'
    >>> decoding.encoding
    'ISO-8859-1'
    """

    def __init__(self, path: str, declared: str = "") -> None:
        self._path = path
        self._declared = bool(declared)
        self.encoding = encoding_named(declared) if declared else ""
        """The encoding, once it is known; empty while all is ASCII."""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._line = 1
        self._begun = False

    def feed(self, data: bytes, *, last: bool = False) -> str:
        """Return the text of the next bytes.

        Raises:
            BinaryFile: this is not text.
            WrongEncoding: a byte does not belong; the error names its line.
        """
        if not self._begun:
            self._begun = True
            data = self._begin(data)
        if b"\0" in data:
            raise BinaryFile(self._path, f"binary (line {self._line_of(data, data.index(0))} has a NUL byte)")
        if not self.encoding:
            if data.isascii():
                self._line += data.count(b"\n")
                return data.decode("ascii")
            self.encoding = _detect(data)
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(_CODECS[self.encoding])()
        if self.encoding == "ISO-8859-1" and (wrong := _C1.search(data)):
            raise self._wrong(data, wrong.start(), data[wrong.start()])
        try:
            text = self._decoder.decode(data, last)
        except UnicodeDecodeError as error:
            held = len(error.object) - len(data)  # bytes of a character that the chunk before left unfinished
            raise self._wrong(data, max(0, error.start - held), error.object[error.start]) from None
        self._line += data.count(b"\n")
        return text

    def _begin(self, data: bytes) -> bytes:
        """Look at the first bytes: a mark of UTF-8 is taken off, what is no text is refused."""
        for magic, kind in _MAGIC.items():
            if data.startswith(magic):
                raise BinaryFile(self._path, kind)
        if data.startswith(codecs.BOM_UTF8):
            self.encoding = self.encoding or "UTF-8"
            return data.removeprefix(codecs.BOM_UTF8) if self.encoding == "UTF-8" else data
        return data

    def _wrong(self, data: bytes, at: int, byte: int) -> WrongEncoding:
        line = self._line_of(data, at)
        return WrongEncoding(self._path, self.encoding, line=line, byte=byte, declared=self._declared)

    def _line_of(self, data: bytes, at: int) -> int:
        return self._line + data.count(b"\n", 0, at)


def _detect(data: bytes) -> str:
    """Return the encoding of the first bytes that are not all ASCII."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return "Windows-1252" if _C1.search(data) else "ISO-8859-1"
    return "UTF-8"
