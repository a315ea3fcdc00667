"""Campaign Manager: writes campaigns into Configuration and has OCS run them, both through GWS (row 11)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from cxmock.errors.base import nearest
from cxmock.net.clock import Clock
from cxmock.net.waiting import until
from cxmock.reference.envelope import Code, Refusal, data_of, done, given, needed, one_of
from cxmock.reference.gws import Attributes
from cxmock.reference.names import valid_name
from cxmock.reference.paging import Paging
from cxmock.reference.service import API, Runtime
from cxmock.reference.services.campaign_manager.lists import CAMPAIGN, GROUP
from cxmock.reference.services.campaign_manager.objects import MEDIA, CampaignGroup, own_properties
from cxmock.reference.services.campaign_manager.preload import preload
from cxmock.reference.settings import Settings
from cxmock.serving.keeping import RememberedPart
from cxmock.serving.routes import Routes
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy
from cxmock.wire.http import Request, Response

M = TypeVar("M", bound=IntEnum)

GROUPS = f"{API}/campaign-groups"
OCS_TYPE = "OutboundContactServer"

COMMANDS = {
    "load": "load-campaign",
    "start": "start-dialing",
    "stop": "stop-dialing",
    "unload": "unload-campaign",
    "force-unload": "force-unload-campaign",
}
"""What can be done with a campaign group, and GWS's verb for it."""

AT_REST = ("NotLoaded", "")
UNLOADED_WITHIN = 2.0
"""Seconds that another campaign group on the same list may take to be unloaded."""

_FROM = {
    "load": ("NotLoaded",),
    "start": ("Active",),
    "stop": ("Running",),
    "unload": ("Active", "InActive"),
}
"""The states from which a command makes sense (assumed); any other command is passed on whatever the state."""


@dataclass
class CampaignManager:
    """Campaigns, as documented: their objects in order, OCS told through GWS. Paths and JSON names are assumed."""

    runtime: Runtime
    _ocs_dbid: int = 0
    """Of OCS's application in Configuration, once it was asked for."""

    routes = Routes()

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        return await self.runtime.answer(self, self.routes, request)

    def reset(self) -> None:
        """Return to the state right after the start."""
        self._ocs_dbid = 0
        self.runtime.reset()

    def keep(self) -> RememberedPart:
        """Return what is counted, to be put back later; all else is in Redis, PostgreSQL and Configuration."""
        return RememberedPart(self.reset, self.runtime.counted)

    async def aclose(self) -> None:
        """Close every client."""
        await self.runtime.aclose()

    @routes("GET", f"{API}/campaigns")
    async def campaigns(self, request: Request) -> Response:
        """List the campaigns."""
        found = await self.runtime.gws.objects("campaigns")
        paging = Paging.of(request, CAMPAIGN)
        return paging.of_rows([{"name": one["name"], "dbid": one["DBID"], **own_properties(one)} for one in found])

    @routes("POST", GROUPS)
    async def define(self, request: Request) -> Response:
        """Define a campaign group: ``name`` (of the campaign), ``group``, ``contactList``, ``media``, ``dialMode``, ...

        Everything it needs is looked up before anything is written, and each step may be done again: a definition that
        failed half-way is completed by asking for it once more.
        """
        wanted = _wanted(data_of(request))
        gws = self.runtime.gws
        calling_list, group, ocs = await asyncio.gather(
            gws.needed("calling-lists", wanted.contact_list), gws.needed("agent-groups", wanted.group), self._ocs()
        )
        if await gws.one("campaign-groups", wanted.name):
            raise Refusal(
                Code.EXISTS,
                f'There is a campaign group "{wanted.name}" already.',
                f"Give the campaign another name, or use it: POST {GROUPS}/{wanted.name}/load.",
            )
        attributes = wanted.campaign_attributes(int(calling_list["DBID"]))
        campaign = await gws.ensure("campaigns", wanted.campaign, attributes)
        attributes = wanted.group_attributes(campaign, int(group["DBID"]), ocs, self.runtime.settings)
        dbid = await gws.ensure("campaign-groups", wanted.name, attributes)
        return done(
            {"name": wanted.name, "dbid": dbid, "campaignDBID": campaign, "groupDBID": int(group["DBID"])}, status=201
        )

    @routes("GET", GROUPS)
    async def groups(self, request: Request) -> Response:
        """List the campaign groups, each with its present status."""
        paging = Paging.of(request, GROUP)
        found = await self.runtime.gws.objects("campaign-groups")
        if not found:
            return paging.of_rows([])
        ocs = await self._ocs()
        statuses = await asyncio.gather(*(self._status(ocs, one) for one in found))
        return paging.of_rows(
            [{**_shown(one), "status": said["status"]} for one, said in zip(found, statuses, strict=True)]
        )

    @routes("GET", f"{GROUPS}/{{name}}")
    async def group(self, request: Request) -> Response:
        """Tell about a campaign group: what it is, and where it stands."""
        found = await self.runtime.gws.needed("campaign-groups", request.params["name"])
        return done({**_shown(found), **await self._status(await self._ocs(), found)})

    @routes("GET", f"{GROUPS}/{{name}}/statistics")
    async def statistics(self, request: Request) -> Response:
        """Return one statistic of a campaign group (``?name=``), as GWS has it from Stat Server."""
        found = await self.runtime.gws.needed("campaign-groups", request.params["name"])
        name = request.one("name")
        if not name:
            raise Refusal(Code.MISSING, "The statistic is not named.", "Add ?name=, such as ?name=CampaignHitRatio.")
        return done(await self.runtime.gws.statistic(name, found["name"], "CampaignGroup"))

    @routes("POST", f"{GROUPS}/{{name}}/{{command}}")
    async def command(self, request: Request) -> Response:
        """Have OCS ``load``, ``start``, ``stop``, ``unload`` or ``force-unload`` a campaign group.

        ``load`` prepares the contact list's records first (see :mod:`.preload`), and takes ``autoCompletion``: whether
        OCS unloads the campaign when nothing is left to dial (it does unless it is told not to).
        """
        command = request.params["command"]
        if command not in COMMANDS:
            raise Refusal(Code.NOT_FOUND, f'A campaign group cannot "{command}".', nearest(command, list(COMMANDS)))
        found, ocs = await asyncio.gather(
            self.runtime.gws.needed("campaign-groups", request.params["name"]), self._ocs()
        )
        now = (await self._status(ocs, found))["status"]
        if now not in _FROM.get(command, (now,)):
            raise Refusal(
                Code.CONFLICT,
                f'"{found["name"]}" is {now}; it cannot {command}.',
                f"It can when it is {' or '.join(_FROM[command])}.",
            )
        details, told = _named(found), _shown(found)
        if command == "load":
            completing = given(data_of(request), "autoCompletion", True)
            details["requestProperties"] = [{"key": "GSW_AUTO_COMPLETION", "value": int(completing)}]
            told["records"] = await self._preload(ocs, found)
        said = await self.runtime.gws.command(ocs, COMMANDS[command], details)
        return done({**told, **_status_of(said)})

    async def _preload(self, ocs: int, group: Attributes) -> int | None:
        """Prepare the records of the group's contact list; return how many are ready.

        None, and nothing is done, for a campaign group that CX Contact did not define.

        Raises:
            Refusal: another campaign group is at work on the same list (409).
        """
        own = own_properties(group)
        if "contactList" not in own:
            return None
        others = [
            one
            for one in await self.runtime.gws.objects("campaign-groups")
            if one["DBID"] != group["DBID"] and own_properties(one).get("contactList") == own["contactList"]
        ]

        async def busy() -> list[str]:
            said = {one["name"]: (await self._status(ocs, one))["status"] for one in others}
            return [f"{name} ({status})" for name, status in said.items() if status not in AT_REST]

        async def free() -> bool:
            return not await busy()

        # A campaign group that is about to be unloaded is waited for.
        if not await until(free, within=UNLOADED_WITHIN, every=0.05) and (at_work := await busy()):
            raise Refusal(
                Code.CONFLICT,
                f'"{own["contactList"]}" is in use by {", ".join(at_work)}.',
                "Unload that first, or import the file as another contact list.",
            )
        return await preload(self.runtime.postgres, own["contactList"], own["media"], int(group["campaignDBID"]))

    async def _ocs(self) -> int:
        """Return the DBID of OCS's application; it never changes (a DBID is not given twice)."""
        if not self._ocs_dbid:
            found = [one for one in await self.runtime.gws.objects("applications") if one.get("type") == OCS_TYPE]
            if not found:
                raise Refusal(
                    Code.BACK_END, f"Configuration has no application of type {OCS_TYPE}.", "OCS is to be configured."
                )
            self._ocs_dbid = int(found[0]["DBID"])
        return self._ocs_dbid

    async def _status(self, ocs: int, group: Attributes) -> Attributes:
        return _status_of(await self.runtime.gws.command(ocs, "campaign-status", _named(group)))


def _wanted(data: Mapping[str, Any]) -> CampaignGroup:
    """Return the campaign group that a request defines."""
    media = one_of("media", given(data, "media", "voice"), MEDIA)
    message = given(data, "message", "")
    if media != "voice" and not message:
        raise Refusal(Code.MISSING, '"message" is missing.', f"It is the text that the {media} campaign sends.")
    mode = _enumerated("dialMode", data, DialMode.PREDICT if media == "voice" else DialMode.POWER)
    aim = _enumerated("optimizeBy", data, OptimizeBy.BUSY_FACTOR)
    goal = given(data, "optimizeGoal", aim.default_goal)
    if goal not in aim.goals:
        raise Refusal(
            Code.INVALID, f'"optimizeGoal" is {goal}.', f"From {aim.goals[0]} to {aim.goals[-1]} is possible."
        )
    campaign = valid_name("name", needed(data, "name", str))
    if "@" in campaign:
        raise Refusal(Code.INVALID, '"name" has an "@".', "It is the campaign's name; the group's comes after the @.")
    return CampaignGroup(
        campaign=campaign,
        group=valid_name("group", needed(data, "group", str)),
        contact_list=valid_name("contactList", needed(data, "contactList", str)),
        media=media,
        dial_mode=mode,
        optimize_by=aim,
        optimize_goal=goal,
        message=message,
        subject=given(data, "subject", ""),
        sender=given(data, "sender", ""),
    )


def _enumerated(name: str, data: Mapping[str, Any], default: M) -> M:
    """Return the member that a number or a name (``Predict``, ``progress-gvp``) means."""
    kind: type[M] = type(default)
    value = data.get(name)
    if value is None:
        return default
    word = re.sub("[-_ ]", "", str(value)).lower()
    for member in kind:
        if word in (str(member.value), member.name.replace("_", "").lower()):
            return member
    known = ", ".join(f"{member.value} {member.name}" for member in kind)
    raise Refusal(Code.INVALID, f'"{name}" is {value!r:.60}.', f"One of: {known}.")


def _named(group: Attributes) -> Attributes:
    """Name campaign and group as GWS's campaign API does."""
    return {"campaignId": group["campaignDBID"], "groupId": group["groupDBID"]}


def _status_of(said: Any) -> Attributes:
    """Return what OCS said about a campaign, its status among it."""
    attributes = dict(said or {})
    attributes.setdefault("status", "")
    return {name: value for name, value in attributes.items() if name not in ("campaignId", "groupId")}


def _shown(group: Attributes) -> Attributes:
    return {
        "name": group["name"],
        "dbid": group["DBID"],
        "dialMode": group.get("dialMode"),
        "optimizeBy": group.get("optMethod"),
        "optimizeGoal": group.get("optMethodValue"),
        **own_properties(group),
    }


def build(settings: Settings, clock: Clock) -> CampaignManager:
    """Return the service."""
    return CampaignManager(Runtime(settings, clock, "cxc-campaign-manager", "cxc_cm_"))
