"""Upload rules: a file becomes several contact lists, by quantity, percent, field, or conditions.

Documented: these four ways. Assumed: what the rule's JSON is, and that the lists are called after the import's name:
``Leads 1``, ``Leads 2``, ...; by percent and by condition as the rule says; by field after the field's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.imports import TooManyLists
from cxmock.reference.names import is_name
from cxmock.reference.services.list_builder.columns import Columns, field_key
from cxmock.reference.services.list_builder.conditions import Test, compiled

LISTS = 100
"""Contact lists that one file may become."""
PART_LIMIT = 30
"""Characters of what tells one of them from the others."""


class Rows:
    """Says of each row to which part it belongs, as far as the row itself tells.

    >>> rows = Rows({"by": "field", "field": "Country"}, Columns.of(["Device1", "Country"]))
    >>> rows.part(["+4420", "GB"])
    'GB'
    """

    def __init__(self, rule: Mapping[str, Any], columns: Columns) -> None:
        self._columns = columns
        self._field = field_key(rule.get("field") or "")
        self._tests: list[tuple[str, Test]] = [
            (one["name"], compiled(one["condition"], columns)) for one in rule.get("lists") or () if one["condition"]
        ]
        self._otherwise: str | None = rule.get("otherwise") or None

    def part(self, fields: Sequence[str]) -> str | None:
        """Return the part; empty where rows do not tell, None where the row belongs to none."""
        if self._tests:
            return next((name for name, test in self._tests if test(fields)), self._otherwise)
        if self._field:
            value = self._columns.value(fields, self._field)[:PART_LIMIT]
            return "".join(one if is_name(f"-{one}-") else "_" for one in value).strip(" .") or "none"
        return ""


@dataclass
class Parts:
    """Says to which part each contact goes, in their order.

    >>> halves = [{"name": "A", "percent": 50}, {"name": "B", "percent": 50}]
    >>> parts = Parts("leads.csv", {"by": "percent", "lists": halves})
    >>> [parts.of("") for _ in range(4)]
    [0, 1, 0, 1]
    >>> parts.names
    ['A', 'B']
    """

    path: str
    rule: Mapping[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """What tells each list from the others; one empty name where there is but one list."""
    counts: list[int] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, part: str) -> int:
        """Return the number of the part that the next contact goes to.

        Raises:
            TooManyLists: there would be more lists than a file may become.
        """
        by = self.rule.get("by")
        if by == "quantity":
            part = str(sum(self.counts) // self.rule["quantity"] + 1)
        elif by == "percent":
            shares: Sequence[Mapping[str, Any]] = self.rule["lists"]
            following = sum(self.counts) + 1
            behind = [following * one["percent"] / 100 - self._count(one["name"]) for one in shares]
            part = shares[behind.index(max(behind))]["name"]
        number = self._numbers.get(part)
        if number is None:
            if len(self.names) == LISTS:
                raise TooManyLists(self.path, LISTS)
            number = self._numbers[part] = len(self.names)
            self.names.append(part)
            self.counts.append(0)
        self.counts[number] += 1
        return number

    def _count(self, name: str) -> int:
        number = self._numbers.get(name)
        return 0 if number is None else self.counts[number]
