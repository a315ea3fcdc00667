"""PostgreSQL as tests see it: contact lists, suppression lists, or any statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxmock.errors.looking import NotThere
from cxmock.errors.stores import UnknownContactList
from cxmock.net.waiting import PATIENCE, patiently
from cxmock.stores.postgres.part import Postgres
from cxmock.stores.postgres.schema import SCHEMA
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component

ROWS = "connections 7 and 13"


@dataclass(frozen=True, slots=True)
class StoredContactList:
    """A contact list as it is in the database."""

    name: str
    table: str
    """Of its records, in schema ``cxc``."""
    dbid: int | None
    """Of its calling list in Configuration Server, once it is there."""
    contacts: int
    devices: int
    records: list[dict[str, Any]] = field(repr=False)
    """One a device, by column, in the order of their chains."""

    def record(self, device: str) -> dict[str, Any]:
        """Return the record of a number or address.

        Raises:
            NotThere: no contact of the list has it.
        """
        for one in self.records:
            if one["contact_info"] == device:
                return one
        there = [str(one["contact_info"]) for one in self.records]
        raise NotThere(f'The contact list "{self.name}"', f'no record for "{device}"', there, ROWS)


@dataclass(frozen=True, slots=True)
class StoredSuppressionList:
    """A suppression list as it is in the database."""

    name: str
    type: str
    """``Device`` or ``ClientID``: what its entries are."""
    channel: str
    """Empty: every channel."""
    required: bool
    entries: dict[str, int | None]
    """Entry -> UTC seconds until which it holds; None: for ever."""


class PostgresFace:
    """Asks PostgreSQL as administrator, past the tap: nothing of it is in the journal. Synchronous.

    Args:
        testbed: one in which PostgreSQL runs.
    """

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed

    @property
    def part(self) -> Postgres:
        """The part itself, for coroutines on the testbed's loop."""
        part: Postgres = self._testbed.part(Component.POSTGRES)
        return part

    @property
    def contact_lists(self) -> dict[str, StoredContactList]:
        """The contact lists that there are, by name."""
        catalogue = self._testbed.run(self.part.contact_lists())
        return {name: self._stored(one) for name, one in catalogue.items()}

    def contact_list(self, name: str, *, within: float = PATIENCE) -> StoredContactList:
        """Return a contact list, as soon as there is one of that name.

        Raises:
            UnknownContactList: there is none in time; the error tells which there are.
        """

        def look() -> StoredContactList:
            catalogue = self._testbed.run(self.part.contact_lists())
            if name not in catalogue:
                raise UnknownContactList(name, list(catalogue))
            return self._stored(catalogue[name])

        return patiently(look, within=within)

    @property
    def suppression_lists(self) -> dict[str, StoredSuppressionList]:
        """The suppression lists that there are, by name."""
        found = self.query(
            "SELECT l.name, l.type, coalesce(l.channel, '') AS channel, l.required, coalesce(json_object_agg("
            "e.entry, e.expires) FILTER (WHERE e.entry IS NOT NULL), '{}') AS entries "
            f"FROM {SCHEMA}.suppression_list l LEFT JOIN {SCHEMA}.suppression_entry e ON e.list_id = l.id "
            "GROUP BY l.id ORDER BY l.id"
        )
        return {one["name"]: StoredSuppressionList(**one) for one in found}

    def suppression_list(self, name: str, *, within: float = PATIENCE) -> StoredSuppressionList:
        """Return a suppression list, as soon as there is one of that name.

        Raises:
            NotThere: there is none in time; the error tells which there are.
        """

        def look() -> StoredSuppressionList:
            there = self.suppression_lists
            if name not in there:
                raise NotThere("PostgreSQL", f'no suppression list "{name}"', there, ROWS)
            return there[name]

        return patiently(look, within=within)

    def rows(self, contact_list: str) -> list[dict[str, Any]]:
        """Return the records of a contact list that is there now.

        Raises:
            UnknownContactList: there is none of that name.
        """
        return self._testbed.run(self.part.rows(contact_list))

    def query(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """Perform a statement and return its rows by column; ``$1``, ``$2``, ... stand for parameters.

        Raises:
            StoreRefused: the answer is an error.
        """
        return self._testbed.run(self.part.query(sql, *parameters))

    def _stored(self, one: dict[str, Any]) -> StoredContactList:
        table = one["table_name"].replace('"', '""')
        records = self.query(f'SELECT * FROM {SCHEMA}."{table}" ORDER BY chain_id, chain_n')
        return StoredContactList(one["name"], one["table_name"], one["dbid"], one["contacts"], one["devices"], records)
