"""An explanation as data, and as plain text for terminals, failing tests and a fake's own reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cxmock.contracts.verdicts import Mismatch
from cxmock.errors.conformance import NotPromised

SHOWN = 8
"""Differences of one promise that the text shows."""


@dataclass(frozen=True, slots=True)
class Near:
    """A promise that is near to what arrived, and how it differs."""

    description: str
    mismatches: tuple[Mismatch, ...]

    def lines(self) -> Iterator[str]:
        """Yield the promise and its differences, a line each."""
        yield f'"{self.description}"'
        for one in self.mismatches[:SHOWN]:
            yield f"  {one}"
        if len(self.mismatches) > SHOWN:
            yield f"  and {len(self.mismatches) - SHOWN} more differences"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an exchange, or a request, is not one that is promised.

    >>> near = Near("a token", (Mismatch("path", "", 'is "/token", not "/tokens"', "/tokens", "/token"),))
    >>> print(Explanation("POST /token is not promised.", "POST /token", (near,), "It may fail.", "Ask for /tokens."))
    POST /token is not promised.
      arrived:  POST /token
      nearest:  "a token"
                  path: is "/token", not "/tokens"
      why:      It may fail.
      fix:      Ask for /tokens.
    """

    what: str
    """What happened, in one sentence."""
    arrived: str
    """What was asked, and with what."""
    nearest: tuple[Near, ...]
    """The nearest promises, the nearest first."""
    why: str
    """Why it matters."""
    fix: str
    """How to fix it."""

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """How it differs from the nearest promise."""
        return self.nearest[0].mismatches if self.nearest else ()

    def error(self) -> NotPromised:
        """Return it as an error that can be raised."""
        return NotPromised(self.what, [line for near in self.nearest for line in near.lines()], self.why, self.fix)

    def facts(self) -> dict[str, Any]:
        """Return it as JSON, for whoever reads it by program."""
        near = [{"promise": one.description, "differs": [str(text) for text in one.mismatches]} for one in self.nearest]
        return {"what": self.what, "arrived": self.arrived, "nearest": near, "why": self.why, "fix": self.fix}

    def __str__(self) -> str:
        near = "\n".join(" " * 12 + line for one in self.nearest for line in one.lines()).strip()
        lines = [
            self.what,
            f"  arrived:  {self.arrived}",
            f"  nearest:  {near or 'nothing that is promised is near'}",
            f"  why:      {self.why}",
            f"  fix:      {self.fix}",
        ]
        return "\n".join(lines)
