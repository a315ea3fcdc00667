"""Has OCS run campaign groups, through GWS, and tells where they stand, as OCS says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxmock.net.waiting import until
from cxmock.reference.envelope import Code, Refusal, given
from cxmock.reference.gws import Attributes
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.campaign_manager.dialing import Dialing, dialing_of
from cxmock.reference.services.campaign_manager.linked import alone
from cxmock.reference.services.campaign_manager.objects import own_properties
from cxmock.reference.services.campaign_manager.preload import preload
from cxmock.reference.services.campaign_manager.states import (
    COMMANDS,
    NOT_LOADED,
    RUNNING,
    expect,
    expect_change,
)
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy
from cxmock.wire.http import from_json

OCS_TYPE = "OutboundContactServer"
AT_REST = (NOT_LOADED, "")
_OF_LOADING = ("dialMode", "optimizeBy", "optimizeGoal")
PUSHED = {
    "status": "GSW_CAMPAIGN_GROUP_STATE",
    "dialMode": "GSW_DIAL_MODE",
    "optimizeBy": "GSW_OPTIMIZE_BY",
    "optimizeGoal": "GSW_OPTIMIZE_GOAL",
    "busyFactor": "GSW_STAT_BUSY_FACTOR",
    "hitRatio": "GSW_STAT_HIT_RATIO",
    "overdialRate": "GSW_STAT_OVERDIAL_RATE",
    "timeToComplete": "GSW_STAT_TIME_TO_COMPLETE",
}
"""What is told of a state that OCS pushed, and how OCS calls it."""
UNLOADED_WITHIN = 2.0
"""Seconds that another campaign group on the same list may take to be unloaded."""


@dataclass
class Control:
    """Campaign groups at OCS."""

    runtime: Runtime
    _ocs_dbid: int = 0
    """Of OCS's application in Configuration, once it was asked for."""

    def forget(self) -> None:
        """Forget what was asked for once."""
        self._ocs_dbid = 0

    async def ocs(self) -> int:
        """Return the DBID of OCS's application; it never changes (a DBID is not given twice)."""
        if not self._ocs_dbid:
            found = [one for one in await self.runtime.gws.objects("applications") if one.get("type") == OCS_TYPE]
            if not found:
                raise Refusal(
                    Code.BACK_END, f"Configuration has no application of type {OCS_TYPE}.", "OCS is to be configured."
                )
            self._ocs_dbid = int(found[0]["DBID"])
        return self._ocs_dbid

    async def stands(self, group: Attributes) -> Attributes:
        """Return where a campaign group stands: its status, and once it was loaded, how far it is."""
        said = _status_of(await self.runtime.gws.command(await self.ocs(), "campaign-status", _named(group)))
        if said["status"] == NOT_LOADED:  # how it dialed last is no longer how it dials
            return {name: value for name, value in said.items() if name not in _OF_LOADING}
        return said

    async def all_stand(self, groups: Sequence[Attributes]) -> list[Attributes]:
        """Return where campaign groups stand, in their order."""
        return list(await asyncio.gather(*(self.stands(one) for one in groups)))

    async def pushed(self, name: str) -> Attributes | None:
        """Return what OCS told last of a campaign group by itself, and when (``at``); None before it told anything."""
        kept = await self.runtime.redis.hget(self.runtime.keys.campaign_groups, name)
        if kept is None:
            return None
        told = from_json(kept)
        return {"at": told["at"], **{name: told.get(key) for name, key in PUSHED.items()}}

    async def do(self, command: str, group: Attributes, data: Mapping[str, Any]) -> Attributes:
        """Give a command, if it makes sense now; return where the campaign group stands then.

        ``load`` prepares the contact list's records first (see :mod:`.preload`), and takes ``autoCompletion``: whether
        OCS unloads the campaign when nothing is left to dial (it does unless it is told not to). ``dial-mode`` takes
        ``dialMode``, ``optimizeBy`` and ``optimizeGoal``; it lasts until the campaign group is unloaded.

        Raises:
            Refusal: it makes no sense in this state (409), or what goes with it is wrong (651, 652).
        """
        name = group["name"]
        if command not in COMMANDS:
            expect(name, command, "")
        now = await self.stands(group)
        expect(name, command, now["status"])
        if command == "load":
            return await self._load(group, given(data, "autoCompletion", True))
        details = _named(group)
        if command == "dial-mode":
            details |= _change(name, now, group, data)
        return _status_of(await self.runtime.gws.command(await self.ocs(), COMMANDS[command], details))

    async def forget_group(self, name: str) -> None:
        """Forget what is kept of a campaign group that there is no more."""
        await self.runtime.redis.hdel(self.runtime.keys.campaign_groups, name)

    # Inside

    async def _load(self, group: Attributes, completing: bool) -> Attributes:
        own = own_properties(group)
        details = _named(group)
        details["requestProperties"] = [{"key": "GSW_AUTO_COMPLETION", "value": int(completing)}]
        ocs = await self.ocs()
        if "contactList" not in own:  # CX Contact did not define it
            said = _status_of(await self.runtime.gws.command(ocs, COMMANDS["load"], details))
            return {**said, "records": None}
        # Two campaign groups on one list are not loaded at once, whichever replicas are asked.
        async with alone(self.runtime, f"campaigns on {own['contactList']}"):
            await self._expect_free(group, own["contactList"])
            campaign = int(group["campaignDBID"])
            records = await preload(self.runtime.postgres, own["contactList"], own["media"], campaign)
            said = _status_of(await self.runtime.gws.command(ocs, COMMANDS["load"], details))
        return {**said, "records": records}

    async def _expect_free(self, group: Attributes, contact_list: str) -> None:
        """Refuse (409) while another campaign group is at work on the same list."""
        others = [
            one
            for one in await self.runtime.gws.objects("campaign-groups")
            if one["DBID"] != group["DBID"] and own_properties(one).get("contactList") == contact_list
        ]

        async def busy() -> list[str]:
            said = zip(others, await self.all_stand(others), strict=True)
            return [f"{one['name']} ({stands['status']})" for one, stands in said if stands["status"] not in AT_REST]

        async def free() -> bool:
            return not await busy()

        # A campaign group that is about to be unloaded is waited for.
        if not await until(free, within=UNLOADED_WITHIN, every=0.05) and (at_work := await busy()):
            raise Refusal(
                Code.CONFLICT,
                f'"{contact_list}" is in use by {", ".join(at_work)}.',
                "Unload that first, or import the file as another contact list.",
            )


def _change(name: str, now: Attributes, group: Attributes, data: Mapping[str, Any]) -> Attributes:
    """Return how a campaign group is to dial from now on."""
    if data.get("dialMode") is None:
        raise Refusal(Code.MISSING, '"dialMode" is missing.', "It says how to dial from now on.")
    present = Dialing(
        DialMode(now.get("dialMode") or group["dialMode"]),
        OptimizeBy(now.get("optimizeBy") or group["optMethod"]),
        int(now.get("optimizeGoal", 0)),
    )
    wanted = dialing_of(data, present)
    if now["status"] == RUNNING:
        expect_change(name, present.mode, wanted.mode)
    return {"dialMode": int(wanted.mode), "optimizeBy": int(wanted.by), "optimizeGoal": wanted.goal}


def _named(group: Attributes) -> Attributes:
    """Name campaign and group as GWS's campaign API does."""
    return {"campaignId": group["campaignDBID"], "groupId": group["groupDBID"]}


def _status_of(said: Any) -> Attributes:
    """Return what OCS said about a campaign, its status among it."""
    attributes = dict(said or {})
    attributes.setdefault("status", "")
    return {name: value for name, value in attributes.items() if name not in ("campaignId", "groupId")}
