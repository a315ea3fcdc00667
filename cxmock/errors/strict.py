"""What is said about strict mode."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError


class NoSuchRow(CxmockError, LookupError):
    """A connection is to be strict that the table does not have.

    >>> print(NoSuchRow(14))
    There is no connection 14 that could be strict.
      expected: A row of the table, 1 to 13.
      fix:      Name another; cxmock connections lists them.
    """

    def __init__(self, number: object) -> None:
        super().__init__(
            f"There is no connection {number} that could be strict.",
            expected="A row of the table, 1 to 13.",
            fix="Name another; cxmock connections lists them.",
        )


class OneContractOneRow(CxmockError):
    """It is not clear which connection is to be held to a contract.

    >>> print(OneContractOneRow("mine.json", [5, 11]))
    mine.json is to be held against connections 5, 11.
      expected: One connection: a contract is about one.
      fix:      Name one, and call again for another: testbed.be_strict(5, contract=...)
    >>> print(OneContractOneRow("mine.json", []).what)
    mine.json does not say which connection it is about.
    """

    def __init__(self, file: str, numbers: Sequence[int]) -> None:
        rows = ", ".join(map(str, numbers))
        super().__init__(
            f"{file} is to be held against connections {rows}."
            if numbers
            else f"{file} does not say which connection it is about.",
            expected="One connection: a contract is about one.",
            fix=f"Name one, and call again for another: testbed.be_strict({numbers[0] if numbers else 11}, "
            "contract=...)",
        )
