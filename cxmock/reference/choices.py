"""Which rules and suppression lists hold for a campaign group: the required ones, and those that it chose.

Documented: that a rule or a list is required or not, and that campaigns choose. Assumed: that whoever chose nothing has
them all, so that nobody is called by mistake; and how a choice is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.wire.http import from_json, to_json


@dataclass(frozen=True, slots=True)
class Choice:
    """What a campaign group chose.

    >>> Choice.of('{"rules":["three a day"],"suppressionLists":[]}').has_rule("three a day", required=False)
    True
    """

    rules: frozenset[str]
    lists: frozenset[str]

    @classmethod
    def of(cls, kept: str | bytes) -> Choice:
        """Read a choice as Redis keeps it."""
        data = from_json(kept)
        return cls(frozenset(data["rules"]), frozenset(data["suppressionLists"]))

    def shown(self) -> dict[str, list[str]]:
        """Return the choice as the API tells it."""
        return {"rules": sorted(self.rules), "suppressionLists": sorted(self.lists)}

    def kept(self) -> bytes:
        """Return the choice as Redis keeps it."""
        return to_json(self.shown())

    def has_rule(self, name: str, *, required: bool) -> bool:
        """Return whether a rule holds."""
        return required or name in self.rules

    def has_list(self, name: str, *, required: bool) -> bool:
        """Return whether a suppression list holds."""
        return required or name in self.lists
