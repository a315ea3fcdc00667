"""List Builder: imports contact and suppression lists, exports results, and pulls the compliance data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cxmock.net.clock import Clock
from cxmock.reference.account import account
from cxmock.reference.envelope import Code, Refusal, data_of, done, given, needed, one_of, texts
from cxmock.reference.fields import read
from cxmock.reference.gathering import Gathering
from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.reference.names import valid_name
from cxmock.reference.paging import Paging
from cxmock.reference.resources import Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.list_builder import suppressing
from cxmock.reference.services.list_builder.asking import HOW, file_of
from cxmock.reference.services.list_builder.catalogue import LIST_NAME_LIMIT, Catalogue, lists_named
from cxmock.reference.services.list_builder.compliance import ComplianceSource
from cxmock.reference.services.list_builder.kinds import FILTERS, MAPPINGS, SELECTIONS, UPLOADS
from cxmock.reference.services.list_builder.layout import DELIMITERS, Layout
from cxmock.reference.services.list_builder.lists import CONTACT_LIST, SUPPRESSION_LIST
from cxmock.reference.services.list_builder.pgp_keys import KIND as PGP_KEYS
from cxmock.reference.services.list_builder.pgp_keys import PgpKeys
from cxmock.reference.services.list_builder.suppressing import CHANNELS, moment
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.http import Request, Response

if TYPE_CHECKING:
    from cxmock.reference.services.list_builder.ordering import Orders

CONTACTS = f"{API}/contact-lists"
SUPPRESSION = f"{API}/suppression-lists"
COMPLIANCE = f"{API}/compliance-data"
ENTRY_TYPES = ("Device", "ClientID")
REJECTS_TOLD = 1000
IMPORTS_TOLD = 100


@dataclass
class ListBuilder(Service):
    """Import and export of contact and suppression lists, as documented; paths and JSON are assumed."""

    compliance: ComplianceSource = field(init=False)
    mappings: Resource = field(init=False)
    selections: Resource = field(init=False)
    filters: Resource = field(init=False)
    uploads: Resource = field(init=False)
    pgp_keys: PgpKeys = field(init=False)
    _lists: Gathering[dict[str, Any]] = field(init=False)
    _zone_dbids: dict[str, int] = field(default_factory=dict)
    """Time zone -> DBID of its object in Configuration."""
    _imports: set[asyncio.Task[Any]] = field(default_factory=set)
    """Those that nobody waits for."""

    routes = Routes()
    routes.mount("mappings", f"{API}/{MAPPINGS.name}", Resource.routes)
    routes.mount("selections", f"{API}/{SELECTIONS.name}", Resource.routes)
    routes.mount("filters", f"{API}/{FILTERS.name}", Resource.routes)
    routes.mount("uploads", f"{API}/{UPLOADS.name}", Resource.routes)
    routes.mount("pgp_keys", f"{API}/{PGP_KEYS}", PgpKeys.routes)

    def __post_init__(self) -> None:
        self.compliance = ComplianceSource(self.runtime)
        self._lists = Gathering(lambda names: lists_named(self.runtime.postgres, names))
        self.mappings = Resource(self.runtime, MAPPINGS)
        self.selections = Resource(self.runtime, SELECTIONS)
        self.filters = Resource(self.runtime, FILTERS)
        self.uploads = Resource(self.runtime, UPLOADS)
        self.pgp_keys = PgpKeys(self.runtime)

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.runtime.end(self._imports)
        self.compliance.forget()
        self._zone_dbids.clear()
        super().reset()

    async def aclose(self) -> None:
        """End imports that nobody waits for, and close every client."""
        self.runtime.end(self._imports)
        await self.runtime.settle()
        await super().aclose()

    @routes("GET", CONTACTS)
    async def contact_lists(self, request: Request) -> Response:
        """List the contact lists."""
        paging = Paging.of(request, CONTACT_LIST)
        async with self.runtime.postgres.transaction() as connection:
            return paging.of_rows(await Catalogue(connection).contact_lists())

    @routes("POST", CONTACTS)
    async def import_contacts(self, request: Request) -> Response:
        """Import a file of the share (``file``) as contact list ``name``; see docs/reference/import.md for all else."""
        from cxmock.reference.services.list_builder.importing import Import

        order = await self._orders.read(data_of(request))
        compliance = await self.compliance.at_hand()
        problem = self.compliance.problem
        zones = await self._zones()
        importing = Import(self.runtime, order, compliance, zones)
        task = asyncio.create_task(importing.work())
        if not order.wait:
            self._imports.add(task)
            task.add_done_callback(self._ended)
            run = await importing.begun(task)
            return done({"name": order.name, "file": order.file, "import": run}, code=Code.ACCEPTED)
        try:
            told = await task
        except asyncio.CancelledError:
            task.cancel()
            raise
        if problem:
            told["warning"] = f"Time zones are the default: {problem}"
        return done(told)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._imports.discard(task)
        if not task.cancelled():
            task.exception()  # told in the list's imports, as far as PostgreSQL could be reached

    @routes("GET", f"{CONTACTS}/{{name}}")
    async def contact_list(self, request: Request) -> Response:
        """Tell about a contact list."""
        name = request.params["name"]
        if found := await self._lists.find(name):
            return done(found)
        async with self.runtime.postgres.transaction() as connection:
            raise await Catalogue(connection).no_such("contact_list", name)

    @routes("DELETE", f"{CONTACTS}/{{name}}")
    async def remove_contact_list(self, request: Request) -> Response:
        """Remove a contact list with its records; refused (409) while a campaign has it."""
        name = request.params["name"]
        async with self.runtime.postgres.apart() as connection:
            catalogue = Catalogue(connection)
            await catalogue.lock_list(name)
            table, _ = await catalogue.list_there(name)
            # Configuration is first: it knows whether a campaign has the list. What is gone there may be asked again.
            await self.runtime.back_end(Component.LIST_MANAGER).ask("DELETE", f"{API}/calling-lists/{quote(name)}")
            await catalogue.remove_list(name, table)
        return done()

    @routes("GET", f"{CONTACTS}/{{name}}/imports")
    async def imports(self, request: Request) -> Response:
        """List the imports of a contact list, the latest first: how far they are, or what came of them."""
        name = request.params["name"]
        async with self.runtime.postgres.transaction() as connection:
            catalogue = Catalogue(connection)
            await catalogue.give_up_dead_runs(name, self.runtime.clock.now())
            return done(await catalogue.runs(name, IMPORTS_TOLD))

    @routes("GET", f"{CONTACTS}/{{name}}/rejects")
    async def rejects(self, request: Request) -> Response:
        """List the rows of a contact list's files that were not imported, each with its line and the reason."""
        async with self.runtime.postgres.transaction() as connection:
            return done(await Catalogue(connection).rejects(request.params["name"], REJECTS_TOLD))

    @routes("POST", f"{CONTACTS}/{{name}}/export")
    async def export(self, request: Request) -> Response:
        """Write a contact list, or what became of its records, to ``file`` on the share."""
        from cxmock.reference.services.list_builder.exporting import Export, export

        return done(await export(self.runtime, request.params["name"], Export.of(data_of(request))))

    @routes("GET", SUPPRESSION)
    async def suppression_lists(self, request: Request) -> Response:
        """List the suppression lists."""
        paging = Paging.of(request, SUPPRESSION_LIST)
        return paging.of_rows([_shown(one) for one in await suppressing.lists(self.runtime)])

    @routes("POST", SUPPRESSION)
    async def import_suppression(self, request: Request) -> Response:
        """Import a file of the share (``file``) into suppression list ``name``; ``expires`` ends the whole list."""
        from cxmock.reference.services.list_builder.ordering import defaults_of
        from cxmock.reference.services.list_builder.suppression_import import SuppressionOrder, import_suppression

        data = data_of(request)
        how = read({one.name: data.get(one.name) for one in HOW}, HOW)
        order = SuppressionOrder(
            _name(data),
            file_of(how["file"]),
            defaults_of(how, await account(self.runtime)),
            kind=one_of("type", given(data, "type", "Device"), ENTRY_TYPES),
            channel=one_of("channel", given(data, "channel", ""), CHANNELS),
            required=given(data, "required", False),
            expires=moment(self.runtime, data) if "expires" in data else None,
            layout=Layout(DELIMITERS.get(how["delimiter"], ",")),
            key=await self._orders.key_of(how),
        )
        if order.name == OPT_OUT_LIST:
            if order.kind != "Device" or order.channel not in ("", "sms"):
                raise Refusal(Code.CONFLICT, f'"{OPT_OUT_LIST}" has devices, and is for text messages.')
            order = replace(order, channel="sms", required=True, expires=None)
        return done(await import_suppression(self.runtime, order))

    @routes("GET", f"{SUPPRESSION}/{{name}}")
    async def suppression_list(self, request: Request) -> Response:
        """Tell about a suppression list."""
        if found := await suppressing.lists(self.runtime, request.params["name"]):
            return done(_shown(found[0]))
        async with self.runtime.postgres.transaction() as connection:
            raise await Catalogue(connection).no_such("suppression_list", request.params["name"])

    @routes("PUT", f"{SUPPRESSION}/{{name}}")
    async def change_suppression_list(self, request: Request) -> Response:
        """Change ``channel``, ``required`` or ``expires`` of a suppression list. It holds at once."""
        changed = await suppressing.change(self.runtime, request.params["name"], data_of(request))
        return done(_shown(changed))

    @routes("DELETE", f"{SUPPRESSION}/{{name}}")
    async def remove_suppression_list(self, request: Request) -> Response:
        """Remove a suppression list. It holds no more at once."""
        await suppressing.remove(self.runtime, request.params["name"])
        return done()

    @routes("POST", f"{SUPPRESSION}/{{name}}/entries")
    async def suppress(self, request: Request) -> Response:
        """Put ``entries`` on a suppression list, all or none, until ``expires``. They hold at once."""
        data = data_of(request)
        return done(await suppressing.add(self.runtime, request.params["name"], texts(data, "entries"), data))

    @routes("GET", f"{SUPPRESSION}/{{name}}/entries/{{entry}}")
    async def suppression_entry(self, request: Request) -> Response:
        """Tell whether a device or client is on a suppression list, and until when."""
        return done(await suppressing.entry(self.runtime, request.params["name"], request.params["entry"]))

    @routes("DELETE", f"{SUPPRESSION}/{{name}}/entries/{{entry}}")
    async def allow(self, request: Request) -> Response:
        """Take a device or client off a suppression list. It may be tried again at once."""
        await suppressing.take_off(self.runtime, request.params["name"], request.params["entry"])
        return done()

    @routes("GET", COMPLIANCE)
    async def compliance_data(self, request: Request) -> Response:
        """Tell which compliance data is at hand."""
        await self.compliance.recall()
        return done(self._shown_compliance())

    @routes("POST", COMPLIANCE)
    async def pull_compliance_data(self, request: Request) -> Response:
        """Pull the compliance data now."""
        changed = await self.compliance.pull()
        return done({**self._shown_compliance(), "changed": changed})

    def _shown_compliance(self) -> dict[str, Any]:
        data = self.compliance.data
        return {
            "version": data.version,
            "fetched": int(self.compliance.fetched),
            "areaCodes": len(data.zones),
            "countries": len(data.countries),
            "problem": self.compliance.problem,
        }

    @property
    def _orders(self) -> Orders:
        from cxmock.reference.services.list_builder.ordering import Orders

        return Orders(self.runtime, self.mappings, self.selections, self.filters, self.uploads, self.pgp_keys)

    async def _zones(self) -> dict[str, int]:
        """Return Configuration's time zones, asked for once."""
        if not self._zone_dbids:
            found = await self.runtime.gws.objects("time-zones")
            self._zone_dbids = {one["name"]: int(one["DBID"]) for one in found}
        return self._zone_dbids


def _shown(suppression_list: Mapping[str, Any]) -> dict[str, Any]:
    """Return a suppression list as the API tells it."""
    return {name: value for name, value in suppression_list.items() if name != "id"}


def _name(data: Mapping[str, Any]) -> str:
    name = valid_name("name", needed(data, "name", str))
    if len(name) > LIST_NAME_LIMIT:
        raise Refusal(
            Code.INVALID, f'"name" has {len(name)} characters.', f"A list's name has at most {LIST_NAME_LIMIT}."
        )
    return name


def build(settings: Settings, clock: Clock) -> ListBuilder:
    """Return the service."""
    return ListBuilder(Runtime(settings, clock, "cxc-list-builder", "cxc_lb_"))
