"""The campaign API, ``/ocs/v3``: OCS's campaigns, over connection 9.

Documented: ``load-campaign``, its fields, and that the path names the OCS by the DBID of its application. Assumed: how
the other verbs are spelled (that they exist is documented), their fields, and that a reply carries what OCS answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from cxmock.clients.campaign_control import Attributes, CampaignControl
from cxmock.fakes.gws import kvlist
from cxmock.fakes.gws.back_ends import asking
from cxmock.fakes.gws.envelope import Code, Refused, data_of, field, reply
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response

_SERVER = "/ocs/v3/servers/{ocsDbid}"


@dataclass
class CampaignApi:
    """The campaign API. It keeps nothing: every answer is OCS's."""

    control: CampaignControl
    routes = Routes()

    @routes("POST", f"{_SERVER}/load-campaign")
    async def load(self, request: Request) -> Response:
        """Load a campaign for a group."""
        campaign, group, data = _named(request)
        try:
            properties = kvlist.to_dict(field(data, "requestProperties", list, []))
        except ValueError as error:
            raise Refused(Code.INVALID, "requestProperties is no key-value list.", f"{error}.") from error
        with asking("OCS"):
            return reply(await self.control.load(campaign, group, properties))

    @routes("POST", f"{_SERVER}/unload-campaign")
    async def unload(self, request: Request) -> Response:
        """Unload a campaign that does not dial."""
        return await self._tell(request, self.control.unload)

    @routes("POST", f"{_SERVER}/force-unload-campaign")
    async def force_unload(self, request: Request) -> Response:
        """Unload a campaign, whatever it does."""
        return await self._tell(request, self.control.force_unload)

    @routes("POST", f"{_SERVER}/start-dialing")
    async def start_dialing(self, request: Request) -> Response:
        """Have a loaded campaign dial; what the request leaves out is as configured."""
        campaign, group, data = _named(request)
        mode, by, goal = (_number(data, name) for name in ("dialMode", "optimizeBy", "optimizeGoal"))
        with asking("OCS"):
            answer = await self.control.start_dialing(
                campaign, group, dial_mode=mode, optimize_by=by, optimize_goal=goal
            )
        return reply(answer)

    @routes("POST", f"{_SERVER}/stop-dialing")
    async def stop_dialing(self, request: Request) -> Response:
        """Have a campaign dial no more."""
        return await self._tell(request, self.control.stop_dialing)

    @routes("POST", f"{_SERVER}/pause-dialing")
    async def pause_dialing(self, request: Request) -> Response:
        """Have a campaign dial no more until it is resumed."""
        return await self._tell(request, self.control.pause_dialing)

    @routes("POST", f"{_SERVER}/resume-dialing")
    async def resume_dialing(self, request: Request) -> Response:
        """Have a campaign that was paused dial again."""
        return await self._tell(request, self.control.resume_dialing)

    @routes("POST", f"{_SERVER}/set-dialing-mode")
    async def set_dialing_mode(self, request: Request) -> Response:
        """Change how a loaded campaign dials."""
        campaign, group, data = _named(request)
        mode, by, goal = field(data, "dialMode", int), _number(data, "optimizeBy"), _number(data, "optimizeGoal")
        with asking("OCS"):
            answer = await self.control.set_dialing_mode(
                campaign, group, dial_mode=mode, optimize_by=by, optimize_goal=goal
            )
        return reply(answer)

    @routes("POST", f"{_SERVER}/campaign-status")
    async def status(self, request: Request) -> Response:
        """Tell where a campaign stands."""
        return await self._tell(request, self.control.status)

    async def _tell(self, request: Request, command: Callable[[int, int], Awaitable[Attributes]]) -> Response:
        """Have OCS do what needs no more than campaign and group."""
        campaign, group, _ = _named(request)
        with asking("OCS"):
            return reply(await command(campaign, group))


def _named(request: Request) -> tuple[int, int, dict[str, Any]]:
    """Return campaign, group and the rest of the request."""
    if not request.params["ocsDbid"].isdecimal():
        raise Refused(Code.INVALID, "The OCS is to be named by its DBID.", f"It is {request.params['ocsDbid'][:80]}.")
    data = data_of(request)
    return field(data, "campaignId", int), field(data, "groupId", int), data


def _number(data: dict[str, Any], name: str) -> int | None:
    return None if data.get(name) is None else field(data, name, int)
