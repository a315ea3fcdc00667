"""A finding: what is wrong with a contract, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault of a contract.

    >>> print(Finding("gws.json", "a token", "evidence", "has no grade", "Say how it is known."))
    gws.json: "a token" has no grade. [evidence]
      fix:      Say how it is known.
    """

    file: str
    promise: str
    """The interaction's description; empty for the whole file."""
    check: str
    """The name of the check that found it."""
    text: str
    """The end of a sentence that begins with the promise."""
    fix: str

    def __str__(self) -> str:
        about = f'"{self.promise}" ' if self.promise else ""
        return f"{self.file}: {about}{self.text.rstrip('.')}. [{self.check}]\n  fix:      {self.fix}"
