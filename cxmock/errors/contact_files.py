"""What is said when a contact or suppression file is refused as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError


class FileRefused(CxmockError):
    """Nothing of a file was imported."""


class EmptyFile(FileRefused):
    """There is nothing in the file, or nothing but a header.

    >>> print(EmptyFile("import/leads.csv", header=True).what)
    import/leads.csv has a header and no rows: nothing was imported.
    """

    def __init__(self, path: str, *, header: bool = False) -> None:
        super().__init__(
            f"{path} {'has a header and no rows' if header else 'is empty'}: nothing was imported.",
            expected="A header row and at least one row below it.",
            fix="See whether the export that wrote the file had finished, and send it again.",
        )


class BinaryFile(FileRefused):
    """The file is not text.

    >>> print(BinaryFile("import/leads.csv", "a ZIP archive").what)
    import/leads.csv is a ZIP archive, not text: nothing was imported.
    """

    def __init__(self, path: str, found: str) -> None:
        super().__init__(
            f"{path} is {found}, not text: nothing was imported.",
            expected="Comma-separated text in UTF-8, ISO-8859-1 or Windows-1252.",
            fix="Export the file as CSV in one of these encodings.",
        )


class WrongEncoding(FileRefused):
    """A byte does not belong to the file's encoding.

    >>> print(WrongEncoding("import/leads.csv", "UTF-8", line=17, byte=0xE9, declared=True))
    import/leads.csv is not UTF-8: line 17 has the byte 0xE9, which has no meaning there. Nothing was imported.
      expected: UTF-8, as was declared for the file.
      fix:      Declare the encoding that the file has (UTF-8, ISO-8859-1 or Windows-1252), or convert the file.
    """

    def __init__(self, path: str, encoding: str, *, line: int, byte: int, declared: bool) -> None:
        super().__init__(
            f"{path} is not {encoding}: line {line} has the byte 0x{byte:02X}, which has no meaning there. "
            "Nothing was imported.",
            expected=f"{encoding}, as {'was declared for the file' if declared else 'the file begins in'}.",
            fix="Declare the encoding that the file has (UTF-8, ISO-8859-1 or Windows-1252), or convert the file.",
        )
        self.line = line


class NoSuchEncoding(FileRefused):
    """An encoding is asked for that CX Contact does not read.

    >>> print(NoSuchEncoding("KOI8-R").what)
    "KOI8-R" is no encoding that contact files can have.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f'"{name}" is no encoding that contact files can have.',
            expected="UTF-8, ISO-8859-1 or Windows-1252.",
            fix="Name one of these, or none to have it detected.",
        )


class UnusableHeader(FileRefused):
    """The first row does not say which column is what.

    >>> print(UnusableHeader("import/leads.csv", ["Name", "Nummer"], "no Device column").what)
    import/leads.csv has no Device column in its header: nothing was imported.
    """

    def __init__(self, path: str, columns: Sequence[str], problem: str) -> None:
        found = ", ".join(f'"{column}"' for column in columns[:20])
        super().__init__(
            f"{path} has {problem} in its header: nothing was imported.",
            expected=f"ClientID, FirstName, LastName, Company, Device1 to Device10, Other1 to Other20, Country, "
            f"PostalCode, State, TimeZone, each at most once.\nFound: {found}",
            fix="Name the columns in the first row of the file.",
        )


class NothingUsable(FileRefused):
    """Every row was rejected.

    >>> print(NothingUsable("import/leads.csv", 2, ["line 2: no device", "line 3: no device"]))
    import/leads.csv has 2 rows, and every one was rejected: nothing was imported.
      expected: At least one good row. The first of the bad ones:
                line 2: no device
                line 3: no device
      fix:      Correct the rows; if all have the same reason, look at the header and the default country.
    """

    def __init__(self, path: str, rows: int, reasons: Sequence[str], skipped: int = 0) -> None:
        count = "1 row, and it" if rows == 1 else f"{rows} rows, and every one"
        left_out = f" or left out by rules ({skipped})" if skipped else ""
        super().__init__(
            f"{path} has {count} was rejected{left_out}: nothing was imported.",
            expected="At least one good row. The first of the bad ones:\n" + ("\n".join(reasons[:10]) or "none"),
            fix="Correct the rows; if all have the same reason, look at the header and the default country.",
        )
