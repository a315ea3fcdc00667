"""The one shape of every error: what happened, what was expected, why it matters, how to fix it."""

from __future__ import annotations


class CxmockError(Exception):
    """Something could not be done. The command line ends with exit code 2.

    Subclasses take facts and compose the sentences, so that a caller never writes one.

    >>> print(CxmockError("GWS did not answer.", expected="An answer within 5 s.", fix="Start it."))
    GWS did not answer.
      expected: An answer within 5 s.
      fix:      Start it.
    """

    def __init__(self, what: str, *, expected: str = "", why: str = "", fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        parts = (("expected", self.expected), ("why", self.why), ("fix", self.fix))
        lines = [f"  {name + ':':<9} {_hang(text)}" for name, text in parts if text]
        return "\n".join([self.what, *lines])


class PromiseBroken(CxmockError):
    """A promise of a contract does not hold. The command line ends with exit code 1."""


def _hang(text: str) -> str:
    """Indent the second and later lines of ``text`` under the first."""
    return text.replace("\n", "\n" + " " * 12)


def nearest(word: str, known: list[str]) -> str:
    """Name the nearest of the ``known`` words, or all of them when none is near.

    >>> nearest("gsw", ["gws", "ocs"])
    'Did you mean "gws"?'
    >>> nearest("x", ["gws", "ocs"])
    'One of: gws, ocs.'
    """
    from difflib import get_close_matches

    if close := get_close_matches(word, known, n=1):
        return f'Did you mean "{close[0]}"?'
    return f"One of: {', '.join(known)}."
