"""Campaign Manager: writes campaigns into Configuration and has OCS run them, both through GWS (row 11)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cxmock.net.clock import Clock
from cxmock.reference.envelope import Code, Refusal, data_of, done
from cxmock.reference.gws import Attributes, kv_list
from cxmock.reference.objects import Objects
from cxmock.reference.paging import Paging
from cxmock.reference.runtime import Runtime
from cxmock.reference.service import API, Service
from cxmock.reference.services.campaign_manager.control import Control
from cxmock.reference.services.campaign_manager.defining import group_of, text_of
from cxmock.reference.services.campaign_manager.dialing import Dialing, dialing_of
from cxmock.reference.services.campaign_manager.linked import Linked, Users, changing
from cxmock.reference.services.campaign_manager.lists import CAMPAIGN, GROUP
from cxmock.reference.services.campaign_manager.objects import (
    OWN,
    CampaignGroup,
    dialing_attributes,
    own_properties,
    shown,
)
from cxmock.reference.services.campaign_manager.profiles import (
    CAMPAIGN_TEMPLATES,
    DIALING_PROFILES,
    LINKS,
    SESSION_PROFILES,
)
from cxmock.reference.services.campaign_manager.states import NOT_LOADED
from cxmock.reference.settings import Settings
from cxmock.serving.routes import Routes
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy
from cxmock.wire.http import Request, Response

CAMPAIGNS = f"{API}/campaigns"
GROUPS = f"{API}/campaign-groups"
STATISTICS = (
    "CampaignAttempts",
    "CampaignAnswers",
    "CampaignBusy",
    "CampaignNoAnswers",
    "CampaignAnsweringMachines",
    "CampaignBlocked",
    "CampaignRescheduled",
    "CampaignRecordsFinished",
    "CampaignHitRatio",
)
"""Of a campaign group, as GWS has them from Stat Server; sites name their own (assumed)."""


@dataclass
class CampaignManager(Service):
    """Campaigns, as documented: their objects in order, OCS told through GWS. Paths and JSON names are assumed.

    It keeps nothing itself: profiles and templates are in PostgreSQL, campaigns and campaign groups in Configuration,
    where a campaign group stands is OCS's to say, what OCS pushed is in Redis. So any replica may answer.
    """

    session_profiles: Linked = field(init=False)
    dialing_profiles: Linked = field(init=False)
    campaign_templates: Linked = field(init=False)
    control: Control = field(init=False)

    routes = Routes()
    routes.mount("session_profiles", f"{API}/{SESSION_PROFILES.name}", Linked.routes)
    routes.mount("dialing_profiles", f"{API}/{DIALING_PROFILES.name}", Linked.routes)
    routes.mount("campaign_templates", f"{API}/{CAMPAIGN_TEMPLATES.name}", Linked.routes)

    def __post_init__(self) -> None:
        self.control = Control(self.runtime)
        self.session_profiles = Linked(
            self.runtime, SESSION_PROFILES, "dialing profile", self._naming(DIALING_PROFILES.name)
        )
        self.dialing_profiles = Linked(
            self.runtime, DIALING_PROFILES, "campaign template", self._naming(CAMPAIGN_TEMPLATES.name)
        )
        self.campaign_templates = Linked(self.runtime, CAMPAIGN_TEMPLATES, "campaign group", self._made_from)

    def reset(self) -> None:
        """Return to the state right after the start."""
        self.control.forget()
        super().reset()

    @routes("GET", CAMPAIGNS)
    async def campaigns(self, request: Request) -> Response:
        """List the campaigns."""
        paging = Paging.of(request, CAMPAIGN)
        found = await self.runtime.gws.objects("campaigns")
        return paging.of_rows([{"name": one["name"], "dbid": one["DBID"], **own_properties(one)} for one in found])

    @routes("POST", GROUPS)
    async def define(self, request: Request) -> Response:
        """Define a campaign group: ``name`` (of the campaign), ``group``, ``contactList``, ``template``; or no template
        but ``media``, ``dialMode``, ``message`` and the like.

        Everything it needs is looked up before anything is written, and each step may be done again: a definition that
        failed half-way is completed by asking for it once more.
        """
        async with changing(self.runtime):
            wanted = await group_of(self.runtime, data_of(request))
            gws = self.runtime.gws
            calling_list, group, ocs = await asyncio.gather(
                gws.needed("calling-lists", wanted.contact_list),
                gws.needed("agent-groups", wanted.group),
                self.control.ocs(),
            )
            if await gws.one("campaign-groups", wanted.name):
                raise Refusal(
                    Code.EXISTS,
                    f'There is a campaign group "{wanted.name}" already.',
                    f"Give the campaign another name, or use it: POST {GROUPS}/{wanted.name}/load.",
                )
            await self._expect_same_list(wanted, int(calling_list["DBID"]))
            if wanted.choice is not None:
                await self._compliance("PUT", wanted.name, wanted.choice)
            campaign = await gws.ensure(
                "campaigns", wanted.campaign, wanted.campaign_attributes(int(calling_list["DBID"]))
            )
            attributes = wanted.group_attributes(campaign, int(group["DBID"]), ocs, self.runtime.settings)
            dbid = await gws.ensure("campaign-groups", wanted.name, attributes)
        made = {"name": wanted.name, "dbid": dbid, "campaignDBID": campaign, "groupDBID": int(group["DBID"])}
        return done(made, status=201)

    @routes("GET", GROUPS)
    async def groups(self, request: Request) -> Response:
        """List the campaign groups, each with its present status."""
        paging = Paging.of(request, GROUP)
        found = await self.runtime.gws.objects("campaign-groups")
        stand = zip(found, await self.control.all_stand(found), strict=True)
        return paging.of_rows([{**shown(one), "status": said["status"]} for one, said in stand])

    @routes("GET", f"{GROUPS}/{{name}}")
    async def group(self, request: Request) -> Response:
        """Tell about a campaign group: what it is, where it stands, and what OCS told of it last by itself."""
        found = await self._needed(request)
        stands, pushed = await asyncio.gather(self.control.stands(found), self.control.pushed(found["name"]))
        return done({**shown(found), **stands, "pushed": pushed})

    @routes("PUT", f"{GROUPS}/{{name}}")
    async def redefine(self, request: Request) -> Response:
        """Change how a campaign group dials (``dialMode``, ``optimizeBy``, ``optimizeGoal``) and what it sends
        (``message``, ``subject``, ``sender``); what is not given stays. It is not to be loaded.
        """
        data = data_of(request)
        async with changing(self.runtime):
            found = await self._needed(request)
            await self._expect_at_rest(found, "be changed")
            present = Dialing(DialMode(found["dialMode"]), OptimizeBy(found["optMethod"]), found["optMethodValue"])
            changes = dialing_attributes(dialing_of(data, present))
            texts = {name: text_of(data, name) for name in ("message", "subject", "sender") if data.get(name)}
            if texts:
                changes["userProperties"] = kv_list({OWN: texts})
            await self.runtime.gws.update("campaign-groups", int(found["DBID"]), changes)
        return done(shown(await self._needed(request)))

    @routes("DELETE", f"{GROUPS}/{{name}}")
    async def remove(self, request: Request) -> Response:
        """Remove a campaign group, and its campaign with the last one. It is not to be loaded."""
        async with changing(self.runtime):
            found = await self._needed(request)
            await self._expect_at_rest(found, "be removed")
            gws = self.runtime.gws
            await gws.delete("campaign-groups", int(found["DBID"]))
            campaign = int(found["campaignDBID"])
            if not await gws.objects("campaign-groups", {"campaignDBID": campaign}):
                await gws.delete("campaigns", campaign)
            await self.control.forget_group(found["name"])
            await self._compliance("DELETE", found["name"])
        return done()

    @routes("GET", f"{GROUPS}/{{name}}/statistics")
    async def statistics(self, request: Request) -> Response:
        """Return the statistics of a campaign group, or one of them (``?name=``), as GWS has it from Stat Server."""
        found = await self._needed(request)
        if name := request.one("name"):
            return done(await self.runtime.gws.statistic(name, found["name"], "CampaignGroup"))
        told = await self.runtime.gws.statistics(STATISTICS, found["name"], "CampaignGroup")
        pushed = await self.control.pushed(found["name"])
        values = {one["name"]: one["value"] for one in told}
        return done({"name": found["name"], "statistics": values, "pushed": pushed})

    @routes("POST", f"{GROUPS}/{{name}}/{{command}}")
    async def command(self, request: Request) -> Response:
        """Have OCS ``load``, ``start``, ``pause``, ``resume``, ``stop``, ``unload`` or ``force-unload`` a campaign
        group, or dial in another way (``dial-mode``); see :meth:`.control.Control.do`.
        """
        found = await self._needed(request)
        return done({**shown(found), **await self.control.do(request.params["command"], found, data_of(request))})

    # Inside

    async def _needed(self, request: Request) -> Attributes:
        return await self.runtime.gws.needed("campaign-groups", request.params["name"])

    async def _expect_at_rest(self, group: Attributes, what: str) -> None:
        now = (await self.control.stands(group))["status"]
        if now not in (NOT_LOADED, ""):
            raise Refusal(Code.CONFLICT, f'"{group["name"]}" is {now}; it cannot {what}.', "Unload it first.")

    async def _expect_same_list(self, wanted: CampaignGroup, calling_list: int) -> None:
        """Refuse (409) another contact list for a campaign that is there."""
        found = await self.runtime.gws.one("campaigns", wanted.campaign)
        if found and [one["callingListDBID"] for one in found.get("callingLists") or ()] != [calling_list]:
            raise Refusal(
                Code.CONFLICT,
                f'The campaign "{wanted.campaign}" is there, and not on "{wanted.contact_list}".',
                "All campaign groups of a campaign contact the same list: give the campaign another name.",
            )

    async def _compliance(self, method: str, group: str, json: Mapping[str, Any] | None = None) -> None:
        """Have Compliance Manager note which rules and suppression lists a campaign group chose, or forget it."""
        target = f"{API}/compliance-choices/{quote(group)}"
        await self.runtime.back_end(Component.COMPLIANCE_MANAGER).ask(method, target, json=json)

    def _naming(self, kind: str) -> Users:
        """Return what tells which objects of ``kind`` name an earlier one."""
        by, _ = LINKS[kind]

        async def users(name: str) -> list[str]:
            page, _ = await Objects(self.runtime, kind).page(Paging(having={by: name}))
            return [one.name for one in page]

        return users

    async def _made_from(self, template: str) -> list[str]:
        found = await self.runtime.gws.objects("campaign-groups")
        return [one["name"] for one in found if own_properties(one).get("template") == template]


def build(settings: Settings, clock: Clock) -> CampaignManager:
    """Return the service."""
    return CampaignManager(Runtime(settings, clock, "cxc-campaign-manager", "cxc_cm_"))
