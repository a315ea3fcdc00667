"""What is said when a testbed cannot be seeded as a test wants it."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest


class TooManyContacts(CxmockError, ValueError):
    """More contacts were wanted than a country keeps numbers free for.

    >>> print(TooManyContacts(5000, "CA", 700, ["CA", "GB"]))
    5000 contacts in "CA" are too many.
      expected: 700 at most, the numbers that its regulator keeps for films and books; countries are CA, GB.
      why:      Any other number could be somebody's.
      fix:      Take fewer, or several countries: contacts(700, "CA") + contacts(...).
    """

    def __init__(self, wanted: int, country: str, free: int, countries: Sequence[str]) -> None:
        super().__init__(
            f'{wanted} contacts in "{country}" are too many.',
            expected=f"{free} at most, the numbers that its regulator keeps for films and books; "
            f"countries are {', '.join(countries)}.",
            why="Any other number could be somebody's.",
            fix=f'Take fewer, or several countries: contacts({free}, "{country}") + contacts(...).',
        )


class ContactRejected(CxmockError, ValueError):
    """A contact to seed is not one that CX Contact would import.

    >>> print(ContactRejected("leads", ['line 2: invalid device: Device1 "12" is no number of US (too short)']))
    The contact list "leads" cannot be seeded: CX Contact would reject 1 of its contacts.
      expected: Contacts that an import takes. Rejected (line 1 is the header):
                line 2: invalid device: Device1 "12" is no number of US (too short)
      fix:      Correct them; to see how bad rows are told, put a contact_file(...) on cx_sftp and import that.
    """

    def __init__(self, name: str, reasons: Sequence[str]) -> None:
        shown = "\n".join(reasons[:10])
        super().__init__(
            f'The contact list "{name}" cannot be seeded: CX Contact would reject {len(reasons)} of its contacts.',
            expected=f"Contacts that an import takes. Rejected (line 1 is the header):\n{shown}",
            fix="Correct them; to see how bad rows are told, put a contact_file(...) on cx_sftp and import that.",
        )


class SeededAlready(CxmockError, ValueError):
    """Something of that name is there already.

    >>> print(SeededAlready("contact list", "leads"))
    There is a contact list "leads" already.
      expected: A name that is not taken.
      fix:      Give another name. Everything is reset after a test, so something in this test made it.
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f'There is a {kind} "{name}" already.',
            expected="A name that is not taken.",
            fix="Give another name. Everything is reset after a test, so something in this test made it.",
        )


class NotSeeded(CxmockError, LookupError):
    """Something to seed refers to what is not there.

    >>> print(NotSeeded("campaign", "Spring", "contact list", "leeds", ["leads"]))
    The campaign "Spring" cannot be seeded: there is no contact list "leeds".
      expected: Did you mean "leads"?
      fix:      Seed it first, or correct the name.
    """

    def __init__(self, kind: str, name: str, wanted: str, missing: str, known: Sequence[str]) -> None:
        super().__init__(
            f'The {kind} "{name}" cannot be seeded: there is no {wanted} "{missing}".',
            expected=nearest(missing, list(known)) if known else f"A {wanted}; there is none yet.",
            fix="Seed it first, or correct the name.",
        )
