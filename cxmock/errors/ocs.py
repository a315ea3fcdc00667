"""What is said when OCS cannot work on a calling list."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class ListUnusable(CxmockError):
    """The table of a calling list cannot be read or written.

    >>> print(ListUnusable('table "spring"', 'relation "spring" does not exist\\nLINE 1: SELECT'))
    OCS cannot use table "spring": relation "spring" does not exist.
      expected: A table with the mandatory columns of a calling list, which role ocs may read and update.
      fix:      Correct dbTableName of the list's TableAccess, create the table, or grant role ocs its rights.
    """

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(
            f"OCS cannot use {what}: {reason.strip().partition(chr(10))[0].rstrip('.')}.",
            expected="A table with the mandatory columns of a calling list, which role ocs may read and update.",
            fix="Correct dbTableName of the list's TableAccess, create the table, or grant role ocs its rights.",
        )
