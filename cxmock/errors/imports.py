"""What is said when a file for import cannot be unpacked, decrypted, laid out or split, or has too many bad rows."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.contact_files import FileRefused


class BrokenArchive(FileRefused):
    """A zip or gzip file cannot be unpacked.

    >>> print(BrokenArchive("import/leads.zip", "a ZIP archive", "is cut off").what)
    import/leads.zip is a ZIP archive that is cut off: nothing was imported.
    """

    def __init__(self, path: str, kind: str, problem: str) -> None:
        super().__init__(
            f"{path} is {kind} that {problem}: nothing was imported.",
            expected="A .zip file with one contact file in it, without a password, or a .gz file.",
            fix="Pack the file anew and send it again; to keep it secret, encrypt it by PGP.",
        )


class ArchiveTooLarge(FileRefused):
    """What a packed file holds is beyond all measure.

    >>> print(ArchiveTooLarge("import/leads.zip", "more than 200 times its own size").what)
    import/leads.zip unpacks to more than 200 times its own size: nothing was imported.
    """

    def __init__(self, path: str, size: str) -> None:
        super().__init__(
            f"{path} unpacks to {size}: nothing was imported.",
            why="A small file that unpacks to a huge one is mostly sent to do harm.",
            fix="Send the file unpacked, or in parts.",
        )


class NotDecrypted(FileRefused):
    """A PGP-encrypted file cannot be read.

    >>> print(NotDecrypted("import/leads.csv.pgp", "no PGP key was named").what)
    import/leads.csv.pgp is PGP-encrypted, and no PGP key was named: nothing was imported.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"{path} is PGP-encrypted, and {problem}: nothing was imported.",
            expected='As "pgpKey" a key of /cx-contact/v3/pgp-keys, with whose public part it is encrypted.',
            fix="Name the key; or have the file encrypted anew with the public key that its fingerprint names.",
        )


class NoPgp(FileRefused):
    """The library for PGP is not installed.

    >>> print(NoPgp("import/leads.csv.pgp"))
    import/leads.csv.pgp is PGP-encrypted, and the library that reads such files is not installed.
      expected: The Python package pysequoia.
      why:      Only imports of encrypted files need it, so it comes as an extra.
      fix:      pip install 'cxmock[pgp]'
    """

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is PGP-encrypted, and the library that reads such files is not installed.",
            expected="The Python package pysequoia.",
            why="Only imports of encrypted files need it, so it comes as an extra.",
            fix="pip install 'cxmock[pgp]'",
        )


class TooManyRejects(FileRefused):
    """More rows are bad than the import allows.

    >>> print(TooManyRejects("import/leads.csv", 3, "2", ["line 2: no device"]))
    import/leads.csv has 3 rejected rows, more than the 2 that are allowed: nothing was imported.
      expected: At most 2. The first of the bad ones:
                line 2: no device
      fix:      Correct the rows, or allow more by "maxRejects" or "maxRejectPercent".
    """

    def __init__(self, path: str, rejected: int, limit: str, reasons: Sequence[str]) -> None:
        super().__init__(
            f"{path} has {rejected} rejected rows, more than the {limit} that are allowed: nothing was imported.",
            expected=f"At most {limit}. The first of the bad ones:\n" + "\n".join(reasons[:10]),
            fix='Correct the rows, or allow more by "maxRejects" or "maxRejectPercent".',
        )


class TooManyLists(FileRefused):
    """An upload rule would make too many lists of a file.

    >>> print(TooManyLists("import/leads.csv", 100).what)
    import/leads.csv would become more than 100 contact lists: nothing was imported.
    """

    def __init__(self, path: str, most: int) -> None:
        super().__init__(
            f"{path} would become more than {most} contact lists: nothing was imported.",
            fix="Split it into larger parts, or by a field with fewer values.",
        )


class BadSpecification(FileRefused):
    """A specification file does not say how a file is laid out.

    >>> print(BadSpecification("specifications/leads.spc", 'Device1 is at "x"').what)
    specifications/leads.spc cannot be used: Device1 is at "x". Nothing was imported.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"{path} cannot be used: {problem}. Nothing was imported.",
            expected="[file] with format (delimited or fixed), delimiter, header, encoding, country, timeZone; "
            "[fields] with one line a field: ClientID = 1-10 (fixed position) or ClientID = 1 (column).",
            fix="Correct the specification file and upload it again.",
        )
