"""The columns of coverage: who may use a promise, and who may keep it."""

from __future__ import annotations

from enum import StrEnum

from cxmock.topology import Component

_STORES = frozenset({Component.POSTGRES, Component.REDIS})


class Column(StrEnum):
    """Somebody who uses a promise or keeps it."""

    EXERCISED = "exercised"
    """A consumer was seen to use it."""
    FAKE = "fake"
    EMBEDDED = "embedded"
    """The real store, from a wheel."""
    CONTAINER = "container"
    """The real store, in a container."""
    REFERENCE = "reference"
    """CX Contact in miniature."""
    REAL = "real"
    """A real system, somewhere, at some time."""

    @property
    def heading(self) -> str:
        """The column's name in tables."""
        return _HEADINGS[self]


_HEADINGS = {
    Column.EXERCISED: "used",
    Column.FAKE: "fake",
    Column.EMBEDDED: "store",
    Column.CONTAINER: "container",
    Column.REFERENCE: "reference",
    Column.REAL: "real",
}


def columns_of(provider: Component) -> frozenset[Column]:
    """Return the columns that can be filled for a promise of ``provider``: the honest denominator.

    >>> sorted(columns_of(Component.GWS)), Column.FAKE in columns_of(Component.POSTGRES)
    ([<Column.EXERCISED: 'exercised'>, <Column.FAKE: 'fake'>, <Column.REAL: 'real'>], False)
    """
    found = {Column.EXERCISED, Column.REAL}
    if provider in _STORES:
        found |= {Column.EMBEDDED, Column.CONTAINER}
        # fakeredis stands in for Redis; nothing stands in for PostgreSQL.
        return frozenset(found | ({Column.FAKE} if provider is Component.REDIS else set()))
    return frozenset(found | {Column.REFERENCE if provider.in_contact else Column.FAKE})
