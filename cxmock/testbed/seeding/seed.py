"""Puts what is to be seeded where it would stand after CX Contact had done its work: past every tap, unseen.

A contact becomes the records that an import makes of it, by List Builder's own code; lists and campaigns become the
objects of Configuration that CX Contact writes for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from cxmock.errors.seeding import ContactRejected, NotSeeded, SeededAlready
from cxmock.fakes.confserv.seed import FORMAT
from cxmock.reference.calling_list import SCHEMA, copy_statement, create_statements, table_name
from cxmock.reference.keys import Keys
from cxmock.testbed.seeding.campaigns import Campaign
from cxmock.testbed.seeding.contacts import ContactList, contact_file
from cxmock.testbed.seeding.hours import ContactHours
from cxmock.testbed.seeding.suppression import SuppressionList
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
from cxmock.wire.http import to_json

if TYPE_CHECKING:
    from cxmock.reference.services.list_builder.zones import Compliance

Seedable = ContactList | Campaign | SuppressionList | ContactHours


class Seed:
    """Seeds a testbed; what is needed for it is started. Synchronous.

    >>> from cxmock.testbed.seeding import Campaign, ContactList, contacts
    >>> with Testbed() as testbed:
    ...     Seed(testbed)(ContactList("leads", contacts(3)), Campaign("Spring", lists=["leads"]))
    ...     testbed.part(Component.CONFSERV).named("CampaignGroup", "Spring@Outbound agents")["numOfChannels"]
    10
    """

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed

    def __call__(self, *things: Seedable) -> None:
        """Seed ``things`` in this order. Contact hours replace those of the data set, all that are given together.

        Raises:
            ContactRejected: a contact is not one that CX Contact would import.
            SeededAlready: something of that name is there.
            NotSeeded: a campaign names a list or an agent group that is not there.
        """
        hours = [one for one in things if isinstance(one, ContactHours)]
        for one in things:
            if isinstance(one, ContactList):
                self._contact_list(one)
            elif isinstance(one, Campaign):
                self._campaign(one)
            elif isinstance(one, SuppressionList):
                self._suppression_list(one)
        if hours:
            self._part(Component.COMPLIANCE_PROVIDER).publish([one.document() for one in hours])

    def _part(self, component: Component) -> Any:
        self._testbed.start(component)
        return self._testbed.part(component)

    def _contact_list(self, wanted: ContactList) -> None:
        from cxmock.reference.services.list_builder.reading import ContactFile, Defaults

        postgres, confserv = self._part(Component.POSTGRES), self._part(Component.CONFSERV)
        run, now = self._testbed.run, int(self._testbed.clock.now())
        known = run(postgres.contact_lists())
        if wanted.name in known or confserv.store.named("CallingList", wanted.name) is not None:
            raise SeededAlready("contact list", wanted.name)
        zones = {one["name"]: dbid for dbid, one in confserv.objects["TimeZone"].items()}
        file = ContactFile(wanted.name, Defaults(encoding="utf-8"), _compliance(), zone_dbids=zones)
        batch = file.feed(contact_file(wanted.contacts).encode(), last=True)
        if rejected := batch.rejected + batch.left_out:
            raise ContactRejected(wanted.name, [f"line {one.line}: {one.reason}" for one in rejected])
        table = table_name(wanted.name)
        while table in {one["table_name"] for one in known.values()}:
            table += "_2"
        run(postgres.script(f"SET LOCAL ROLE {postgres.names.cxc}", *create_statements(table)))
        if batch.lines:
            run(postgres.copy(copy_statement(table), batch.lines.encode()))
        dbid = _calling_list(confserv, wanted.name, f"{SCHEMA}.{table}")
        columns = "name, table_name, dbid, created, contacts, devices"
        statement = f"INSERT INTO {SCHEMA}.contact_list ({columns}) VALUES ($1, $2, $3, $4, $5, $6)"
        run(postgres.query(statement, wanted.name, table, dbid, now, batch.contacts, batch.devices))

    def _campaign(self, wanted: Campaign) -> None:
        confserv = self._part(Component.CONFSERV)
        if confserv.store.named("Campaign", wanted.name) is not None:
            raise SeededAlready("campaign", wanted.name)

        def dbid(kind: str, label: str, name: str) -> int:
            if (found := confserv.store.named(kind, name)) is not None:
                return int(found["DBID"])
            known = [str(one["name"]) for one in confserv.objects[kind].values()]
            raise NotSeeded("campaign", wanted.name, label, name, known)

        group = dbid("AgentGroup", "agent group", wanted.group)
        entries = [
            {"callingListDBID": dbid("CallingList", "contact list", name), "share": 100, "isActive": True}
            for name in wanted.lists
        ]
        campaign = confserv.create("Campaign", {"name": wanted.name, "callingLists": entries})
        confserv.create(
            "CampaignGroup",
            {
                "campaignDBID": campaign,
                "groupDBID": group,
                "dialMode": int(wanted.dial_mode),
                "numOfChannels": wanted.channels,
                "userProperties": {"OServer": dict(wanted.options)},
            },
        )

    def _suppression_list(self, wanted: SuppressionList) -> None:
        postgres, redis = self._part(Component.POSTGRES), self._part(Component.REDIS)
        run, now = self._testbed.run, int(self._testbed.clock.now())
        there = run(postgres.query(f"SELECT FROM {SCHEMA}.suppression_list WHERE name = $1", wanted.name))
        if there:
            raise SeededAlready("suppression list", wanted.name)
        rows = dict(wanted.rows())
        run(
            postgres.query(
                f"WITH made AS (INSERT INTO {SCHEMA}.suppression_list (name, type, channel, required, size, created) "
                "VALUES ($1, $2, nullif($3, ''), $4, $5, $6) RETURNING id) "
                f"INSERT INTO {SCHEMA}.suppression_entry SELECT made.id, e.entry, nullif(e.expires, 0) "
                "FROM made, unnest($7::text[], $8::integer[]) AS e (entry, expires)",
                *(wanted.name, wanted.type, wanted.channel, wanted.required, len(rows), now),
                *(list(rows), list(rows.values())),
            )
        )
        keys = Keys(self._testbed.directory.credentials.tenant)
        told = to_json({"channel": wanted.channel, "type": wanted.type, "required": wanted.required})
        if rows:
            run(redis.call("HSET", keys.suppression_list(wanted.name), *(word for row in rows.items() for word in row)))
        run(redis.call("HSET", keys.suppression_lists, wanted.name, told))
        run(redis.call("INCR", keys.rules_version))


def _calling_list(confserv: Any, name: str, table: str) -> int:
    """Create what stands for a contact list in Configuration, as List Manager does; return the calling list's DBID."""
    layout = confserv.store.named("Format", FORMAT)["DBID"]
    access = confserv.create("TableAccess", {"name": name, "dbTableName": table, "formatDBID": layout})
    treatments: Sequence[int] = list(confserv.objects["Treatment"])
    made: int = confserv.create("CallingList", {"name": name, "tableAccessDBID": access, "treatmentDBIDs": treatments})
    return made


@cache
def _compliance() -> Compliance:
    """Return the shipped compliance data, which tells the time zones and contact hours of numbers."""
    from cxmock.fakes.compliance_provider.data_set import shipped
    from cxmock.reference.services.list_builder.zones import Compliance

    return Compliance.of(shipped().content())
