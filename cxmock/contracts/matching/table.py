"""Which rules hold at a place: the rules of a category, chosen by weight as Pact's engine does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from cxmock.contracts.matching.paths import Star, Unnamed, Way, fragment, is_index, weight
from cxmock.contracts.matching.rules import Combined, Entry, Rule


class RuleTable:
    """The rules of one category.

    Args:
        entries: rules and where they hold.
        weighed: whether the rules that fit closest win, and those further out reach down (bodies, metadata); otherwise
            the first that fits is taken as it is (headers, queries).
    """

    def __init__(self, entries: Iterable[Entry], *, weighed: bool = True) -> None:
        # Where two paths weigh the same, Pact's engine takes either; here it is the last by length, then as written.
        self._entries = sorted(
            ((path, one) for path, one in entries if one.rules), key=lambda entry: (len(entry[0]), str(entry[0]))
        )
        self._weighed = weighed

    def select(self, way: Way) -> Combined | None:
        """Return the rules that hold at ``way``; None where there are none."""
        best: Combined | None = None
        most = -1
        for path, one in self._entries:
            if fits := weight(path, way):
                if not self._weighed:
                    return one
                if fits * len(path) >= most:
                    best, most = replace(one, cascaded=len(path) != len(way)), fits * len(path)
        return best

    def reaching(self, way: Way) -> list[Rule]:
        """Return all rules that hold at ``way`` or further out."""
        return [rule for path, one in self._entries if weight(path, way) for rule in one.rules]

    def exact(self, way: Way) -> list[Rule]:
        """Return all rules of paths that lead just to ``way``."""
        return [
            rule
            for path, one in self._entries
            if self._weighed and len(path) == len(way) and weight(path, way)
            for rule in one.rules
        ]

    def key_step(self, way: Way, key: str) -> str | Unnamed:
        """Return an object's key as a step below ``way``; keys that no rule sets apart share one."""
        step = fragment(key)
        if step in self._named(len(way)):
            return step
        return Unnamed.INDEX if is_index(step) else Unnamed.KEY

    def index_step(self, way: Way, index: int) -> str | Unnamed:
        """Return a list's index as a step below ``way``; indices that no rule sets apart share one."""
        step = str(index)
        return step if step in self._named(len(way)) else Unnamed.INDEX

    def _named(self, depth: int) -> frozenset[str]:
        return self._names[depth] if depth < len(self._names) else frozenset()

    @cached_property
    def _names(self) -> list[frozenset[str]]:
        """What rules call by name, by how deep it stands."""
        deepest = max((len(path) for path, _ in self._entries), default=0)
        return [
            frozenset(step for path, _ in self._entries for step in path[depth : depth + 1] if isinstance(step, str))
            for depth in range(deepest)
        ]

    @classmethod
    def of_each(cls, way: Way, rules: tuple[Rule, ...]) -> RuleTable:
        """Return the table that holds inside ``eachValue``: nothing but what is said of each value below ``way``."""
        return cls([((*way, Star.ANY), Combined(rules))])
